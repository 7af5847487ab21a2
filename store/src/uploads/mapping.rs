//! How uploads are to be read, and the profiles that people saved for the next time.

use super::{event, files_in, files_of, lock, state_of};
use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{mapping_profile, upload, upload_file, upload_finding};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::portfolios;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::{JobId, PortfolioId, UploadId};
use domain::job::{Job, JobState};
use domain::mapping::{Profile, ProfileFile};
use domain::money::Currency;
use domain::preview::FilePreview;
use domain::upload::{Finding, RowCounts, UploadState};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use serde_json::json;
use std::path::PathBuf;

/// What is to be done once it is known how files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read them once and tell what was found.
    Check,
    /// Store their rows.
    Import,
}

/// Says how the files of an upload are read, in their order, and asks for what comes next. A file may be read in more
/// than one way, as links and as what it is; one without a reading is left out. It may be said again until rows are
/// stored.
#[expect(clippy::too_many_arguments, reason = "who says it, of what, what is said, what is next, and when")]
pub async fn confirm(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: UploadId,
    readings: &[Vec<ProfileFile>],
    profile: Option<&str>,
    next: Next,
    now: DateTime<Utc>,
) -> Result<JobId> {
    let mut change = store.change(actor, now).await?;
    let row = lock(&change, scope, id).await?;
    if !matches!(state_of(&row), UploadState::Received | UploadState::Checking | UploadState::Checked) {
        return Err(StoreError::conflict("How this file is read was settled before."));
    }
    forget_check(&change, id).await?;
    for (file, readings) in files_in(&change.tx, &[id.0]).await?.into_iter().zip(readings) {
        let readings = serde_json::to_string(readings)?;
        let update = upload_file::ActiveModel { id: Set(file.id), readings: Set(Some(readings)), ..Default::default() };
        update.update(&change.tx).await?;
    }
    let job = match next {
        Next::Check => Job::CheckImport { upload: id },
        Next::Import => Job::Import { upload: id },
    };
    let job = jobs::add(&mut change, scope.portfolio, &job).await?.id;
    let update = upload::ActiveModel {
        id: Set(id.0),
        profile: Set(profile.map(str::to_owned)),
        message: Set(None),
        mapped_at: Set(Some(change.now)),
        checked_at: Set(None),
        started_at: Set((next == Next::Import).then_some(change.now)),
        job_id: Set(Some(job.0)),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    let event = event(&row, "upload.mapped", json!({ "profile": profile, "readings": readings, "job": job }));
    change.commit(event).await?;
    Ok(job)
}

/// Asks for the rows of a file that was checked to be stored; or for an import that failed to go on.
pub async fn start(store: &Store, actor: Actor, scope: Scope, id: UploadId, now: DateTime<Utc>) -> Result<JobId> {
    let mut change = store.change(actor, now).await?;
    let row = lock(&change, scope, id).await?;
    if !matches!(state_of(&row), UploadState::Checked | UploadState::Importing) {
        return Err(StoreError::conflict("This file is not ready to be loaded."));
    }
    let job = jobs::add(&mut change, scope.portfolio, &Job::Import { upload: id }).await?.id;
    let update = upload::ActiveModel {
        id: Set(id.0),
        started_at: Set(Some(row.started_at.unwrap_or(change.now))),
        job_id: Set(Some(job.0)),
        ..Default::default()
    };
    if row.started_at.is_none() {
        forget_check(&change, id).await?;
    }
    let row = update.update(&change.tx).await?;
    change.commit(event(&row, "upload.started", json!({ "job": job }))).await?;
    Ok(job)
}

/// Keeps what a check found, and ends its job.
pub async fn finish_check(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    files: &[CheckedFile],
    notes: &[String],
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(actor, now).await?;
    let row = super::end::lock_own(&change, lease, id).await?;
    forget_check(&change, id).await?;
    for file in files {
        let update = upload_file::ActiveModel {
            id: Set(file.id),
            counts: Set(serde_json::to_string(&file.counts)?),
            ..Default::default()
        };
        update.update(&change.tx).await?;
        super::chunk::insert_findings(&change.tx, file.id, file.findings.clone()).await?;
    }
    jobs::settle(&change.tx, lease, JobState::Succeeded, "Checked. Nothing is stored yet.").await?;
    let update = upload::ActiveModel {
        id: Set(id.0),
        checked_at: Set(Some(change.now)),
        notes: Set(serde_json::to_string(notes)?),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    change.commit(event(&row, "upload.checked", json!({ "job": lease.job }))).await
}

/// Says why a file cannot be read as its mapping says, and ends the check. Another mapping may read it.
pub async fn refuse_check(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    message: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(actor, now).await?;
    let row = super::end::lock_own(&change, lease, id).await?;
    jobs::settle(&change.tx, lease, JobState::Failed, message).await?;
    let update = upload::ActiveModel {
        id: Set(id.0),
        mapped_at: Set(None),
        message: Set(Some(message.to_owned())),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    change.commit(event(&row, "upload.check_failed", json!({ "message": message, "job": lease.job }))).await
}

/// What a check found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedFile {
    pub id: i64,
    pub counts: RowCounts,
    pub findings: Vec<Finding>,
}

/// Clears what a check left; the import finds it anew.
async fn forget_check(change: &Change, id: UploadId) -> Result<()> {
    for file in files_in(&change.tx, &[id.0]).await? {
        upload_finding::Entity::delete_many()
            .filter(upload_finding::Column::UploadFileId.eq(file.id))
            .exec(&change.tx)
            .await?;
        let counts = Set(serde_json::to_string(&RowCounts::default())?);
        upload_file::ActiveModel { id: Set(file.id), counts, ..Default::default() }.update(&change.tx).await?;
    }
    Ok(())
}

/// Asks for an import to be taken back, or for one that broke off to be cleared away.
pub async fn request_undo(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: UploadId,
    now: DateTime<Utc>,
) -> Result<JobId> {
    let mut change = store.change(actor, now).await?;
    let row = lock(&change, scope, id).await?;
    if !matches!(state_of(&row), UploadState::Imported | UploadState::Importing) {
        return Err(StoreError::conflict("Nothing of this file is stored."));
    }
    let job = jobs::add(&mut change, scope.portfolio, &Job::UndoImport { upload: id }).await?.id;
    let update = upload::ActiveModel { id: Set(id.0), job_id: Set(Some(job.0)), ..Default::default() };
    let row = update.update(&change.tx).await?;
    let event = event(&row, "upload.undo_requested", json!({ "job": job }));
    change.commit(event).await?;
    Ok(job)
}

/// What the job that imports an upload must know.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportPlan {
    pub upload: UploadId,
    pub portfolio: PortfolioId,
    /// The currency of its amounts.
    pub currency: Currency,
    pub as_of: NaiveDate,
    pub corrects: bool,
    pub state: UploadState,
    /// In the order in which they were sent.
    pub files: Vec<ImportFile>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ImportFile {
    pub id: i64,
    pub name: String,
    pub path: PathBuf,
    pub sha256: String,
    /// None where the file is left out.
    pub readings: Vec<ProfileFile>,
    /// Rows that are stored already.
    pub rows_done: u64,
    pub is_done: bool,
}

pub(super) fn readings_of(stored: Option<&str>) -> Result<Vec<ProfileFile>> {
    Ok(stored.map(serde_json::from_str).transpose()?.unwrap_or_default())
}

pub async fn plan(store: &Store, id: UploadId) -> Result<ImportPlan> {
    let row = upload::Entity::find_by_id(id.0).one(&store.db).await?.ok_or(StoreError::NotFound("upload"))?;
    let portfolio = portfolios::get(store, PortfolioId(row.portfolio_id)).await?;
    let file = |file: upload_file::Model| -> Result<ImportFile> {
        Ok(ImportFile {
            id: file.id,
            name: file.name,
            path: PathBuf::from(file.path),
            sha256: file.sha256,
            readings: readings_of(file.readings.as_deref())?,
            rows_done: file.rows_done as u64,
            is_done: file.is_done,
        })
    };
    Ok(ImportPlan {
        upload: id,
        portfolio: portfolio.id,
        currency: portfolio.currency,
        as_of: row.as_of,
        corrects: row.corrects,
        state: state_of(&row),
        files: files_of(store, &[id.0]).await?.into_iter().map(file).collect::<Result<_>>()?,
    })
}

/// The files of an upload as they were seen when they came.
pub async fn previews(store: &Store, scope: Scope, id: UploadId) -> Result<Vec<FilePreview>> {
    super::get(store, scope, id).await?;
    let view = |file: upload_file::Model| -> Result<FilePreview> {
        Ok(FilePreview {
            file: file.id,
            name: file.name,
            preview: file.preview.map(|preview| serde_json::from_str(&preview)).transpose()?,
            readings: readings_of(file.readings.as_deref())?,
        })
    };
    files_of(store, &[id.0]).await?.into_iter().map(view).collect()
}

/// The profiles that people of a portfolio saved, by name.
pub async fn profiles(store: &Store, scope: Scope) -> Result<Vec<Profile>> {
    if scope.reach != Reach::Portfolio {
        return Ok(Vec::new());
    }
    let rows = mapping_profile::Entity::find()
        .filter(mapping_profile::Column::PortfolioId.eq(scope.portfolio.0))
        .order_by_asc(mapping_profile::Column::Name)
        .all(&store.db)
        .await?;
    rows.into_iter().map(|row| Ok(serde_json::from_str(&row.body)?)).collect()
}

/// Saves a profile under its title; one of the same title is replaced.
pub async fn save_profile(
    store: &Store,
    actor: Actor,
    scope: Scope,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<()> {
    use mapping_profile::Column;
    let change = store.change(actor, now).await?;
    let row = mapping_profile::ActiveModel {
        id: NotSet,
        portfolio_id: Set(scope.portfolio.0),
        name: Set(profile.title.clone()),
        body: Set(serde_json::to_string(profile)?),
        saved_by: Set(match actor {
            Actor::User(id) => Some(id.0),
            Actor::Job(_) | Actor::CommandLine | Actor::Schedule | Actor::Visitor => None,
        }),
        saved_at: Set(change.now),
    };
    let replace = OnConflict::columns([Column::PortfolioId, Column::Name])
        .update_columns([Column::Body, Column::SavedBy, Column::SavedAt])
        .to_owned();
    mapping_profile::Entity::insert(row).on_conflict(replace).exec_without_returning(&change.tx).await?;
    change.commit(profile_event(scope, "profile.saved", &profile.title, json!(profile))).await
}

/// Forgets a profile; files that were read by it keep their mapping.
pub async fn delete_profile(store: &Store, actor: Actor, scope: Scope, title: &str, now: DateTime<Utc>) -> Result<()> {
    let change = store.change(actor, now).await?;
    let deleted = mapping_profile::Entity::delete_many()
        .filter(mapping_profile::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(mapping_profile::Column::Name.eq(title))
        .exec(&change.tx)
        .await?;
    if deleted.rows_affected == 0 {
        return Err(StoreError::NotFound("profile"));
    }
    change.commit(profile_event(scope, "profile.deleted", title, json!({}))).await
}

fn profile_event(scope: Scope, action: &'static str, title: &str, details: serde_json::Value) -> Event {
    Event { portfolio: Some(scope.portfolio), action, subject: format!("profile:{title}"), details }
}
