//! Browsers that have signed in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(text("id").primary_key())
                    .col(text("data"))
                    .col(big_integer("expires_at_ms"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("session_by_expires_at_ms").table("session").col("expires_at_ms").to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("session").to_owned()).await?;
        Ok(())
    }
}
