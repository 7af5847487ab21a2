//! What was sent: the files, their rows as they stood, and what was found in them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, blob, boolean, date, integer, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(upload()).await?;
        manager.create_index(index("upload_by_portfolio_id", "upload", &["portfolio_id"])).await?;
        manager.create_table(upload_file()).await?;
        manager.create_index(index("upload_file_by_upload_id", "upload_file", &["upload_id"])).await?;
        manager.create_table(upload_chunk()).await?;
        let chunks = index("upload_chunk_by_file", "upload_chunk", &["upload_file_id", "first_line"]);
        manager.create_index(chunks).await?;
        manager.create_table(upload_finding()).await?;
        let findings = index("upload_finding_by_file", "upload_finding", &["upload_file_id", "kind", "line"]);
        manager.create_index(findings).await?;
        manager.create_table(upload_count()).await?;
        manager.create_table(mapping_profile()).await?;
        let names = index("mapping_profile_by_name", "mapping_profile", &["portfolio_id", "name"]).unique().to_owned();
        manager.create_index(names).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["mapping_profile", "upload_count", "upload_finding", "upload_chunk", "upload_file", "upload"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn upload() -> TableCreateStatement {
    Table::create()
        .table("upload")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(text("title"))
        // The day for which the files speak, where their rows don't say it.
        .col(date("as_of"))
        // Whether a row that disagrees with one of the same day replaces it.
        .col(boolean("corrects"))
        .col(text_null("profile"))
        .col(text_null("message"))
        .col(text("notes"))
        .col(big_integer_null("job_id"))
        .col(big_integer_null("uploaded_by"))
        .col(timestamp_with_time_zone("uploaded_at"))
        .col(timestamp_with_time_zone_null("mapped_at"))
        .col(timestamp_with_time_zone_null("checked_at"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("imported_at"))
        .col(timestamp_with_time_zone_null("refused_at"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .foreign_key(ForeignKey::create().from("upload", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("upload", "job_id").to("job", "id").on_delete(ForeignKeyAction::SetNull))
        .foreign_key(ForeignKey::create().from("upload", "uploaded_by").to("user", "id"))
        .to_owned()
}

fn upload_file() -> TableCreateStatement {
    Table::create()
        .table("upload_file")
        .col(big_pk_auto("id"))
        .col(big_integer("upload_id"))
        .col(integer("number"))
        .col(text("name"))
        .col(text("path"))
        .col(big_integer("size_bytes"))
        .col(text("sha256"))
        // How it is read, as JSON.
        .col(text_null("readings"))
        // What was seen of it when it came, as JSON.
        .col(text_null("preview"))
        // How many rows are settled; an import that broke off goes on behind them.
        .col(big_integer("rows_done"))
        .col(boolean("is_done"))
        // What became of the rows, as JSON.
        .col(text("counts"))
        .foreign_key(ForeignKey::create().from("upload_file", "upload_id").to("upload", "id"))
        .to_owned()
}

fn upload_chunk() -> TableCreateStatement {
    Table::create()
        .table("upload_chunk")
        .col(big_pk_auto("id"))
        .col(big_integer("upload_file_id"))
        .col(big_integer("first_line"))
        .col(big_integer("row_count"))
        // Rows as they stood in the file, compressed.
        .col(blob("content"))
        .foreign_key(ForeignKey::create().from("upload_chunk", "upload_file_id").to("upload_file", "id"))
        .to_owned()
}

fn upload_finding() -> TableCreateStatement {
    Table::create()
        .table("upload_finding")
        .col(big_pk_auto("id"))
        .col(big_integer("upload_file_id"))
        .col(text("kind"))
        .col(big_integer("line"))
        .col(text_null("column_name"))
        .col(text("value"))
        .col(text("reason"))
        .foreign_key(ForeignKey::create().from("upload_finding", "upload_file_id").to("upload_file", "id"))
        .to_owned()
}

fn upload_count() -> TableCreateStatement {
    Table::create()
        .table("upload_count")
        .col(big_integer("upload_id").primary_key())
        // How many equal payments without ids it holds, packed; kept where rows were rejected, which may come back mended.
        .col(blob("content"))
        .foreign_key(ForeignKey::create().from("upload_count", "upload_id").to("upload", "id"))
        .to_owned()
}

fn mapping_profile() -> TableCreateStatement {
    Table::create()
        .table("mapping_profile")
        .col(big_pk_auto("id"))
        .col(big_integer("portfolio_id"))
        .col(text("name"))
        .col(text("body"))
        .col(big_integer_null("saved_by"))
        .col(timestamp_with_time_zone("saved_at"))
        .foreign_key(ForeignKey::create().from("mapping_profile", "portfolio_id").to("portfolio", "id"))
        .foreign_key(ForeignKey::create().from("mapping_profile", "saved_by").to("user", "id"))
        .to_owned()
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}
