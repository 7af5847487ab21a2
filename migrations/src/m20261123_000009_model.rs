//! Trained models.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, blob, integer, text, text_null, timestamp_with_time_zone,
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
                    .table("model")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(integer("version"))
                    .col(text("options"))
                    .col(text("figures"))
                    .col(text("segmentation"))
                    .col(text("notes"))
                    .col(blob("artifact"))
                    .col(text("data_hash"))
                    // How scores and features were spread when it was made: what drift is told from.
                    .col(text_null("reference"))
                    // What it leans on and how honest its scores are; nothing where nobody could tell.
                    .col(text_null("insight"))
                    .col(big_integer_null("fitted_by"))
                    .col(timestamp_with_time_zone("fitted_at"))
                    .col(timestamp_with_time_zone_null("promoted_at"))
                    // Why, in its approver's words, where the promotion needed a reason.
                    .col(text("rationale").default(""))
                    .col(timestamp_with_time_zone_null("retired_at"))
                    // A candidate that somebody turned down.
                    .col(timestamp_with_time_zone_null("rejected_at"))
                    .foreign_key(ForeignKey::create().from("model", "portfolio_id").to("portfolio", "id"))
                    .foreign_key(ForeignKey::create().from("model", "fitted_by").to("user", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("model_by_portfolio_id_and_version")
                    .table("model")
                    .col("portfolio_id")
                    .col("version")
                    .to_owned(),
            )
            .await?;
        // Which loans trained it and by which trees each is scored, in the engine's own format; apart, as it may be larger than
        // the model and only a scoring reads it.
        manager
            .create_table(
                Table::create()
                    .table("model_training")
                    .col(big_integer("model_id").primary_key())
                    .col(blob("content"))
                    .foreign_key(ForeignKey::create().from("model_training", "model_id").to("model", "id"))
                    .to_owned(),
            )
            .await?;
        // One champion per portfolio.
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("model_by_champion")
                    .table("model")
                    .col("portfolio_id")
                    .and_where(Expr::col("promoted_at").is_not_null())
                    .and_where(Expr::col("retired_at").is_null())
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("model_training").to_owned()).await?;
        manager.drop_table(Table::drop().table("model").to_owned()).await?;
        Ok(())
    }
}
