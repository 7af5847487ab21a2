//! What the work queue reads.

use super::WorkQueue;
use crate::error::AppError;
use domain::track::Track;
use leptos::server;

/// A page of the loans to be worked next, within what the person may see.
#[server(prefix = "/fn", endpoint = "work_queue")]
pub async fn get_work_queue(track: Option<Track>, page: u32) -> Result<WorkQueue, AppError> {
    use super::PAGE_SIZE;
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadQueue).await?;
    let loans = store::loans::queue(&store(), person.scope(), track, page.max(1), PAGE_SIZE).await.map_err(explain)?;
    let champion = store::models::champion(&store(), person.scope()).await.map_err(explain)?;
    let currency = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?.currency;
    let caution = champion.and_then(|champion| champion.figures.caution());
    Ok(WorkQueue { role: person.role, team: person.team, track, page: page.max(1), loans, caution, currency })
}
