//! Files that were sent, from their receipt to their loans.

mod import;

pub use import::{ImportOutcome, finish_import};

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{upload, upload_row_rejected, user};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::portfolios;
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::{JobId, PortfolioId, UploadId};
use domain::job::{Job, JobState};
use domain::money::Currency;
use domain::upload::{RejectedRow, Upload, UploadState};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A file that lies where `path` says.
#[derive(Clone, Debug)]
pub struct NewUpload {
    pub portfolio: PortfolioId,
    pub file_name: String,
    pub size_bytes: i64,
    /// Of the content, in hexadecimal.
    pub sha256: String,
    pub path: PathBuf,
}

/// Takes note of a file, and asks for its import.
pub async fn receive(store: &Store, actor: Actor, new: NewUpload, now: DateTime<Utc>) -> Result<Upload> {
    let mut change = store.change(actor, now).await?;
    let row = upload::ActiveModel {
        id: NotSet,
        portfolio_id: Set(new.portfolio.0),
        file_name: Set(new.file_name),
        size_bytes: Set(new.size_bytes),
        sha256: Set(new.sha256),
        path: Set(text_of(&new.path)?),
        row_count: Set(0),
        accepted_count: Set(0),
        rejected_count: Set(0),
        message: Set(None),
        job_id: Set(None),
        uploaded_by: Set(match actor {
            Actor::User(id) => Some(id.0),
            Actor::Job(_) | Actor::CommandLine | Actor::Visitor => None,
        }),
        uploaded_at: Set(change.now),
        imported_at: Set(None),
        refused_at: Set(None),
    };
    let id = UploadId(row.insert(&change.tx).await?.id);
    let job = jobs::add(&mut change, new.portfolio, &Job::Import { upload: id }).await?.id;
    let update = upload::ActiveModel { id: Set(id.0), job_id: Set(Some(job.0)), ..Default::default() };
    let row = update.update(&change.tx).await?;
    let details = json!({ "file_name": row.file_name, "size_bytes": row.size_bytes, "sha256": row.sha256, "job": job });
    change.commit(event(&row, "upload.received", details)).await?;
    get(store, Scope::whole(new.portfolio), id).await
}

/// The newest files first.
pub async fn list(store: &Store, scope: Scope, limit: u64) -> Result<Vec<Upload>> {
    let query = within(scope).order_by_desc(upload::Column::Id).limit(limit);
    Ok(with_sender(query).all(&store.db).await?.into_iter().map(view).collect())
}

pub async fn get(store: &Store, scope: Scope, id: UploadId) -> Result<Upload> {
    let found = with_sender(within(scope).filter(upload::Column::Id.eq(id.0))).one(&store.db).await?;
    found.map(view).ok_or(StoreError::NotFound("upload"))
}

/// The rows that could not be taken, as far as they are kept, in the order of the file.
pub async fn rejected_rows(store: &Store, scope: Scope, id: UploadId) -> Result<Vec<RejectedRow>> {
    get(store, scope, id).await?;
    let rows = upload_row_rejected::Entity::find()
        .filter(upload_row_rejected::Column::UploadId.eq(id.0))
        .order_by_asc(upload_row_rejected::Column::Id)
        .all(&store.db)
        .await?;
    let rejected = |row: upload_row_rejected::Model| RejectedRow {
        line: row.line as u64,
        column: row.column_name,
        value: row.value,
        reason: row.reason,
    };
    Ok(rows.into_iter().map(rejected).collect())
}

/// What the job that reads a file must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where the file lies.
    pub path: PathBuf,
    /// What it was called when it was sent.
    pub file_name: String,
    /// The currency of its amounts.
    pub currency: Currency,
}

pub async fn source(store: &Store, id: UploadId) -> Result<Source> {
    let row = upload::Entity::find_by_id(id.0).one(&store.db).await?.ok_or(StoreError::NotFound("upload"))?;
    let portfolio = portfolios::get(store, PortfolioId(row.portfolio_id)).await?;
    Ok(Source { path: PathBuf::from(row.path), file_name: row.file_name, currency: portfolio.currency })
}

/// Says why a file cannot be taken, and ends its job: nothing of the file is kept.
pub async fn refuse(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    message: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(actor, now).await?;
    jobs::settle(&change.tx, lease, JobState::Failed, message).await?;
    let row = lock(&change, lease, id).await?;
    if state_of(&row) != UploadState::Received {
        return Err(StoreError::conflict("This file was imported or refused before."));
    }
    let update = upload::ActiveModel {
        id: Set(id.0),
        message: Set(Some(message.to_owned())),
        refused_at: Set(Some(change.now)),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    change.commit(event(&row, "upload.refused", json!({ "message": message, "job": lease.job }))).await
}

/// The upload of the job that holds the lease, held until the transaction ends.
async fn lock(change: &Change, lease: &Lease, id: UploadId) -> Result<upload::Model> {
    let row = upload::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&change.tx).await?;
    let row = row.ok_or(StoreError::NotFound("upload"))?;
    if row.job_id == Some(lease.job.0) {
        Ok(row)
    } else {
        Err(StoreError::conflict("This file is imported by another job."))
    }
}

fn event(row: &upload::Model, action: &'static str, details: serde_json::Value) -> Event {
    Event { portfolio: Some(PortfolioId(row.portfolio_id)), action, subject: format!("upload:{}", row.id), details }
}

/// A file may hold any loan of the portfolio; who sees a part of it sees none of them.
fn within(scope: Scope) -> Select<upload::Entity> {
    upload::Entity::find()
        .filter(upload::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(Expr::val(scope.reach == Reach::Portfolio))
}

type Row = (upload::Model, Option<user::Model>);

fn with_sender(query: Select<upload::Entity>) -> sea_orm::SelectTwo<upload::Entity, user::Entity> {
    query.find_also_related(user::Entity)
}

fn view((row, sender): Row) -> Upload {
    Upload {
        id: UploadId(row.id),
        state: state_of(&row),
        file_name: row.file_name,
        size_bytes: row.size_bytes,
        sha256: row.sha256,
        rows: row.row_count,
        accepted: row.accepted_count,
        rejected: row.rejected_count,
        message: row.message,
        job: row.job_id.map(JobId),
        uploaded_by: sender.map_or_else(|| Actor::CommandLine.to_string(), |sender| sender.name),
        uploaded_at: row.uploaded_at,
    }
}

fn state_of(row: &upload::Model) -> UploadState {
    match (row.imported_at, row.refused_at) {
        (Some(_), _) => UploadState::Imported,
        (None, Some(_)) => UploadState::Refused,
        (None, None) => UploadState::Received,
    }
}

fn text_of(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| StoreError::conflict("The folder of uploads must have a name in UTF-8."))?;
    Ok(text.to_owned())
}
