//! Taking imports back: what they added goes, what they replaced returns.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{borrower, email, money, only_borrower, payment, record, records, short};
use domain::access::Actor;
use domain::job::JobState;
use domain::loan::LoanRecord;
use domain::upload::UploadState;
use store::{StoreError, audit, jobs, uploads};

on_both_databases!(
    a_first_import_leaves_nothing,
    a_second_one_restores_what_was_before,
    borrowers_become_what_they_were,
    what_was_told_first_goes_first,
    a_stopped_import_leaves_nothing,
    only_what_is_stored_is_taken_back,
);

/// Loans of all kinds: with borrowers, without, with contact points, with several days.
fn everything() -> TestFile {
    let mut loans = records(4);
    loans[0].borrower.contacts = vec![email("a@x.test", Some(true))];
    loans[1].borrower.borrower_ref.clear();
    loans.push(LoanRecord { as_of: Some(crate::records::day(4)), ..short("LN_3", "BRW_3", 5) });
    TestFile::loans(loans)
}

async fn is_empty(fixture: &Fixture) -> bool {
    fixture.db.dump().await.iter().all(|(_, rows)| rows.is_empty())
}

async fn a_first_import_leaves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let neighbour = fixture.neighbour().await;
    neighbour.load(everything()).await;
    let before = fixture.db.dump().await;
    let borrowers = fixture.load(TestFile::borrowers(vec![borrower(1), only_borrower("BRW_9")])).await;
    let loans = fixture.load(everything()).await;
    let payments = fixture.load(TestFile::payments(vec![payment("LN_1", "1", 5), payment("LN_9", "1", 5)])).await;
    for upload in [payments, loans, borrowers] {
        fixture.undo(upload.id).await;
        let upload = fixture.upload(upload.id).await;
        let message = "Undone. What the file added is gone, and what it replaced is back.";
        assert_eq!((upload.state, upload.message.as_deref()), (UploadState::Undone, Some(message)));
        let status = jobs::status(&fixture.store, fixture.scope, upload.job.unwrap()).await.unwrap();
        assert_eq!((status.kind.as_str(), status.state), ("undo_import", JobState::Succeeded));
    }
    assert_eq!(fixture.db.dump().await, before, "and the neighbour's loans are untouched");
    let events = audit::list(&fixture.store, fixture.scope, 2).await.unwrap();
    assert_eq!(
        events.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(),
        ["upload.undone", "upload.undo_requested"]
    );
    // The same file can be sent again.
    let again = fixture.load(everything()).await;
    assert_eq!(again.counts().added, 4);
}

async fn a_second_one_restores_what_was_before(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(everything()).await;
    fixture.load(TestFile::payments(vec![payment("LN_1", "1", 5)])).await;
    fixture.decide_before_all_files().await;
    let before = fixture.db.dump().await;
    let mut newer = record(1);
    newer.as_of = None;
    newer.outstanding_amount = money(1);
    newer.borrower.monthly_income = money(2);
    newer.borrower.protected.age = Some(88);
    newer.borrower.contacts = vec![email("a@x.test", Some(false)), email("b@x.test", None)];
    let mut newest = newer.clone();
    newest.as_of = Some(crate::records::day(9));
    newest.borrower.monthly_income = money(3);
    let moved = LoanRecord { borrower: borrower(77), as_of: None, ..record(2) };
    let late = LoanRecord { as_of: Some(crate::records::day(2)), ..short("LN_3", "BRW_3", 6) };
    let added = LoanRecord { as_of: None, ..record(50) };
    let file = TestFile::loans(vec![newer, moved, late]).and_loans(vec![added, newest]).of_day(8);
    for corrects in [false, true] {
        let upload = fixture.load(TestFile { corrects, ..file.clone() }).await;
        let counts = upload.counts();
        assert_eq!((counts.added, counts.accepted, counts.rows), (1, 5, 5));
        assert_ne!(fixture.db.dump().await, before);
        fixture.undo(upload.id).await;
        assert_eq!(fixture.db.dump().await, before);
    }
}

async fn borrowers_become_what_they_were(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::borrowers(vec![borrower(1), only_borrower("X")])).await;
    let before = fixture.db.dump().await;
    let mut changed = borrower(1);
    changed.name = Some("Another".to_owned());
    changed.protected.dependants = Some(9);
    // Nothing protected was known of this one.
    let mut told = only_borrower("X");
    told.protected.age = Some(30);
    told.contacts = vec![email("x@x.test", None)];
    let upload = fixture.load(TestFile::borrowers(vec![changed, told, borrower(2)])).await;
    fixture.undo(upload.id).await;
    assert_eq!(fixture.db.dump().await, before);
}

/// Two files on top of a first one go back one by one.
async fn what_was_told_first_goes_first(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut uploads = Vec::new();
    let mut before = Vec::new();
    for day in 1..=3 {
        before.push(fixture.db.dump().await);
        let mut row = short("A", "B", i64::from(day));
        row.borrower.monthly_income = money(i64::from(day));
        row.borrower.protected.age = Some(40 + day as u16);
        uploads.push(fixture.load(TestFile::loans(vec![row]).of_day(day)).await);
    }
    for (upload, before) in uploads.iter().zip(&before).rev() {
        fixture.undo(upload.id).await;
        assert_eq!(&fixture.db.dump().await, before);
    }
}

async fn a_stopped_import_leaves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = crate::chunks::two_chunks();
    let import = fixture.begin(&file).await;
    fixture.try_write(&import, file.chunks().remove(0)).await.unwrap();
    jobs::request_cancel(&fixture.store, ACTOR, fixture.scope, import.lease.job, at(3)).await.unwrap();
    let actor = Actor::Job(import.lease.job);
    uploads::undo_import(&fixture.store, actor, &import.lease, import.upload, true, at(3)).await.unwrap();
    assert!(is_empty(&fixture).await);
    let upload = fixture.upload(import.upload).await;
    let message = "Stopped. Nothing of the file is stored.";
    assert_eq!((upload.state, upload.message.as_deref()), (UploadState::Undone, Some(message)));
    let status = jobs::status(&fixture.store, fixture.scope, import.lease.job).await.unwrap();
    assert_eq!((status.state, status.message.as_str()), (JobState::Cancelled, message));
    fixture.summarise().await;
    // One that broke off is cleared away, too.
    let import = fixture.begin(&file).await;
    fixture.try_write(&import, file.chunks().remove(0)).await.unwrap();
    jobs::fail(&fixture.store, &import.lease, "The disk is full.", at(4)).await.unwrap();
    fixture.undo(import.upload).await;
    assert!(is_empty(&fixture).await);
}

async fn only_what_is_stored_is_taken_back(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let received = fixture.receive(&everything()).await;
    let undone = fixture.load(everything()).await;
    fixture.undo(undone.id).await;
    for id in [received.id, undone.id] {
        let refused = uploads::request_undo(&fixture.store, ACTOR, fixture.scope, id, at(9)).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }
    let foreign = fixture.neighbour().await.scope;
    let refused = uploads::request_undo(&fixture.store, ACTOR, foreign, received.id, at(9)).await;
    assert!(matches!(refused, Err(StoreError::NotFound("upload"))), "{refused:?}");
}
