//! What the strategy board reads.

use super::Board;
use crate::error::AppError;
use leptos::server;

/// The tracks with their loans and money; nothing before the first loan is on file.
#[server(prefix = "/fn", endpoint = "strategies")]
pub async fn get_board() -> Result<Option<Board>, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadPerformance).await?;
    let Some(summary) = store::summaries::get(&store(), person.scope()).await.map_err(explain)? else {
        return Ok(None);
    };
    let champion = store::models::champion(&store(), person.scope()).await.map_err(explain)?;
    let (_, policy) = store::policies::in_force(&store(), person.portfolio).await.map_err(explain)?;
    Ok(Some(Board {
        currency: summary.currency,
        policy,
        target: champion.map(|champion| champion.figures.target),
        decided: summary.decided,
        tracks: summary.tracks,
        score_bands: summary.score_bands,
    }))
}
