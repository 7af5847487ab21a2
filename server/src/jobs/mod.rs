//! Workers: take jobs from the table, run them, and show that they live.

mod carry_out;
mod champion;
mod check_import;
mod import;
mod look_back;
mod mended;
mod promote;
mod reading;
mod score;
mod train_and_score;
mod trained_on;
mod worker;

pub use worker::{LOCAL_URL, Worker, run_until_idle};

use std::sync::Arc;
use std::time::Duration;
use store::jobs::{Asked, Lease};
use store::{Store, StoreError};

/// Why a job did not end well.
#[derive(Debug, thiserror::Error)]
enum JobError {
    /// Somebody asked it to stop.
    #[error("cancelled")]
    Cancelled,
    /// A fault that another attempt would meet again; a sentence for people.
    #[error("{0}")]
    Fault(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long a job waits before it is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The lease of a job with what its handler watches: whether to stop.
#[derive(Clone, Debug)]
struct Run {
    lease: Lease,
    stop: tokio_util::sync::CancellationToken,
    /// Where people reach the site, for links in messages.
    public_url: Arc<str>,
}

impl Run {
    /// Tells how far it is, and stops where somebody has asked it to: a job may be done before a heartbeat tells.
    async fn report(&self, store: &Store, percent: i32, message: &str) -> Result<(), JobError> {
        self.go_on()?;
        match store::jobs::report(store, &self.lease, percent, message).await? {
            Asked::GoOn => Ok(()),
            Asked::Stop => Err(JobError::Cancelled),
        }
    }

    fn go_on(&self) -> Result<(), JobError> {
        if self.stop.is_cancelled() { Err(JobError::Cancelled) } else { Ok(()) }
    }
}
