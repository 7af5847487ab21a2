//! The words that are sent to borrowers, by version. What stands in a row is never changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, big_pk_auto, integer, text, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(template()).await?;
        let by_version = Index::create()
            .name("template_version_by_code")
            .table("template_version")
            .col("portfolio_id")
            .col("code")
            .col("version")
            .unique()
            .to_owned();
        manager.create_index(by_version).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("template_version").to_owned()).await
    }
}

fn template() -> TableCreateStatement {
    Table::create()
        .table("template_version")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        // The word of the template in plans.
        .col(text("code"))
        // From 1, which are the program's own words.
        .col(integer("version"))
        .col(text("subject"))
        .col(text("body"))
        // Why they were changed.
        .col(text("note"))
        // Nobody where they came with the program.
        .col(big_integer_null("saved_by"))
        .col(timestamp_with_time_zone("saved_at"))
        .foreign_key(ForeignKey::create().from("template_version", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("template_version", "saved_by").to("user", "id"))
        .to_owned()
}
