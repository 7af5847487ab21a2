//! A portfolio to try things on.

use crate::harness::TestDatabase;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Reach, Role, Scope, SignedIn};
use domain::feature::Feature;
use domain::id::{LoanId, PolicyId, PortfolioId, TeamId, UploadId};
use domain::loan::{LoanRecord, PaymentHistory, RecoveryStatus};
use domain::model::{Gate, ModelFigures, ScoreSource, Target, TrainingOptions};
use domain::money::{Currency, Money};
use domain::policy::Policy;
use domain::segment::{Segment, Segmentation};
use domain::summary::Verdict;
use domain::track::{RiskLevel, Track};
use domain::upload::{LoanImport, RejectedRow, Upload};
use std::path::PathBuf;
use store::Store;
use store::jobs::{self, Lease};
use store::models::{Analysis, NewModel};
use store::uploads::{self, ImportOutcome, NewUpload};
use store::users::{self, NewUser};

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

    pub(crate) async fn receive(&self, file_name: &str) -> Upload {
        self.receive_as(ACTOR, file_name).await
    }

    pub(crate) async fn receive_as(&self, actor: Actor, file_name: &str) -> Upload {
        let new = NewUpload {
            portfolio: self.portfolio,
            file_name: file_name.to_owned(),
            size_bytes: 1234,
            sha256: "ab".repeat(32),
            path: PathBuf::from(format!("/data/{file_name}")),
        };
        uploads::receive(&self.store, actor, new, at(1)).await.unwrap()
    }

    /// The lease of the next job.
    pub(crate) async fn lease(&self) -> Lease {
        jobs::claim(&self.store, "worker").await.unwrap().expect("a job waits").lease
    }

    pub(crate) async fn finish(&self, lease: &Lease, upload: UploadId, records: Vec<LoanRecord>) -> ImportOutcome {
        let actor = Actor::Job(lease.job);
        uploads::finish_import(&self.store, actor, lease, upload, &import_of(records), at(2)).await.unwrap()
    }

    /// Sends a file and imports it.
    pub(crate) async fn import(&self, records: Vec<LoanRecord>) -> (UploadId, ImportOutcome) {
        let upload = self.receive("loans.csv").await;
        let lease = self.lease().await;
        (upload.id, self.finish(&lease, upload.id, records).await)
    }

    pub(crate) async fn loan_ids(&self) -> Vec<LoanId> {
        let loans = store::loans::all_for_training(&self.store, self.portfolio).await.unwrap();
        loans.into_iter().map(|(id, _)| id).collect()
    }

    /// Asks for a training and takes the job.
    pub(crate) async fn training(&self, actor: Actor) -> Lease {
        let job = domain::job::Job::TrainAndScore { portfolio: self.portfolio, options: TrainingOptions::default() };
        jobs::enqueue(&self.store, actor, self.portfolio, &job, at(3)).await.unwrap();
        self.lease().await
    }

    /// Decisions on all loans: scores fall with the place in the file.
    pub(crate) async fn analysis(&self, passed: bool) -> Analysis {
        let (policy, rule) = store::policies::in_force(&self.store, self.portfolio).await.unwrap();
        let loans = self.loan_ids().await;
        let decisions = loans.iter().enumerate().map(|(place, loan)| {
            let score = 1.0 - (place as f64 + 0.5) / loans.len() as f64;
            (*loan, verdict(&rule, score), ScoreSource::OutOfBag)
        });
        analysis(self.portfolio, policy, passed, decisions.collect())
    }

    pub(crate) async fn decide(&self) {
        let lease = self.training(ACTOR).await;
        let analysis = self.analysis(true).await;
        store::models::save_analysis(&self.store, Actor::Job(lease.job), &lease, &analysis, at(4)).await.unwrap();
    }
}

pub(crate) fn new_user(portfolio: PortfolioId, email: &str, role: Role, team: Option<TeamId>) -> NewUser {
    NewUser { email: email.to_owned(), name: email.to_owned(), role, password_hash: "hash".to_owned(), portfolio, team }
}

fn verdict(policy: &Policy, score: f64) -> Verdict {
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
    })
}

fn analysis(
    portfolio: PortfolioId,
    policy: PolicyId,
    passed: bool,
    decisions: Vec<(LoanId, Verdict, ScoreSource)>,
) -> Analysis {
    let figures = ModelFigures {
        target: Target::SegmentProxy,
        learner: "random forest (smartcore)".to_owned(),
        trees: 100,
        train_rows: 80,
        test_rows: 20,
        auc: Some(0.97),
        auc_interval: Some((0.93, 0.99)),
        accuracy: Some(0.9),
        brier: Some(0.07),
        gate: Gate { passed, reason: "A sentence.".to_owned() },
    };
    let model = NewModel {
        options: TrainingOptions::default(),
        figures,
        segmentation: Segmentation { inertia: 12.5, segments: segments().to_vec() },
        artifact: vec![0, 255, 1, 254],
        data_hash: "cd".repeat(32),
        notes: vec!["A note.".to_owned()],
    };
    Analysis { portfolio, model, policy, decisions }
}

/// Loan number `number` of a file; the figures differ from loan to loan.
pub(crate) fn record(number: usize) -> LoanRecord {
    let statuses = RecoveryStatus::ALL;
    LoanRecord {
        borrower_ref: format!("BRW_{number}"),
        age: 20 + (number % 60) as u16,
        gender: if number.is_multiple_of(2) { "Female" } else { "Male" }.to_owned(),
        employment_type: "Salaried".to_owned(),
        monthly_income: Money::from_minor(100_000 + number as i64),
        dependants: (number % 4) as u16,
        loan_ref: format!("LN_{number}"),
        loan_amount: Money::from_minor(1_000_000 + 1_000 * number as i64),
        tenure_months: 36,
        interest_rate: 10.25,
        loan_type: "Auto".to_owned(),
        collateral_value: Money::ZERO,
        outstanding_amount: Money::from_minor(500_000 + 100 * number as i64),
        monthly_instalment: Money::from_minor(33_333),
        payment_history: PaymentHistory::ALL[number % 3],
        missed_payments: (number % 7) as u16,
        days_past_due: (number * 13 % 180) as u32,
        recovery_status: statuses[number % statuses.len()],
        collection_attempts: 2,
        collection_method: "Calls".to_owned(),
        legal_action_taken: number.is_multiple_of(5),
    }
}

pub(crate) fn records(count: usize) -> Vec<LoanRecord> {
    (1..=count).map(record).collect()
}

pub(crate) fn import_of(records: Vec<LoanRecord>) -> LoanImport {
    let rejected = RejectedRow {
        line: 7,
        column: Some("Age".to_owned()),
        value: "old".to_owned(),
        reason: "is not a number".to_owned(),
    };
    LoanImport {
        rows: records.len() as u64 + 1,
        records,
        rejected_count: 1,
        rejected: vec![rejected],
        notes: vec!["One column is constant".to_owned()],
    }
}
