//! How uploads are to be read, and the profiles that people saved for the next time.

use super::{event, files_of, lock, state_of};
use crate::audit::Event;
use crate::connection::Store;
use crate::entity::{mapping_profile, upload, upload_file};
use crate::error::{Result, StoreError};
use crate::{jobs, portfolios};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::{JobId, PortfolioId, UploadId};
use domain::job::Job;
use domain::mapping::{Mapping, Profile};
use domain::money::Currency;
use domain::upload::UploadState;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use serde_json::json;
use std::path::PathBuf;

/// Says how the files of an upload are read, in their order, and asks for their import. A file without a mapping is
/// left out.
pub async fn confirm(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: UploadId,
    mappings: &[Option<Mapping>],
    profile: Option<&str>,
    now: DateTime<Utc>,
) -> Result<JobId> {
    let mut change = store.change(actor, now).await?;
    let row = lock(&change, scope, id).await?;
    if state_of(&row) != UploadState::Received {
        return Err(StoreError::conflict("How this file is read was settled before."));
    }
    for (file, mapping) in files_of(store, &[id.0]).await?.into_iter().zip(mappings) {
        let mapping = mapping.as_ref().map(serde_json::to_string).transpose()?;
        let update = upload_file::ActiveModel { id: Set(file.id), mapping: Set(mapping), ..Default::default() };
        update.update(&change.tx).await?;
    }
    let job = jobs::add(&mut change, scope.portfolio, &Job::Import { upload: id }).await?.id;
    let update = upload::ActiveModel {
        id: Set(id.0),
        profile: Set(profile.map(str::to_owned)),
        mapped_at: Set(Some(change.now)),
        job_id: Set(Some(job.0)),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    let event = event(&row, "upload.mapped", json!({ "profile": profile, "mappings": mappings, "job": job }));
    change.commit(event).await?;
    Ok(job)
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
    /// Nothing where the file is left out.
    pub mapping: Option<Mapping>,
    /// Rows that are stored already.
    pub rows_done: u64,
    pub is_done: bool,
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
            mapping: file.mapping.map(|mapping| serde_json::from_str(&mapping)).transpose()?,
            rows_done: file.rows_done as u64,
            is_done: file.is_done,
        })
    };
    Ok(ImportPlan {
        portfolio: portfolio.id,
        currency: portfolio.currency,
        as_of: row.as_of,
        corrects: row.corrects,
        state: state_of(&row),
        files: files_of(store, &[id.0]).await?.into_iter().map(file).collect::<Result<_>>()?,
    })
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
            Actor::Job(_) | Actor::CommandLine | Actor::Visitor => None,
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
pub async fn delete_profile(
    store: &Store,
    actor: Actor,
    scope: Scope,
    title: &str,
    now: DateTime<Utc>,
) -> Result<()> {
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
