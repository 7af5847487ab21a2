//! Files that were sent, and their rows that could not be taken.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("upload")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(text("file_name"))
                    .col(big_integer("size_bytes"))
                    .col(text("sha256"))
                    .col(text("path"))
                    .col(big_integer("row_count"))
                    .col(big_integer("accepted_count"))
                    .col(big_integer("rejected_count"))
                    .col(text_null("message"))
                    .col(big_integer_null("job_id"))
                    .col(big_integer_null("uploaded_by"))
                    .col(timestamp_with_time_zone("uploaded_at"))
                    .col(timestamp_with_time_zone_null("imported_at"))
                    .col(timestamp_with_time_zone_null("refused_at"))
                    .foreign_key(ForeignKey::create().from("upload", "portfolio_id").to("portfolio", "id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("upload", "job_id")
                            .to("job", "id")
                            .on_delete(ForeignKeyAction::SetNull),
                    )
                    .foreign_key(ForeignKey::create().from("upload", "uploaded_by").to("user", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("upload_by_portfolio_id").table("upload").col("portfolio_id").to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("upload_row_rejected")
                    .col(big_pk_auto("id"))
                    .col(big_integer("upload_id"))
                    .col(big_integer("line"))
                    .col(text_null("column_name"))
                    .col(text("value"))
                    .col(text("reason"))
                    .foreign_key(ForeignKey::create().from("upload_row_rejected", "upload_id").to("upload", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("upload_row_rejected_by_upload_id")
                    .table("upload_row_rejected")
                    .col("upload_id")
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("upload_row_rejected").to_owned()).await?;
        manager.drop_table(Table::drop().table("upload").to_owned()).await?;
        Ok(())
    }
}
