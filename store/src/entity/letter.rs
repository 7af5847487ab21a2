//! A message that goes by post, and what a person did with it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    #[sea_orm(unique)]
    pub message_id: i64,
    pub case_id: i64,
    pub settlement_id: Option<i64>,
    /// A JSON list of lines.
    pub recipient: String,
    pub printed_at: Option<DateTimeUtc>,
    pub printed_by: Option<i64>,
    pub recorded_at: Option<DateTimeUtc>,
    pub posted_by: Option<i64>,
    pub posted_on: Option<Date>,
    pub proof: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
