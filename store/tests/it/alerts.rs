//! Alerts on what changed, once each, and what follows from them.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at, verdict};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{day, money, payment, record, records};
use domain::access::Actor;
use domain::case::CaseEnd;
use domain::decision::Occasion;
use domain::id::LoanId;
use domain::job::Job;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::model::ScoreSource;
use domain::money::Currency;
use domain::policy::Policy;
use domain::track::Track;
use domain::watch::{AlertKind, AlertView};
use store::jobs::{self, Lease};
use store::scorings::{self, NewDecision, Scoring};
use store::{alerts, cases, loans, models, policies};

on_both_databases!(
    what_was_never_seen_raises_nothing,
    a_change_is_told_once_and_its_loan_is_decided_on_again,
    a_score_that_jumps_is_told_with_its_decision,
    cases_end_when_arrears_are_cleared_and_begin_again_behind,
    a_loan_that_is_recovered_ends_its_case,
    alerts_stay_within_the_scope_and_are_paged,
    a_file_with_alerts_can_be_undone,
);

/// Eight decided loans.
async fn decided(db: TestDatabase) -> (Fixture, Vec<LoanId>) {
    let fixture = Fixture::new(db).await;
    let mut loans = records(8);
    for loan in &mut loans {
        loan.recovery_status = RecoveryStatus::Open;
        loan.days_past_due = Some(40);
    }
    fixture.import(loans).await;
    fixture.decide_before_all_files().await;
    let ids = fixture.loan_ids().await;
    (fixture, ids)
}

/// What a later file says of a loan.
fn later(number: usize, days_past_due: u32) -> LoanRecord {
    let recovery_status = RecoveryStatus::Open;
    LoanRecord { as_of: None, days_past_due: Some(days_past_due), recovery_status, ..record(number) }
}

impl Fixture {
    async fn alerts(&self) -> Vec<AlertView> {
        alerts::page(&self.store, self.scope, None, 1).await.unwrap().rows
    }

    async fn findings_told(&self) -> Vec<String> {
        self.alerts().await.iter().map(|alert| alert.found.in_words(Currency::USD)).collect()
    }

    /// The job that decides again on loans with alerts.
    async fn redeciding(&self) -> Lease {
        let claimed = jobs::claim(&self.store, "worker").await.unwrap().expect("a job waits");
        assert_eq!(claimed.job, Job::Redecide { portfolio: self.portfolio });
        claimed.lease
    }

    async fn redecide(&self, lease: &Lease, loans: &[LoanId], score: f64) {
        let (policy, _) = policies::in_force(&self.store, self.portfolio, at(2)).await.unwrap();
        let model = models::champion(&self.store, self.scope).await.unwrap().unwrap().id;
        let decisions = loans.iter().map(|loan| NewDecision {
            loan: *loan,
            verdict: verdict(&Policy::default(), score),
            source: ScoreSource::Model,
            input_hash: -7,
            reasons: None,
            as_of: None,
            occasion: Occasion::Event,
        });
        let decisions: Vec<_> = decisions.collect();
        let (portfolio, loans) = (self.portfolio, decisions.len() as u32);
        let run = Scoring { portfolio, model, policy, loans, is_whole: false, decisions, report: None };
        scorings::save(&self.store, Actor::Job(lease.job), lease, &run, at(9)).await.unwrap();
    }

    async fn open_cases(&self, loan: LoanId) -> i64 {
        self.db
            .number(&format!("SELECT COUNT(*) FROM recovery_case WHERE closed_at IS NULL AND loan_id = {loan}"))
            .await
    }
}

async fn what_was_never_seen_raises_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(3)).await;
    assert_eq!(fixture.findings_told().await, [""; 0]);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan_watch").await, 3);
    // An undecided loan has its alerts, and nothing is asked for.
    fixture.load(TestFile::loans(vec![later(1, 100)]).of_day(2)).await;
    assert_eq!(fixture.findings_told().await.len(), 1);
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none());
    // The first decision is made for it.
    fixture.decide().await;
    assert!(fixture.alerts().await[0].decided.is_some());
    assert_eq!(alerts::loans_waiting(&fixture.store, fixture.portfolio).await.unwrap(), []);
}

async fn a_change_is_told_once_and_its_loan_is_decided_on_again(db: TestDatabase) {
    let (fixture, ids) = decided(db).await;
    let worse = LoanRecord { missed_payments: Some(5), outstanding_amount: money(900_000), ..later(2, 70) };
    fixture.load(TestFile::loans(vec![later(1, 40), worse]).of_day(2)).await;
    let mut told = fixture.findings_told().await;
    told.sort();
    let expected = [
        "Days past due from 31–60 to 61–90",
        "Missed instalments from 2 to 5",
        "Outstanding from USD 5,002.00 to USD 9,000.00",
    ];
    assert_eq!(told, expected);
    let alert = &fixture.alerts().await[0];
    assert_eq!((alert.loan, alert.on, alert.raised_at, alert.decided), (ids[1], day(2), at(2), None));
    assert_eq!(alerts::loans_waiting(&fixture.store, fixture.portfolio).await.unwrap(), [ids[1]]);
    let lease = fixture.redeciding().await;
    fixture.redecide(&lease, &[ids[1]], 0.9).await;
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none(), "nothing waits any more");
    let loan = loans::get(&fixture.store, fixture.scope, ids[1]).await.unwrap();
    let decision = loan.decision.unwrap();
    assert_eq!((decision.occasion, decision.found.len()), (Occasion::Event, 3));
    for alert in fixture.alerts().await {
        assert_eq!(alert.decided, Some((at(9), Track::Legal)), "{alert:?}");
    }
    // A run over loans with alerts is no watch over all of them.
    let model = models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap().id;
    let (scored_at, _) = scorings::last_report(&fixture.store, fixture.scope, model).await.unwrap().unwrap();
    assert_ne!(scored_at, at(9));
    // The same facts again raise nothing; more of the same day goes on with the alert.
    fixture.load(TestFile::loans(vec![later(1, 40)]).of_day(3)).await;
    assert_eq!(fixture.alerts().await.len(), 3);
    fixture.load(TestFile::payments(vec![payment("LN_2", "1", 500)])).await;
    assert_eq!(fixture.findings_told().await[0], "Paid in total from USD 0.00 to USD 5.00");
    let more = payment("LN_2", "2", 700);
    fixture.load(TestFile::payments(vec![more])).await;
    assert_eq!(fixture.findings_told().await[0], "Paid in total from USD 0.00 to USD 12.00");
    assert_eq!(fixture.alerts().await.len(), 4);
}

async fn a_score_that_jumps_is_told_with_its_decision(db: TestDatabase) {
    let (fixture, ids) = decided(db).await;
    jobs::enqueue(&fixture.store, ACTOR, fixture.portfolio, &Job::Score { portfolio: fixture.portfolio }, at(5))
        .await
        .unwrap();
    let lease = fixture.lease().await;
    // The first has the highest score of all, and hardly moves.
    fixture.redecide(&lease, &[ids[0], ids[7]], 0.9).await;
    assert_eq!(fixture.findings_told().await, ["Score from 0.06 to 0.90"]);
    let alert = fixture.alerts().await.remove(0);
    assert_eq!((alert.loan, alert.found.kind), (ids[7], AlertKind::ScoreJump));
    assert_eq!(alert.decided, Some((at(9), Track::Legal)));
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none());
}

async fn cases_end_when_arrears_are_cleared_and_begin_again_behind(db: TestDatabase) {
    let (fixture, ids) = decided(db).await;
    assert_eq!(fixture.open_cases(ids[2]).await, 1);
    fixture.load(TestFile::loans(vec![later(3, 0)]).of_day(2)).await;
    let case = cases::of_loan(&fixture.store, fixture.scope, ids[2]).await.unwrap().remove(0);
    assert_eq!((case.closed_at, case.closed_why, case.next), (Some(at(2)), Some(CaseEnd::Cleared), None));
    let lease = fixture.redeciding().await;
    fixture.redecide(&lease, &[ids[2]], 0.9).await;
    assert_eq!(fixture.open_cases(ids[2]).await, 0, "a decision alone begins nothing");
    fixture.load(TestFile::loans(vec![later(3, 5)]).of_day(3)).await;
    assert_eq!(fixture.open_cases(ids[2]).await, 1);
}

async fn a_loan_that_is_recovered_ends_its_case(db: TestDatabase) {
    let (fixture, ids) = decided(db).await;
    let paid = LoanRecord { recovery_status: RecoveryStatus::FullyRecovered, ..later(4, 40) };
    fixture.load(TestFile::loans(vec![paid]).of_day(2)).await;
    let case = cases::of_loan(&fixture.store, fixture.scope, ids[3]).await.unwrap().remove(0);
    assert_eq!((case.closed_at, case.closed_why), (Some(at(2)), Some(CaseEnd::Recovered)));
    assert_eq!(fixture.findings_told().await, ["Recovered in full"]);
}

async fn alerts_stay_within_the_scope_and_are_paged(db: TestDatabase) {
    let (fixture, ids) = decided(db).await;
    let all = (1..=8).map(|number| LoanRecord { missed_payments: Some(9), ..later(number, 100) }).collect();
    fixture.load(TestFile::loans(all).of_day(2)).await;
    let page = async |scope, kind, number| alerts::page(&fixture.store, scope, kind, number).await.unwrap();
    let first = page(fixture.scope, None, 1).await;
    assert_eq!((first.total, first.rows.len()), (16, 16));
    let buckets = page(fixture.scope, Some(AlertKind::BucketChange), 1).await;
    assert_eq!((buckets.total, buckets.rows.len()), (8, 8));
    assert!(buckets.rows.iter().all(|alert| alert.found.kind == AlertKind::BucketChange));
    let past = page(fixture.scope, None, 2).await;
    assert_eq!((past.total, past.rows.len()), (16, 0));
    let legal = page(fixture.track(Track::Legal), None, 1).await;
    assert!(legal.total > 0 && legal.total < 16);
    assert_eq!(page(fixture.nothing(), None, 1).await.total, 0);
    assert_eq!(page(fixture.neighbour().await.scope, None, 1).await.total, 0);
    assert_eq!(alerts::of_loan(&fixture.store, fixture.scope, ids[0]).await.unwrap().len(), 2);
    assert!(alerts::of_loan(&fixture.store, fixture.nothing(), ids[0]).await.is_err());
}

async fn a_file_with_alerts_can_be_undone(db: TestDatabase) {
    let (fixture, ids) = decided(db).await;
    let upload = fixture.load(TestFile::loans(vec![later(5, 100)]).of_day(2)).await;
    let lease = fixture.redeciding().await;
    fixture.redecide(&lease, &[ids[4]], 0.9).await;
    fixture.undo(upload.id).await;
    let told = fixture.findings_told().await;
    assert!(told.contains(&"Days past due from 91–120 to 31–60".to_owned()), "{told:?}");
    fixture.redeciding().await;
}
