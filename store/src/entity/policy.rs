//! A version of the decision rule.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "policy")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub version: i32,
    pub legal_above: f64,
    pub settlement_from: f64,
    /// The treatments and the bands of authority, as JSON.
    pub body: String,
    pub note: String,
    /// Ids of users, as JSON.
    pub drafted_by: String,
    pub drafted_at: DateTimeUtc,
    pub submitted_at: Option<DateTimeUtc>,
    pub discarded_at: Option<DateTimeUtc>,
    pub approved_at: Option<DateTimeUtc>,
    pub turned_down_at: Option<DateTimeUtc>,
    pub decided_by: Option<i64>,
    pub rationale: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
