//! Figures that pages read.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, text_null, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("portfolio_summary")
                    .col(big_integer("portfolio_id").primary_key())
                    .col(text("body"))
                    // How many loans have which score; what-if answers come from it.
                    .col(text("scores"))
                    .col(timestamp_with_time_zone("as_of"))
                    // What a model could learn of an earlier day.
                    .col(text_null("follow_up"))
                    .foreign_key(ForeignKey::create().from("portfolio_summary", "portfolio_id").to("portfolio", "id"))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("portfolio_summary").to_owned()).await?;
        Ok(())
    }
}
