//! A loan on file.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "loan")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub borrower_id: i64,
    pub upload_id: Option<i64>,
    pub loan_ref: String,
    pub loan_type: String,
    pub loan_amount_minor: i64,
    pub tenure_months: i32,
    pub interest_rate: f64,
    pub collateral_value_minor: i64,
    pub outstanding_minor: i64,
    pub monthly_instalment_minor: i64,
    pub payment_history: String,
    pub missed_payments: i32,
    pub days_past_due: i64,
    pub recovery_status: String,
    pub collection_attempts: i32,
    pub collection_method: String,
    pub legal_action_taken: bool,
    pub imported_at: DateTimeUtc,
    pub current_decision_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::borrower::Entity", from = "Column::BorrowerId", to = "super::borrower::Column::Id")]
    Borrower,
    #[sea_orm(belongs_to = "super::upload::Entity", from = "Column::UploadId", to = "super::upload::Column::Id")]
    Upload,
    #[sea_orm(
        belongs_to = "super::decision::Entity",
        from = "Column::CurrentDecisionId",
        to = "super::decision::Column::Id"
    )]
    Decision,
    #[sea_orm(
        belongs_to = "super::borrower_protected::Entity",
        from = "Column::BorrowerId",
        to = "super::borrower_protected::Column::BorrowerId"
    )]
    Protected,
}

impl ActiveModelBehavior for ActiveModel {}
