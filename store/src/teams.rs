//! Recovery teams.

use crate::connection::Store;
use crate::entity::team;
use crate::error::{Result, StoreError};
use domain::access::Scope;
use domain::id::TeamId;
use domain::team::Team;
use domain::track::Track;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// All teams of the portfolio.
pub async fn list(store: &Store, scope: Scope) -> Result<Vec<Team>> {
    let rows = team::Entity::find()
        .filter(team::Column::PortfolioId.eq(scope.portfolio.0))
        .order_by_asc(team::Column::Id)
        .all(&store.db)
        .await?;
    rows.into_iter().map(view).collect()
}

pub(crate) fn view(row: team::Model) -> Result<Team> {
    let track = Track::find(&row.track).ok_or_else(|| StoreError::unreadable("team.track"))?;
    Ok(Team { id: TeamId(row.id), name: row.name, track })
}
