//! `loan-recovery worker`: works on background jobs, without a web server.

use super::{open, stop_signal};
use crate::channels;
use crate::jobs::Worker;
use crate::settings::{DatabaseSettings, OutreachSettings, WorkerSettings};
use crate::telemetry;
use anyhow::Result;
use clap::Args;
use tokio_util::sync::CancellationToken;

/// Work on background jobs; several of these may share a database
#[derive(Args, Clone, Debug)]
pub struct WorkerArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    worker: WorkerSettings,
    #[command(flatten)]
    outreach: OutreachSettings,
    /// Write the log as JSON
    #[arg(long, env = "LOAN_RECOVERY_LOG_JSON")]
    log_json: bool,
}

pub async fn run(args: WorkerArgs) -> Result<()> {
    telemetry::start(args.log_json);
    let ways = args.outreach.ways()?;
    let store = open(&args.database).await?;
    let stop = CancellationToken::new();
    let worker = Worker::new(store.clone()).at(&args.outreach.public_url);
    let working = tokio::spawn(worker.run(args.worker.workers.max(1) as usize, stop.clone()));
    let send = |way| tokio::spawn(channels::run(store.clone(), way, stop.clone()));
    let sending: Vec<_> = ways.into_iter().map(send).collect();
    stop_signal().await;
    stop.cancel();
    working.await?;
    for task in sending {
        task.await?;
    }
    Ok(())
}
