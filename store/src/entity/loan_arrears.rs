//! What a loan's payments leave unpaid.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "loan_arrears")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub loan_id: i64,
    pub as_of: Date,
    pub due_minor: i64,
    pub paid_minor: i64,
    pub missed_payments: i32,
    pub days_past_due: i64,
    pub disagrees: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
