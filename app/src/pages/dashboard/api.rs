//! What the dashboard reads.

use super::model::Dashboard;
use crate::error::AppError;
use leptos::server;

/// The portfolio in figures; nothing before the first loan is on file.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn get_dashboard() -> Result<Option<Dashboard>, AppError> {
    use super::model::Figures;
    use crate::figures;
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadPerformance).await?;
    let Some(mut summary) = store::summaries::get(&store(), person.scope()).await.map_err(explain)? else {
        return Ok(None);
    };
    let champion = store::models::champion(&store(), person.scope()).await.map_err(explain)?;
    let (_, policy) =
        store::policies::in_force(&store(), person.portfolio, crate::sign_in::now()).await.map_err(explain)?;
    let figures = Figures {
        amounts: figures::amounts(&summary),
        history: figures::history(&summary),
        missed_payments: figures::missed_payments(&summary),
        status_scatter: figures::status_scatter(&summary),
        segment_panels: figures::segment_panels(&summary),
    };
    summary.status_scatter.forget_points();
    summary.segment_scatter.forget_points();
    Ok(Some(Dashboard { summary, champion, policy, figures }))
}
