//! Promote: a model that somebody approved takes over. What it decided beforehand begins to hold of all loans at once; the
//! scoring that it asks for looks at those that came or changed since.

use super::{JobError, Run};
use crate::clock;
use domain::access::Scope;
use domain::count::count;
use domain::id::{ModelId, PortfolioId};
use store::Store;

pub(super) async fn run(
    store: &Store,
    run: &Run,
    portfolio: PortfolioId,
    model: ModelId,
    rationale: &str,
) -> Result<(), JobError> {
    let scope = Scope::whole(portfolio);
    let version = store::models::get(store, scope, model).await?.version;
    let loans = store::summaries::get(store, scope).await?.map_or(0, |summary| summary.all.loans);
    run.report(store, 10, &format!("Model {version} takes over {}.", count(loans, "loan"))).await?;
    store::models::promote(store, &run.lease, model, rationale, clock::now()).await?;
    Ok(())
}
