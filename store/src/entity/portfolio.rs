//! A set of loans in one currency.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "portfolio")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub currency: String,
    pub contact_rule_pack: String,
    pub time_zone: String,
    pub borrower_zones: String,
    pub is_demo: bool,
    pub created_at: DateTimeUtc,
    /// Since when treatments are carried out; nothing where they are not.
    pub treats_since: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
