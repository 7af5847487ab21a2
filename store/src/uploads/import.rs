//! An upload's rows become borrowers and loans.

use super::{event, lock, state_of};
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{borrower, borrower_protected, loan, upload, upload_row_rejected};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::models::CHUNK;
use crate::{portfolios, summaries};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::count::count;
use domain::id::{PortfolioId, UploadId};
use domain::job::JobState;
use domain::loan::LoanRecord;
use domain::money::Money;
use domain::upload::{LoanImport, UploadState};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, Iterable, NotSet, PaginatorTrait, QueryFilter, Set,
};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOutcome {
    /// Loans that were not on file before.
    pub added: u64,
    /// Loans that were, and now are as this file says.
    pub updated: u64,
    /// The file had been imported before; nothing was changed.
    pub was_imported: bool,
}

/// Stores what was read from a file, and ends its job: all of it, or nothing. A loan that is on file already is as
/// the latest file says, and so is its borrower. A second time changes nothing.
pub async fn finish_import(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    id: UploadId,
    import: &LoanImport,
    now: DateTime<Utc>,
) -> Result<ImportOutcome> {
    let change = store.change(actor, now).await?;
    jobs::held_by(&change.tx, lease).await?;
    let row = lock(&change, lease, id).await?;
    let outcome = match state_of(&row) {
        UploadState::Received => {
            let portfolio = portfolios::lock(&change.tx, PortfolioId(row.portfolio_id)).await?;
            let outcome = upsert_all(&change, &row, &import.records).await?;
            insert_rejected(&change, &row, import).await?;
            close(&change, &row, import).await?;
            summaries::refresh(&change.tx, &portfolio, change.now).await?;
            outcome
        }
        UploadState::Imported => ImportOutcome { was_imported: true, ..ImportOutcome::default() },
        UploadState::Refused => return Err(StoreError::conflict("This file was refused before. Send it again.")),
    };
    let (loans, rows) = (count(import.records.len(), "loan"), count(import.rejected_count, "row"));
    let message = format!("{loans} imported, {rows} rejected.");
    jobs::settle(&change.tx, lease, JobState::Succeeded, &message).await?;
    let details = json!({
        "added": outcome.added,
        "updated": outcome.updated,
        "was_imported": outcome.was_imported,
        "rejected": import.rejected_count,
        "job": lease.job,
    });
    change.commit(event(&row, "upload.imported", details)).await?;
    Ok(outcome)
}

async fn upsert_all(change: &Change, upload: &upload::Model, records: &[LoanRecord]) -> Result<ImportOutcome> {
    let before = count_loans(change, upload).await?;
    let borrowers = upsert_borrowers(change, upload, records).await?;
    let loans = last_by(records, |record| &record.loan_ref);
    for chunk in loans.chunks(CHUNK) {
        let rows = chunk.iter().map(|record| loan_row(change, upload, borrowers[record.borrower_ref.as_str()], record));
        loan::Entity::insert_many(rows).on_conflict(replace_loan()).exec_without_returning(&change.tx).await?;
    }
    let added = count_loans(change, upload).await? - before;
    Ok(ImportOutcome { added, updated: loans.len() as u64 - added, was_imported: false })
}

async fn count_loans(change: &Change, upload: &upload::Model) -> Result<u64> {
    let loans = loan::Entity::find().filter(loan::Column::PortfolioId.eq(upload.portfolio_id));
    Ok(loans.count(&change.tx).await?)
}

/// The last record of each key, in the order in which the keys first came: one statement must not touch a row twice.
fn last_by<'a>(records: &'a [LoanRecord], key: impl Fn(&'a LoanRecord) -> &'a str) -> Vec<&'a LoanRecord> {
    let mut places = HashMap::with_capacity(records.len());
    let mut kept: Vec<&LoanRecord> = Vec::with_capacity(records.len());
    for record in records {
        let place = *places.entry(key(record)).or_insert(kept.len());
        if place == kept.len() { kept.push(record) } else { kept[place] = record }
    }
    kept
}

/// Gives the ids of the borrowers by their references.
async fn upsert_borrowers<'a>(
    change: &Change,
    upload: &upload::Model,
    records: &'a [LoanRecord],
) -> Result<HashMap<&'a str, i64>> {
    let mut ids = HashMap::with_capacity(records.len());
    for chunk in last_by(records, |record| &record.borrower_ref).chunks(CHUNK) {
        let rows = chunk.iter().map(|record| borrower::ActiveModel {
            id: NotSet,
            portfolio_id: Set(upload.portfolio_id),
            borrower_ref: Set(record.borrower_ref.clone()),
            employment_type: Set(record.employment_type.clone()),
            monthly_income_minor: Set(record.monthly_income.minor),
        });
        let replace = OnConflict::columns([borrower::Column::PortfolioId, borrower::Column::BorrowerRef])
            .update_columns([borrower::Column::EmploymentType, borrower::Column::MonthlyIncomeMinor])
            .to_owned();
        let stored = borrower::Entity::insert_many(rows).on_conflict(replace).exec_with_returning(&change.tx).await?;
        let id_of: HashMap<&str, i64> = stored.iter().map(|row| (row.borrower_ref.as_str(), row.id)).collect();
        for record in chunk {
            let id = id_of.get(record.borrower_ref.as_str()).ok_or(StoreError::NotFound("borrower"))?;
            ids.insert(record.borrower_ref.as_str(), *id);
        }
        upsert_protected(&change.tx, chunk, &ids).await?;
    }
    Ok(ids)
}

async fn upsert_protected(tx: &impl ConnectionTrait, records: &[&LoanRecord], ids: &HashMap<&str, i64>) -> Result<()> {
    use borrower_protected::Column;
    let rows = records.iter().map(|record| borrower_protected::ActiveModel {
        borrower_id: Set(ids[record.borrower_ref.as_str()]),
        age: Set(i32::from(record.age)),
        gender: Set(record.gender.clone()),
        dependants: Set(i32::from(record.dependants)),
    });
    let replace = OnConflict::column(Column::BorrowerId)
        .update_columns([Column::Age, Column::Gender, Column::Dependants])
        .to_owned();
    borrower_protected::Entity::insert_many(rows).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}

fn loan_row(change: &Change, upload: &upload::Model, borrower_id: i64, record: &LoanRecord) -> loan::ActiveModel {
    loan::ActiveModel {
        id: NotSet,
        portfolio_id: Set(upload.portfolio_id),
        borrower_id: Set(borrower_id),
        upload_id: Set(Some(upload.id)),
        loan_ref: Set(record.loan_ref.clone()),
        loan_type: Set(record.loan_type.clone()),
        loan_amount_minor: Set(record.loan_amount.minor),
        tenure_months: Set(i32::from(record.tenure_months)),
        interest_rate: Set(record.interest_rate),
        collateral_value_minor: Set(record.collateral_value.minor),
        outstanding_minor: Set(record.outstanding_amount.minor),
        monthly_instalment_minor: Set(record.monthly_instalment.minor),
        payment_history: Set(record.payment_history.code().to_owned()),
        missed_payments: Set(i32::from(record.missed_payments)),
        days_past_due: Set(i64::from(record.days_past_due)),
        recovery_status: Set(record.recovery_status.code().to_owned()),
        collection_attempts: Set(i32::from(record.collection_attempts)),
        collection_method: Set(record.collection_method.clone()),
        legal_action_taken: Set(record.legal_action_taken),
        imported_at: Set(change.now),
        current_decision_id: NotSet,
    }
}

/// Everything but what identifies the loan, and the decision that holds until the next one.
fn replace_loan() -> OnConflict {
    use loan::Column;
    let kept = [Column::Id, Column::PortfolioId, Column::LoanRef, Column::CurrentDecisionId];
    let replaced = Column::iter()
        .filter(|column| !kept.iter().any(|kept| std::mem::discriminant(kept) == std::mem::discriminant(column)));
    OnConflict::columns([Column::PortfolioId, Column::LoanRef]).update_columns(replaced).to_owned()
}

async fn insert_rejected(change: &Change, upload: &upload::Model, import: &LoanImport) -> Result<()> {
    for chunk in import.rejected.chunks(CHUNK) {
        let rows = chunk.iter().map(|row| upload_row_rejected::ActiveModel {
            id: NotSet,
            upload_id: Set(upload.id),
            line: Set(row.line as i64),
            column_name: Set(row.column.clone()),
            value: Set(row.value.clone()),
            reason: Set(row.reason.clone()),
        });
        upload_row_rejected::Entity::insert_many(rows).exec_without_returning(&change.tx).await?;
    }
    Ok(())
}

/// What should be known of borrowers with several loans. A borrower is stored once, so an analysis of what is stored
/// can differ from one of a file whose rows say different things of one borrower.
fn note_on_borrowers(records: &[LoanRecord]) -> Option<String> {
    let last: HashMap<&str, &LoanRecord> =
        records.iter().map(|record| (record.borrower_ref.as_str(), record)).collect();
    let differing: HashSet<&str> = records
        .iter()
        .map(|record| (record.borrower_ref.as_str(), record))
        .filter(|(borrower, record)| borrower_details(record) != borrower_details(last[borrower]))
        .map(|(borrower, _)| borrower)
        .collect();
    let borrowers = count(differing.len(), "borrower");
    (!differing.is_empty()).then(|| {
        format!(
            "{borrowers} with rows that differ in income, employment, age, gender or dependants: the last row is kept"
        )
    })
}

/// What a row says of its borrower.
fn borrower_details(record: &LoanRecord) -> (&str, Money, u16, &str, u16) {
    (&record.employment_type, record.monthly_income, record.age, &record.gender, record.dependants)
}

async fn close(change: &Change, upload: &upload::Model, import: &LoanImport) -> Result<()> {
    let notes: Vec<String> = import.notes.iter().cloned().chain(note_on_borrowers(&import.records)).collect();
    let update = upload::ActiveModel {
        id: Set(upload.id),
        row_count: Set(import.rows as i64),
        accepted_count: Set(import.records.len() as i64),
        rejected_count: Set(import.rejected_count as i64),
        message: Set((!notes.is_empty()).then(|| notes.join(". ") + ".")),
        imported_at: Set(Some(change.now)),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    Ok(())
}
