//! The subcommands of `loan-recovery`, one module each.

pub mod analyze;
pub mod demo;
pub mod gate;
pub mod import;
mod live;
pub mod migrate;
pub mod models;
pub mod score;
pub mod serve;
pub mod simulate;
pub mod train;
pub mod user;
pub mod worker;

mod training_args;

use crate::clock;
use crate::jobs::run_until_idle;
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result};
use domain::access::{Actor, Scope};
use domain::id::JobId;
use domain::job::JobStatus;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;
use store::Store;

/// Opens the database and brings its schema up to date.
async fn open(settings: &DatabaseSettings) -> Result<Store> {
    let store =
        Store::connect(&settings.database_url).await.context("the database cannot be opened; look at DATABASE_URL")?;
    store.migrate().await.context("the database's schema cannot be brought up to date")?;
    Ok(store)
}

/// Opens the database, and reaches its portfolio.
async fn reach(database: &DatabaseSettings) -> Result<(Store, Scope)> {
    let store = open(database).await?;
    let portfolio =
        store::portfolios::first(&store).await?.context("there is no portfolio yet: import a file first")?;
    Ok((store, Scope::whole(portfolio.id)))
}

/// Works on jobs until one has ended. Another job of the portfolio may have to end before it: one that a killed process
/// left, whose lease runs out after some seconds, or one that another process works on.
async fn work_until_done(store: &Store, scope: Scope, job: JobId) -> Result<JobStatus> {
    loop {
        run_until_idle(store).await;
        let status = store::jobs::status(store, scope, job).await?;
        if status.state.is_finished() {
            return Ok(status);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// As [`work_until_done`]; where the process is asked to stop meanwhile, the job is cancelled, and its end waited for.
async fn work_or_cancel(store: &Store, scope: Scope, job: JobId) -> Result<JobStatus> {
    let work = work_until_done(store, scope, job);
    tokio::pin!(work);
    tokio::select! {
        status = &mut work => return status,
        () = stop_signal() => {}
    }
    store::jobs::request_cancel(store, Actor::CommandLine, scope, job, clock::now()).await?;
    // Handlers notice within a few seconds, and settle what they leave.
    work.await
}

const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Whether two paths lead to one file that is there: what is written must not replace what was read.
fn is_same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// Writes a report. Whoever closed the pipe has seen enough of it.
fn say(output: &mut (impl Write + ?Sized), text: &str) -> io::Result<()> {
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Resolves when the process is asked to stop, by Ctrl-C or by its supervisor.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
