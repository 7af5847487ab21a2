//! Whether the database may be filled with made-up data.

use crate::connection::Store;
use crate::entity::{portfolio, user};
use crate::error::Result;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

/// Whether nobody has used the database yet.
pub async fn is_empty(store: &Store) -> Result<bool> {
    Ok(portfolio::Entity::find().count(&store.db).await? == 0 && user::Entity::find().count(&store.db).await? == 0)
}

/// Whether all of it is made up.
pub async fn holds_demo(store: &Store) -> Result<bool> {
    let all = portfolio::Entity::find().count(&store.db).await?;
    let demo = portfolio::Entity::find().filter(portfolio::Column::IsDemo.eq(true)).count(&store.db).await?;
    Ok(demo > 0 && demo == all)
}
