//! The connection: which database, and how it is set up.

use crate::error::{Result, StoreError};
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// A handle on the database; clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    jobs_added: Arc<Notify>,
}

/// How long a writer waits for another one on SQLite, which has one at a time. An import of 100,000 loans
/// holds the database for seconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Readers at once, and one writer.
const SQLITE_CONNECTIONS_MAX: u32 = 8;
const POSTGRES_CONNECTIONS_MAX: u32 = 16;

impl Store {
    /// Opens the database at a `sqlite://` or `postgres://` address; the folder of a SQLite file is made.
    pub async fn connect(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
        if DbBackend::Sqlite.is_prefix_of(url) {
            make_folder(url)?;
            options.max_connections(SQLITE_CONNECTIONS_MAX).map_sqlx_sqlite_opts(set_pragmas);
        } else {
            options.max_connections(POSTGRES_CONNECTIONS_MAX);
        }
        let db = Database::connect(options).await?;
        Ok(Self { db, jobs_added: Arc::default() })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(&self.db, None).await?)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.db.ping().await?)
    }

    /// Resolves when this process has added a job, so that a worker need not wait for its next look.
    pub async fn job_added(&self) {
        self.jobs_added.notified().await;
    }

    pub(crate) fn wake_worker(&self) {
        self.jobs_added.notify_one();
    }
}

fn set_pragmas(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
}

fn make_folder(url: &str) -> Result<()> {
    let options: SqliteConnectOptions = url.parse().map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    match options.get_filename().parent() {
        Some(folder) if folder != Path::new("") => {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::Unavailable(error.into()))
        }
        _ => Ok(()),
    }
}
