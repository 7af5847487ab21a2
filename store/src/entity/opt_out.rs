//! A wish for no more messages to an address.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opt_out")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub borrower_id: i64,
    pub channel: String,
    pub address: String,
    pub source: String,
    pub message_id: Option<i64>,
    pub from_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
