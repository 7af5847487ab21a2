//! Legal notices, from their draft to their service.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, date_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(legal_notice()).await?;
        for index in [
            "CREATE INDEX legal_notice_by_loan_id ON legal_notice (loan_id)",
            "CREATE INDEX legal_notice_by_case_id ON legal_notice (case_id)",
            "CREATE INDEX legal_notice_open ON legal_notice (portfolio_id, drafted_at) \
             WHERE served_at IS NULL AND turned_down_at IS NULL AND withdrawn_at IS NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("legal_notice").to_owned()).await
    }
}

fn legal_notice() -> TableCreateStatement {
    Table::create()
        .table("legal_notice")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(big_integer("loan_id"))
        .col(big_integer("case_id"))
        .col(big_integer("action_id").unique_key())
        // What it says, as JSON.
        .col(text("content"))
        .col(timestamp_with_time_zone("drafted_at"))
        // Whoever changed its words, as a JSON list: none of them may approve it.
        .col(text("edited_by"))
        .col(timestamp_with_time_zone_null("edited_at"))
        .col(timestamp_with_time_zone_null("approved_at"))
        .col(timestamp_with_time_zone_null("turned_down_at"))
        // Who approved it or turned it down, and why.
        .col(big_integer_null("decided_by"))
        .col(text("rationale"))
        // The last day on which a court can be asked for the debt, as the approver found.
        .col(date_null("limitation_on"))
        .col(timestamp_with_time_zone_null("served_at"))
        .col(big_integer_null("served_by"))
        .col(date_null("served_on"))
        .col(text_null("service_method"))
        .col(text("service_proof"))
        // The case ended before it was served.
        .col(timestamp_with_time_zone_null("withdrawn_at"))
        .foreign_key(ForeignKey::create().from("legal_notice", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("legal_notice", "loan_id").to("loan", "id"))
        .foreign_key(ForeignKey::create().from("legal_notice", "case_id").to("recovery_case", "id"))
        .foreign_key(ForeignKey::create().from("legal_notice", "action_id").to("action", "id"))
        .foreign_key(ForeignKey::create().from("legal_notice", "decided_by").to("user", "id"))
        .foreign_key(ForeignKey::create().from("legal_notice", "served_by").to("user", "id"))
        .to_owned()
}
