//! Mended payments: before a file of them is read, what their own uploads held is found.

use super::{JobError, Run};
use crate::intake::{KnownRows, MendedRows, Statement, counts_of, rejected_rows};
use domain::access::Scope;
use domain::id::PortfolioId;
use std::collections::{BTreeSet, HashMap, HashSet};
use store::Store;
use store::uploads::EarlierUpload;

/// What the mended rows of these files belong to. Files that the portfolio does not have are passed over: rows that name them
/// are new rows.
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
    if statements.is_empty() {
        return Ok(MendedRows::default());
    }
    let known = store::uploads::mended_payments(store, portfolio).await?;
    let known = known.into_iter().map(|payment| (payment.mended_row, payment.loan_ref, payment.payment_ref));
    Ok(MendedRows::new(statements, known.collect()))
}

async fn statement_of(store: &Store, portfolio: PortfolioId, earlier: EarlierUpload) -> Result<Statement, JobError> {
    let scope = Scope::whole(portfolio);
    let previews = store::uploads::previews(store, scope, earlier.id).await?;
    let (mut known, mut rows) = (KnownRows::default(), HashMap::new());
    for file in earlier.files {
        let preview = previews.iter().find(|preview| preview.file == file).and_then(|file| file.preview.as_ref());
        let header = preview.filter(|preview| preview.has_header).map(|preview| preview.header.as_slice());
        let rejected = rejected_rows(store, scope, earlier.id, file, header.unwrap_or_default()).await;
        let rejected =
            rejected.map_err(|error| JobError::Fault(format!("Rejected rows cannot be known again: {error}")))?;
        // Rows of an earlier round are known by that one.
        for row in rejected.iter().filter(|row| row.mark.file == file) {
            rows.insert(row.mark, known.next(row.fields.iter().map(String::as_str)));
        }
    }
    Ok(Statement::new(counts_of(&earlier.counts), earlier.orphans, rows))
}
