//! Runs of a model over loans that it decides on already.

use crate::fixture::{ACTOR, Fixture, at, verdict};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::access::Actor;
use domain::decision::Occasion;
use domain::feature::Feature;
use domain::id::{LoanId, ModelId};
use domain::job::{Job, JobState};
use domain::model::ScoreSource;
use domain::policy::Policy;
use domain::reason::{Adjustment, Reason, Reasons};
use domain::track::Track;
use store::jobs::Lease;
use store::scorings::{self, NewDecision, Scoring};
use store::{StoreError, jobs, loans, models};

on_both_databases!(
    decisions_on_changed_loans_hold,
    reasons_stay_with_a_score_that_stays,
    an_earlier_decision_is_kept_and_the_last_one_comes_back_with_its_model,
    a_run_of_a_model_that_no_longer_decides_is_refused,
    a_lost_lease_writes_nothing,
);

async fn asked(fixture: &Fixture) -> Lease {
    jobs::enqueue(&fixture.store, ACTOR, fixture.portfolio, &Job::Score { portfolio: fixture.portfolio }, at(5))
        .await
        .unwrap();
    fixture.lease().await
}

/// A run of a model that decides on some loans with a score.
async fn run(fixture: &Fixture, model: ModelId, loans: &[LoanId], score: f64) -> Scoring {
    let (policy, _) = store::policies::in_force(&fixture.store, fixture.portfolio, at(2)).await.unwrap();
    let decision = |loan: &LoanId| NewDecision {
        loan: *loan,
        verdict: verdict(&Policy::default(), score),
        source: ScoreSource::Model,
        input_hash: -7,
        reasons: Some(reasons(score)),
        occasion: Occasion::Changed,
        as_of: None,
    };
    let decisions = loans.iter().map(decision).collect();
    Scoring { portfolio: fixture.portfolio, model, policy, loans: 9, is_whole: true, decisions, report: None }
}

fn reasons(score: f64) -> Reasons {
    let reason = Reason { feature: Feature::DaysPastDue.into(), value: Some(90.0), effect: 0.25 };
    Reasons::new(0.5, vec![reason], score, Adjustment::Calibration, true)
}

async fn save(fixture: &Fixture, lease: &Lease, run: &Scoring) -> Result<(), StoreError> {
    scorings::save(&fixture.store, Actor::Job(lease.job), lease, run, at(6)).await
}

async fn champion(fixture: &Fixture) -> ModelId {
    models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap().id
}

/// In thousandths.
async fn score_of(fixture: &Fixture, loan: LoanId) -> i64 {
    let decision = loans::get(&fixture.store, fixture.scope, loan).await.unwrap().decision.unwrap();
    (decision.score * 1000.0).round() as i64
}

async fn decisions_on_changed_loans_hold(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let (model, ids) = (champion(&fixture).await, fixture.loan_ids().await);
    let before = score_of(&fixture, ids[0]).await;
    let lease = asked(&fixture).await;
    save(&fixture, &lease, &run(&fixture, model, &ids[2..3], 0.9).await).await.unwrap();
    assert_eq!((score_of(&fixture, ids[0]).await, score_of(&fixture, ids[2]).await), (before, 900));
    let held = scorings::held(&fixture.store, fixture.portfolio, model).await.unwrap();
    assert_eq!((held.len(), held[&ids[2]].input_hash, held[&ids[2]].verdict.track), (4, -7, Track::Legal));
    assert_eq!((held[&ids[0]].input_hash, held[&ids[0]].source), (0, ScoreSource::OutOfBag));
    let detail = async |loan| loans::get(&fixture.store, fixture.scope, loan).await.unwrap().decision.unwrap();
    assert_eq!((detail(ids[2]).await.reasons, detail(ids[0]).await.reasons), (Some(reasons(0.9)), None));
    // Lists and figures follow.
    let queue = loans::queue(&fixture.store, fixture.scope, Some(Track::Legal), 1, 9).await.unwrap();
    assert!(queue.rows.iter().any(|row| row.id == ids[2]));
    let status = jobs::status(&fixture.store, fixture.scope, lease.job).await.unwrap();
    let told = "Looked at 9 loans and decided on 1 that are new or have changed.";
    assert_eq!((status.state, status.message.as_str()), (JobState::Succeeded, told));
    // The same again changes nothing.
    let lease = asked(&fixture).await;
    save(&fixture, &lease, &run(&fixture, model, &[], 0.0).await).await.unwrap();
    assert_eq!(score_of(&fixture, ids[2]).await, 900);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM decision").await, 5);
}

async fn reasons_stay_with_a_score_that_stays(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let (model, ids) = (champion(&fixture).await, fixture.loan_ids().await);
    let lease = asked(&fixture).await;
    save(&fixture, &lease, &run(&fixture, model, &ids[..3], 0.7).await).await.unwrap();
    let held = scorings::held(&fixture.store, fixture.portfolio, model).await.unwrap();
    assert_eq!([ids[0], ids[3]].map(|id| held[&id].has_reasons), [true, false]);
    // The first comes on another track with the same score, the second has another input, the third another score, and the last
    // had no reasons.
    let mut again = run(&fixture, model, &ids, 0.7).await;
    for decision in &mut again.decisions {
        decision.reasons = None;
        decision.verdict.track = Track::Legal;
    }
    again.decisions[1].input_hash = 5;
    again.decisions[2].verdict.score = 0.8;
    let lease = asked(&fixture).await;
    save(&fixture, &lease, &again).await.unwrap();
    for (id, expected) in ids.iter().zip([Some(reasons(0.7)), None, None, None]) {
        let decision = loans::get(&fixture.store, fixture.scope, *id).await.unwrap().decision.unwrap();
        assert_eq!((decision.track, decision.reasons), (Track::Legal, expected), "{id}");
    }
}

async fn an_earlier_decision_is_kept_and_the_last_one_comes_back_with_its_model(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let (first, ids) = (champion(&fixture).await, fixture.loan_ids().await);
    let lease = asked(&fixture).await;
    save(&fixture, &lease, &run(&fixture, first, &ids[..1], 0.1).await).await.unwrap();
    fixture.decide().await;
    let second = models::list(&fixture.store, fixture.scope).await.unwrap()[0].id;
    for (model, expected) in [(second, 875), (first, 100)] {
        fixture.promote(ACTOR, model, "Better so.", 7).await.unwrap();
        assert_eq!(score_of(&fixture, ids[0]).await, expected);
    }
}

async fn a_run_of_a_model_that_no_longer_decides_is_refused(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let (first, ids) = (champion(&fixture).await, fixture.loan_ids().await);
    fixture.decide().await;
    let second = models::list(&fixture.store, fixture.scope).await.unwrap()[0].id;
    let lease = asked(&fixture).await;
    fixture.promote(ACTOR, second, "", 5).await.unwrap();
    let refused = save(&fixture, &lease, &run(&fixture, first, &ids, 0.3).await).await;
    assert!(matches!(&refused, Err(StoreError::Conflict(_))), "{refused:?}");
    assert_eq!(score_of(&fixture, ids[0]).await, 875);
}

async fn a_lost_lease_writes_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let (model, ids) = (champion(&fixture).await, fixture.loan_ids().await);
    let lease = asked(&fixture).await;
    let before = fixture.db.dump().await;
    let stale = Lease { attempts: lease.attempts + 1, ..lease };
    assert!(save(&fixture, &stale, &run(&fixture, model, &ids, 0.3).await).await.is_err());
    assert_eq!(fixture.db.dump().await, before);
}
