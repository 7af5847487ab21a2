//! What the frame around every page shows.

use crate::error::AppError;
use crate::pages::frame::Viewer;
use leptos::server;

/// The person who looks, and what they look at.
#[server(prefix = "/fn", endpoint = "viewer")]
pub async fn get_viewer() -> Result<Viewer, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadLoans).await?;
    let portfolio = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?;
    let (_, policy) =
        store::policies::in_force(&store(), portfolio.id, crate::sign_in::now()).await.map_err(explain)?;
    let as_of = store::summaries::as_of(&store(), person.scope()).await.map_err(explain)?;
    Ok(Viewer { person, portfolio, policy_version: policy.version, as_of })
}

/// Ends the session.
#[server(prefix = "/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    crate::guard::public();
    crate::sign_in::end_session().await?;
    leptos_axum::redirect("/login");
    Ok(())
}
