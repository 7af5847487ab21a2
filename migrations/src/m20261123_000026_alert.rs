//! Alerts: changes of loans that matter, and what was last seen of each loan.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, date, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(loan_watch()).await?;
        manager.create_table(alert()).await?;
        for index in [
            // A change is told once a day.
            "CREATE UNIQUE INDEX alert_by_loan_id_kind_and_day ON alert (loan_id, kind, on_day)",
            "CREATE INDEX alert_by_portfolio_id ON alert (portfolio_id, raised_at, id)",
            "CREATE INDEX alert_by_portfolio_id_and_kind ON alert (portfolio_id, kind, raised_at, id)",
            "CREATE INDEX alert_by_decision_id ON alert (decision_id)",
            "CREATE INDEX loan_watch_cleared ON loan_watch (loan_id) WHERE cleared_at IS NOT NULL",
            "CREATE INDEX alert_waiting ON alert (portfolio_id, loan_id) WHERE decision_id IS NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["alert", "loan_watch"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// It goes with its loan.
fn to_loan(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "loan_id").to("loan", "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}

fn loan_watch() -> TableCreateStatement {
    Table::create()
        .table("loan_watch")
        .col(big_integer("loan_id").primary_key())
        // JSON.
        .col(text("seen"))
        // Since when a loan that was behind is not any more.
        .col(timestamp_with_time_zone_null("cleared_at"))
        .foreign_key(&mut to_loan("loan_watch"))
        .to_owned()
}

fn alert() -> TableCreateStatement {
    Table::create()
        .table("alert")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(big_integer("loan_id"))
        .col(text("kind"))
        // Both sides of the change, as JSON.
        .col(text("was"))
        .col(text("became"))
        // The day that the facts speak for.
        .col(date("on_day"))
        .col(timestamp_with_time_zone("raised_at"))
        // The decision that was made for it.
        .col(big_integer_null("decision_id"))
        .foreign_key(ForeignKey::create().from("alert", "portfolio_id").to("portfolio", "id"))
        .foreign_key(&mut to_loan("alert"))
        .foreign_key(ForeignKey::create().from("alert", "decision_id").to("decision", "id"))
        .to_owned()
}
