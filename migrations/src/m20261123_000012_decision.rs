//! Decisions on loans, and which of them holds.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, boolean, date_null, double, integer, text, text_null,
    timestamp_with_time_zone,
};
use sea_orm_migration::sea_orm::DbBackend;

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
                    // The run that decided; nothing where a person did.
                    .col(big_integer_null("scoring_id"))
                    .col(big_integer("model_id"))
                    .col(big_integer("policy_id"))
                    .col(double("score"))
                    .col(text("score_source"))
                    .col(integer("segment"))
                    .col(boolean("is_high_risk"))
                    .col(text("track"))
                    .col(double("propensity"))
                    // Tells what the model was given of the loan from what it will be given later.
                    .col(big_integer("input_hash"))
                    // Why the score is what it is, where somebody may ask.
                    .col(text_null("reasons"))
                    // What made somebody look at the loan.
                    .col(text("occasion"))
                    // The day of the loan's state that the score speaks of.
                    .col(date_null("as_of"))
                    .col(timestamp_with_time_zone("decided_at"))
                    .foreign_key(ForeignKey::create().from("decision", "loan_id").to("loan", "id"))
                    .foreign_key(ForeignKey::create().from("decision", "scoring_id").to("scoring", "id"))
                    .foreign_key(ForeignKey::create().from("decision", "model_id").to("model", "id"))
                    .foreign_key(ForeignKey::create().from("decision", "policy_id").to("policy", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("decision_by_scoring_id_and_loan_id")
                    .table("decision")
                    .col("scoring_id")
                    .col("loan_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
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
        // Loans and decisions refer to each other; this side comes when both exist. What lists of loans are chosen and
        // ordered by stands with the loan, as an index holds columns of one table. The same words serve both databases.
        for column in [
            "current_decision_id bigint NULL REFERENCES decision (id)",
            "current_score double precision NULL",
            "current_segment integer NULL",
            "current_track text NULL",
        ] {
            manager.get_connection().execute_unprepared(&format!("ALTER TABLE loan ADD COLUMN {column}")).await?;
        }
        manager
            .create_index(
                Index::create().name("loan_by_current_decision_id").table("loan").col("current_decision_id").to_owned(),
            )
            .await?;
        // Holds all that a list needs to be ordered and totalled, so that a million loans are not read for it. The id
        // comes before what differs from loan to loan, so that an import adds to its end.
        let nulls_last = match manager.get_database_backend() {
            DbBackend::Postgres => "NULLS LAST",
            // SQLite takes nothing for the least of all.
            _ => "",
        };
        let listing = format!(
            "CREATE INDEX loan_for_lists ON loan (portfolio_id, current_score DESC {nulls_last}, id, current_track, \
             recovery_status, current_segment, outstanding_minor)"
        );
        manager.get_connection().execute_unprepared(&listing).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["loan_for_lists", "loan_by_current_decision_id"] {
            manager.drop_index(Index::drop().name(index).table("loan").to_owned()).await?;
        }
        for column in ["current_track", "current_segment", "current_score", "current_decision_id"] {
            manager.alter_table(Table::alter().table("loan").drop_column(column).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table("decision").to_owned()).await?;
        Ok(())
    }
}
