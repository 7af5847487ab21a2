//! Runs in which a model looked at the loans of a portfolio and decided on those that had changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, boolean, integer, text_null, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let key = |column: &'static str, table: &'static str| {
            ForeignKey::create().from("scoring", column).to(table, "id").to_owned()
        };
        let scoring = Table::create()
            .table("scoring")
            .col(big_pk_auto("id"))
            .col(big_integer("portfolio_id"))
            .col(big_integer("model_id"))
            .col(big_integer("policy_id"))
            .col(big_integer("job_id"))
            // How many loans were looked at; how many of them were decided on anew, their decisions tell.
            .col(integer("loans"))
            // Whether these were all of the portfolio.
            .col(boolean("is_whole"))
            // Drift and fairness; nothing where they could not be told.
            .col(text_null("report"))
            .col(timestamp_with_time_zone("scored_at"))
            .foreign_key(&mut key("portfolio_id", "portfolio"))
            .foreign_key(&mut key("model_id", "model"))
            .foreign_key(&mut key("policy_id", "policy"))
            .foreign_key(&mut key("job_id", "job"))
            .to_owned();
        manager.create_table(scoring).await?;
        let by_model = Index::create().name("scoring_by_model_id").table("scoring").col("model_id").to_owned();
        manager.create_index(by_model).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("scoring").to_owned()).await
    }
}
