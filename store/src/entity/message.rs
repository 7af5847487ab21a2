//! A message to a borrower, on its way or sent.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub action_id: i64,
    pub loan_id: i64,
    pub borrower_id: i64,
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    pub opt_out_token: String,
    pub carries_validation: bool,
    pub created_at: DateTimeUtc,
    pub next_try_at: DateTimeUtc,
    pub attempts: i32,
    pub claimed_at: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub failed_at: Option<DateTimeUtc>,
    pub in_doubt_at: Option<DateTimeUtc>,
    pub error: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
