//! A change: one transaction that ends with its audit event, and wakes a worker where it added a job.

use crate::audit::{self, Event};
use crate::connection::Store;
use crate::error::Result;
use crate::models::CHUNK;
use chrono::{DateTime, SubsecRound, Utc};
use domain::access::Actor;
use sea_orm::{
    ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PrimaryKeyTrait, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

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

    /// Writes rows, many to a statement.
    pub(crate) async fn insert_all<A: ActiveModelTrait>(&self, rows: Vec<A>) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(CHUNK);
            <A::Entity as EntityTrait>::insert_many(some).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// Writes rows, many to a statement; their numbers, in the same order.
    pub(crate) async fn insert_numbered<A>(&self, rows: Vec<A>) -> Result<Vec<i64>>
    where
        A: ActiveModelTrait,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
        <A::Entity as EntityTrait>::PrimaryKey: PrimaryKeyTrait<ValueType = i64>,
    {
        let mut numbers = Vec::with_capacity(rows.len());
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(CHUNK);
            let written = <A::Entity as EntityTrait>::insert_many(some).exec_with_returning_keys(&self.tx);
            numbers.extend(written.await?);
        }
        // Rows are numbered in the order of their statement; SQLite may tell the numbers in another one.
        numbers.sort_unstable();
        Ok(numbers)
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
