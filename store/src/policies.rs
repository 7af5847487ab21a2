//! Versions of the decision rule.

use crate::connection::Store;
use crate::entity::policy;
use crate::error::{Result, StoreError};
use domain::id::{PolicyId, PortfolioId};
use domain::policy::Policy;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// The policy by which decisions are made now: the one that was put in force last.
pub async fn in_force(store: &Store, portfolio: PortfolioId) -> Result<(PolicyId, Policy)> {
    let row = policy::Entity::find()
        .filter(policy::Column::PortfolioId.eq(portfolio.0))
        .filter(policy::Column::InForceAt.is_not_null())
        .order_by_desc(policy::Column::InForceAt)
        .order_by_desc(policy::Column::Version)
        .one(&store.db)
        .await?
        .ok_or(StoreError::NotFound("portfolio"))?;
    Ok((PolicyId(row.id), view(&row)))
}

pub(crate) fn view(row: &policy::Model) -> Policy {
    Policy { version: row.version, legal_above: row.legal_above, settlement_from: row.settlement_from }
}
