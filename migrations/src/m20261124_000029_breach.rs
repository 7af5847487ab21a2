//! Breaches: what people did although the contact rules did not allow it, with their reasons.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, big_pk_auto, text, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(breach()).await?;
        let by_portfolio =
            Index::create().name("breach_by_portfolio_id").table("breach").col("portfolio_id").to_owned();
        manager.create_index(by_portfolio).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("breach").to_owned()).await
    }
}

fn breach() -> TableCreateStatement {
    Table::create()
        .table("breach")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(big_integer("loan_id"))
        // One of the two: a letter is a message, a notice is none.
        .col(big_integer_null("message_id"))
        .col(big_integer_null("notice_id"))
        // The moment that the gate was asked about.
        .col(timestamp_with_time_zone("at"))
        // What it answered, as JSON.
        .col(text("answer"))
        .col(text("reason"))
        .col(big_integer("recorded_by"))
        .col(timestamp_with_time_zone("recorded_at"))
        .foreign_key(ForeignKey::create().from("breach", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("breach", "loan_id").to("loan", "id"))
        .foreign_key(ForeignKey::create().from("breach", "message_id").to("message", "id"))
        .foreign_key(ForeignKey::create().from("breach", "notice_id").to("legal_notice", "id"))
        .foreign_key(ForeignKey::create().from("breach", "recorded_by").to("user", "id"))
        .to_owned()
}
