//! The loop of a worker process.

use super::{JobError, RETRY_AFTER, Run, carry_out, check_import, import, promote, score, train_and_score};
use crate::clock;
use domain::access::Actor;
use domain::id::JobId;
use domain::job::{Job, JobState};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::jobs::{ClaimedJob, heartbeat};
use store::{Store, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Leases last three heartbeats.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The net under the wake-up call: other processes add jobs too.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long running jobs may go on when the process is asked to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Finished jobs older than this are removed; the newest of each kind stays.
const KEPT_DAYS: i64 = 90;

/// So many heartbeats pass between two looks at what is due: a minute.
const DUE_BEATS: u64 = 12;
/// Where the site is reached unless somebody says otherwise.
pub const LOCAL_URL: &str = "http://localhost:3000";

/// Works on the jobs of a database.
#[derive(Clone, Debug)]
pub struct Worker {
    store: Store,
    /// Names the process, so that two never share a lease.
    owner: String,
    /// Where people reach the site.
    public_url: Arc<str>,
    /// The jobs under way, with what stops each.
    running: Arc<Mutex<HashMap<JobId, CancellationToken>>>,
}

impl Worker {
    #[expect(clippy::disallowed_methods, reason = "no result hangs on the name")]
    pub fn new(store: Store) -> Self {
        let owner = format!("{}-{:016x}", std::process::id(), rand::random::<u64>());
        Self { store, owner, public_url: LOCAL_URL.into(), running: Arc::default() }
    }

    /// Says where people reach the site, for links in messages.
    #[must_use]
    pub fn at(self, public_url: &str) -> Self {
        Self { public_url: public_url.into(), ..self }
    }

    /// Works until no job waits.
    pub(crate) async fn until_idle(self) {
        let quiet = CancellationToken::new();
        let pulse = tokio::spawn(self.clone().keep_alive(quiet.clone()));
        while let Some(claimed) = self.claim().await {
            self.clone().work(claimed).await;
        }
        quiet.cancel();
        let _ = pulse.await;
    }

    /// Works on up to `slots` jobs at once until `stop`; then gives back what is not done in time.
    pub async fn run(self, slots: usize, stop: CancellationToken) {
        let quiet = CancellationToken::new();
        let pulse = tokio::spawn(self.clone().keep_alive(quiet.clone()));
        let mut jobs = JoinSet::new();
        while !stop.is_cancelled() {
            while jobs.try_join_next().is_some() {}
            let claimed = if jobs.len() < slots { self.claim().await } else { None };
            if let Some(claimed) = claimed {
                jobs.spawn(self.clone().work(claimed));
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.store.job_added(), if jobs.len() < slots => {}
                _ = jobs.join_next(), if !jobs.is_empty() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        let finished = async { while jobs.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finished).await.is_err() {
            tracing::warn!("jobs are still running; they are given back and start anew elsewhere");
            // Handlers end before their jobs are released, or two would work on one job.
            jobs.shutdown().await;
        }
        quiet.cancel();
        let _ = pulse.await;
        if let Err(error) = store::jobs::release(&self.store, &self.owner).await {
            tracing::warn!(error = ?error, "jobs could not be given back; their leases run out by themselves");
        }
    }

    async fn claim(&self) -> Option<ClaimedJob> {
        match store::jobs::claim(&self.store, &self.owner).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(error = ?error, "no job can be claimed");
                tokio::time::sleep(LOOK_AGAIN).await;
                None
            }
        }
    }

    /// Ends between two beats: one that is broken off would leave its transaction, and its lock, behind.
    async fn keep_alive(self, quiet: CancellationToken) {
        let mut ticks = tokio::time::interval(HEARTBEAT);
        let mut beats = 0_u64;
        loop {
            tokio::select! {
                () = quiet.cancelled() => return,
                _ = ticks.tick() => {}
            }
            match heartbeat(&self.store, &self.owner).await {
                Ok(cancelled) => self.stop(&cancelled),
                Err(error) => tracing::warn!(error = ?error, "the heartbeat failed"),
            }
            if beats.is_multiple_of(DUE_BEATS)
                && let Err(error) = store::cases::look_for_due(&self.store, clock::now()).await
            {
                tracing::warn!(error = ?error, "nobody could see which steps are due");
            }
            if beats.is_multiple_of(720) {
                self.prune().await;
            }
            beats += 1;
        }
    }

    async fn prune(&self) {
        let now = clock::now();
        let before = now - chrono::TimeDelta::days(KEPT_DAYS);
        if let Err(error) = store::jobs::prune(&self.store, Actor::Schedule, before, now).await {
            tracing::warn!(error = ?error, "old jobs could not be removed");
        }
    }

    fn stop(&self, cancelled: &[JobId]) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for id in cancelled {
            if let Some(stop) = running.get(id) {
                stop.cancel();
            }
        }
    }

    /// Runs one job and settles it.
    async fn work(self, claimed: ClaimedJob) {
        let stop = CancellationToken::new();
        if claimed.cancel_requested {
            stop.cancel();
        }
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(claimed.id, stop.clone());
        tracing::info!(job = %claimed.id, kind = claimed.job.kind(), "job starts");
        let run = Run { lease: claimed.lease.clone(), stop, public_url: self.public_url.clone() };
        // A task of its own, so that a panic ends the job and not the worker; it ends with this one.
        let mut task = JoinSet::new();
        task.spawn(handle(self.store.clone(), run, claimed.job.clone()));
        let outcome = match task.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => Err(JobError::Fault(format!("The work broke off: {error}"))),
            None => Err(JobError::Fault("The work never began.".to_owned())),
        };
        self.settle_surely(&claimed, outcome).await;
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&claimed.id);
    }

    /// Settles a job however long the database takes: the heartbeat renews all leases of this process, so a job
    /// that nobody settles would run for ever.
    async fn settle_surely(&self, claimed: &ClaimedJob, outcome: Result<(), JobError>) {
        loop {
            match self.settle(claimed, &outcome).await {
                Ok(()) => return,
                Err(StoreError::Conflict(_) | StoreError::NotFound(_)) => {
                    tracing::warn!(job = %claimed.id, "the lease was lost; somebody else does the job");
                    return;
                }
                Err(error) => tracing::warn!(job = %claimed.id, error = ?error, "the job is not settled yet"),
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    /// Handlers that end well have settled their job together with its effects.
    async fn settle(&self, claimed: &ClaimedJob, outcome: &Result<(), JobError>) -> Result<(), StoreError> {
        let (store, lease, now) = (&self.store, &claimed.lease, clock::now());
        match outcome {
            Ok(()) => {
                tracing::info!(job = %claimed.id, "job done");
                Ok(())
            }
            Err(JobError::Cancelled) => store::jobs::mark_cancelled(store, lease, now).await,
            Err(JobError::Fault(message)) => {
                tracing::warn!(job = %claimed.id, message, "job failed");
                store::jobs::fail(store, lease, message, now).await
            }
            Err(JobError::Store(StoreError::Conflict(message))) => {
                tracing::warn!(job = %claimed.id, message, "job failed");
                store::jobs::fail(store, lease, message, now).await
            }
            Err(JobError::Store(error)) => {
                tracing::warn!(job = %claimed.id, error = ?error, "job will be tried again");
                let message = match error {
                    StoreError::DiskFull(_) => "The disk of the database is full. Free space there; then try again.",
                    _ => "The database did not answer; trying again.",
                };
                store::jobs::retry(store, lease, message, RETRY_AFTER, now).await.map(|_: JobState| ())
            }
        }
    }
}

async fn handle(store: Store, run: Run, job: Job) -> Result<(), JobError> {
    match job {
        Job::Import { upload } => import::run(&store, &run, upload).await,
        Job::CheckImport { upload } => check_import::run(&store, &run, upload).await,
        Job::UndoImport { upload } => import::undo(&store, &run, upload).await,
        Job::Summarise { portfolio } => {
            store::summaries::refresh_all(&store, &run.lease, portfolio, clock::now()).await.map_err(JobError::from)
        }
        Job::StartPolicy { policy, .. } => {
            let actor = Actor::Job(run.lease.job);
            store::policies::start(&store, actor, &run.lease, policy, clock::now()).await.map_err(JobError::from)
        }
        Job::CarryOut { portfolio } => carry_out::run(&store, &run, portfolio).await,
        Job::Score { portfolio } => score::run(&store, &run, portfolio, score::Look::AtAll).await,
        Job::Redecide { portfolio } => score::run(&store, &run, portfolio, score::Look::AtAlerts).await,
        Job::Promote { portfolio, model, rationale } => promote::run(&store, &run, portfolio, model, &rationale).await,
        Job::TrainAndScore { portfolio, options } => train_and_score::run(&store, &run, portfolio, &options).await,
    }
}

/// Works on jobs one after the other until none is left, for the command line and for tests.
pub async fn run_until_idle(store: &Store) {
    Worker::new(store.clone()).until_idle().await;
}
