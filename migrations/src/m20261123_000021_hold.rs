//! Holds: reasons to leave a person, an address or a loan alone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let hold = Table::create()
            .table("hold")
            .col(big_pk_auto("id"))
            // The loan on whose page it was recorded. Its borrower may be named later, and is held then too.
            .col(big_integer("loan_id"))
            // Whose it was then.
            .col(big_integer("borrower_id"))
            .col(text("kind"))
            // "person", "address" or "loan".
            .col(text("scope"))
            .col(text_null("address"))
            .col(timestamp_with_time_zone("from_at"))
            .col(timestamp_with_time_zone_null("until_at"))
            .col(text("note"))
            // Nothing where the command line did.
            .col(big_integer_null("set_by"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(big_integer_null("ended_by"))
            .col(text("ended_note"))
            // When somebody was told that it had run out by itself.
            .col(timestamp_with_time_zone_null("ran_out_at"))
            .foreign_key(ForeignKey::create().from("hold", "loan_id").to("loan", "id"))
            .foreign_key(ForeignKey::create().from("hold", "borrower_id").to("borrower", "id"))
            .foreign_key(ForeignKey::create().from("hold", "set_by").to("user", "id"))
            .foreign_key(ForeignKey::create().from("hold", "ended_by").to("user", "id"))
            .to_owned();
        manager.create_table(hold).await?;
        for column in ["loan_id", "borrower_id"] {
            let index = Index::create().name(format!("hold_by_{column}")).table("hold").col(column).to_owned();
            manager.create_index(index).await?;
        }
        let standing = "CREATE INDEX hold_standing ON hold (loan_id) WHERE ended_at IS NULL AND ran_out_at IS NULL";
        manager.get_connection().execute_unprepared(standing).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("hold").to_owned()).await
    }
}
