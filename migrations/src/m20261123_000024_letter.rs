//! Letters by post: what a person did with a message that a machine cannot send.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, date_null, text, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(letter()).await?;
        let by_portfolio =
            Index::create().name("letter_by_portfolio_id").table("letter").col("portfolio_id").to_owned();
        manager.create_index(by_portfolio).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("letter").to_owned()).await
    }
}

fn letter() -> TableCreateStatement {
    Table::create()
        .table("letter")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        // What it says, and whether it went out.
        .col(big_integer("message_id").unique_key())
        .col(big_integer("case_id"))
        // The offer or plan that it is about.
        .col(big_integer_null("settlement_id"))
        // Name and address, as a JSON list of lines.
        .col(text("recipient"))
        .col(timestamp_with_time_zone_null("printed_at"))
        .col(big_integer_null("printed_by"))
        // When somebody wrote down that it was posted.
        .col(timestamp_with_time_zone_null("recorded_at"))
        .col(big_integer_null("posted_by"))
        .col(date_null("posted_on"))
        .col(text("proof"))
        .foreign_key(ForeignKey::create().from("letter", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("letter", "message_id").to("message", "id"))
        .foreign_key(ForeignKey::create().from("letter", "case_id").to("recovery_case", "id"))
        .foreign_key(ForeignKey::create().from("letter", "settlement_id").to("settlement", "id"))
        .foreign_key(ForeignKey::create().from("letter", "printed_by").to("user", "id"))
        .foreign_key(ForeignKey::create().from("letter", "posted_by").to("user", "id"))
        .to_owned()
}
