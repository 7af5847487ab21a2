//! Borrowers and how to reach them; their protected attributes apart; and what files replaced of both.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, boolean_null, date, date_null, integer_null, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut borrower = Table::create().table("borrower").col(big_pk_auto("id")).to_owned();
        borrower
            .col(big_integer("portfolio_id"))
            .col(text("borrower_ref"))
            // No file names the borrower of this one's loan: `borrower_ref` is the loan's, in a name space of its own.
            .col(boolean("is_unnamed").default(false))
            // The file that brought the borrower.
            .col(big_integer_null("upload_file_id"))
            .foreign_key(ForeignKey::create().from("borrower", "portfolio_id").to("portfolio", "id"))
            .foreign_key(ForeignKey::create().from("borrower", "upload_file_id").to("upload_file", "id"));
        manager.create_table(attributes(borrower)).await?;
        let by_ref = Index::create()
            .unique()
            .name("borrower_by_portfolio_id_and_borrower_ref")
            .table("borrower")
            .col("portfolio_id")
            .col("borrower_ref")
            .col("is_unnamed")
            .to_owned();
        manager.create_index(by_ref).await?;
        manager.create_table(attributes(history("borrower_history"))).await?;
        manager.create_index(index("borrower_history_by_borrower_id", "borrower_history", "borrower_id")).await?;

        let mut protected = Table::create().table("borrower_protected").to_owned();
        protected
            .col(big_integer("borrower_id").primary_key())
            .col(big_integer_null("upload_file_id"))
            .foreign_key(ForeignKey::create().from("borrower_protected", "borrower_id").to("borrower", "id"));
        manager.create_table(protected_attributes(protected)).await?;
        let table = "borrower_protected_history";
        manager.create_table(protected_attributes(history(table))).await?;
        manager.create_index(index("borrower_protected_history_by_borrower_id", table, "borrower_id")).await?;

        let contact = Table::create()
            .table("borrower_contact")
            .col(big_pk_auto("id"))
            .col(big_integer("borrower_id"))
            .col(big_integer_null("upload_file_id"))
            .col(text("channel"))
            .col(text("value"))
            // The day of which the consent was told last.
            .col(date("as_of"))
            .col(boolean_null("has_consent"))
            .foreign_key(ForeignKey::create().from("borrower_contact", "borrower_id").to("borrower", "id"))
            .to_owned();
        manager.create_table(contact).await?;
        let by_value = Index::create()
            .unique()
            .name("borrower_contact_by_value")
            .table("borrower_contact")
            .col("borrower_id")
            .col("channel")
            .col("value")
            .to_owned();
        manager.create_index(by_value).await?;
        let table = "borrower_contact_history";
        manager.create_table(contact_history()).await?;
        manager.create_index(index("borrower_contact_history_by_contact_id", table, "contact_id")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "borrower_contact_history",
            "borrower_contact",
            "borrower_protected_history",
            "borrower_protected",
            "borrower_history",
            "borrower",
        ];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// A table of what a file replaced.
fn history(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(big_pk_auto("id"))
        .col(big_integer("borrower_id"))
        .col(big_integer("replaced_by_file_id"))
        .foreign_key(ForeignKey::create().from(table, "borrower_id").to("borrower", "id"))
        .foreign_key(ForeignKey::create().from(table, "replaced_by_file_id").to("upload_file", "id"))
        .to_owned()
}

/// What a file replaced of a contact point: the consent.
fn contact_history() -> TableCreateStatement {
    let table = "borrower_contact_history";
    Table::create()
        .table(table)
        .col(big_pk_auto("id"))
        .col(big_integer("contact_id"))
        .col(big_integer("replaced_by_file_id"))
        .col(date("as_of"))
        .col(boolean_null("has_consent"))
        .foreign_key(ForeignKey::create().from(table, "contact_id").to("borrower_contact", "id"))
        .foreign_key(ForeignKey::create().from(table, "replaced_by_file_id").to("upload_file", "id"))
        .to_owned()
}

fn index(name: &'static str, table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table(table).col(column).to_owned()
}

fn attributes(mut table: TableCreateStatement) -> TableCreateStatement {
    table
        // The day of which the attributes were told last.
        .col(date("as_of"))
        .col(text_null("name"))
        .col(text_null("employment_type"))
        .col(big_integer_null("monthly_income_minor"))
        .to_owned()
}

fn protected_attributes(mut table: TableCreateStatement) -> TableCreateStatement {
    table
        .col(date("as_of"))
        .col(integer_null("age"))
        .col(date_null("birth_date"))
        .col(text_null("gender"))
        .col(text_null("marital_status"))
        .col(integer_null("dependants"))
        .to_owned()
}
