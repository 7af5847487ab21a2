//! A step of a plan that was carried out, or why it was not.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub case_id: i64,
    pub step: Option<i32>,
    pub kind: String,
    pub template: Option<String>,
    pub template_version: Option<i32>,
    pub state: String,
    pub detail: String,
    pub decided_at: DateTimeUtc,
    /// Once it was carried out, where the cost was known.
    pub cost_minor: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
