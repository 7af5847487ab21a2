//! Portfolios.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_pk_auto, boolean, text, timestamp_with_time_zone, timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("portfolio")
                    .col(big_pk_auto("id"))
                    .col(text("name"))
                    .col(text("currency"))
                    .col(text("contact_rule_pack"))
                    // Names of the IANA: the lender's own zone, and those of borrowers whose own is not known, between commas.
                    .col(text("time_zone").default("UTC"))
                    .col(text("borrower_zones").default(""))
                    .col(boolean("is_demo"))
                    .col(timestamp_with_time_zone("created_at"))
                    // Nobody is reached before somebody says so.
                    .col(timestamp_with_time_zone_null("treats_since"))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("portfolio").to_owned()).await?;
        Ok(())
    }
}
