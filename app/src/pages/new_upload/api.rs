//! What the page for sending files reads.

use crate::error::AppError;
use leptos::server;

/// The titles of the profiles by which files are recognised.
#[server(prefix = "/fn", endpoint = "new_upload")]
pub async fn get_new_upload() -> Result<Vec<String>, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let saved = store::uploads::profiles(&store(), person.scope()).await.map_err(explain)?;
    let built_in = crate::profiles::built_in();
    Ok(saved.iter().chain(built_in).map(|profile| profile.title.clone()).collect())
}
