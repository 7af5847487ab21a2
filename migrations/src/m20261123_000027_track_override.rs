//! Tracks that people chose in place of the policy's.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let key = |column: &'static str, table: &'static str| {
            ForeignKey::create().from("track_override", column).to(table, "id").to_owned()
        };
        let table = Table::create()
            .table("track_override")
            .col(big_pk_auto("id"))
            .col(big_integer("portfolio_id"))
            .col(big_integer("loan_id"))
            .col(text("track"))
            .col(text("reason"))
            // Nothing where the command line did.
            .col(big_integer_null("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(big_integer_null("ended_by"))
            .col(text("ended_reason"))
            .foreign_key(&mut key("portfolio_id", "portfolio"))
            .foreign_key(&mut key("loan_id", "loan"))
            .foreign_key(&mut key("made_by", "user"))
            .foreign_key(&mut key("ended_by", "user"))
            .to_owned();
        manager.create_table(table).await?;
        for change in [
            // A loan has one that holds.
            "CREATE UNIQUE INDEX track_override_open_by_loan_id ON track_override (loan_id) WHERE ended_at IS NULL",
            "CREATE INDEX track_override_by_loan_id ON track_override (loan_id)",
            "CREATE INDEX track_override_by_portfolio_id ON track_override (portfolio_id, made_at)",
            // Decisions refer to it; they were there before.
            "ALTER TABLE decision ADD COLUMN override_id bigint NULL REFERENCES track_override (id)",
        ] {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("decision").drop_column("override_id").to_owned()).await?;
        manager.drop_table(Table::drop().table("track_override").to_owned()).await
    }
}
