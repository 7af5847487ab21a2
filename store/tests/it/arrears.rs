//! What payments tell of arrears, beside what files say.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{day, money, payment, short};
use chrono::NaiveDate;
use domain::arrears::Arrears;
use domain::id::LoanId;
use domain::listing::{LoanDetail, LoanFilter, LoanSort};
use domain::loan::LoanRecord;
use domain::money::Money;
use domain::paying::Paying;
use domain::payment::{PaymentKind, PaymentRecord};
use store::{StoreError, arrears, loans};

on_both_databases!(
    payments_tell_arrears_as_of_the_day_of_the_loan,
    what_a_file_does_not_say_is_taken_from_its_payments,
    loans_that_disagree_are_listed,
    payments_of_a_part_of_the_term_tell_nothing,
    arrears_follow_newer_files_and_go_with_undone_ones,
    payments_are_listed_the_newest_first,
    payments_tell_how_a_loan_was_paid,
);

/// Lent on 5 August 2026 for a year at 100.00 a month: as of 1 November two instalments are due.
fn lent(loan_ref: &str) -> LoanRecord {
    LoanRecord {
        originated_on: NaiveDate::from_ymd_opt(2026, 8, 5),
        monthly_instalment: money(10_000),
        tenure_months: Some(12),
        ..short(loan_ref, loan_ref, 100_000)
    }
}

fn paid(loan_ref: &str, reference: &str, minor: i64, month: u32) -> PaymentRecord {
    PaymentRecord { paid_on: NaiveDate::from_ymd_opt(2026, month, 4).unwrap(), ..payment(loan_ref, reference, minor) }
}

async fn detail(fixture: &Fixture, loan_ref: &str) -> LoanDetail {
    let filter = LoanFilter { text: Some(loan_ref.to_owned()), ..LoanFilter::default() };
    let page = loans::page(&fixture.store, fixture.scope, &filter).await.unwrap();
    loans::get(&fixture.store, fixture.scope, page.rows[0].id).await.unwrap()
}

/// Missed payments and days past due that the payments of a loan tell.
async fn told(fixture: &Fixture, loan_ref: &str) -> Option<(u16, u32)> {
    let arrears = detail(fixture, loan_ref).await.arrears?;
    Some((arrears.missed_payments, arrears.days_past_due))
}

async fn payments_tell_arrears_as_of_the_day_of_the_loan(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(["A", "B", "C", "D"].map(lent).to_vec()).await;
    let fee = PaymentRecord { kind: PaymentKind::Fee, ..paid("C", "fee", 10_000, 9) };
    let back = |loan: &str, of: &str, minor: i64| PaymentRecord {
        kind: PaymentKind::Reversal,
        reversal_of: Some(of.to_owned()),
        ..paid(loan, &format!("back {of}"), minor, 10)
    };
    let rows = vec![
        paid("A", "1", 10_000, 9),
        paid("A", "2", 10_000, 10),
        // Paid after the day for which the file speaks.
        paid("B", "1", 10_000, 9),
        paid("B", "2", 10_000, 11),
        // A fee pays no instalment, and its return takes none back; a returned instalment is not paid.
        paid("C", "1", 10_000, 9),
        fee,
        back("C", "fee", -10_000),
        paid("C", "2", 10_000, 10),
        back("C", "2", -10_000),
    ];
    fixture.load(TestFile::payments(rows)).await;
    let expected = Arrears {
        as_of: day(1),
        due: Money::from_minor(20_000),
        paid: Money::from_minor(10_000),
        missed_payments: 1,
        days_past_due: 27,
    };
    assert_eq!(detail(&fixture, "B").await.arrears, Some(expected));
    assert_eq!(detail(&fixture, "C").await.arrears, Some(expected));
    assert_eq!(told(&fixture, "A").await, Some((0, 0)));
    assert_eq!(told(&fixture, "D").await, None, "without payments nothing is told");
}

async fn what_a_file_does_not_say_is_taken_from_its_payments(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let says = LoanRecord { missed_payments: Some(4), days_past_due: Some(100), ..lent("SAYS") };
    fixture.import(vec![says, lent("SILENT")]).await;
    fixture.load(TestFile::payments(vec![paid("SAYS", "1", 1, 9), paid("SILENT", "1", 1, 9)])).await;
    let filter = LoanFilter { sort: LoanSort::DaysPastDue, ..LoanFilter::default() };
    let page = loans::page(&fixture.store, fixture.scope, &filter).await.unwrap();
    let listed: Vec<_> = page.rows.iter().map(|row| (row.missed_payments, row.days_past_due)).collect();
    assert_eq!(listed, [(Some(4), Some(100)), (Some(2), Some(57))]);
    let trained = loans::all_for_training(&fixture.store, fixture.portfolio).await.unwrap();
    let trained: Vec<_> = trained.iter().map(|(_, loan)| (loan.missed_payments, loan.days_past_due)).collect();
    assert_eq!(trained, listed);
    let summary = store::summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    let missed: Vec<_> = summary.missed_by_status.iter().map(|(_, missed)| (missed.loans, missed.points[2])).collect();
    assert_eq!(missed, [(2, 3.0)], "the median of both");
}

async fn loans_that_disagree_are_listed(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let with = |loan_ref, missed, days| LoanRecord { missed_payments: missed, days_past_due: days, ..lent(loan_ref) };
    let first =
        fixture.import(vec![with("RIGHT", Some(1), Some(27)), with("SILENT", None, None), lent("NOT PAID")]).await;
    let second = fixture.import(vec![with("MISSED", Some(2), Some(27)), with("DAYS", None, Some(28))]).await;
    let rows = ["RIGHT", "SILENT", "MISSED", "DAYS"].map(|loan| paid(loan, "1", 10_000, 9)).to_vec();
    let payments = fixture.load(TestFile::payments(rows)).await;
    let filter = LoanFilter { disagrees: true, sort: LoanSort::LoanRef, descending: false, ..LoanFilter::default() };
    let listed = loans::page(&fixture.store, fixture.scope, &filter).await.unwrap();
    let listed: Vec<_> = listed.rows.into_iter().map(|row| row.loan_ref).collect();
    assert_eq!(listed, ["DAYS", "MISSED"]);
    assert!(detail(&fixture, "DAYS").await.disagrees && !detail(&fixture, "RIGHT").await.disagrees);
    for (upload, expected) in [(&first, 0), (&second, 2), (&payments, 2)] {
        let found = arrears::disagreeing(&fixture.store, fixture.scope, upload.id).await.unwrap();
        assert_eq!(found, expected, "{}", upload.id);
        let neighbour = fixture.neighbour().await.scope;
        for scope in [neighbour, fixture.nothing()] {
            assert_eq!(arrears::disagreeing(&fixture.store, scope, upload.id).await.unwrap(), 0);
        }
    }
}

async fn payments_of_a_part_of_the_term_tell_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let without = |change: fn(&mut LoanRecord), loan_ref| {
        let mut loan = lent(loan_ref);
        change(&mut loan);
        loan
    };
    fixture
        .import(vec![
            lent("LATE"),
            without(|loan| loan.originated_on = None, "NO DAY"),
            without(|loan| loan.monthly_instalment = None, "NO AMOUNT"),
            without(|loan| loan.monthly_instalment = money(0), "NOTHING"),
            without(|loan| loan.tenure_months = None, "NO TERM"),
        ])
        .await;
    let rows = ["NO DAY", "NO AMOUNT", "NOTHING", "NO TERM"].map(|loan| paid(loan, "1", 10_000, 9));
    fixture.load(TestFile::payments([vec![paid("LATE", "1", 10_000, 11)], rows.to_vec()].concat())).await;
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan_arrears").await, 0);
}

async fn arrears_follow_newer_files_and_go_with_undone_ones(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let loans = fixture.import(vec![lent("A"), lent("B")]).await;
    let payments = fixture.load(TestFile::payments(vec![paid("A", "1", 10_000, 9)])).await;
    assert_eq!(told(&fixture, "A").await, Some((1, 27)));
    let before = fixture.db.dump().await;
    let newer = LoanRecord { as_of: Some(day(20)), ..lent("A") };
    let snapshot = fixture.import(vec![newer]).await;
    assert_eq!(told(&fixture, "A").await, Some((2, 46)));
    fixture.undo(snapshot.id).await;
    assert_eq!(fixture.db.dump().await, before);
    fixture.undo(payments.id).await;
    assert_eq!(told(&fixture, "A").await, None);
    fixture.load(TestFile::payments(vec![paid("A", "1", 10_000, 9)])).await;
    let bundle = fixture.try_undo(loans.id).await;
    assert!(matches!(bundle, Err(StoreError::Conflict(_))), "payments of another file hold the loans: {bundle:?}");
}

async fn payments_are_listed_the_newest_first(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(vec![lent("A"), lent("B")]).await;
    let rows = vec![paid("A", "1", 1, 9), paid("A", "2", 2, 10), paid("A", "3", 3, 9), paid("B", "1", 4, 9)];
    fixture.load(TestFile::payments(rows).named("paid.csv")).await;
    let id = detail(&fixture, "A").await.id;
    let (listed, total) = loans::payments(&fixture.store, fixture.scope, id, 2).await.unwrap();
    let amounts: Vec<i64> = listed.iter().map(|payment| payment.amount.minor).collect();
    assert_eq!((amounts, total, listed[0].file_name.as_deref()), (vec![2, 3], 3, Some("paid.csv")));
    let neighbour = fixture.neighbour().await.scope;
    for (scope, id) in [(neighbour, id), (fixture.nothing(), id), (fixture.scope, LoanId(0))] {
        let hidden = loans::payments(&fixture.store, scope, id, 2).await;
        assert!(matches!(hidden, Err(StoreError::NotFound("loan"))), "{hidden:?}");
    }
}

async fn payments_tell_how_a_loan_was_paid(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let undated = LoanRecord { originated_on: None, ..lent("UNDATED") };
    fixture.import(vec![lent("A"), undated, lent("NONE"), lent("LATER")]).await;
    let fee = PaymentRecord { kind: PaymentKind::Fee, ..paid("A", "fee", 99_900, 10) };
    // Due on 5 September and on 5 October: the second instalment is half paid.
    let rows = vec![paid("A", "1", 10_000, 9), paid("A", "2", 5_000, 10), fee, paid("UNDATED", "1", 1, 10)];
    fixture.load(TestFile::payments([rows, vec![paid("LATER", "1", 10_000, 11)]].concat())).await;
    let told = async |loan: &str| detail(&fixture, loan).await.record.paying;
    let ratio = Some(0.75);
    let expected = Paying { paid_to_due: [ratio; 3], days_since_payment: 28, longest_late_run: Some(1) };
    assert_eq!(told("A").await, Some(expected));
    let expected = Paying { paid_to_due: [None; 3], days_since_payment: 28, longest_late_run: None };
    assert_eq!(told("UNDATED").await, Some(expected));
    assert_eq!((told("NONE").await, told("LATER").await), (None, None));
    let read = loans::all_for_training(&fixture.store, fixture.scope.portfolio).await.unwrap();
    let with_payments: Vec<_> = read.iter().filter(|(_, loan)| loan.paying.is_some()).collect();
    assert_eq!(with_payments.len(), 2);
}
