//! Asking for jobs, looking at them, cancelling and pruning them.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use chrono::DateTime;
use domain::field::FileKind;
use domain::id::{JobId, UploadId};
use domain::job::{Job, JobState};
use domain::model::TrainingOptions;
use std::time::Duration;
use store::uploads::Next;
use store::{StoreError, audit, jobs};

on_both_databases!(
    a_double_click_makes_one_job,
    what_was_asked_for_is_claimed,
    a_waiting_job_is_cancelled_at_once,
    a_cancelled_job_is_not_tried_again,
    a_worker_is_woken_after_the_commit,
    finished_jobs_are_pruned_and_summed_up,
    what_cannot_be_read_does_not_come_back,
    jobs_of_one_portfolio_run_one_after_the_other,
);

pub(crate) fn training(fixture: &Fixture) -> Job {
    Job::TrainAndScore { portfolio: fixture.portfolio, options: TrainingOptions::default() }
}

pub(crate) async fn enqueue(fixture: &Fixture, job: &Job) -> JobId {
    jobs::enqueue(&fixture.store, ACTOR, fixture.portfolio, job, at(1)).await.unwrap()
}

pub(crate) async fn state(fixture: &Fixture, id: JobId) -> JobState {
    jobs::status(&fixture.store, fixture.scope, id).await.unwrap().state
}

async fn a_double_click_makes_one_job(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let clicks = (0..6).map(|_| {
        let fixture = fixture.clone();
        tokio::spawn(async move { enqueue(&fixture, &training(&fixture)).await })
    });
    let mut ids = Vec::new();
    for click in clicks.collect::<Vec<_>>() {
        ids.push(click.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let claimed = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!(enqueue(&fixture, &training(&fixture)).await, claimed.id, "it runs already");
    jobs::complete(&fixture.store, &claimed.lease, "Done.", at(2)).await.unwrap();
    assert_ne!(enqueue(&fixture, &training(&fixture)).await, claimed.id, "it is done: this is a new one");
}

async fn what_was_asked_for_is_claimed(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None);
    let asked = training(&fixture);
    let id = enqueue(&fixture, &asked).await;
    let import = enqueue(&fixture, &Job::Import { upload: UploadId(1) }).await;
    let first = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!(first.id, import, "people wait for imports");
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None, "one after the other");
    jobs::complete(&fixture.store, &first.lease, "Done.", at(2)).await.unwrap();
    let second = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!((second.id, second.portfolio, &second.job), (id, fixture.portfolio, &asked));
    assert!(!second.cancel_requested);
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None);
    jobs::report(&fixture.store, &second.lease, 140, "Growing trees").await.unwrap();
    let status = jobs::latest(&fixture.store, fixture.scope, asked.kind()).await.unwrap().unwrap();
    assert_eq!((status.id, status.state), (id, JobState::Running));
    assert_eq!((status.percent, status.message.as_str(), status.finished_at), (100, "Growing trees", None));
    jobs::fail(&fixture.store, &second.lease, "No loans.", at(3)).await.unwrap();
    let status = jobs::status(&fixture.store, fixture.scope, id).await.unwrap();
    assert_eq!((status.state, status.message.as_str()), (JobState::Failed, "No loans."));
    assert!(status.finished_at.unwrap() >= status.created_at);
}

async fn a_waiting_job_is_cancelled_at_once(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    let status = jobs::request_cancel(&fixture.store, ACTOR, fixture.scope, id, at(2)).await.unwrap();
    assert_eq!(status.state, JobState::Cancelled);
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None);
    // Twice is as good as once, and what is finished stays as it is.
    let again = jobs::request_cancel(&fixture.store, ACTOR, fixture.scope, id, at(3)).await.unwrap();
    assert_eq!(again, status);
}

async fn a_cancelled_job_is_not_tried_again(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &training(&fixture)).await;
    let lease = fixture.lease().await;
    assert!(jobs::heartbeat(&fixture.store, "worker").await.unwrap().is_empty());
    let status = jobs::request_cancel(&fixture.store, ACTOR, fixture.scope, id, at(2)).await.unwrap();
    assert_eq!((status.state, status.cancel_requested), (JobState::Running, true));
    assert_eq!(jobs::heartbeat(&fixture.store, "worker").await.unwrap(), [id]);
    let next = jobs::retry(&fixture.store, &lease, "The disk was full.", Duration::ZERO, at(3)).await.unwrap();
    assert_eq!(next, JobState::Cancelled);
    assert_eq!(jobs::claim(&fixture.store, "worker").await.unwrap(), None);

    let id = enqueue(&fixture, &training(&fixture)).await;
    let lease = fixture.lease().await;
    jobs::request_cancel(&fixture.store, ACTOR, fixture.scope, id, at(4)).await.unwrap();
    jobs::mark_cancelled(&fixture.store, &lease, at(5)).await.unwrap();
    assert_eq!(state(&fixture, id).await, JobState::Cancelled);
}

async fn a_worker_is_woken_after_the_commit(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let soon = |store: store::Store| async move {
        tokio::time::timeout(Duration::from_millis(100), store.job_added()).await.is_ok()
    };
    assert!(!soon(fixture.store.clone()).await);
    let waiting = tokio::spawn({
        let store = fixture.store.clone();
        async move {
            store.job_added().await;
            jobs::claim(&store, "worker").await.unwrap()
        }
    });
    let id = enqueue(&fixture, &training(&fixture)).await;
    let claimed = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    assert_eq!(claimed.map(|claimed| claimed.id), Some(id), "it was there when the worker woke");
    // Who was busy meanwhile hears of it afterwards; nothing new wakes nobody.
    let upload = fixture.receive(&TestFile::loans(Vec::new())).await;
    assert!(!soon(fixture.store.clone()).await, "nobody has said yet how to read it");
    fixture.confirm(upload.id, FileKind::Loans, Next::Check).await;
    assert!(soon(fixture.store.clone()).await);
    enqueue(&fixture, &training(&fixture)).await;
    assert!(!soon(fixture.store.clone()).await);
}

async fn finished_jobs_are_pruned_and_summed_up(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let mut ids = Vec::new();
    for number in 0..4 {
        let id = enqueue(&fixture, &Job::Import { upload: UploadId(number) }).await;
        let lease = fixture.lease().await;
        if number == 0 {
            jobs::fail(&fixture.store, &lease, "No.", at(2)).await.unwrap();
        } else {
            jobs::complete(&fixture.store, &lease, "Done.", at(2)).await.unwrap();
        }
        ids.push(id);
    }
    let waiting = enqueue(&fixture, &training(&fixture)).await;
    let long_ago = DateTime::from_timestamp(1_000_000_000, 0).unwrap();
    assert_eq!(jobs::prune(&fixture.store, ACTOR, long_ago, at(3)).await.unwrap(), 0);
    let far_ahead = DateTime::from_timestamp(10_000_000_000, 0).unwrap();
    assert_eq!(jobs::prune(&fixture.store, ACTOR, far_ahead, at(3)).await.unwrap(), 3);
    for id in &ids[..3] {
        let found = jobs::status(&fixture.store, fixture.scope, *id).await;
        assert!(matches!(found, Err(StoreError::NotFound("job"))), "{found:?}");
    }
    assert_eq!(jobs::latest(&fixture.store, fixture.scope, "import").await.unwrap().unwrap().id, ids[3]);
    assert_eq!(state(&fixture, waiting).await, JobState::Queued);
    let summed_up = "SELECT COUNT(*) FROM audit_event WHERE action = 'job.pruned' AND details LIKE '%[[\"import\",\"failed\",1],[\"import\",\"succeeded\",2]]%'";
    assert_eq!(fixture.db.number(summed_up).await, 1);
    assert!(matches!(audit::verify(&fixture.store).await.unwrap(), audit::Verification::Whole { .. }));
}

async fn what_cannot_be_read_does_not_come_back(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = enqueue(&fixture, &Job::Import { upload: UploadId(1) }).await;
    let good = enqueue(&fixture, &training(&fixture)).await;
    fixture.db.execute(&format!("UPDATE job SET payload = '{{\"kind\":\"unknown\"}}' WHERE id = {id}")).await;
    let claimed = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!(claimed.id, good);
    assert_eq!(state(&fixture, id).await, JobState::Failed);
}

async fn jobs_of_one_portfolio_run_one_after_the_other(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let neighbour = fixture.neighbour().await;
    let first = enqueue(&fixture, &Job::Import { upload: UploadId(1) }).await;
    let second = enqueue(&fixture, &Job::UndoImport { upload: UploadId(2) }).await;
    let figures = enqueue(&fixture, &Job::Summarise { portfolio: fixture.portfolio }).await;
    let theirs = enqueue(&neighbour, &Job::CheckImport { upload: UploadId(3) }).await;
    let claim = async || jobs::claim(&fixture.store, "worker").await.unwrap();
    let running = claim().await.unwrap();
    assert_eq!(running.id, figures, "figures take little time");
    let beside = claim().await.unwrap();
    assert_eq!((beside.id, beside.portfolio), (theirs, neighbour.portfolio));
    assert_eq!(claim().await, None);
    jobs::complete(&fixture.store, &running.lease, "Done.", at(2)).await.unwrap();
    let running = claim().await.unwrap();
    assert_eq!((running.id, claim().await), (first, None));
    // Who waits for another attempt stands in nobody's way.
    jobs::retry(&fixture.store, &running.lease, "Later.", Duration::from_hours(1), at(3)).await.unwrap();
    let running = claim().await.unwrap();
    assert_eq!((running.id, claim().await), (second, None));
}
