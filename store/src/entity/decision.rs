//! What was decided about a loan.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub loan_id: i64,
    pub scoring_id: Option<i64>,
    pub model_id: i64,
    pub policy_id: i64,
    pub score: f64,
    pub score_source: String,
    pub segment: i32,
    pub is_high_risk: bool,
    pub track: String,
    pub propensity: f64,
    pub input_hash: i64,
    pub reasons: Option<String>,
    pub occasion: String,
    pub as_of: Option<Date>,
    pub decided_at: DateTimeUtc,
    /// The choice of a person that it keeps to, or that has ended.
    pub override_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::model::Entity", from = "Column::ModelId", to = "super::model::Column::Id")]
    Model,
    #[sea_orm(belongs_to = "super::policy::Entity", from = "Column::PolicyId", to = "super::policy::Column::Id")]
    Policy,
}

impl ActiveModelBehavior for ActiveModel {}
