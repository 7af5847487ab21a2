//! A legal notice, from its draft to its service.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_notice")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub loan_id: i64,
    pub case_id: i64,
    pub action_id: i64,
    /// JSON.
    pub content: String,
    pub drafted_at: DateTimeUtc,
    /// A JSON list of people.
    pub edited_by: String,
    pub edited_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
    pub turned_down_at: Option<DateTimeUtc>,
    pub decided_by: Option<i64>,
    pub rationale: String,
    pub limitation_on: Option<Date>,
    pub served_at: Option<DateTimeUtc>,
    pub served_by: Option<i64>,
    pub served_on: Option<Date>,
    pub service_method: Option<String>,
    pub service_proof: String,
    pub withdrawn_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
