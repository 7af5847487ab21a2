//! Recovery teams.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("team")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(text("name"))
                    .col(text("track"))
                    .foreign_key(ForeignKey::create().from("team", "portfolio_id").to("portfolio", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("team_by_portfolio_id_and_name")
                    .table("team")
                    .col("portfolio_id")
                    .col("name")
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("team").to_owned()).await?;
        Ok(())
    }
}
