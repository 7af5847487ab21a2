//! The model that decides, loaded to work with.

use super::JobError;
use domain::access::Scope;
use domain::id::{ModelId, PortfolioId};
use engine::model::RiskModel;
use store::Store;

pub(super) struct Champion {
    pub(super) id: ModelId,
    pub(super) version: i32,
    pub(super) model: RiskModel,
}

/// Nothing before the first model that passed its gate.
pub(super) async fn champion(store: &Store, portfolio: PortfolioId) -> Result<Option<Champion>, JobError> {
    let Some(card) = store::models::champion(store, Scope::whole(portfolio)).await? else { return Ok(None) };
    let artifact = store::models::artifact(store, portfolio, card.id).await?;
    let model = engine::model_file::from_bytes(&artifact).map_err(|error| {
        JobError::Fault(format!("Model {} cannot be loaded: {error}. Train another one.", card.version))
    })?;
    Ok(Some(Champion { id: card.id, version: card.version, model }))
}
