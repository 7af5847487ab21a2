//! Rejected payments that come back mended: what tells whether they are on file.

use super::get;
use crate::connection::Store;
use crate::entity::{upload_count, upload_file, upload_finding};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use domain::access::Scope;
use domain::id::{PortfolioId, UploadId};
use domain::upload::{Finding, FindingKind};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Set, Statement};
use std::collections::HashSet;

/// An upload some rows of which were rejected.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierUpload {
    pub id: UploadId,
    /// Its files, in their order.
    pub files: Vec<i64>,
    /// What [`keep_counts`] has kept; no bytes where nothing was.
    pub counts: Vec<u8>,
    /// Loans that its payments named and that were not on file.
    pub orphans: HashSet<String>,
}

/// A payment that was a rejected row once.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct MendedPayment {
    /// What the row is known by, as it was stored with the payment.
    pub mended_row: String,
    pub loan_ref: String,
    pub payment_ref: String,
}

/// Keeps how many equal payments without ids an upload holds, as the caller has packed them. A second time changes nothing.
pub async fn keep_counts(store: &Store, lease: &Lease, id: UploadId, content: Vec<u8>) -> Result<()> {
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let row = upload_count::ActiveModel { upload_id: Set(id.0), content: Set(content) };
    let once = OnConflict::column(upload_count::Column::UploadId).do_nothing().to_owned();
    upload_count::Entity::insert(row).on_conflict(once).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The upload of a file; nothing where the portfolio has no such file.
pub async fn earlier_upload(store: &Store, portfolio: PortfolioId, file: i64) -> Result<Option<EarlierUpload>> {
    let Some(found) = upload_file::Entity::find_by_id(file).one(&store.db).await? else { return Ok(None) };
    let id = UploadId(found.upload_id);
    let upload = match get(store, Scope::whole(portfolio), id).await {
        Ok(upload) => upload,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let files: Vec<i64> = upload.files.iter().map(|file| file.id).collect();
    let counts = upload_count::Entity::find_by_id(id.0).one(&store.db).await?;
    let orphans: Vec<String> = upload_finding::Entity::find()
        .filter(upload_finding::Column::UploadFileId.is_in(files.iter().copied()))
        .filter(upload_finding::Column::Kind.eq(FindingKind::Rejected.code()))
        .filter(upload_finding::Column::Reason.eq(Finding::ORPHAN))
        .select_only()
        .column(upload_finding::Column::Value)
        .distinct()
        .into_tuple()
        .all(&store.db)
        .await?;
    let counts = counts.map(|row| row.content).unwrap_or_default();
    Ok(Some(EarlierUpload { id, files, counts, orphans: orphans.into_iter().collect() }))
}

/// All payments of a portfolio that were rejected rows once.
pub async fn mended_payments(store: &Store, portfolio: PortfolioId) -> Result<Vec<MendedPayment>> {
    let sql = "SELECT p.mended_row, l.loan_ref, p.payment_ref FROM payment p JOIN loan l ON l.id = p.loan_id \
               WHERE p.mended_row IS NOT NULL AND l.portfolio_id = $1";
    let statement = Statement::from_sql_and_values(store.db.get_database_backend(), sql, [portfolio.0.into()]);
    Ok(MendedPayment::find_by_statement(statement).all(&store.db).await?)
}
