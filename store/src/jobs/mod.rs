//! Background work: a table of our own, so that a job and the change that causes it are one transaction.
//!
//! Jobs run at least once; their effects happen once, because the effects of a job and its completion are one
//! transaction that is fenced by the job's lease. All times of the table are the database's, so that clocks of
//! several processes may differ. Claims, leases and progress are bookkeeping and leave no audit event; who asked
//! for a job, who cancelled it and how it ended do.

mod work;

pub use work::{Asked, claim, complete, fail, heartbeat, mark_cancelled, release, report, retry};
pub(crate) use work::{held_by, progressed, settle};

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::job;
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::{JobId, PortfolioId};
use domain::job::{Job, JobState, JobStatus};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde_json::json;

/// A job is tried so often before it counts as failed.
pub const ATTEMPTS_MAX: i32 = 3;

/// The right to work on a job. It ends when the job is settled, or when its holder does not answer for
/// [`LEASE_SECONDS`]; whoever comes with an old one is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub job: JobId,
    /// The process that holds it.
    pub owner: String,
    /// Never the same twice for one job, so an owner cannot mistake an earlier lease for the present one.
    pub attempts: i32,
}

pub const LEASE_SECONDS: i64 = 15;

/// A job to be done now.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedJob {
    pub id: JobId,
    pub portfolio: PortfolioId,
    pub job: Job,
    pub lease: Lease,
    pub cancel_requested: bool,
}

/// Asks for a job. Where the same is waiting or running already, that one is given back.
pub async fn enqueue(
    store: &Store,
    actor: Actor,
    portfolio: PortfolioId,
    job: &Job,
    now: DateTime<Utc>,
) -> Result<JobId> {
    Ok(request(store, actor, portfolio, job, now).await?.id)
}

/// As [`enqueue`], for who must know whether it is their own job that will be done: one that waits or runs already may have been
/// asked for in another way.
pub async fn request(
    store: &Store,
    actor: Actor,
    portfolio: PortfolioId,
    job: &Job,
    now: DateTime<Utc>,
) -> Result<Added> {
    let mut change = store.change(actor, now).await?;
    let added = add(&mut change, portfolio, job).await?;
    if added.is_new {
        let event = Event {
            portfolio: Some(portfolio),
            action: "job.requested",
            subject: subject(added.id),
            details: serde_json::to_value(job)?,
        };
        change.commit(event).await?;
    }
    Ok(added)
}

/// A job that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    pub id: JobId,
    /// Whether there was none with its key.
    pub is_new: bool,
}

/// Adds a job within the change that causes it.
pub(crate) async fn add(change: &mut Change, portfolio: PortfolioId, job: &Job) -> Result<Added> {
    add_at(change, portfolio, job, None).await
}

/// Adds a job that waits for its moment; without one, it does not wait.
pub(crate) async fn add_at(
    change: &mut Change,
    portfolio: PortfolioId,
    job: &Job,
    at: Option<DateTime<Utc>>,
) -> Result<Added> {
    let key = unique_key(job);
    let now_ms = database_now_ms(change.tx.get_database_backend());
    let requested_by = match change.actor {
        Actor::User(id) => Some(id.0),
        Actor::Job(_) | Actor::CommandLine | Actor::Schedule | Actor::Visitor => None,
    };
    let mut insert = Query::insert();
    insert
        .into_table(job::Entity)
        .columns([
            job::Column::PortfolioId,
            job::Column::Kind,
            job::Column::Payload,
            job::Column::State,
            job::Column::Priority,
            job::Column::RunAtMs,
            job::Column::Attempts,
            job::Column::MaxAttempts,
            job::Column::Percent,
            job::Column::Message,
            job::Column::UniqueKey,
            job::Column::RequestedBy,
            job::Column::CreatedAtMs,
        ])
        .values_panic([
            portfolio.0.into(),
            job.kind().into(),
            serde_json::to_string(job)?.into(),
            JobState::Queued.code().into(),
            priority(job).into(),
            at.map_or(now_ms.clone(), |at| at.timestamp_millis().into()),
            0.into(),
            ATTEMPTS_MAX.into(),
            0.into(),
            "".into(),
            key.as_str().into(),
            requested_by.into(),
            now_ms,
        ])
        .on_conflict(
            OnConflict::column(job::Column::UniqueKey)
                .target_and_where(job::Column::FinishedAtMs.is_null())
                .do_nothing()
                .to_owned(),
        )
        .returning_col(job::Column::Id);
    if let Some(row) = change.tx.query_one(&insert).await? {
        change.adds_job();
        return Ok(Added { id: JobId(row.try_get_by_index(0)?), is_new: true });
    }
    let waiting: Option<i64> = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(job::Column::UniqueKey.eq(key))
        .filter(job::Column::FinishedAtMs.is_null())
        .into_tuple()
        .one(&change.tx)
        .await?;
    // It can only be gone where it finished between the two statements.
    let id = waiting.ok_or_else(|| StoreError::conflict("The same work has just finished. Try again."))?;
    Ok(Added { id: JobId(id), is_new: false })
}

/// Of jobs with the same key, one waits or runs at a time.
fn unique_key(job: &Job) -> String {
    match job {
        Job::Import { upload } => format!("import:{upload}"),
        Job::CheckImport { upload } => format!("check_import:{upload}"),
        Job::UndoImport { upload } => format!("undo_import:{upload}"),
        Job::Summarise { portfolio } => format!("summarise:{portfolio}"),
        Job::StartPolicy { policy, .. } => format!("start_policy:{policy}"),
        Job::CarryOut { portfolio } => format!("carry_out:{portfolio}"),
        Job::Score { portfolio } => format!("score:{portfolio}"),
        Job::Redecide { portfolio } => format!("redecide:{portfolio}"),
        Job::Promote { portfolio, .. } => format!("promote:{portfolio}"),
        Job::TrainAndScore { portfolio, .. } => format!("train_and_score:{portfolio}"),
    }
}

/// Higher ones first. People wait for an import; training takes longer and comes after.
fn priority(job: &Job) -> i32 {
    match job {
        Job::Import { .. } | Job::CheckImport { .. } | Job::UndoImport { .. } => 10,
        Job::Summarise { .. } | Job::StartPolicy { .. } => 20,
        // Before anything is done by a decision that may be another one by now.
        Job::Redecide { .. } | Job::Promote { .. } => 15,
        Job::Score { .. } => 5,
        Job::CarryOut { .. } => 3,
        Job::TrainAndScore { .. } => 0,
    }
}

/// Asks a job to stop. One that waits is cancelled at once; a running one when its worker hears of it.
/// A finished one is left as it is.
pub async fn request_cancel(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<JobStatus> {
    let change = store.change(actor, now).await?;
    let row = within(scope).filter(job::Column::Id.eq(id.0)).lock_exclusive().one(&change.tx).await?;
    let row = row.ok_or(StoreError::NotFound("job"))?;
    if row.finished_at_ms.is_some() || row.cancel_requested_at_ms.is_some() {
        return status_of(row);
    }
    let now_ms = database_now_ms(change.tx.get_database_backend());
    let mut update = job::Entity::update_many()
        .filter(job::Column::Id.eq(id.0))
        .col_expr(job::Column::CancelRequestedAtMs, now_ms.clone());
    if row.owner.is_none() {
        update = update
            .col_expr(job::Column::State, JobState::Cancelled.code().into())
            .col_expr(job::Column::FinishedAtMs, now_ms);
    }
    let row = update.exec_with_returning(&change.tx).await?.pop().ok_or(StoreError::NotFound("job"))?;
    let event = Event {
        portfolio: Some(scope.portfolio),
        action: "job.cancel_requested",
        subject: subject(id),
        details: json!({ "state": row.state }),
    };
    change.commit(event).await?;
    status_of(row)
}

pub async fn status(store: &Store, scope: Scope, id: JobId) -> Result<JobStatus> {
    let row = within(scope).filter(job::Column::Id.eq(id.0)).one(&store.db).await?;
    status_of(row.ok_or(StoreError::NotFound("job"))?)
}

/// The newest job of a kind.
pub async fn latest(store: &Store, scope: Scope, kind: &str) -> Result<Option<JobStatus>> {
    let query = within(scope).filter(job::Column::Kind.eq(kind)).order_by_desc(job::Column::Id);
    query.one(&store.db).await?.map(status_of).transpose()
}

/// The newest job of a kind with what it is to do; nothing where another version of the program asked for it.
pub(crate) async fn newest(db: &impl ConnectionTrait, scope: Scope, kind: &str) -> Result<Option<(Job, JobStatus)>> {
    let query = within(scope).filter(job::Column::Kind.eq(kind)).order_by_desc(job::Column::Id);
    let Some(row) = query.one(db).await? else { return Ok(None) };
    let Ok(job) = serde_json::from_str(&row.payload) else { return Ok(None) };
    Ok(Some((job, status_of(row)?)))
}

/// Removes jobs that finished before a time, but the newest of each kind, which pages show. What is removed is
/// summed up in the audit event.
pub async fn prune(store: &Store, actor: Actor, finished_before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
    let change = store.change(actor, now).await?;
    let newest = job::Entity::find()
        .select_only()
        .column_as(job::Column::Id.max(), "id")
        .group_by(job::Column::PortfolioId)
        .group_by(job::Column::Kind)
        .into_query();
    let old =
        job::Column::FinishedAtMs.lt(finished_before.timestamp_millis()).and(job::Column::Id.not_in_subquery(newest));
    let tallies: Vec<(String, String, i64)> = job::Entity::find()
        .select_only()
        .columns([job::Column::Kind, job::Column::State])
        .column_as(job::Column::Id.count(), "jobs")
        .filter(old.clone())
        .group_by(job::Column::Kind)
        .group_by(job::Column::State)
        .order_by_asc(job::Column::Kind)
        .order_by_asc(job::Column::State)
        .into_tuple()
        .all(&change.tx)
        .await?;
    if tallies.is_empty() {
        return Ok(0);
    }
    let removed = job::Entity::delete_many().filter(old).exec(&change.tx).await?.rows_affected;
    let event = Event {
        portfolio: None,
        action: "job.pruned",
        subject: "jobs".to_owned(),
        details: json!({ "finished_before": finished_before, "removed": tallies }),
    };
    change.commit(event).await?;
    Ok(removed)
}

/// Jobs are work on the whole portfolio; who sees a part of it sees none of them.
fn within(scope: Scope) -> sea_orm::Select<job::Entity> {
    job::Entity::find()
        .filter(job::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(Expr::val(scope.reach == Reach::Portfolio))
}

fn subject(id: JobId) -> String {
    format!("job:{id}")
}

fn status_of(row: job::Model) -> Result<JobStatus> {
    Ok(JobStatus {
        id: JobId(row.id),
        state: JobState::find(&row.state).ok_or_else(|| StoreError::unreadable("job.state"))?,
        kind: row.kind,
        percent: row.percent,
        message: row.message,
        cancel_requested: row.cancel_requested_at_ms.is_some(),
        created_at: time_of(row.created_at_ms)?,
        finished_at: row.finished_at_ms.map(time_of).transpose()?,
    })
}

fn time_of(milliseconds: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds).ok_or_else(|| StoreError::unreadable("job.created_at_ms"))
}

/// The database's clock, in milliseconds since 1970.
pub(crate) fn database_now_ms(backend: DbBackend) -> Expr {
    Expr::cust(match backend {
        DbBackend::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)",
        _ => "CAST(unixepoch('subsec') * 1000 AS integer)",
    })
}
