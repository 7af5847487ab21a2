//! Whoever owes a loan.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "borrower")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub borrower_ref: String,
    /// Whether no file names the borrower; `borrower_ref` is the loan's then.
    pub is_unnamed: bool,
    pub upload_file_id: Option<i64>,
    pub as_of: Date,
    pub name: Option<String>,
    pub employment_type: Option<String>,
    pub monthly_income_minor: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
