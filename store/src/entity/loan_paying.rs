//! How a loan was paid up to its day.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "loan_paying")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub loan_id: i64,
    pub as_of: Date,
    pub paid_to_due_3m: Option<f64>,
    pub paid_to_due_6m: Option<f64>,
    pub paid_to_due_12m: Option<f64>,
    pub days_since_payment: i64,
    pub longest_late_run: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
