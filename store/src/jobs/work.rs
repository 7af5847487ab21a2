//! What workers do with jobs: claim them, show that they live, and settle them.

use super::{ATTEMPTS_MAX, ClaimedJob, LEASE_SECONDS, Lease, database_now_ms, subject};
use crate::audit::Event;
use crate::connection::Store;
use crate::entity::job;
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::id::{JobId, PortfolioId};
use domain::job::JobState;
use sea_orm::sea_query::{Expr, LockBehavior, LockType, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, ExprTrait, FromQueryResult,
    QueryFilter, QuerySelect, UpdateMany,
};
use serde_json::json;
use std::time::Duration;

/// Takes the next job, if there is one; nobody else gets it while the lease lasts. Jobs of one portfolio run one
/// after the other: a training must not see half an import, nor an import another one's rows.
pub async fn claim(store: &Store, owner: &str) -> Result<Option<ClaimedJob>> {
    let now_ms = database_now_ms(store.db.get_database_backend());
    loop {
        let next = Query::select()
            .column(job::Column::Id)
            .from(job::Entity)
            .and_where(job::Column::State.eq(JobState::Queued.code()))
            .and_where(job::Column::RunAtMs.into_expr().lte(now_ms.clone()))
            .and_where(Expr::exists(running_beside()).not())
            .order_by(job::Column::Priority, Order::Desc)
            .order_by(job::Column::RunAtMs, Order::Asc)
            .order_by(job::Column::Id, Order::Asc)
            .limit(1)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let mut take = Query::update();
        take.table(job::Entity)
            .value(job::Column::State, JobState::Running.code())
            .value(job::Column::Owner, owner)
            .value(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
            .value(job::Column::LeaseUntilMs, now_ms.clone().add(LEASE_SECONDS * 1000))
            .value(job::Column::StartedAtMs, Expr::col(job::Column::StartedAtMs).if_null(now_ms.clone()))
            .and_where(job::Column::Id.into_expr().eq(Expr::SubQuery(None, Box::new(next.into()))))
            .returning_all();
        let tx = store.begin().await?;
        one_at_a_time(&tx).await?;
        let row = tx.query_one(&take).await?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(None) };
        let row = job::Model::from_query_result(&row, "")?;
        let lease = Lease { job: JobId(row.id), owner: owner.to_owned(), attempts: row.attempts };
        let Ok(job) = serde_json::from_str(&row.payload) else {
            // Another version of this program wrote it. It would come back for ever if it were left.
            let message = "This work was asked for by another version of the program.";
            settle(&store.db, &lease, JobState::Failed, message).await?;
            continue;
        };
        return Ok(Some(ClaimedJob {
            id: lease.job,
            portfolio: PortfolioId(row.portfolio_id),
            job,
            lease,
            cancel_requested: row.cancel_requested_at_ms.is_some(),
        }));
    }
}

/// Lets one worker claim at a time, until its transaction ends: what another one has just claimed must be seen. SQLite
/// has one writer anyway.
async fn one_at_a_time(tx: &DatabaseTransaction) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SELECT pg_advisory_xact_lock(hashtext('job'))").await?;
    }
    Ok(())
}

/// A running job of the same portfolio as the one that is looked at.
fn running_beside() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from_as(job::Entity, "beside")
        .and_where(Expr::col(("beside", job::Column::PortfolioId)).eq(job::Column::PortfolioId.into_expr()))
        .and_where(Expr::col(("beside", job::Column::State)).eq(JobState::Running.code()))
        .to_owned()
}

/// Says that a process lives: renews its leases, and takes jobs from processes that no longer answer. Gives the
/// jobs of this process that somebody asked to stop. To be called every few seconds.
pub async fn heartbeat(store: &Store, owner: &str) -> Result<Vec<JobId>> {
    let db = &store.db;
    let now_ms = database_now_ms(db.get_database_backend());
    let mine = job::Entity::update_many()
        .col_expr(job::Column::LeaseUntilMs, now_ms.clone().add(LEASE_SECONDS * 1000))
        .filter(job::Column::State.eq(JobState::Running.code()))
        .filter(job::Column::Owner.eq(owner))
        .exec_with_returning(db)
        .await?;
    reap(store, now_ms).await?;
    let is_cancelled = |row: &job::Model| row.cancel_requested_at_ms.is_some();
    Ok(mine.iter().filter(|row| is_cancelled(row)).map(|row| JobId(row.id)).collect())
}

/// Takes jobs from workers that let their lease run out.
async fn reap(store: &Store, now_ms: Expr) -> Result<()> {
    let db = &store.db;
    let dead = Condition::all()
        .add(job::Column::State.eq(JobState::Running.code()))
        .add(job::Column::LeaseUntilMs.into_expr().lt(now_ms.clone()));
    // Looking costs nothing; on SQLite an update that changes nothing still waits for the writer's lock.
    let found: Option<i64> =
        job::Entity::find().select_only().column(job::Column::Id).filter(dead.clone()).into_tuple().one(db).await?;
    if found.is_none() {
        return Ok(());
    }
    let is_used_up = Expr::col(job::Column::Attempts).gte(Expr::col(job::Column::MaxAttempts));
    taken_back(JobState::Cancelled, &now_ms)
        .filter(dead.clone())
        .filter(job::Column::CancelRequestedAtMs.is_not_null())
        .exec(db)
        .await?;
    taken_back(JobState::Failed, &now_ms)
        .col_expr(job::Column::Message, "The work was broken off too often. Look at the server's log.".into())
        .filter(dead.clone())
        .filter(is_used_up)
        .exec(db)
        .await?;
    taken_back(JobState::Queued, &now_ms).filter(dead).exec(db).await?;
    Ok(())
}

/// Gives the jobs of a process back when it stops in good order. They lose no attempt; the number of attempts
/// still only grows, as leases are told apart by it.
pub async fn release(store: &Store, owner: &str) -> Result<u64> {
    let db = &store.db;
    let now_ms = database_now_ms(db.get_database_backend());
    let mine = Condition::all().add(job::Column::State.eq(JobState::Running.code())).add(job::Column::Owner.eq(owner));
    let cancelled = taken_back(JobState::Cancelled, &now_ms)
        .filter(mine.clone())
        .filter(job::Column::CancelRequestedAtMs.is_not_null())
        .exec(db)
        .await?;
    let queued = taken_back(JobState::Queued, &now_ms)
        .col_expr(job::Column::MaxAttempts, Expr::col(job::Column::MaxAttempts).add(1))
        .filter(mine)
        .exec(db)
        .await?;
    Ok(cancelled.rows_affected + queued.rows_affected)
}

/// Shows how far a job is. A conflict means that the lease was lost: stop.
pub async fn report(store: &Store, lease: &Lease, percent: i32, message: &str) -> Result<Asked> {
    let update = job::Entity::update_many()
        .col_expr(job::Column::Percent, percent.clamp(0, 100).into())
        .col_expr(job::Column::Message, message.into())
        .filter(held(lease));
    let rows = update.exec_with_returning(&store.db).await?;
    expect_held(rows.len() as u64)?;
    let is_stopped = rows.iter().any(|row| row.cancel_requested_at_ms.is_some());
    Ok(if is_stopped { Asked::Stop } else { Asked::GoOn })
}

/// What is asked of a worker who tells how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    GoOn,
    Stop,
}

pub async fn complete(store: &Store, lease: &Lease, message: &str, now: DateTime<Utc>) -> Result<()> {
    finish(store, lease, JobState::Succeeded, message, now).await
}

pub async fn fail(store: &Store, lease: &Lease, message: &str, now: DateTime<Utc>) -> Result<()> {
    finish(store, lease, JobState::Failed, message, now).await
}

/// The worker has stopped because somebody asked it to.
pub async fn mark_cancelled(store: &Store, lease: &Lease, now: DateTime<Utc>) -> Result<()> {
    finish(store, lease, JobState::Cancelled, "Cancelled.", now).await
}

/// Puts a job back for another attempt after a while. It fails where its attempts are used up, and ends where
/// somebody asked it to stop.
pub async fn retry(
    store: &Store,
    lease: &Lease,
    message: &str,
    after: Duration,
    now: DateTime<Utc>,
) -> Result<JobState> {
    let change = store.change(Actor::Job(lease.job), now).await?;
    let row = job::Entity::find_by_id(lease.job.0).filter(held(lease)).lock_exclusive().one(&change.tx).await?;
    let row = row.ok_or_else(lost)?;
    let state = if row.cancel_requested_at_ms.is_some() {
        JobState::Cancelled
    } else if row.attempts >= row.max_attempts {
        JobState::Failed
    } else {
        JobState::Queued
    };
    let run_at_ms = database_now_ms(change.tx.get_database_backend()).add(after.as_millis() as i64);
    settle(&change.tx, lease, state, message).await?;
    delay(&change.tx, lease.job, run_at_ms).await?;
    change.commit(event(row.portfolio_id, lease, state, message)).await?;
    Ok(state)
}

async fn delay(tx: &DatabaseTransaction, job: JobId, run_at_ms: Expr) -> Result<()> {
    let update = job::Entity::update_many().col_expr(job::Column::RunAtMs, run_at_ms);
    update.filter(job::Column::Id.eq(job.0)).exec(tx).await?;
    Ok(())
}

async fn finish(store: &Store, lease: &Lease, state: JobState, message: &str, now: DateTime<Utc>) -> Result<()> {
    let change = store.change(Actor::Job(lease.job), now).await?;
    let row = settle(&change.tx, lease, state, message).await?;
    change.commit(event(row.portfolio_id, lease, state, message)).await
}

/// The job of a lease that still holds. Work that takes long looks first and settles last: settling locks the row,
/// and the heartbeat of the whole process would wait for it.
pub(crate) async fn held_by(db: &impl ConnectionTrait, lease: &Lease) -> Result<job::Model> {
    job::Entity::find().filter(held(lease)).one(db).await?.ok_or_else(lost)
}

/// Notes that a job has kept a part of its work, within the transaction that keeps it: it is tried anew as often as if
/// it began there. A conflict where the lease was lost.
pub(crate) async fn progressed(db: &impl ConnectionTrait, lease: &Lease) -> Result<()> {
    let attempts_max = Expr::col(job::Column::Attempts).add(ATTEMPTS_MAX);
    let update = job::Entity::update_many().col_expr(job::Column::MaxAttempts, attempts_max).filter(held(lease));
    if update.exec(db).await?.rows_affected == 1 { Ok(()) } else { Err(lost()) }
}

/// Ends a lease, within the transaction that holds the job's effects. A conflict where the lease was lost
/// meanwhile: somebody else does the job, and nothing of this attempt may be kept.
pub(crate) async fn settle(
    db: &impl ConnectionTrait,
    lease: &Lease,
    state: JobState,
    message: &str,
) -> Result<job::Model> {
    let now_ms = database_now_ms(db.get_database_backend());
    let mut update = taken_back(state, &now_ms).col_expr(job::Column::Message, message.into()).filter(held(lease));
    if state == JobState::Succeeded {
        update = update.col_expr(job::Column::Percent, 100.into());
    }
    update.exec_with_returning(db).await?.pop().ok_or_else(lost)
}

/// A job without its owner, in its next state.
fn taken_back(state: JobState, now_ms: &Expr) -> UpdateMany<job::Entity> {
    let update = job::Entity::update_many()
        .col_expr(job::Column::State, state.code().into())
        .col_expr(job::Column::Owner, Option::<String>::None.into())
        .col_expr(job::Column::LeaseUntilMs, Option::<i64>::None.into());
    if state.is_finished() { update.col_expr(job::Column::FinishedAtMs, now_ms.clone()) } else { update }
}

fn held(lease: &Lease) -> Condition {
    Condition::all()
        .add(job::Column::Id.eq(lease.job.0))
        .add(job::Column::State.eq(JobState::Running.code()))
        .add(job::Column::Owner.eq(&lease.owner))
        .add(job::Column::Attempts.eq(lease.attempts))
}

fn expect_held(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(lost()) }
}

fn lost() -> StoreError {
    StoreError::conflict("This work was taken over by another worker, or has ended.")
}

fn event(portfolio: i64, lease: &Lease, state: JobState, message: &str) -> Event {
    let action = match state {
        JobState::Succeeded => "job.succeeded",
        JobState::Failed => "job.failed",
        JobState::Cancelled => "job.cancelled",
        JobState::Queued | JobState::Running => "job.retried",
    };
    Event {
        portfolio: Some(PortfolioId(portfolio)),
        action,
        subject: subject(lease.job),
        details: json!({ "attempts": lease.attempts, "message": message }),
    }
}
