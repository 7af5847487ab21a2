//! Imports that something rests on are not taken back.

use crate::files::TestFile;
use crate::fixture::Fixture;
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{borrower, money, payment, record, records};
use crate::snapshots::state;
use domain::borrower::BorrowerRecord;
use domain::id::UploadId;
use domain::loan::LoanRecord;
use domain::upload::UploadState;
use store::StoreError;

on_both_databases!(
    a_decision_holds_the_file_that_it_was_made_on,
    a_decision_from_before_holds_nothing,
    a_newer_file_holds_the_one_that_it_replaced,
    a_late_file_holds_the_one_that_came_before_it,
    a_file_that_tells_the_same_holds_the_one_that_told_it_first,
    newer_words_on_borrowers_hold_the_older,
    payments_hold_the_loans_that_they_belong_to,
);

async fn expect_refused(fixture: &Fixture, upload: UploadId, words: &str) {
    let before = fixture.db.dump().await;
    let refused = fixture.try_undo(upload).await;
    assert!(matches!(&refused, Err(StoreError::Conflict(message)) if message.contains(words)), "{refused:?}");
    assert_eq!(fixture.db.dump().await, before);
    assert_eq!(fixture.upload(upload).await.state, UploadState::Imported);
}

async fn a_decision_holds_the_file_that_it_was_made_on(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let first = fixture.import(records(3)).await;
    let newer = LoanRecord { as_of: None, ..record(2) };
    let second = fixture.load(TestFile::loans(vec![newer]).of_day(2)).await;
    let income = BorrowerRecord { monthly_income: money(7), ..borrower(3) };
    let incomes = fixture.load(TestFile::borrowers(vec![income])).await;
    let payments = fixture.load(TestFile::payments(vec![payment("LN_1", "1", 5)])).await;
    fixture.decide().await;
    expect_refused(&fixture, first.id, "Decisions were made").await;
    expect_refused(&fixture, second.id, "Decisions were made").await;
    expect_refused(&fixture, incomes.id, "Decisions were made").await;
    fixture.undo(payments.id).await;
}

async fn a_file_that_tells_the_same_holds_the_one_that_told_it_first(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let before = fixture.db.dump().await;
    let first = fixture.import(vec![state("A", 1, 1), state("B", 1, 1)]).await;
    let again = fixture.import(vec![state("B", 1, 1), state("C", 1, 1)]).await;
    expect_refused(&fixture, first.id, "for the same day").await;
    // Of an earlier day that is in the history by now, too.
    let newer = fixture.import(vec![state("A", 2, 2)]).await;
    let late = fixture.import(vec![state("A", 1, 1)]).await;
    fixture.undo(again.id).await;
    fixture.undo(late.id).await;
    fixture.undo(newer.id).await;
    fixture.undo(first.id).await;
    assert_eq!(fixture.db.dump().await, before);
    // What was taken back can be told again.
    let once_more = fixture.import(vec![state("A", 1, 1), state("B", 1, 1)]).await;
    assert_eq!(once_more.counts().added, 2);
}

async fn a_decision_from_before_holds_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(3)).await;
    fixture.decide_before_all_files().await;
    // Somebody looks at a file for a while before it is loaded; meanwhile decisions are made.
    let file = TestFile::loans(vec![LoanRecord { as_of: None, ..record(2) }]).of_day(2);
    let upload = fixture.load(file).await;
    let mapped = format!("UPDATE upload SET mapped_at = '2027-01-15T06:00:00+00:00' WHERE id = {}", upload.id);
    fixture.db.execute(&mapped).await;
    fixture.undo(upload.id).await;
}

async fn a_newer_file_holds_the_one_that_it_replaced(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let first = fixture.import(vec![state("A", 1, 1), state("B", 1, 1)]).await;
    let second = fixture.import(vec![state("A", 2, 2)]).await;
    expect_refused(&fixture, first.id, "A newer file replaced rows of this one").await;
    fixture.undo(second.id).await;
    fixture.undo(first.id).await;
    assert!(fixture.loan_ids().await.is_empty());
}

async fn a_late_file_holds_the_one_that_came_before_it(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let first = fixture.import(vec![state("A", 5, 5)]).await;
    let late = fixture.import(vec![state("A", 4, 4)]).await;
    expect_refused(&fixture, first.id, "Undo the newer file first").await;
    fixture.undo(late.id).await;
    // One that was late before it came is in nobody's way.
    fixture.import(vec![state("A", 3, 3)]).await;
    let before = fixture.db.dump().await;
    let third = fixture.import(vec![state("A", 8, 8)]).await;
    fixture.undo(third.id).await;
    assert_eq!(fixture.db.dump().await, before);
    let third = fixture.import(vec![state("A", 8, 8)]).await;
    let late = fixture.import(vec![state("A", 6, 6)]).await;
    expect_refused(&fixture, third.id, "Undo the newer file first").await;
    fixture.undo(late.id).await;
    fixture.undo(third.id).await;
    assert_eq!(fixture.db.dump().await, before);
}

async fn newer_words_on_borrowers_hold_the_older(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let first = fixture.load(TestFile::borrowers(vec![borrower(1)])).await;
    let income = |minor| BorrowerRecord { monthly_income: money(minor), ..borrower(1) };
    let second = fixture.load(TestFile::borrowers(vec![income(2)])).await;
    let mut older = income(2);
    older.protected.age = Some(99);
    let third = fixture.load(TestFile::borrowers(vec![older])).await;
    expect_refused(&fixture, first.id, "Undo the newer file first").await;
    fixture.undo(third.id).await;
    expect_refused(&fixture, first.id, "Undo the newer file first").await;
    let third = fixture.load(TestFile::borrowers(vec![income(3)])).await;
    expect_refused(&fixture, second.id, "Undo the newer file first").await;
    for upload in [third, second, first] {
        fixture.undo(upload.id).await;
    }
    assert!(fixture.db.dump().await.iter().all(|(_, rows)| rows.is_empty()));
}

async fn payments_hold_the_loans_that_they_belong_to(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    // Two days in one file: its own history makes no loan an older one.
    let loans = fixture.import(vec![state("A", 1, 1), state("A", 2, 2)]).await;
    let payments = fixture.load(TestFile::payments(vec![payment("A", "1", 5)])).await;
    expect_refused(&fixture, loans.id, "Payments of another file").await;
    // A newer state of a loan that was there before goes without its payments.
    let newer = fixture.import(vec![state("A", 3, 3)]).await;
    fixture.undo(newer.id).await;
    fixture.undo(payments.id).await;
    fixture.undo(loans.id).await;
    assert!(fixture.loan_ids().await.is_empty());
}
