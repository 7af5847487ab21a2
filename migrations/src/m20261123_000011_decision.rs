//! Decisions on loans, and which of them holds.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_pk_auto, boolean, double, integer, text, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("decision")
                    .col(big_pk_auto("id"))
                    .col(big_integer("loan_id"))
                    .col(big_integer("model_id"))
                    .col(big_integer("policy_id"))
                    .col(double("score"))
                    .col(text("score_source"))
                    .col(integer("segment"))
                    .col(boolean("is_high_risk"))
                    .col(text("track"))
                    .col(double("propensity"))
                    .col(timestamp_with_time_zone("decided_at"))
                    .foreign_key(ForeignKey::create().from("decision", "loan_id").to("loan", "id"))
                    .foreign_key(ForeignKey::create().from("decision", "model_id").to("model", "id"))
                    .foreign_key(ForeignKey::create().from("decision", "policy_id").to("policy", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("decision_by_model_id_and_loan_id")
                    .table("decision")
                    .col("model_id")
                    .col("loan_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("decision_by_loan_id").table("decision").col("loan_id").to_owned())
            .await?;
        // Loans and decisions refer to each other; this side comes when both exist. The same words serve both
        // databases.
        manager
            .get_connection()
            .execute_unprepared("ALTER TABLE loan ADD COLUMN current_decision_id bigint NULL REFERENCES decision (id)")
            .await?;
        manager
            .create_index(
                Index::create().name("loan_by_current_decision_id").table("loan").col("current_decision_id").to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("loan_by_current_decision_id").table("loan").to_owned()).await?;
        manager.alter_table(Table::alter().table("loan").drop_column("current_decision_id").to_owned()).await?;
        manager.drop_table(Table::drop().table("decision").to_owned()).await?;
        Ok(())
    }
}
