//! Settlement offers and repayment plans, and the payments that are agreed on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, date, date_null, integer, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(settlement()).await?;
        for index in [
            // A loan has one settlement of which something may still come.
            "CREATE UNIQUE INDEX settlement_open_by_loan_id ON settlement (loan_id) WHERE withdrawn_at IS NULL \
             AND expired_at IS NULL AND kept_at IS NULL AND partly_kept_at IS NULL AND broken_at IS NULL",
            "CREATE INDEX settlement_by_loan_id ON settlement (loan_id)",
            "CREATE INDEX settlement_accepted ON settlement (portfolio_id, accepted_at) WHERE accepted_at IS NOT NULL",
            "CREATE INDEX settlement_email_due ON settlement (portfolio_id, email_at) WHERE email_at IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        manager.create_table(instalment()).await?;
        let by_number = Index::create()
            .unique()
            .name("settlement_instalment_by_number")
            .table("settlement_instalment")
            .col("settlement_id")
            .col("number")
            .to_owned();
        manager.create_index(by_number).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["settlement_instalment", "settlement"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn settlement() -> TableCreateStatement {
    let people = ["drafted_by", "offered_by", "recorded_by", "withdrawn_by"];
    let mut table = Table::create()
        .table("settlement")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(big_integer("loan_id"))
        .col(text("kind"))
        // What was owed when the terms were made.
        .col(big_integer("balance_minor"))
        .col(big_integer("amount_minor"))
        .col(integer("haircut_percent"))
        .col(big_integer("first_payment_minor"))
        // The last day on which it can be accepted.
        .col(date("expires_on"))
        // Of offers alone.
        .col(date_null("pay_by"))
        // Of plans alone, where it is known.
        .col(date_null("limitation_on"))
        // Why it can be paid, where the figures do not say so.
        .col(text("reason"))
        .col(integer("grace_days"))
        .col(integer("paid_from_percent"))
        .col(integer("missed_max"))
        .col(timestamp_with_time_zone("drafted_at"))
        .col(timestamp_with_time_zone_null("offered_at"))
        .col(timestamp_with_time_zone_null("accepted_at"))
        .col(text_null("accepted_how"))
        // In whose name the borrower said yes; `recorded_by` wrote it down.
        .col(text_null("accepted_name"))
        .col(timestamp_with_time_zone_null("withdrawn_at"))
        .col(text("withdrawn_reason"))
        .col(timestamp_with_time_zone_null("expired_at"))
        .col(timestamp_with_time_zone_null("kept_at"))
        .col(timestamp_with_time_zone_null("partly_kept_at"))
        .col(timestamp_with_time_zone_null("broken_at"))
        // When its e-mail is to be decided on; nothing where none is to go out any more.
        .col(timestamp_with_time_zone_null("email_at"))
        // The day up to which payments were looked at.
        .col(date_null("followed_to"))
        .foreign_key(ForeignKey::create().from("settlement", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("settlement", "loan_id").to("loan", "id"))
        .to_owned();
    for person in people {
        table
            .col(big_integer_null(person))
            .foreign_key(ForeignKey::create().from("settlement", person).to("user", "id"));
    }
    table
}

fn instalment() -> TableCreateStatement {
    Table::create()
        .table("settlement_instalment")
        .col(big_pk_auto("id"))
        .col(big_integer("settlement_id"))
        .col(integer("number"))
        .col(date("due_on"))
        .col(big_integer("amount_minor"))
        // What payments made of it, computed.
        .col(big_integer("paid_minor"))
        .col(date_null("covered_on"))
        .col(text("standing"))
        .foreign_key(ForeignKey::create().from("settlement_instalment", "settlement_id").to("settlement", "id"))
        .to_owned()
}
