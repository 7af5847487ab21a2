//! The figures of a portfolio, as JSON.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "portfolio_summary")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub portfolio_id: i64,
    pub body: String,
    pub scores: String,
    pub as_of: DateTimeUtc,
    /// JSON: what a model could learn of earlier days.
    pub follow_up: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
