//! What the page of segments reads.

use super::SegmentsView;
use crate::error::AppError;
use leptos::server;

/// The segments of the model that decides; nothing before the first one.
#[server(prefix = "/fn", endpoint = "segments")]
pub async fn get_segments() -> Result<Option<SegmentsView>, AppError> {
    use super::Figures;
    use crate::figures::segments as figures;
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadPerformance).await?;
    let champion = store::models::champion(&store(), person.scope()).await.map_err(explain)?;
    let summary = store::summaries::get(&store(), person.scope()).await.map_err(explain)?;
    let (Some(champion), Some(summary)) = (champion, summary) else { return Ok(None) };
    let in_use = champion.segmentation.segments.len() as u32;
    let quality = champion.segmentation.quality.as_ref();
    let figures = Figures {
        shares: figures::shares(&summary.segments),
        outcomes: figures::outcomes(&summary.segments),
        silhouettes: quality.map(|quality| figures::silhouettes(quality, in_use)),
    };
    Ok(Some(SegmentsView {
        model_version: champion.version,
        caution: champion.figures.caution(),
        segmentation: champion.segmentation,
        features: champion.options.chosen_features(),
        summaries: summary.segments,
        currency: summary.currency,
        as_of: summary.as_of,
        figures,
    }))
}
