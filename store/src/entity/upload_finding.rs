//! What is wrong, odd or contradictory in a row of a file.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_finding")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub upload_file_id: i64,
    pub kind: String,
    pub line: i64,
    pub column_name: Option<String>,
    pub value: String,
    pub reason: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::upload_file::Entity",
        from = "Column::UploadFileId",
        to = "super::upload_file::Column::Id"
    )]
    File,
}

impl ActiveModelBehavior for ActiveModel {}
