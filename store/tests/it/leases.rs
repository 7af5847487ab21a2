//! Several workers: each job once, dead ones reaped, stale ones refused.

use crate::files::TestFile;
use crate::fixture::{Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::jobs::{enqueue, state, training};
use crate::records::records;
use domain::access::Role;
use domain::id::{JobId, UploadId};
use domain::job::{Job, JobState};
use sea_orm::{ConnectionTrait, DbBackend, TransactionTrait};
use std::collections::HashSet;
use std::time::Duration;
use store::StoreError;
use store::jobs::{self, ATTEMPTS_MAX, Lease};

on_both_databases!(
    workers_at_once_claim_each_job_once,
    a_dead_workers_job_goes_to_another,
    a_job_that_kills_its_workers_fails,
    a_dead_workers_cancelled_job_ends,
    a_stale_worker_is_refused,
    a_retried_job_waits_its_time,
    a_graceful_stop_uses_up_no_attempt,
    leases_follow_the_databases_clock,
    a_long_import_lets_the_process_live,
);

async fn expire(fixture: &Fixture) {
    fixture.db.execute("UPDATE job SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL").await;
}

async fn expect_refused(fixture: &Fixture, lease: &Lease) {
    let store = &fixture.store;
    let outcomes = [
        jobs::report(store, lease, 50, "Still here").await.map(|_| ()),
        jobs::complete(store, lease, "Done.", at(5)).await,
        jobs::fail(store, lease, "Failed.", at(5)).await,
        jobs::mark_cancelled(store, lease, at(5)).await,
        jobs::retry(store, lease, "Again.", Duration::ZERO, at(5)).await.map(|_| ()),
    ];
    for outcome in outcomes {
        assert!(matches!(outcome, Err(StoreError::Conflict(_))), "{outcome:?}");
    }
}

async fn workers_at_once_claim_each_job_once(db: TestDatabase) {
    const JOBS: i64 = 60;
    let fixture = Fixture::new(db).await;
    for number in 0..JOBS {
        enqueue(&fixture, &Job::Import { upload: UploadId(number) }).await;
    }
    let mut workers = Vec::new();
    for process in 0..3 {
        let store = fixture.db.another_process().await;
        for slot in 0..2 {
            let (store, owner) = (store.clone(), format!("worker {process}.{slot}"));
            let (fixture, done) = (fixture.clone(), "SELECT COUNT(*) FROM job WHERE state = 'succeeded'");
            workers.push(tokio::spawn(async move {
                let mut mine = Vec::new();
                // Others wait while one runs: they are jobs of one portfolio.
                while fixture.db.number(done).await < JOBS {
                    let Some(claimed) = jobs::claim(&store, &owner).await.unwrap() else { continue };
                    assert_eq!(claimed.lease.owner, owner);
                    let running = "SELECT COUNT(*) FROM job WHERE state = 'running'";
                    assert_eq!(fixture.db.number(running).await, 1, "one after the other");
                    jobs::complete(&store, &claimed.lease, "Done.", at(2)).await.unwrap();
                    mine.push(claimed.id);
                }
                mine
            }));
        }
    }
    let mut done: Vec<JobId> = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    assert_eq!(done.len() as i64, JOBS);
    assert_eq!(done.iter().collect::<HashSet<_>>().len() as i64, JOBS);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM job WHERE state = 'succeeded' AND attempts = 1").await, JOBS);
}

async fn a_dead_workers_job_goes_to_another(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    let stale = jobs::claim(&fixture.store, "dead").await.unwrap().unwrap().lease;
    // Its lease holds: nobody takes the job.
    jobs::heartbeat(&fixture.store, "alive").await.unwrap();
    assert_eq!(jobs::claim(&fixture.store, "alive").await.unwrap(), None);
    expire(&fixture).await;
    jobs::heartbeat(&fixture.store, "alive").await.unwrap();
    let taken = jobs::claim(&fixture.store, "alive").await.unwrap().unwrap();
    assert_eq!((taken.id, taken.lease.attempts), (id, stale.attempts + 1));
    expect_refused(&fixture, &stale).await;
    jobs::complete(&fixture.store, &taken.lease, "Done.", at(2)).await.unwrap();
    assert_eq!(state(&fixture, id).await, JobState::Succeeded);
}

async fn a_job_that_kills_its_workers_fails(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    for _ in 0..ATTEMPTS_MAX {
        jobs::claim(&fixture.store, "dying").await.unwrap().unwrap();
        expire(&fixture).await;
        jobs::heartbeat(&fixture.store, "alive").await.unwrap();
    }
    assert_eq!(jobs::claim(&fixture.store, "alive").await.unwrap(), None);
    let status = jobs::status(&fixture.store, fixture.scope, id).await.unwrap();
    assert_eq!(status.state, JobState::Failed);
    assert!(status.message.contains("broken off") && status.finished_at.is_some(), "{status:?}");
}

async fn a_dead_workers_cancelled_job_ends(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    jobs::claim(&fixture.store, "dead").await.unwrap().unwrap();
    jobs::request_cancel(&fixture.store, crate::fixture::ACTOR, fixture.scope, id, at(2)).await.unwrap();
    expire(&fixture).await;
    jobs::heartbeat(&fixture.store, "alive").await.unwrap();
    assert_eq!(state(&fixture, id).await, JobState::Cancelled);
}

async fn a_stale_worker_is_refused(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    let lease = fixture.lease().await;
    for wrong in [
        Lease { owner: "another".to_owned(), ..lease.clone() },
        Lease { attempts: lease.attempts + 1, ..lease.clone() },
        Lease { job: JobId(id.0 + 1), ..lease.clone() },
    ] {
        expect_refused(&fixture, &wrong).await;
    }
    // The same process, having lost the job and got it again, is not confused by its own earlier lease.
    assert_eq!(jobs::release(&fixture.store, "worker").await.unwrap(), 1);
    let again = fixture.lease().await;
    assert_ne!(again, lease);
    expect_refused(&fixture, &lease).await;
    jobs::complete(&fixture.store, &again, "Done.", at(3)).await.unwrap();
    expect_refused(&fixture, &again).await;
}

async fn a_retried_job_waits_its_time(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    let lease = fixture.lease().await;
    let next = jobs::retry(&fixture.store, &lease, "Later.", Duration::from_hours(1), at(2)).await.unwrap();
    assert_eq!(next, JobState::Queued);
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None);
    fixture.db.execute("UPDATE job SET run_at_ms = 1").await;
    for attempt in 2..=ATTEMPTS_MAX {
        let lease = fixture.lease().await;
        assert_eq!(lease.attempts, attempt);
        jobs::retry(&fixture.store, &lease, "Again.", Duration::ZERO, at(3)).await.unwrap();
    }
    assert_eq!(state(&fixture, id).await, JobState::Failed);
}

async fn a_graceful_stop_uses_up_no_attempt(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    for _ in 0..ATTEMPTS_MAX * 2 {
        fixture.lease().await;
        assert_eq!(jobs::release(&fixture.store, "another").await.unwrap(), 0);
        assert_eq!(jobs::release(&fixture.store, "worker").await.unwrap(), 1);
        assert_eq!(state(&fixture, id).await, JobState::Queued);
    }
    fixture.lease().await;
    jobs::request_cancel(&fixture.store, crate::fixture::ACTOR, fixture.scope, id, at(2)).await.unwrap();
    jobs::release(&fixture.store, "worker").await.unwrap();
    assert_eq!(state(&fixture, id).await, JobState::Cancelled);
}

/// No process's clock is asked: what a lease says is near the database's own time, whatever `now` callers give.
async fn leases_follow_the_databases_clock(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    enqueue(&fixture, &training(&fixture)).await;
    let lease = fixture.lease().await;
    let clock = match fixture.db.backend() {
        DbBackend::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)",
        _ => "CAST(strftime('%s', 'now') AS bigint) * 1000",
    };
    let left = format!("SELECT lease_until_ms - {clock} FROM job");
    let check = async || {
        let left = fixture.db.number(&left).await;
        assert!((10_000..=16_000).contains(&left), "{left} ms are left of the lease");
    };
    check().await;
    fixture.db.execute("UPDATE job SET lease_until_ms = lease_until_ms - 14000").await;
    jobs::heartbeat(&fixture.store, "worker").await.unwrap();
    check().await;
    jobs::retry(&fixture.store, &lease, "Again.", Duration::ZERO, at(1_000_000)).await.unwrap();
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_some(), "the caller's clock runs ahead");
}

/// While one job stores its loans, its process still renews leases and others still add rows. Only PostgreSQL lets
/// several write at once; SQLite's heartbeat waits its turn.
async fn a_long_import_lets_the_process_live(db: TestDatabase) {
    if db.backend() == DbBackend::Sqlite {
        return;
    }
    let fixture = Fixture::new(db).await;
    let file = TestFile::loans(records(3));
    let import = fixture.begin(&file).await;
    // The import stands still where it waits for its file.
    let holder = fixture.db.raw.begin().await.unwrap();
    holder.execute_unprepared("SELECT id FROM upload_file FOR NO KEY UPDATE").await.unwrap();
    let writing = tokio::spawn({
        let fixture = fixture.clone();
        async move { fixture.write(&import, &file).await }
    });
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'upload_file' AND c.relnamespace = current_schema()::regnamespace)";
    while fixture.db.number(waiting).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let beat = jobs::heartbeat(&fixture.store, "worker");
    tokio::time::timeout(Duration::from_secs(20), beat).await.expect("the heartbeat does not wait").unwrap();
    let other = fixture.user("a@example.test", Role::Lead, None);
    tokio::time::timeout(Duration::from_secs(20), other).await.expect("others do not wait");
    holder.commit().await.unwrap();
    writing.await.unwrap();
    assert_eq!(fixture.loan_ids().await.len(), 3);
}
