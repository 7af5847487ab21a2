//! Loans as the newest file says them, as older files said them, and their payments.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, boolean_null, date, date_null, double_null, integer,
    integer_null, text, text_null, timestamp_with_time_zone,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut loan = Table::create().table("loan").col(big_pk_auto("id")).to_owned();
        loan.col(big_integer("portfolio_id"))
            .col(text("loan_ref"))
            .foreign_key(ForeignKey::create().from("loan", "portfolio_id").to("portfolio", "id"));
        manager.create_table(state(loan, "loan")).await?;
        manager
            .create_index(unique("loan_by_portfolio_id_and_loan_ref", "loan", &["portfolio_id", "loan_ref"]))
            .await?;
        let by_borrower = Index::create().name("loan_by_borrower_id").table("loan").col("borrower_id").to_owned();
        manager.create_index(by_borrower).await?;

        let mut history = Table::create().table("loan_history").col(big_pk_auto("id")).to_owned();
        history
            .col(big_integer("loan_id"))
            // Nothing where the state came after a newer one was known.
            .col(big_integer_null("replaced_by_file_id"))
            .foreign_key(ForeignKey::create().from("loan_history", "loan_id").to("loan", "id"));
        manager.create_table(state(history, "loan_history")).await?;
        let by_day =
            Index::create().name("loan_history_by_loan").table("loan_history").col("loan_id").col("as_of").to_owned();
        manager.create_index(by_day).await?;
        let by_borrower =
            Index::create().name("loan_history_by_borrower_id").table("loan_history").col("borrower_id").to_owned();
        manager.create_index(by_borrower).await?;

        manager.create_table(known_row()).await?;

        manager.create_table(arrears()).await?;
        manager.create_table(paying()).await?;
        manager.create_table(payment()).await?;
        manager.create_index(unique("payment_by_loan_and_ref", "payment", &["loan_id", "payment_ref"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["payment", "loan_paying", "loan_arrears", "upload_known_row", "loan_history", "loan"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Rows of the file that is being read for a day that was told of before: what the loan's own source does not tell. A loan
/// that comes a second time in the file is known by them. They go when the file is read.
fn known_row() -> TableCreateStatement {
    let mut table = Table::create().table("upload_known_row").to_owned();
    table
        .col(big_integer("upload_file_id"))
        .col(big_integer("loan_id"))
        .col(date("as_of"))
        .col(big_integer("source_line"))
        .primary_key(Index::create().col("upload_file_id").col("loan_id").col("as_of"))
        .foreign_key(ForeignKey::create().from("upload_known_row", "upload_file_id").to("upload_file", "id"))
        .foreign_key(ForeignKey::create().from("upload_known_row", "loan_id").to("loan", "id"))
        .to_owned()
}

/// What a file says of a loan as of a day; and where it says so.
fn state(mut table: TableCreateStatement, name: &'static str) -> TableCreateStatement {
    table
        .col(big_integer("borrower_id"))
        .col(big_integer_null("upload_file_id"))
        .col(big_integer_null("source_line"))
        .col(timestamp_with_time_zone("imported_at"))
        .col(date("as_of"))
        // Columns of which the state says what was told for an earlier day, with that day, as JSON.
        .col(text_null("carried"))
        .col(text_null("loan_type"))
        .col(big_integer_null("loan_amount_minor"))
        .col(date_null("originated_on"))
        .col(integer_null("tenure_months"))
        .col(double_null("interest_rate"))
        .col(big_integer_null("collateral_value_minor"))
        .col(big_integer_null("outstanding_minor"))
        .col(big_integer_null("monthly_instalment_minor"))
        .col(text_null("payment_history"))
        .col(integer_null("missed_payments"))
        .col(big_integer_null("days_past_due"))
        .col(text("recovery_status"))
        .col(date_null("charged_off_on"))
        .col(big_integer_null("charged_off_amount_minor"))
        .col(big_integer_null("recovered_amount_minor"))
        .col(integer_null("collection_attempts"))
        .col(text_null("collection_method"))
        .col(boolean_null("legal_action_taken"))
        .col(text_null("extras"))
        .foreign_key(ForeignKey::create().from(name, "borrower_id").to("borrower", "id"))
        .foreign_key(ForeignKey::create().from(name, "upload_file_id").to("upload_file", "id"))
        .to_owned()
}

/// What payments leave unpaid, computed; it goes with its loan.
fn arrears() -> TableCreateStatement {
    let mut to_loan = ForeignKey::create();
    to_loan.from("loan_arrears", "loan_id").to("loan", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("loan_arrears")
        .col(big_integer("loan_id").primary_key())
        .col(date("as_of"))
        .col(big_integer("due_minor"))
        .col(big_integer("paid_minor"))
        .col(integer("missed_payments"))
        .col(big_integer("days_past_due"))
        .col(boolean("disagrees"))
        .foreign_key(&mut to_loan)
        .to_owned()
}

/// How payments came in up to the loan's day, computed; it goes with its loan.
fn paying() -> TableCreateStatement {
    let mut to_loan = ForeignKey::create();
    to_loan.from("loan_paying", "loan_id").to("loan", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("loan_paying")
        .col(big_integer("loan_id").primary_key())
        .col(date("as_of"))
        .col(double_null("paid_to_due_3m"))
        .col(double_null("paid_to_due_6m"))
        .col(double_null("paid_to_due_12m"))
        .col(big_integer("days_since_payment"))
        .col(integer_null("longest_late_run"))
        .foreign_key(&mut to_loan)
        .to_owned()
}

fn payment() -> TableCreateStatement {
    Table::create()
        .table("payment")
        .col(big_pk_auto("id"))
        .col(big_integer("loan_id"))
        .col(big_integer_null("upload_file_id"))
        .col(big_integer_null("source_line"))
        // The lender's own id, or what tells the payment apart from others of its loan.
        .col(text("payment_ref"))
        .col(date("paid_on"))
        .col(big_integer("amount_minor"))
        .col(text("kind"))
        .col(text_null("reversal_of"))
        // What a rejected row without an id is known by when it is sent again.
        .col(text_null("mended_row"))
        .foreign_key(ForeignKey::create().from("payment", "loan_id").to("loan", "id"))
        .foreign_key(ForeignKey::create().from("payment", "upload_file_id").to("upload_file", "id"))
        .to_owned()
}

fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().unique().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}
