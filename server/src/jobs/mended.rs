//! Mended payments: before a file of them is read, what their own uploads held is found.

use super::{JobError, Run};
use crate::intake::{Kept, MendedRows, RejectedRow, Statement, rejected_rows};
use domain::access::Scope;
use domain::id::PortfolioId;
use std::collections::{BTreeSet, HashSet};
use store::Store;
use store::uploads::EarlierUpload;

/// What the mended rows of these files belong to. Files that the portfolio does not have are passed over: rows that name them are
/// rejected when they are read.
pub(super) async fn find(
    store: &Store,
    run: &Run,
    portfolio: PortfolioId,
    files: BTreeSet<i64>,
) -> Result<MendedRows, JobError> {
    let (mut statements, mut seen) = (Vec::new(), HashSet::new());
    for file in files {
        run.go_on()?;
        let earlier = store::uploads::earlier_upload(store, portfolio, file).await?;
        if let Some(earlier) = earlier.filter(|earlier| seen.insert(earlier.id)) {
            statements.push((earlier.files.clone(), statement_of(store, portfolio, earlier).await?));
        }
    }
    let known = store::uploads::mended_payments(store, portfolio).await?;
    let known = known.into_iter().map(|payment| (payment.mended_row, payment.loan_ref, payment.payment_ref));
    Ok(MendedRows::new(statements, known.collect()))
}

async fn statement_of(store: &Store, portfolio: PortfolioId, earlier: EarlierUpload) -> Result<Statement, JobError> {
    let scope = Scope::whole(portfolio);
    let unreadable = |error| JobError::Fault(format!("Rejected rows cannot be known again: {error}"));
    let previews = store::uploads::previews(store, scope, earlier.id).await?;
    let mut rejected = Vec::new();
    for file in earlier.files {
        let preview = previews.iter().find(|preview| preview.file == file).and_then(|file| file.preview.as_ref());
        let header = preview.filter(|preview| preview.has_header).map(|preview| preview.header.as_slice());
        for part in 0.. {
            let header = header.unwrap_or_default();
            let rows = rejected_rows(store, scope, earlier.id, file, header, part).await.map_err(unreadable)?;
            if rows.is_empty() {
                break;
            }
            // Rows of an earlier round are known by that one.
            let own = |row: RejectedRow| (row.mark.file == file).then_some((row.mark, row.fields));
            rejected.extend(rows.into_iter().filter_map(own));
        }
    }
    Ok(Statement::new(Kept::read(&earlier.counts), earlier.orphans, &rejected))
}
