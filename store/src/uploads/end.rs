//! How an import ends: finished, refused, or taken back.

use super::undo::take_back;
use super::{event, payment_rows, state_of};
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{upload, upload_file};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::count::count;
use domain::id::{PortfolioId, UploadId};
use domain::job::{Job, JobState};
use domain::upload::{RowCounts, UploadState};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

/// Ends an import whose rows are all stored, and asks for the figures to be made anew. A second time changes nothing.
pub async fn finish_import(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    notes: &[String],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut change = store.change(actor, now).await?;
    let row = lock_own(&change, lease, id).await?;
    if state_of(&row) == UploadState::Importing {
        warn_of_lonely_reversals(&change, id).await?;
    }
    let counts = counts_of(&change, id).await?;
    let message = format!(
        "{} accepted, {} rejected.",
        count(counts.accepted.max(0) as usize, "row"),
        domain::count::grouped(counts.rejected.max(0) as u64)
    );
    jobs::settle(&change.tx, lease, JobState::Succeeded, &message).await?;
    if state_of(&row) == UploadState::Importing {
        let update = upload::ActiveModel {
            id: Set(id.0),
            imported_at: Set(Some(change.now)),
            notes: Set(serde_json::to_string(notes)?),
            ..Default::default()
        };
        update.update(&change.tx).await?;
        let portfolio = PortfolioId(row.portfolio_id);
        jobs::add(&mut change, portfolio, &Job::Summarise { portfolio }).await?;
    }
    change.commit(event(&row, "upload.imported", json!({ "counts": counts, "job": lease.job }))).await
}

/// Says why a file cannot be taken, takes back what of it is stored, and ends its job.
pub async fn refuse(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    message: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(actor, now).await?;
    jobs::held_by(&change.tx, lease).await?;
    let row = lock_own(&change, lease, id).await?;
    if state_of(&row) != UploadState::Importing {
        return Err(StoreError::conflict("This file was imported or refused before."));
    }
    take_back(&change, id).await?;
    let update = upload::ActiveModel {
        id: Set(id.0),
        message: Set(Some(message.to_owned())),
        refused_at: Set(Some(change.now)),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    jobs::settle(&change.tx, lease, JobState::Failed, message).await?;
    change.commit(event(&row, "upload.refused", json!({ "message": message, "job": lease.job }))).await
}

/// Takes an import back, in one transaction: what it added goes, what it replaced returns. `was_stopped` tells that
/// somebody stopped it on its way. A conflict where something rests on it already.
pub async fn undo_import(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    was_stopped: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut change = store.change(actor, now).await?;
    let (state, message) = if was_stopped {
        (JobState::Cancelled, "Stopped. Nothing of the file is stored.")
    } else {
        (JobState::Succeeded, "Undone. What the file added is gone, and what it replaced is back.")
    };
    jobs::held_by(&change.tx, lease).await?;
    let row = lock_own(&change, lease, id).await?;
    if !matches!(state_of(&row), UploadState::Importing | UploadState::Imported) {
        return Err(StoreError::conflict("Nothing of this file is stored."));
    }
    take_back(&change, id).await?;
    let update = upload::ActiveModel {
        id: Set(id.0),
        message: Set(Some(message.to_owned())),
        undone_at: Set(Some(change.now)),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    let portfolio = PortfolioId(row.portfolio_id);
    jobs::add(&mut change, portfolio, &Job::Summarise { portfolio }).await?;
    jobs::settle(&change.tx, lease, state, message).await?;
    change.commit(event(&row, "upload.undone", json!({ "was_stopped": was_stopped, "job": lease.job }))).await
}

/// Warns of payments that take back one that is on file nowhere, which is known when all files of the upload are stored.
async fn warn_of_lonely_reversals(change: &Change, id: UploadId) -> Result<()> {
    for file in files_of(change, id).await? {
        let warned = payment_rows::warn_of_lonely_reversals(&change.tx, file.id).await?;
        if warned > 0 {
            let mut counts: RowCounts = serde_json::from_str(&file.counts)?;
            counts.warned += warned;
            let counts = Set(serde_json::to_string(&counts)?);
            upload_file::ActiveModel { id: Set(file.id), counts, ..Default::default() }.update(&change.tx).await?;
        }
    }
    Ok(())
}

async fn files_of(change: &Change, id: UploadId) -> Result<Vec<upload_file::Model>> {
    Ok(upload_file::Entity::find().filter(upload_file::Column::UploadId.eq(id.0)).all(&change.tx).await?)
}

async fn counts_of(change: &Change, id: UploadId) -> Result<RowCounts> {
    let files = files_of(change, id).await?;
    files.iter().try_fold(RowCounts::default(), |sum, file| Ok(sum.plus(&serde_json::from_str(&file.counts)?)))
}

/// The upload of the job that holds the lease, held until the transaction ends.
pub(super) async fn lock_own(change: &Change, lease: &Lease, id: UploadId) -> Result<upload::Model> {
    let row = upload::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&change.tx).await?;
    let row = row.ok_or(StoreError::NotFound("upload"))?;
    if row.job_id == Some(lease.job.0) {
        Ok(row)
    } else {
        Err(StoreError::conflict("This file belongs to another job."))
    }
}
