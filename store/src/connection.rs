//! The connection: which database, and how it is set up.

use crate::error::{Result, StoreError};
use crate::templates;
use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection as _};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};
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
            options
                .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_clean(connection))));
        } else {
            options.max_connections(POSTGRES_CONNECTIONS_MAX);
        }
        let db = Database::connect(options).await?;
        Ok(Self { db, jobs_added: Arc::default() })
    }

    /// Brings the schema up to date: all of it or nothing, one process at a time.
    pub async fn migrate(&self) -> Result<()> {
        let tx = self.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared("SELECT pg_advisory_xact_lock(hashtext('migration'))").await?;
        }
        Migrator::up(&tx, None).await?;
        templates::seed(&tx).await?;
        tx.commit().await?;
        Ok(())
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

/// Whether a connection that comes back can be used again.
///
/// Where a disk is full, SQLite ends the transaction itself, and the driver, whose own rollback then fails, goes on counting
/// one. Later transactions on the connection would be parts of it, and one of them would keep the write lock for ever.
async fn is_clean(connection: &mut SqliteConnection) -> std::result::Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may wait to be done; who answers has done it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
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

/// A moment that our own SQL binds as `$1`, `$2` …, of the type that the columns have.
pub(crate) fn moment_sql(backend: DbBackend, bound: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("CAST({bound} AS timestamptz)"),
        _ => bound.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::ConnectionTrait;

    async fn open() -> (tempfile::TempDir, Store, Store) {
        let folder = tempfile::tempdir().expect("a folder is made");
        let url = format!("sqlite://{}/test.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url).await.expect("is opened");
        store.db.execute_unprepared("CREATE TABLE t (x text)").await.expect("is made");
        let other = Store::connect(&url).await.expect("is opened");
        (folder, store, other)
    }

    #[tokio::test]
    async fn a_transaction_that_the_database_ended_leaves_no_lock_behind() {
        let (_folder, store, other) = open().await;
        let ended = store.begin().await.expect("begins");
        // As SQLite does by itself where a disk is full.
        ended.execute_unprepared("ROLLBACK").await.expect("ends");
        drop(ended);
        for _ in 0..SQLITE_CONNECTIONS_MAX {
            let dropped = store.begin().await.expect("begins");
            dropped.execute_unprepared("INSERT INTO t VALUES ('x')").await.expect("writes");
        }
        let free = tokio::time::timeout(Duration::from_secs(5), other.begin()).await;
        free.expect("the write lock is free").expect("begins").commit().await.expect("ends");
    }

    #[tokio::test]
    async fn a_full_disk_is_told() {
        let (_folder, store, _) = open().await;
        let tx = store.begin().await.expect("begins");
        tx.execute_unprepared("PRAGMA max_page_count = 20").await.expect("is set");
        let filled = tx.execute_unprepared("INSERT INTO t VALUES (hex(zeroblob(1000000)))").await;
        assert!(matches!(filled.map_err(StoreError::from), Err(StoreError::DiskFull(_))));
    }
}
