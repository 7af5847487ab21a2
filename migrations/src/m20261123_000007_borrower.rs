//! Borrowers; their protected attributes apart.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("borrower")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(text("borrower_ref"))
                    .col(text("employment_type"))
                    .col(big_integer("monthly_income_minor"))
                    .foreign_key(ForeignKey::create().from("borrower", "portfolio_id").to("portfolio", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("borrower_by_portfolio_id_and_borrower_ref")
                    .table("borrower")
                    .col("portfolio_id")
                    .col("borrower_ref")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("borrower_protected")
                    .col(big_integer("borrower_id").primary_key())
                    .col(integer("age"))
                    .col(text("gender"))
                    .col(integer("dependants"))
                    .foreign_key(ForeignKey::create().from("borrower_protected", "borrower_id").to("borrower", "id"))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("borrower_protected").to_owned()).await?;
        manager.drop_table(Table::drop().table("borrower").to_owned()).await?;
        Ok(())
    }
}
