//! Chunks are stored once, in their order, by whoever holds the lease.

use crate::files::{Import, TestFile, rejected};
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::import::stored;
use crate::records::{payment, record, records};
use domain::job::JobState;
use sea_orm::DbBackend;
use store::{StoreError, jobs, uploads};

on_both_databases!(
    a_chunk_written_twice_changes_nothing,
    a_chunk_that_comes_too_early_is_refused,
    a_stale_worker_keeps_nothing,
    an_attempt_goes_on_behind_the_last_one,
    an_import_that_gets_on_is_not_given_up,
    a_chunk_without_rows_counts_what_was_read,
    nothing_staged_is_left_over,
    nothing_is_stored_into_a_file_that_is_taken_back,
);

pub(crate) fn two_chunks() -> TestFile {
    TestFile::loans(records(3)).and_loans(vec![record(4), record(5)])
}

/// The lease runs out, and a worker of another name gets the job.
async fn take_over(fixture: &Fixture, import: &Import) -> Import {
    let owner = format!("worker after {}", import.lease.attempts);
    expire(fixture, &owner).await;
    let lease = jobs::claim(&fixture.store, &owner).await.unwrap().unwrap().lease;
    assert_eq!(lease.job, import.lease.job);
    Import { lease, ..import.clone() }
}

async fn expire(fixture: &Fixture, heard_by: &str) {
    fixture.db.execute("UPDATE job SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL").await;
    jobs::heartbeat(&fixture.store, heard_by).await.unwrap();
}

async fn staged_tables(fixture: &Fixture) -> i64 {
    match fixture.db.backend() {
        DbBackend::Postgres => {
            let sql = "SELECT COUNT(*) FROM pg_tables WHERE tablename LIKE 'staged%' AND schemaname = current_schema()";
            fixture.db.number(sql).await
        }
        _ => fixture.db.number("SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'staged%'").await,
    }
}

fn expect_conflict<T: std::fmt::Debug>(outcome: Result<T, StoreError>) {
    assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
}

async fn a_chunk_written_twice_changes_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = two_chunks();
    let import = fixture.begin(&file).await;
    let [first, second] = <[_; 2]>::try_from(file.chunks()).unwrap();
    for chunk in [&first, &first, &second, &first, &second] {
        fixture.try_write(&import, chunk.clone()).await.unwrap();
    }
    let counts = fixture.upload(import.upload).await.counts();
    assert_eq!((counts.rows, counts.accepted, counts.added, counts.unchanged), (5, 5, 5, 0));
    assert_eq!(stored(&fixture).await, records(5));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM upload_chunk").await, 2);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan_history").await, 0);
}

async fn a_chunk_that_comes_too_early_is_refused(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = two_chunks();
    let import = fixture.begin(&file).await;
    expect_conflict(fixture.try_write(&import, file.chunks().remove(1)).await);
    assert!(stored(&fixture).await.is_empty());
    fixture.write(&import, &file).await;
    assert_eq!(stored(&fixture).await, records(5));
}

async fn a_stale_worker_keeps_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = two_chunks();
    let stale = fixture.begin(&file).await;
    let [first, second] = <[_; 2]>::try_from(file.chunks()).unwrap();
    fixture.try_write(&stale, first.clone()).await.unwrap();
    let fresh = take_over(&fixture, &stale).await;
    expect_conflict(fixture.try_write(&stale, second.clone()).await);
    expect_conflict(fixture.try_write(&stale, first).await);
    expect_conflict(uploads::finish_file(&fixture.store, &stale.lease, &stale.file).await);
    expect_conflict(fixture.finish(&stale).await);
    expect_conflict(uploads::refuse(&fixture.store, ACTOR, &stale.lease, stale.upload, "No.", at(3)).await);
    expect_conflict(uploads::undo_import(&fixture.store, ACTOR, &stale.lease, stale.upload, true, at(3)).await);
    assert_eq!(stored(&fixture).await, records(3));
    fixture.try_write(&fresh, second).await.unwrap();
    fixture.finish(&fresh).await.unwrap();
    assert_eq!(stored(&fixture).await, records(5));
}

async fn an_attempt_goes_on_behind_the_last_one(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = two_chunks();
    let broken = fixture.begin(&file).await;
    fixture.try_write(&broken, file.chunks().remove(0)).await.unwrap();
    let import = take_over(&fixture, &broken).await;
    let plan = uploads::plan(&fixture.store, import.upload).await.unwrap();
    assert_eq!((plan.files[0].rows_done, plan.files[0].is_done), (3, false));
    fixture.write(&import, &file).await;
    fixture.finish(&import).await.unwrap();
    let plan = uploads::plan(&fixture.store, import.upload).await.unwrap();
    assert_eq!((plan.files[0].rows_done, plan.files[0].is_done), (5, true));
    assert_eq!(fixture.upload(import.upload).await.counts().added, 5);
    assert_eq!(stored(&fixture).await, records(5));
}

async fn an_import_that_gets_on_is_not_given_up(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = (2..=8).fold(TestFile::loans(records(1)), |file, number| file.and_loans(vec![record(number)]));
    let mut import = fixture.begin(&file).await;
    for chunk in file.chunks() {
        fixture.try_write(&import, chunk).await.unwrap();
        import = take_over(&fixture, &import).await;
    }
    assert_eq!(stored(&fixture).await, records(8));
    // Without getting on, the attempts end; the last take-over was the first of them.
    for _ in 1..jobs::ATTEMPTS_MAX {
        import = take_over(&fixture, &import).await;
    }
    expire(&fixture, "nobody").await;
    let status = jobs::status(&fixture.store, fixture.scope, import.lease.job).await.unwrap();
    assert_eq!(status.state, JobState::Failed);
}

async fn a_chunk_without_rows_counts_what_was_read(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = TestFile::loans(Vec::new());
    let import = fixture.begin(&file).await;
    let mut chunk = file.chunks().remove(0);
    chunk.findings = vec![rejected(2)];
    (chunk.counts.rows, chunk.counts.rejected, chunk.counts.passed_over) = (3, 1, 2);
    fixture.try_write(&import, chunk).await.unwrap();
    fixture.finish(&import).await.unwrap();
    let upload = fixture.upload(import.upload).await;
    let counts = upload.counts();
    assert_eq!((counts.rows, counts.rejected, counts.passed_over, counts.accepted), (3, 1, 2, 0));
    let status = jobs::status(&fixture.store, fixture.scope, upload.job.unwrap()).await.unwrap();
    assert_eq!((status.state, status.message.as_str()), (JobState::Succeeded, "0 rows accepted, 1 rejected."));
}

async fn nothing_staged_is_left_over(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(two_chunks()).await;
    fixture.load(TestFile::payments(vec![payment("LN_1", "P", 5)])).await;
    assert_eq!(staged_tables(&fixture).await, 0, "after files that ended well");
    // An attempt that died, and a worker that does not know that it lost its lease.
    let file = two_chunks().of_day(2);
    let broken = fixture.begin(&file).await;
    fixture.try_write(&broken, file.chunks().remove(0)).await.unwrap();
    let import = take_over(&fixture, &broken).await;
    expect_conflict(fixture.try_write(&broken, file.chunks().remove(1)).await);
    fixture.write(&import, &file).await;
    assert_eq!(staged_tables(&fixture).await, 0, "after a second attempt");
    fixture.finish(&import).await.unwrap();
    fixture.summarise().await;
    for is_refused in [true, false] {
        let import = fixture.begin(&file).await;
        fixture.try_write(&import, file.chunks().remove(0)).await.unwrap();
        if is_refused {
            uploads::refuse(&fixture.store, ACTOR, &import.lease, import.upload, "No.", at(3)).await.unwrap();
        } else {
            uploads::undo_import(&fixture.store, ACTOR, &import.lease, import.upload, true, at(3)).await.unwrap();
        }
        assert_eq!(staged_tables(&fixture).await, 0, "after one that ended before its end");
    }
}

/// An import waits for another attempt while somebody takes it back.
async fn nothing_is_stored_into_a_file_that_is_taken_back(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let file = two_chunks();
    let import = fixture.begin(&file).await;
    fixture.try_write(&import, file.chunks().remove(0)).await.unwrap();
    let soon = std::time::Duration::ZERO;
    jobs::retry(&fixture.store, &import.lease, "The disk was full.", soon, at(3)).await.unwrap();
    uploads::request_undo(&fixture.store, ACTOR, fixture.scope, import.upload, at(4)).await.unwrap();
    fixture.db.execute("UPDATE job SET run_at_ms = run_at_ms + 100000 WHERE kind = 'import'").await;
    let undo = fixture.lease().await;
    uploads::undo_import(&fixture.store, ACTOR, &undo, import.upload, false, at(5)).await.unwrap();
    fixture.summarise().await;
    fixture.db.execute("UPDATE job SET run_at_ms = 1").await;
    let again = Import { lease: fixture.lease().await, ..import };
    expect_conflict(fixture.try_write(&again, file.chunks().remove(1)).await);
    expect_conflict(fixture.finish(&again).await);
    assert!(stored(&fixture).await.is_empty());
}
