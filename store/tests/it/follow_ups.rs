//! What files of several days tell of loans on an earlier one.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{money, payment, short};
use chrono::NaiveDate;
use domain::follow_up::{FollowUp, Horizon};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::payment::PaymentRecord;
use store::{follow_ups, models, summaries};

on_both_databases!(
    loans_are_followed_through_files_of_several_days,
    one_day_tells_of_no_earlier_one,
    features_are_those_of_the_day,
    scores_are_followed_once_their_horizon_is_over,
);

fn on(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn row(loan: usize, as_of: NaiveDate, status: RecoveryStatus) -> LoanRecord {
    LoanRecord {
        as_of: Some(as_of),
        recovery_status: status,
        is_said_open: status == RecoveryStatus::Open,
        days_past_due: Some(0),
        ..short(&format!("L{loan:03}"), &format!("B{loan:03}"), 1_000)
    }
}

/// Half of the loans are written off in the year, one is settled before it, and one comes later.
async fn a_year(db: TestDatabase) -> Fixture {
    let fixture = Fixture::new(db).await;
    let then = on(2025, 10, 31);
    let status = |loan| if loan % 2 == 0 { RecoveryStatus::WrittenOff } else { RecoveryStatus::Open };
    let mut before: Vec<LoanRecord> = (0..100).map(|loan| row(loan, then, RecoveryStatus::Open)).collect();
    before.push(row(100, then, RecoveryStatus::FullyRecovered));
    before.push(row(101, then, RecoveryStatus::Open));
    fixture.import(before).await;
    let now = on(2026, 10, 31);
    let mut after: Vec<LoanRecord> = (0..100).map(|loan| row(loan, now, status(loan))).collect();
    after.push(row(102, now, RecoveryStatus::Open));
    fixture.import(after).await;
    fixture
}

async fn loans_are_followed_through_files_of_several_days(db: TestDatabase) {
    let fixture = a_year(db).await;
    let portfolio = fixture.scope.portfolio;
    let horizon = Horizon { as_of: on(2025, 10, 31), days: 365 };
    let expected = FollowUp { horizon, lost: 50, kept: 50, censored: 1, settled: 1 };
    let find = async |as_of, days| follow_ups::find(&fixture.store, portfolio, as_of, days).await.unwrap();
    assert_eq!(find(None, None).await, Some(expected));
    assert_eq!(summaries::follow_up(&fixture.store, fixture.scope).await.unwrap(), Some(expected));
    assert_eq!(summaries::follow_up(&fixture.store, fixture.nothing()).await.unwrap(), None);
    assert_eq!(find(None, Some(366)).await, None);
    let shorter = Horizon { days: 100, ..horizon };
    // Nobody knows on which day of the year the loans were written off, but that the file at its end says so.
    let unseen = FollowUp { horizon: shorter, lost: 0, kept: 100, censored: 1, settled: 1 };
    assert_eq!(find(Some(horizon.as_of), Some(100)).await, Some(unseen));
    let past = follow_ups::past(&fixture.store, portfolio, horizon).await.unwrap();
    assert_eq!(past.len(), 100);
    for (loan, (_, record, is_lost)) in past.iter().enumerate() {
        assert_eq!((record.loan_ref.clone(), *is_lost), (format!("L{loan:03}"), loan % 2 == 0));
        assert_eq!((record.as_of, record.recovery_status), (Some(horizon.as_of), RecoveryStatus::Open));
    }
    let neighbour = fixture.neighbour().await.scope.portfolio;
    assert_eq!(follow_ups::find(&fixture.store, neighbour, None, None).await.unwrap(), None);
}

async fn scores_are_followed_once_their_horizon_is_over(db: TestDatabase) {
    let fixture = a_year(db).await;
    fixture.decide().await;
    let model = models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap().id;
    let portfolio = fixture.scope.portfolio;
    let followed = async |days| follow_ups::of_scores(&fixture.store, portfolio, model, days).await.unwrap();
    assert_eq!(followed(365).await, [], "nobody knows of which day the scores are");
    fixture.db.execute("UPDATE decision SET as_of = '2025-10-31'").await;
    // One loan is not followed, one was settled before, and one came later.
    let found = followed(365).await;
    assert_eq!((found.len(), found.iter().filter(|(_, is_lost)| *is_lost).count()), (100, 50));
    let all = fixture.loan_ids().await.len() as f64;
    assert!(found.iter().any(|(score, _)| (score - (1.0 - 0.5 / all)).abs() < 1e-12), "{found:?}");
    assert_eq!(followed(366).await, [], "the horizon is not over");
    fixture.db.execute("UPDATE decision SET score_source = 'trained' WHERE score > 0.5").await;
    assert!(followed(365).await.iter().all(|(score, _)| *score <= 0.5));
    let neighbour = fixture.neighbour().await.scope.portfolio;
    assert_eq!(follow_ups::of_scores(&fixture.store, neighbour, model, 365).await.unwrap(), []);
}

async fn one_day_tells_of_no_earlier_one(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import((0..10).map(|loan| row(loan, on(2026, 1, 1), RecoveryStatus::WrittenOff)).collect()).await;
    assert_eq!(summaries::follow_up(&fixture.store, fixture.scope).await.unwrap(), None);
}

async fn features_are_those_of_the_day(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let told = |as_of, income, outstanding| {
        let mut row = LoanRecord {
            originated_on: Some(on(2025, 1, 10)),
            monthly_instalment: money(10_000),
            tenure_months: Some(36),
            days_past_due: None,
            outstanding_amount: money(outstanding),
            ..row(1, as_of, RecoveryStatus::Open)
        };
        row.borrower.monthly_income = money(income);
        row
    };
    let (then, now) = (on(2025, 6, 30), on(2026, 6, 30));
    fixture.import(vec![told(then, 300_000, 900)]).await;
    let mut later = told(now, 100_000, 500);
    later.extras.insert("Note".to_owned(), "known later".to_owned());
    fixture.import(vec![later]).await;
    let paid = |reference: &str, on: NaiveDate| PaymentRecord { paid_on: on, ..payment("L001", reference, 20_000) };
    let rows = vec![paid("1", on(2025, 2, 10)), paid("2", on(2025, 7, 1)), paid("3", on(2026, 1, 1))];
    fixture.load(TestFile::payments(rows)).await;
    let horizon = Horizon { as_of: on(2025, 12, 31), days: 100 };
    let past = follow_ups::past(&fixture.store, fixture.scope.portfolio, horizon).await.unwrap();
    let [(_, record, is_lost)] = past.as_slice() else { panic!("{past:?}") };
    assert_eq!((record.as_of, record.borrower.monthly_income), (Some(then), money(300_000)));
    assert_eq!((record.outstanding_amount, record.extras.len()), (money(900), 0));
    // Five instalments were due by then, of which two were paid; the third was due on 10 April.
    assert_eq!((record.missed_payments, record.days_past_due), (Some(3), Some(81)));
    let paying = record.paying.unwrap();
    assert_eq!((paying.days_since_payment, paying.longest_late_run), (140, Some(3)));
    // The seventh, which was due in August, is not paid when the horizon ends.
    assert!(is_lost);
}
