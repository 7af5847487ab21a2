//! Versions of the decision rule, and when each of them was in force.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, double, integer, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("policy")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(integer("version"))
                    .col(double("legal_above"))
                    .col(double("settlement_from"))
                    // The treatments of each track and the bands of authority.
                    .col(text("body"))
                    .col(text("note"))
                    // The ids of all who had a hand in it, as JSON: none of them approves it.
                    .col(text("drafted_by"))
                    .col(timestamp_with_time_zone("drafted_at"))
                    .col(timestamp_with_time_zone_null("submitted_at"))
                    .col(timestamp_with_time_zone_null("discarded_at"))
                    .col(timestamp_with_time_zone_null("approved_at"))
                    .col(timestamp_with_time_zone_null("turned_down_at"))
                    .col(big_integer_null("decided_by"))
                    .col(text("rationale"))
                    .foreign_key(ForeignKey::create().from("policy", "portfolio_id").to("portfolio", "id"))
                    .foreign_key(ForeignKey::create().from("policy", "decided_by").to("user", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("policy_by_portfolio_id_and_version")
                    .table("policy")
                    .col("portfolio_id")
                    .col("version")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("policy_term")
                    .col(big_pk_auto("id"))
                    .col(big_integer("policy_id"))
                    .col(timestamp_with_time_zone("starts_at"))
                    .foreign_key(ForeignKey::create().from("policy_term", "policy_id").to("policy", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("policy_term_by_policy_id").table("policy_term").col("policy_id").to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("policy_term").to_owned()).await?;
        manager.drop_table(Table::drop().table("policy").to_owned()).await?;
        Ok(())
    }
}
