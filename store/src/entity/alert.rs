//! A change of a loan that matters.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub loan_id: i64,
    pub kind: String,
    /// JSON.
    pub was: String,
    /// JSON.
    pub became: String,
    pub on_day: Date,
    pub raised_at: DateTimeUtc,
    pub decision_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::loan::Entity", from = "Column::LoanId", to = "super::loan::Column::Id")]
    Loan,
    #[sea_orm(belongs_to = "super::decision::Entity", from = "Column::DecisionId", to = "super::decision::Column::Id")]
    Decision,
}

impl ActiveModelBehavior for ActiveModel {}
