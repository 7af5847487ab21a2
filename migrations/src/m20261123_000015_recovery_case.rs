//! Cases: loans on a track, what was done on them, and the messages that went out.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, integer, integer_null, text, text_null, text_uniq,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(recovery_case()).await?;
        for index in [
            // A loan has one open case.
            "CREATE UNIQUE INDEX recovery_case_open_by_loan_id ON recovery_case (loan_id) WHERE closed_at IS NULL",
            "CREATE INDEX recovery_case_by_loan_id ON recovery_case (loan_id)",
            "CREATE INDEX recovery_case_due ON recovery_case (portfolio_id, next_at) \
             WHERE closed_at IS NULL AND next_at IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        manager.create_table(action()).await?;
        manager.create_index(by_case_and_step("action", "action_by_case_and_step").unique().to_owned()).await?;
        manager.create_table(gate_check()).await?;
        manager.create_index(by_case_and_step("gate_check", "gate_check_by_case_and_step")).await?;
        manager.create_table(message()).await?;
        for index in [
            "CREATE INDEX message_waiting ON message (next_try_at) \
             WHERE sent_at IS NULL AND failed_at IS NULL AND in_doubt_at IS NULL",
            "CREATE INDEX message_by_borrower_id ON message (borrower_id)",
            "CREATE INDEX message_by_loan_id ON message (loan_id)",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        manager.create_table(opt_out()).await?;
        let by_borrower = Index::create().name("opt_out_by_borrower_id").table("opt_out").col("borrower_id").to_owned();
        manager.create_index(by_borrower).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["opt_out", "message", "gate_check", "action", "recovery_case"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn by_case_and_step(table: &'static str, name: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table(table).col("case_id").col("step").to_owned()
}

fn recovery_case() -> TableCreateStatement {
    Table::create()
        .table("recovery_case")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(big_integer("loan_id"))
        .col(text("track"))
        // Whose plan is carried out.
        .col(big_integer("policy_id"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(text_null("closed_why"))
        // The place in the plan, from 0; nothing where all is done.
        .col(integer_null("next_step"))
        .col(timestamp_with_time_zone_null("next_at"))
        .foreign_key(ForeignKey::create().from("recovery_case", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("recovery_case", "loan_id").to("loan", "id"))
        .foreign_key(ForeignKey::create().from("recovery_case", "policy_id").to("policy", "id"))
        .to_owned()
}

fn action() -> TableCreateStatement {
    Table::create()
        .table("action")
        .col(big_pk_auto("id"))
        .col(big_integer("case_id"))
        // Nothing where a person did it and no plan asked for it.
        .col(integer_null("step"))
        .col(text("kind"))
        .col(text_null("template"))
        // Whose words were sent.
        .col(integer_null("template_version"))
        .col(text("state"))
        // Why it was skipped or not allowed.
        .col(text("detail"))
        .col(timestamp_with_time_zone("decided_at"))
        .foreign_key(ForeignKey::create().from("action", "case_id").to("recovery_case", "id"))
        .to_owned()
}

/// What the contact gate was asked, and what it answered.
fn gate_check() -> TableCreateStatement {
    Table::create()
        .table("gate_check")
        .col(big_pk_auto("id"))
        .col(big_integer("case_id"))
        .col(integer_null("step"))
        .col(text("kind"))
        .col(text("channel"))
        .col(text("address"))
        .col(text("pack"))
        .col(integer("pack_version"))
        // As JSON.
        .col(text("answer"))
        .col(timestamp_with_time_zone("asked_at"))
        .foreign_key(ForeignKey::create().from("gate_check", "case_id").to("recovery_case", "id"))
        .to_owned()
}

fn message() -> TableCreateStatement {
    Table::create()
        .table("message")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(big_integer("action_id").unique_key())
        .col(big_integer("loan_id"))
        .col(big_integer("borrower_id"))
        .col(text("channel"))
        .col(text("recipient"))
        .col(text("subject"))
        .col(text("body"))
        // The secret of the link by which the borrower wants no more of these.
        .col(text_uniq("opt_out_token"))
        // Whether it tells what a borrower must be told of a debt.
        .col(boolean("carries_validation").default(false))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("next_try_at"))
        .col(integer("attempts"))
        // Set before anything is sent: who dies then leaves the message in doubt, and it is not sent again.
        .col(timestamp_with_time_zone_null("claimed_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .col(timestamp_with_time_zone_null("failed_at"))
        .col(timestamp_with_time_zone_null("in_doubt_at"))
        .col(text("error"))
        .foreign_key(ForeignKey::create().from("message", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("message", "action_id").to("action", "id"))
        .foreign_key(ForeignKey::create().from("message", "loan_id").to("loan", "id"))
        .foreign_key(ForeignKey::create().from("message", "borrower_id").to("borrower", "id"))
        .to_owned()
}

fn opt_out() -> TableCreateStatement {
    Table::create()
        .table("opt_out")
        .col(big_pk_auto("id"))
        .col(big_integer("borrower_id"))
        .col(text("channel"))
        .col(text("address"))
        // How it was said: by the link in a message, or by an SMS.
        .col(text("source"))
        .col(big_integer_null("message_id"))
        .col(timestamp_with_time_zone("from_at"))
        .foreign_key(ForeignKey::create().from("opt_out", "borrower_id").to("borrower", "id"))
        .foreign_key(ForeignKey::create().from("opt_out", "message_id").to("message", "id"))
        .to_owned()
}
