//! What treatments cost by their kind, and what each one did.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("action_cost")
            .col(big_integer("portfolio_id"))
            .col(text("kind"))
            .col(big_integer("cost_minor"))
            .primary_key(Index::create().col("portfolio_id").col("kind"))
            .foreign_key(ForeignKey::create().from("action_cost", "portfolio_id").to("portfolio", "id"))
            .to_owned();
        manager.create_table(table).await?;
        // Nothing before it was carried out, and where nobody knew the cost then.
        let booked = "ALTER TABLE action ADD COLUMN cost_minor bigint NULL";
        manager.get_connection().execute_unprepared(booked).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("action").drop_column("cost_minor").to_owned()).await?;
        manager.drop_table(Table::drop().table("action_cost").to_owned()).await
    }
}
