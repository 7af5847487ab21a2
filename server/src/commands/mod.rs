//! The subcommands of `loan-recovery`, one module each.

pub mod analyze;
pub mod demo;
pub mod import;
pub mod migrate;
pub mod score;
pub mod serve;
pub mod simulate;
pub mod user;
pub mod worker;

use crate::settings::DatabaseSettings;
use anyhow::{Context, Result};
use std::io::{self, Write};
use std::path::Path;
use store::Store;

/// Opens the database and brings its schema up to date.
async fn open(settings: &DatabaseSettings) -> Result<Store> {
    let store =
        Store::connect(&settings.database_url).await.context("the database cannot be opened; look at DATABASE_URL")?;
    store.migrate().await.context("the database's schema cannot be brought up to date")?;
    Ok(store)
}

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
