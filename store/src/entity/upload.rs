//! Files that were sent together.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub portfolio_id: i64,
    pub title: String,
    pub as_of: Date,
    pub corrects: bool,
    pub profile: Option<String>,
    pub message: Option<String>,
    pub notes: String,
    pub job_id: Option<i64>,
    pub uploaded_by: Option<i64>,
    pub uploaded_at: DateTimeUtc,
    pub mapped_at: Option<DateTimeUtc>,
    pub checked_at: Option<DateTimeUtc>,
    pub started_at: Option<DateTimeUtc>,
    pub imported_at: Option<DateTimeUtc>,
    pub refused_at: Option<DateTimeUtc>,
    pub undone_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UploadedBy", to = "super::user::Column::Id")]
    User,
}

impl ActiveModelBehavior for ActiveModel {}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}
