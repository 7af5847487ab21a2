//! Recovery teams.

use crate::connection::Store;
use crate::entity::{team, user};
use crate::error::{Result, StoreError};
use domain::access::Scope;
use domain::id::TeamId;
use domain::team::{Team, TeamStrength};
use domain::track::Track;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// All teams of the portfolio.
pub async fn list(store: &Store, scope: Scope) -> Result<Vec<Team>> {
    let rows = team::Entity::find()
        .filter(team::Column::PortfolioId.eq(scope.portfolio.0))
        .order_by_asc(team::Column::Id)
        .all(&store.db)
        .await?;
    rows.into_iter().map(view).collect()
}

/// All teams of the portfolio, with how many people each has.
pub async fn strengths(store: &Store, scope: Scope) -> Result<Vec<TeamStrength>> {
    let rows = team::Entity::find()
        .left_join(user::Entity)
        .filter(team::Column::PortfolioId.eq(scope.portfolio.0))
        .group_by(team::Column::Id)
        .order_by_asc(team::Column::Id)
        .select_only()
        .columns([team::Column::Name, team::Column::Track])
        .column_as(user::Column::Id.count(), "people")
        .into_tuple::<(String, String, i64)>()
        .all(&store.db)
        .await?;
    let strength = |(name, track, people): (String, String, i64)| -> Result<TeamStrength> {
        let track = Track::find(&track).ok_or_else(|| StoreError::unreadable("team.track"))?;
        Ok(TeamStrength { name, track, people: people as u32 })
    };
    rows.into_iter().map(strength).collect()
}

pub(crate) fn view(row: team::Model) -> Result<Team> {
    let track = Track::find(&row.track).ok_or_else(|| StoreError::unreadable("team.track"))?;
    Ok(Team { id: TeamId(row.id), name: row.name, track })
}
