//! Up to which day files have told of payments.

use super::mapping::readings_of;
use crate::connection::Store;
use crate::entity::{upload, upload_file};
use crate::error::Result;
use chrono::NaiveDate;
use domain::field::FileKind;
use domain::id::PortfolioId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The latest day for which a file of payments was loaded; nothing where none was.
pub(crate) async fn payments_told_to(store: &Store, portfolio: PortfolioId) -> Result<Option<NaiveDate>> {
    let loaded: Vec<(i64, NaiveDate)> = upload::Entity::find()
        .filter(upload::Column::PortfolioId.eq(portfolio.0))
        .filter(upload::Column::ImportedAt.is_not_null())
        .filter(upload::Column::UndoneAt.is_null())
        .order_by_desc(upload::Column::AsOf)
        .order_by_desc(upload::Column::Id)
        .select_only()
        .columns([upload::Column::Id, upload::Column::AsOf])
        .into_tuple()
        .all(&store.db)
        .await?;
    for (id, as_of) in loaded {
        let readings: Vec<Option<String>> = upload_file::Entity::find()
            .filter(upload_file::Column::UploadId.eq(id))
            .select_only()
            .column(upload_file::Column::Readings)
            .into_tuple()
            .all(&store.db)
            .await?;
        for stored in readings {
            if readings_of(stored.as_deref())?.iter().any(|reading| reading.mapping.kind == FileKind::Payments) {
                return Ok(Some(as_of));
            }
        }
    }
    Ok(None)
}
