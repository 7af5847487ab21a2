//! A trained model.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub version: i32,
    pub options: String,
    pub figures: String,
    pub segmentation: String,
    pub notes: String,
    pub artifact: Vec<u8>,
    pub data_hash: String,
    pub reference: Option<String>,
    pub insight: Option<String>,
    pub fitted_by: Option<i64>,
    pub fitted_at: DateTimeUtc,
    pub promoted_at: Option<DateTimeUtc>,
    pub rationale: String,
    pub retired_at: Option<DateTimeUtc>,
    pub rejected_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::FittedBy", to = "super::user::Column::Id")]
    User,
}

impl ActiveModelBehavior for ActiveModel {}
