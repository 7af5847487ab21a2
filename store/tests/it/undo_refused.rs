//! Imports that something rests on are not taken back.

use crate::files::TestFile;
use crate::fixture::{Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{borrower, day, email, money, payment, record, records, short};
use crate::snapshots::state;
use domain::borrower::BorrowerRecord;
use domain::id::UploadId;
use domain::loan::LoanRecord;
use domain::upload::UploadState;
use store::{StoreError, jobs, uploads};

on_both_databases!(
    a_decision_holds_the_file_that_it_was_made_on,
    a_decision_from_before_holds_nothing,
    the_last_file_goes_first,
    one_that_has_not_ended_goes_before_those_that_have,
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
    let incomes = fixture.load(TestFile::borrowers(vec![income]).of_day(2)).await;
    let payments = fixture.load(TestFile::payments(vec![payment("LN_1", "1", 5)])).await;
    fixture.decide().await;
    expect_refused(&fixture, first.id, "Decisions were made").await;
    expect_refused(&fixture, second.id, "Decisions were made").await;
    expect_refused(&fixture, incomes.id, "Decisions were made").await;
    expect_refused(&fixture, payments.id, "Decisions were made").await;
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

/// Files rest on earlier ones in many ways: what they replace, fill in, repeat, or pay. Each goes before those.
async fn the_last_file_goes_first(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let shared = |loan: &str| {
        let mut record = short(loan, "X", 1);
        record.borrower.protected.age = Some(40);
        record.borrower.contacts = vec![email("x@x.test", Some(true))];
        record
    };
    let late = LoanRecord { as_of: Some(day(1)), ..shared("A") };
    let files = [
        TestFile::loans(vec![shared("A"), state("B", 2, 1)]).of_day(2),
        // Another loan of the same borrower, and the same borrower again.
        TestFile::loans(vec![shared("C")]).of_day(2),
        TestFile::borrowers(vec![shared("A").borrower, borrower(7)]),
        TestFile::borrowers(vec![shared("A").borrower, borrower(7), borrower(8)]),
        TestFile::loans(vec![late, state("B", 2, 1)]),
        TestFile { corrects: true, ..TestFile::loans(vec![state("B", 2, 3)]) },
        TestFile { corrects: true, ..TestFile::loans(vec![state("B", 2, 4)]) },
        TestFile::loans(vec![state("A", 3, 9)]),
        TestFile::payments(vec![payment("A", "1", 5), payment("A", "2", 5)]),
        TestFile::payments(vec![payment("A", "2", 5), payment("A", "3", 5)]),
    ];
    let (mut uploads, mut before) = (Vec::new(), Vec::new());
    for (place, file) in files.into_iter().enumerate() {
        before.push(fixture.db.dump().await);
        uploads.push(fixture.load(file.named(&format!("{place}.csv"))).await.id);
    }
    while let (Some(last), Some(before)) = (uploads.pop(), before.pop()) {
        for earlier in &uploads {
            expect_refused(&fixture, *earlier, &format!("{}.csv was loaded after this file", uploads.len())).await;
        }
        fixture.undo(last).await;
        assert_eq!(fixture.db.dump().await, before, "file {}", uploads.len());
    }
}

async fn one_that_has_not_ended_goes_before_those_that_have(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let first = fixture.import(vec![state("Z", 1, 1)]).await;
    let file = crate::chunks::two_chunks().named("half.csv");
    let half = fixture.begin(&file).await;
    let unfinished = async |besides| uploads::unfinished(&fixture.store, fixture.portfolio, besides).await.unwrap();
    assert_eq!(unfinished(first.id).await, None, "no row of it is stored");
    fixture.try_write(&half, file.chunks().remove(0)).await.unwrap();
    jobs::fail(&fixture.store, &half.lease, "The disk is full.", at(4)).await.unwrap();
    assert_eq!((unfinished(first.id).await.as_deref(), unfinished(half.upload).await), (Some("half.csv"), None));
    expect_refused(&fixture, first.id, "half.csv was loaded after this file").await;
    fixture.undo(half.upload).await;
    assert_eq!(unfinished(first.id).await, None);
    fixture.undo(first.id).await;
    assert!(fixture.loan_ids().await.is_empty());
}
