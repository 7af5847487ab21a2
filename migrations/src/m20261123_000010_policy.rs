//! Versions of the decision rule.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, double, integer, timestamp_with_time_zone_null};

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
                    .col(timestamp_with_time_zone_null("in_force_at"))
                    .foreign_key(ForeignKey::create().from("policy", "portfolio_id").to("portfolio", "id"))
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
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("policy").to_owned()).await?;
        Ok(())
    }
}
