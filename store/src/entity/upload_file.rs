//! One file of an upload.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_file")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub upload_id: i64,
    pub number: i32,
    pub name: String,
    pub path: String,
    pub size_bytes: i64,
    pub sha256: String,
    pub readings: Option<String>,
    pub preview: Option<String>,
    pub rows_done: i64,
    pub is_done: bool,
    pub counts: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::upload::Entity", from = "Column::UploadId", to = "super::upload::Column::Id")]
    Upload,
}

impl ActiveModelBehavior for ActiveModel {}

impl Related<super::upload::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Upload.def()
    }
}
