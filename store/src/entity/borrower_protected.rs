//! Protected attributes of a borrower, kept apart.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "borrower_protected")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub borrower_id: i64,
    pub age: Option<i32>,
    pub birth_date: Option<Date>,
    pub gender: Option<String>,
    pub marital_status: Option<String>,
    pub dependants: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
