//! What the page of models reads and changes.

use super::ModelsView;
use crate::error::AppError;
use leptos::server;

/// All models, the newest first.
#[server(prefix = "/fn", endpoint = "models")]
pub async fn list_models() -> Result<ModelsView, AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ReadPerformance).await?;
    let models = store::models::list(&store(), person.scope()).await.map_err(explain)?;
    let may_approve = person.role.may(domain::access::Permission::ApproveModels);
    Ok(ModelsView { models, viewer: person.id, may_approve })
}

/// Lets a model decide in place of the champion.
#[server(prefix = "/fn", endpoint = "promote_model")]
pub async fn promote_model(id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ApproveModels).await?;
    let id = domain::id::ModelId(id);
    store::models::promote(&store(), person.actor(), person.scope(), id, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect("/models");
    Ok(())
}
