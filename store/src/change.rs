//! A change: one transaction that ends with its audit event, and wakes a worker where it added a job.

use crate::audit::{self, Event};
use crate::connection::Store;
use crate::error::Result;
use chrono::{DateTime, SubsecRound, Utc};
use domain::access::Actor;
use sea_orm::{DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};

/// Dropping it undoes it. The only way to commit is with an event, so the audit trail cannot be forgotten.
pub(crate) struct Change {
    pub(crate) tx: DatabaseTransaction,
    pub(crate) actor: Actor,
    /// In microseconds, which is what both databases keep.
    pub(crate) now: DateTime<Utc>,
    store: Store,
    adds_job: bool,
}

impl Store {
    pub(crate) async fn change(&self, actor: Actor, now: DateTime<Utc>) -> Result<Change> {
        Ok(Change { tx: self.begin().await?, actor, now: now.trunc_subsecs(6), store: self.clone(), adds_job: false })
    }

    /// A transaction that will write. SQLite takes its one write lock at once: a reader that turns into a
    /// writer would fail where another one wrote in between.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.db.begin_with_options(options).await?)
    }
}

impl Change {
    pub(crate) fn adds_job(&mut self) {
        self.adds_job = true;
    }

    /// The event is written last, as it takes the lock of the chain, which everybody else waits for. A worker
    /// is woken after the commit: before, it would find nothing and sleep again.
    pub(crate) async fn commit(self, event: Event) -> Result<()> {
        audit::append(&self.tx, self.actor, self.now, event).await?;
        self.tx.commit().await?;
        if self.adds_job {
            self.store.wake_worker();
        }
        Ok(())
    }
}
