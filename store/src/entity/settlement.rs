//! A settlement offer or a repayment plan.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "settlement")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub loan_id: i64,
    pub kind: String,
    pub balance_minor: i64,
    pub amount_minor: i64,
    pub haircut_percent: i32,
    pub first_payment_minor: i64,
    pub expires_on: Date,
    pub pay_by: Option<Date>,
    pub limitation_on: Option<Date>,
    pub reason: String,
    pub grace_days: i32,
    pub paid_from_percent: i32,
    pub missed_max: i32,
    pub drafted_by: Option<i64>,
    pub drafted_at: DateTimeUtc,
    pub offered_by: Option<i64>,
    pub offered_at: Option<DateTimeUtc>,
    pub recorded_by: Option<i64>,
    pub accepted_at: Option<DateTimeUtc>,
    pub accepted_how: Option<String>,
    pub accepted_name: Option<String>,
    pub withdrawn_by: Option<i64>,
    pub withdrawn_at: Option<DateTimeUtc>,
    pub withdrawn_reason: String,
    pub expired_at: Option<DateTimeUtc>,
    pub kept_at: Option<DateTimeUtc>,
    pub partly_kept_at: Option<DateTimeUtc>,
    pub broken_at: Option<DateTimeUtc>,
    pub email_at: Option<DateTimeUtc>,
    pub followed_to: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
