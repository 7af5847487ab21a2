//! What a kind of treatment costs in a portfolio.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action_cost")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub portfolio_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    pub cost_minor: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
