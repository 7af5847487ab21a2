//! Background work. Times are milliseconds of the database's clock.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, big_pk_auto, integer, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("job")
                    .col(big_pk_auto("id"))
                    .col(big_integer("portfolio_id"))
                    .col(text("kind"))
                    .col(text("payload"))
                    .col(text("state"))
                    .col(integer("priority"))
                    .col(big_integer("run_at_ms"))
                    .col(integer("attempts"))
                    .col(integer("max_attempts"))
                    .col(text_null("owner"))
                    .col(big_integer_null("lease_until_ms"))
                    .col(integer("percent"))
                    .col(text("message"))
                    .col(big_integer_null("cancel_requested_at_ms"))
                    .col(text_null("unique_key"))
                    .col(big_integer_null("requested_by"))
                    .col(big_integer("created_at_ms"))
                    .col(big_integer_null("started_at_ms"))
                    .col(big_integer_null("finished_at_ms"))
                    .foreign_key(ForeignKey::create().from("job", "portfolio_id").to("portfolio", "id"))
                    .foreign_key(ForeignKey::create().from("job", "requested_by").to("user", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("job_by_state_and_run_at_ms")
                    .table("job")
                    .col("state")
                    .col("run_at_ms")
                    .to_owned(),
            )
            .await?;
        // A double click makes one job: of those not finished, a key stands once.
        manager
            .create_index(
                Index::create()
                    .unique()
                    .name("job_by_unique_key")
                    .table("job")
                    .col("unique_key")
                    .and_where(Expr::col("finished_at_ms").is_null())
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("job").to_owned()).await?;
        Ok(())
    }
}
