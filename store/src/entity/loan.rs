//! A loan on file.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "loan")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub borrower_id: i64,
    pub loan_ref: String,
    pub upload_file_id: Option<i64>,
    pub source_line: Option<i64>,
    pub imported_at: DateTimeUtc,
    pub as_of: Date,
    /// Columns of which the loan says what was told for an earlier day, with that day, as JSON.
    pub carried: Option<String>,
    pub loan_type: Option<String>,
    pub loan_amount_minor: Option<i64>,
    pub originated_on: Option<Date>,
    pub tenure_months: Option<i32>,
    pub interest_rate: Option<f64>,
    pub collateral_value_minor: Option<i64>,
    pub outstanding_minor: Option<i64>,
    pub monthly_instalment_minor: Option<i64>,
    pub payment_history: Option<String>,
    pub missed_payments: Option<i32>,
    pub days_past_due: Option<i64>,
    pub recovery_status: String,
    pub charged_off_on: Option<Date>,
    pub charged_off_amount_minor: Option<i64>,
    pub recovered_amount_minor: Option<i64>,
    pub collection_attempts: Option<i32>,
    pub collection_method: Option<String>,
    pub legal_action_taken: Option<bool>,
    /// JSON.
    pub extras: Option<String>,
    pub current_decision_id: Option<i64>,
    pub current_score: Option<f64>,
    pub current_segment: Option<i32>,
    pub current_track: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::borrower::Entity", from = "Column::BorrowerId", to = "super::borrower::Column::Id")]
    Borrower,
    #[sea_orm(
        belongs_to = "super::upload_file::Entity",
        from = "Column::UploadFileId",
        to = "super::upload_file::Column::Id"
    )]
    File,
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
    #[sea_orm(
        belongs_to = "super::loan_arrears::Entity",
        from = "Column::Id",
        to = "super::loan_arrears::Column::LoanId"
    )]
    Arrears,
    #[sea_orm(
        belongs_to = "super::loan_paying::Entity",
        from = "Column::Id",
        to = "super::loan_paying::Column::LoanId"
    )]
    Paying,
}

impl ActiveModelBehavior for ActiveModel {}
