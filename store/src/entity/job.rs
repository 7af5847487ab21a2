//! A piece of background work. Its times are milliseconds of the database's clock.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub priority: i32,
    pub run_at_ms: i64,
    pub attempts: i32,
    pub max_attempts: i32,
    pub owner: Option<String>,
    pub lease_until_ms: Option<i64>,
    pub percent: i32,
    pub message: String,
    pub cancel_requested_at_ms: Option<i64>,
    pub unique_key: Option<String>,
    pub requested_by: Option<i64>,
    pub created_at_ms: i64,
    pub started_at_ms: Option<i64>,
    pub finished_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
