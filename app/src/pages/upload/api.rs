//! What the page of one loan file reads.

use super::UploadView;
use crate::error::AppError;
use leptos::server;

/// One file: how far its import is, what was accepted, what was not.
#[server(prefix = "/fn", endpoint = "upload")]
pub async fn get_upload(id: i64) -> Result<UploadView, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let id = domain::id::UploadId(id);
    let job = match store::uploads::get(&store(), person.scope(), id).await.map_err(explain)?.job {
        Some(job) => Some(store::jobs::status(&store(), person.scope(), job).await.map_err(explain)?),
        None => None,
    };
    // Read after the job: pages stop looking once that is finished, and must then show what it left.
    let upload = store::uploads::get(&store(), person.scope(), id).await.map_err(explain)?;
    let rejected = store::uploads::rejected_rows(&store(), person.scope(), id).await.map_err(explain)?;
    Ok(UploadView { upload, rejected, job })
}
