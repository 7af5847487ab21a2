//! A reason to leave a person, an address or a loan alone.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hold")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub loan_id: i64,
    pub borrower_id: i64,
    pub kind: String,
    pub scope: String,
    pub address: Option<String>,
    pub from_at: DateTimeUtc,
    pub until_at: Option<DateTimeUtc>,
    pub note: String,
    pub set_by: Option<i64>,
    pub ended_at: Option<DateTimeUtc>,
    pub ended_by: Option<i64>,
    pub ended_note: String,
    pub ran_out_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::loan::Entity", from = "Column::LoanId", to = "super::loan::Column::Id")]
    Loan,
}

impl ActiveModelBehavior for ActiveModel {}
