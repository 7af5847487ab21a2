//! Loans: the columns of the lender's file.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, double, integer, text, timestamp_with_time_zone,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("loan")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(big_integer("borrower_id"))
                    .col(big_integer_null("upload_id"))
                    .col(text("loan_ref"))
                    .col(text("loan_type"))
                    .col(big_integer("loan_amount_minor"))
                    .col(integer("tenure_months"))
                    .col(double("interest_rate"))
                    .col(big_integer("collateral_value_minor"))
                    .col(big_integer("outstanding_minor"))
                    .col(big_integer("monthly_instalment_minor"))
                    .col(text("payment_history"))
                    .col(integer("missed_payments"))
                    .col(big_integer("days_past_due"))
                    .col(text("recovery_status"))
                    .col(integer("collection_attempts"))
                    .col(text("collection_method"))
                    .col(boolean("legal_action_taken"))
                    .col(timestamp_with_time_zone("imported_at"))
                    .foreign_key(ForeignKey::create().from("loan", "portfolio_id").to("portfolio", "id"))
                    .foreign_key(ForeignKey::create().from("loan", "borrower_id").to("borrower", "id"))
                    .foreign_key(ForeignKey::create().from("loan", "upload_id").to("upload", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("loan_by_portfolio_id_and_loan_ref")
                    .table("loan")
                    .col("portfolio_id")
                    .col("loan_ref")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("loan_by_borrower_id").table("loan").col("borrower_id").to_owned())
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("loan").to_owned()).await?;
        Ok(())
    }
}
