//! A portfolio to try things on.

use crate::harness::TestDatabase;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Reach, Role, Scope, SignedIn};
use domain::decision::Occasion;
use domain::feature::Feature;
use domain::id::{JobId, LoanId, ModelId, PolicyId, PortfolioId, TeamId};
use domain::job::Job;
use domain::model::{Gate, ModelCard, ModelFigures, ScoreSource, Target, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;
use domain::segment::{Segment, Segmentation};
use domain::summary::Verdict;
use domain::track::{RiskLevel, Track};
use store::jobs::{self, Lease};
use store::models::{Analysis, NewModel};
use store::scorings::NewDecision;
use store::users::{self, NewUser};
use store::{Result, Store};

pub(crate) const ACTOR: Actor = Actor::CommandLine;

/// A moment some minutes after the tests' beginning of time.
pub(crate) fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) db: TestDatabase,
    pub(crate) store: Store,
    pub(crate) portfolio: PortfolioId,
    pub(crate) scope: Scope,
}

impl Fixture {
    pub(crate) async fn new(db: TestDatabase) -> Self {
        let store = db.store.clone();
        store.migrate().await.unwrap();
        let portfolio = store::portfolios::create(&store, ACTOR, "First", Currency::USD, false, at(0)).await.unwrap();
        Self { db, store, portfolio: portfolio.id, scope: Scope::whole(portfolio.id) }
    }

    /// The same database with another portfolio.
    pub(crate) async fn neighbour(&self) -> Self {
        let portfolio = store::portfolios::create(&self.store, ACTOR, "Other", Currency::USD, false, at(0)).await;
        let id = portfolio.unwrap().id;
        Self { portfolio: id, scope: Scope::whole(id), ..self.clone() }
    }

    pub(crate) fn track(&self, track: Track) -> Scope {
        Scope { portfolio: self.portfolio, reach: Reach::Track(track) }
    }

    pub(crate) fn nothing(&self) -> Scope {
        Scope { portfolio: self.portfolio, reach: Reach::Nothing }
    }

    pub(crate) async fn user(&self, email: &str, role: Role, team: Option<TeamId>) -> SignedIn {
        users::create(&self.store, ACTOR, new_user(self.portfolio, email, role, team), at(0)).await.unwrap()
    }

    /// The lease of the next job. Decisions for alerts are left out, which other tests than theirs do not ask for.
    pub(crate) async fn lease(&self) -> Lease {
        loop {
            let claimed = jobs::claim(&self.store, "worker").await.unwrap().expect("a job waits");
            if !matches!(claimed.job, Job::Redecide { .. }) {
                break claimed.lease;
            }
            jobs::complete(&self.store, &claimed.lease, "Left out.", at(2)).await.unwrap();
        }
    }

    pub(crate) async fn loan_ids(&self) -> Vec<LoanId> {
        let loans = store::loans::all_for_training(&self.store, self.portfolio).await.unwrap();
        loans.into_iter().map(|(id, _)| id).collect()
    }

    /// Asks for a training and takes the job.
    pub(crate) async fn training(&self, actor: Actor) -> Lease {
        let job = Job::TrainAndScore { portfolio: self.portfolio, options: TrainingOptions::default() };
        jobs::enqueue(&self.store, actor, self.portfolio, &job, at(3)).await.unwrap();
        self.lease().await
    }

    /// Decisions on all loans: scores fall with the place in the file.
    pub(crate) async fn analysis(&self, passed: bool) -> Analysis {
        let (policy, rule) = store::policies::in_force(&self.store, self.portfolio, at(2)).await.unwrap();
        let loans = self.loan_ids().await;
        let decisions = loans.iter().enumerate().map(|(place, loan)| {
            let score = 1.0 - (place as f64 + 0.5) / loans.len() as f64;
            NewDecision {
                loan: *loan,
                verdict: verdict(&rule, score),
                source: ScoreSource::OutOfBag,
                input_hash: place as i64,
                reasons: None,
                occasion: Occasion::Training,
                as_of: None,
            }
        });
        analysis(self.portfolio, policy, passed, decisions.collect())
    }

    pub(crate) async fn decide(&self) {
        let lease = self.training(ACTOR).await;
        let analysis = self.analysis(true).await;
        store::models::save_analysis(&self.store, Actor::Job(lease.job), &lease, &analysis, at(4)).await.unwrap();
    }

    /// The lease of one job, whatever else waits or runs.
    pub(crate) async fn lease_of(&self, job: JobId) -> Lease {
        let owner = "worker".to_owned();
        self.db
            .execute(&format!("UPDATE job SET state = 'running', owner = '{owner}', attempts = 1 WHERE id = {job}"))
            .await;
        Lease { job, owner, attempts: 1 }
    }

    /// Approves a model, and lets the job that follows do its work.
    pub(crate) async fn promote(
        &self,
        approver: Actor,
        model: ModelId,
        reason: &str,
        minute: i64,
    ) -> Result<ModelCard> {
        let job = store::models::approve(&self.store, approver, self.scope, model, reason, at(minute)).await?;
        store::models::promote(&self.store, &self.lease_of(job).await, model, reason.trim(), at(minute)).await
    }

    /// Decides at a time when the next file is not loaded yet, whose import the tests' clock begins at its first minute.
    pub(crate) async fn decide_before_all_files(&self) {
        self.decide().await;
        self.db.execute("UPDATE decision SET decided_at = '2027-01-15T07:00:00+00:00'").await;
    }
}

pub(crate) fn new_user(portfolio: PortfolioId, email: &str, role: Role, team: Option<TeamId>) -> NewUser {
    NewUser { email: email.to_owned(), name: email.to_owned(), role, password_hash: "hash".to_owned(), portfolio, team }
}

pub(crate) fn verdict(policy: &Policy, score: f64) -> Verdict {
    let segment = i32::from(score > 0.5);
    let risk = segments()[segment as usize].risk;
    Verdict { score, segment, is_high_risk: policy.is_high_risk(score, risk), track: policy.track(score) }
}

fn segments() -> [Segment; 2] {
    [("Low", RiskLevel::Low), ("High", RiskLevel::High)].map(|(name, risk)| Segment {
        number: i32::from(risk == RiskLevel::High),
        name: name.to_owned(),
        size: 1,
        risk,
        center: vec![(Feature::LoanAmount, 0.1 + 0.2)],
        continues: None,
    })
}

fn analysis(portfolio: PortfolioId, policy: PolicyId, passed: bool, decisions: Vec<NewDecision>) -> Analysis {
    let figures = ModelFigures {
        target: Target::SegmentProxy,
        follow_up: None,
        learner: "random forest (smartcore)".to_owned(),
        trees: 100,
        train_rows: 80,
        test_rows: 20,
        auc: Some(0.97),
        auc_interval: Some((0.93, 0.99)),
        accuracy: Some(0.9),
        brier: Some(0.07),
        ks: Some(0.6),
        calibration_error: Some(0.02),
        is_calibrated: false,
        validation: None,
        leak_alarms: Vec::new(),
        gate: Gate { passed, reason: "A sentence.".to_owned() },
    };
    let model = NewModel {
        options: TrainingOptions::default(),
        figures,
        segmentation: Segmentation { inertia: 12.5, segments: segments().to_vec(), spread: Vec::new(), quality: None },
        artifact: vec![0, 255, 1, 254],
        training: vec![3, 0, 255],
        data_hash: "cd".repeat(32),
        reference: Some("{}".to_owned()),
        insight: None,
        notes: vec!["A note.".to_owned()],
    };
    Analysis { portfolio, model, policy, decisions, report: None }
}
