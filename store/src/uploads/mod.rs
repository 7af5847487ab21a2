//! Files that were sent: their receipt, their mapping, their rows, and taking them back.

mod borrower_rows;
mod chunk;
mod end;
mod findings;
mod loan_rows;
mod mapping;
mod mended;
mod payment_rows;
mod payments_told;
mod staging;
mod target;
mod undo;

pub use chunk::{Chunk, ChunkFile, ChunkRows, finish_file, write_chunk};
pub use end::{finish_import, refuse, undo_import};
pub use findings::{FINDINGS_LISTED, finding_groups, findings, raw_chunks, rejected_lines};
pub use mapping::{
    CheckedFile, ImportFile, ImportPlan, Next, confirm, delete_profile, finish_check, plan, previews, profiles,
    refuse_check, request_undo, save_profile, start,
};

pub use mended::{EarlierUpload, MendedPayment, earlier_upload, keep_counts, mended_payments};

pub(crate) use payments_told::payments_told_to;

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{upload, upload_file, user};
use crate::error::{Result, StoreError};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::field::FileKind;
use domain::id::{JobId, PortfolioId, UploadId};
use domain::preview::Preview;
use domain::upload::{RowCounts, Upload, UploadFile, UploadState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, NotSet, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
};
use serde_json::json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Files that lie where their paths say.
#[derive(Clone, Debug)]
pub struct NewUpload {
    pub portfolio: PortfolioId,
    pub as_of: NaiveDate,
    /// Whether its rows replace others of the same day.
    pub corrects: bool,
    /// At least one.
    pub files: Vec<NewFile>,
    /// Why the files cannot be read, if they cannot.
    pub refusal: Option<String>,
}

#[derive(Clone, Debug)]
pub struct NewFile {
    pub name: String,
    pub path: PathBuf,
    pub size_bytes: i64,
    /// Of the content, in hexadecimal.
    pub sha256: String,
    /// Nothing where it cannot be read.
    pub preview: Option<Preview>,
}

/// Takes note of files. They wait until [`confirm`] says how to read them.
pub async fn receive(store: &Store, actor: Actor, new: NewUpload, now: DateTime<Utc>) -> Result<Upload> {
    let title = new.files.first().map(|file| file.name.clone()).ok_or(StoreError::NotFound("file"))?;
    let change = store.change(actor, now).await?;
    let row = upload::ActiveModel {
        id: NotSet,
        portfolio_id: Set(new.portfolio.0),
        title: Set(title),
        as_of: Set(new.as_of),
        corrects: Set(new.corrects),
        profile: Set(None),
        message: Set(new.refusal.clone()),
        notes: Set("[]".to_owned()),
        job_id: Set(None),
        uploaded_by: Set(match actor {
            Actor::User(id) => Some(id.0),
            Actor::Job(_) | Actor::CommandLine | Actor::Schedule | Actor::Visitor => None,
        }),
        uploaded_at: Set(change.now),
        mapped_at: Set(None),
        checked_at: Set(None),
        started_at: Set(None),
        imported_at: Set(None),
        refused_at: Set(new.refusal.is_some().then_some(change.now)),
        undone_at: Set(None),
    };
    let row = row.insert(&change.tx).await?;
    for (number, file) in (1..).zip(&new.files) {
        let row = upload_file::ActiveModel {
            id: NotSet,
            upload_id: Set(row.id),
            number: Set(number),
            name: Set(file.name.clone()),
            path: Set(text_of(&file.path)?),
            size_bytes: Set(file.size_bytes),
            sha256: Set(file.sha256.clone()),
            readings: Set(None),
            preview: Set(file.preview.as_ref().map(serde_json::to_string).transpose()?),
            rows_done: Set(0),
            is_done: Set(false),
            counts: Set(serde_json::to_string(&RowCounts::default())?),
        };
        row.insert(&change.tx).await?;
    }
    let files: Vec<_> = new.files.iter().map(|file| json!({ "name": file.name, "sha256": file.sha256 })).collect();
    let event = event(&row, "upload.received", json!({ "files": files, "as_of": new.as_of, "refusal": new.refusal }));
    change.commit(event).await?;
    get(store, Scope::whole(new.portfolio), UploadId(row.id)).await
}

/// The newest files first.
pub async fn list(store: &Store, scope: Scope, limit: u64) -> Result<Vec<Upload>> {
    let query = within(scope).order_by_desc(upload::Column::Id).limit(limit);
    views(store, with_sender(query).all(&store.db).await?).await
}

pub async fn get(store: &Store, scope: Scope, id: UploadId) -> Result<Upload> {
    let found = with_sender(within(scope).filter(upload::Column::Id.eq(id.0))).all(&store.db).await?;
    views(store, found).await?.pop().ok_or(StoreError::NotFound("upload"))
}

/// What files say, as far as their senders told.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Of the files' contents, in hexadecimal.
    pub sha256: &'a [&'a str],
    /// The day for which they speak; any where it is not told.
    pub as_of: Option<NaiveDate>,
    /// Whether they correct what stands; what was not sent as a correction has corrected nothing.
    pub corrects: bool,
}

/// The last import that brought the same, if it still stands.
pub async fn find_imported(store: &Store, scope: Scope, sent: Sent<'_>) -> Result<Option<Upload>> {
    find_sent(store, scope, sent, upload::Column::ImportedAt.is_not_null()).await
}

/// The last import of the same that has begun and not ended.
pub async fn find_importing(store: &Store, scope: Scope, sent: Sent<'_>) -> Result<Option<Upload>> {
    let is_importing = upload::Column::StartedAt
        .is_not_null()
        .and(upload::Column::ImportedAt.is_null())
        .and(upload::Column::RefusedAt.is_null());
    find_sent(store, scope, sent, is_importing).await
}

/// The title of another import of the portfolio that stored rows and has not ended.
pub async fn unfinished(store: &Store, portfolio: PortfolioId, besides: UploadId) -> Result<Option<String>> {
    let found = upload_file::Entity::find()
        .inner_join(upload::Entity)
        .filter(upload::Column::PortfolioId.eq(portfolio.0))
        .filter(upload::Column::Id.ne(besides.0))
        .filter(upload::Column::StartedAt.is_not_null())
        .filter(upload::Column::ImportedAt.is_null())
        .filter(upload::Column::RefusedAt.is_null())
        .filter(upload::Column::UndoneAt.is_null())
        .filter(upload_file::Column::RowsDone.gt(0))
        .order_by_asc(upload::Column::Id)
        .select_only()
        .column(upload::Column::Title);
    Ok(found.into_tuple().one(&store.db).await?)
}

async fn find_sent(store: &Store, scope: Scope, sent: Sent<'_>, state: Expr) -> Result<Option<Upload>> {
    let mut wanted = sent.sha256.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let brought = Expr::col((upload_file::Entity, upload_file::Column::Sha256)).count_distinct();
    let mut query = upload_file::Entity::find().inner_join(upload::Entity);
    if let Some(day) = sent.as_of {
        query = query.filter(upload::Column::AsOf.eq(day));
    }
    if sent.corrects {
        query = query.filter(upload::Column::Corrects.eq(true));
    }
    let found: Option<i64> = query
        .filter(upload::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(state)
        .filter(upload::Column::UndoneAt.is_null())
        .filter(upload_file::Column::Sha256.is_in(wanted.iter().copied()))
        .select_only()
        .column(upload_file::Column::UploadId)
        .group_by(upload_file::Column::UploadId)
        .having(brought.eq(wanted.len() as i64))
        .order_by_desc(upload_file::Column::UploadId)
        .into_tuple()
        .one(&store.db)
        .await?;
    match found {
        Some(id) => get(store, scope, UploadId(id)).await.map(Some),
        None => Ok(None),
    }
}

async fn files_of(store: &Store, uploads: &[i64]) -> Result<Vec<upload_file::Model>> {
    files_in(&store.db, uploads).await
}

async fn files_in(db: &impl ConnectionTrait, uploads: &[i64]) -> Result<Vec<upload_file::Model>> {
    let files = upload_file::Entity::find()
        .filter(upload_file::Column::UploadId.is_in(uploads.iter().copied()))
        .order_by_asc(upload_file::Column::UploadId)
        .order_by_asc(upload_file::Column::Number)
        .all(db)
        .await?;
    Ok(files)
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

/// An upload of one's scope, held until the transaction ends.
async fn lock(change: &Change, scope: Scope, id: UploadId) -> Result<upload::Model> {
    let query = within(scope).filter(upload::Column::Id.eq(id.0)).lock(sea_orm::sea_query::LockType::NoKeyUpdate);
    query.one(&change.tx).await?.ok_or(StoreError::NotFound("upload"))
}

type Row = (upload::Model, Option<user::Model>);

fn with_sender(query: Select<upload::Entity>) -> sea_orm::SelectTwo<upload::Entity, user::Entity> {
    query.find_also_related(user::Entity)
}

async fn views(store: &Store, rows: Vec<Row>) -> Result<Vec<Upload>> {
    let ids: Vec<i64> = rows.iter().map(|(row, _)| row.id).collect();
    let mut files: HashMap<i64, Vec<UploadFile>> = HashMap::new();
    for file in files_of(store, &ids).await? {
        files.entry(file.upload_id).or_default().push(file_view(file)?);
    }
    rows.into_iter().map(|(row, sender)| view(row, sender, &mut files)).collect()
}

fn view(row: upload::Model, sender: Option<user::Model>, files: &mut HashMap<i64, Vec<UploadFile>>) -> Result<Upload> {
    Ok(Upload {
        id: UploadId(row.id),
        state: state_of(&row),
        title: row.title,
        as_of: row.as_of,
        corrects: row.corrects,
        profile: row.profile,
        files: files.remove(&row.id).unwrap_or_default(),
        message: row.message,
        notes: serde_json::from_str(&row.notes)?,
        job: row.job_id.map(JobId),
        uploaded_by: sender.map_or_else(|| Actor::CommandLine.to_string(), |sender| sender.name),
        uploaded_at: row.uploaded_at,
    })
}

fn file_view(row: upload_file::Model) -> Result<UploadFile> {
    let kinds: Vec<FileKind> =
        mapping::readings_of(row.readings.as_deref())?.iter().map(|reading| reading.mapping.kind).collect();
    let stored = kinds.iter().find(|kind| **kind != FileKind::Links);
    Ok(UploadFile {
        id: row.id,
        name: row.name,
        size_bytes: row.size_bytes,
        sha256: row.sha256,
        kind: stored.or(kinds.first()).copied(),
        rows_done: row.rows_done,
        counts: serde_json::from_str(&row.counts)?,
    })
}

fn state_of(row: &upload::Model) -> UploadState {
    if row.undone_at.is_some() {
        UploadState::Undone
    } else if row.refused_at.is_some() {
        UploadState::Refused
    } else if row.imported_at.is_some() {
        UploadState::Imported
    } else if row.started_at.is_some() {
        UploadState::Importing
    } else if row.checked_at.is_some() {
        UploadState::Checked
    } else if row.mapped_at.is_some() {
        UploadState::Checking
    } else {
        UploadState::Received
    }
}

fn text_of(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| StoreError::conflict("The folder of uploads must have a name in UTF-8."))?;
    Ok(text.to_owned())
}
