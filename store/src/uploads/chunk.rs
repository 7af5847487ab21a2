//! Some thousands of rows of a file become what they say, in one transaction: all of it, once.

use super::staging::{Staged, execute, remove_staged};
use super::target::{Found, Into};
use super::{borrower_rows, loan_rows, payment_rows, state_of};
use crate::connection::Store;
use crate::entity::{upload, upload_chunk, upload_file, upload_finding};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use domain::borrower::BorrowerRecord;
use domain::id::PortfolioId;
use domain::loan::LoanRecord;
use domain::money::Money;
use domain::payment::PaymentRecord;
use domain::upload::{Finding, FindingKind, RowCounts, UploadState};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, NotSet, QuerySelect, Set};
use std::collections::{HashMap, HashSet};

/// The rows of one kind that a chunk holds, each with its line.
#[derive(Clone, Debug, PartialEq)]
pub enum ChunkRows {
    Loans(Vec<(u64, LoanRecord)>),
    /// Each with a reference: its own, or one that tells it apart.
    Payments(Vec<(u64, PaymentRecord)>),
    Borrowers(Vec<(u64, BorrowerRecord)>),
}

/// Rows that stand one after the other in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// How many rows of the file come before it.
    pub rows_before: u64,
    /// The line of its first row.
    pub first_line: u64,
    /// The rows as they stand in the file, compressed; nothing where the kind keeps none.
    pub raw: Vec<u8>,
    pub rows: ChunkRows,
    /// What reading found. What storing finds comes on top.
    pub findings: Vec<Finding>,
    /// The lines of accepted rows that reading warned of; `findings` may name fewer.
    pub warned: HashSet<u64>,
    /// What reading counted; `rows` counts those that reading rejected or passed over too.
    pub counts: RowCounts,
}

impl Chunk {
    /// What reading and storing counted and found together: a row that storing leaves out is not accepted, and no longer
    /// warned of.
    pub fn told_with(&self, found: Vec<Finding>) -> (RowCounts, Vec<Finding>) {
        let mut counts = self.counts.clone();
        let is_warning = |finding: &Finding| finding.kind == FindingKind::Warned;
        let left_out: HashSet<u64> = found.iter().filter(|found| !is_warning(found)).map(|found| found.line).collect();
        let mut warned = self.warned.clone();
        warned.extend(found.iter().filter(|found| is_warning(found)).map(|found| found.line));
        warned.retain(|line| !left_out.contains(line));
        counts.warned = warned.len() as i64;
        let amounts = amounts_by_line(&self.rows, !left_out.is_empty());
        for finding in found.iter().filter(|found| !is_warning(found)) {
            counts.accepted -= 1;
            match finding.kind {
                FindingKind::Conflict => counts.conflicts += 1,
                _ => counts.rejected += 1,
            }
            for (field, amount) in amounts.get(&finding.line).into_iter().flatten() {
                let total = counts.totals.iter_mut().find(|total| total.field == *field);
                if let Some(total) = total {
                    total.accepted = total.accepted - *amount;
                }
            }
        }
        let findings = self.findings.iter().cloned().chain(found);
        (counts, findings.filter(|found| !is_warning(found) || !left_out.contains(&found.line)).collect())
    }
}

/// The file that a chunk belongs to.
#[derive(Clone, Debug)]
pub struct ChunkFile {
    pub id: i64,
    pub portfolio: PortfolioId,
    /// The day of rows that don't say theirs.
    pub as_of: NaiveDate,
    pub corrects: bool,
    /// Whether the file has a column of recovery status. Where it has none, it says nothing about it.
    pub tells_status: bool,
    pub column_of_loan_id: Option<String>,
}

/// Stores a chunk. One that is stored already, by an earlier attempt, changes nothing. Gives the counts of the file so far.
pub async fn write_chunk(
    store: &Store,
    lease: &Lease,
    file: &ChunkFile,
    chunk: Chunk,
    now: DateTime<Utc>,
) -> Result<RowCounts> {
    // Who lost the lease stages nothing: nobody would clear it away.
    jobs::held_by(&store.db, lease).await?;
    let staged = stage_before(store, lease, file, &chunk.rows).await?;
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let row = upload_file::Entity::find_by_id(file.id).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let row = row.ok_or(StoreError::NotFound("file"))?;
    if row.rows_done != chunk.rows_before as i64 {
        return if row.rows_done > chunk.rows_before as i64 {
            Ok(serde_json::from_str(&row.counts)?)
        } else {
            Err(StoreError::conflict("A part of the file is missing before this one."))
        };
    }
    expect_importing(&tx, lease, row.upload_id).await?;
    let into = Into {
        tx: &tx,
        portfolio: file.portfolio.0,
        file: file.id,
        corrects: file.corrects,
        column_of_loan_id: file.column_of_loan_id.as_deref(),
        now: now.trunc_subsecs(6),
    };
    let found = store_rows(&into, &staged, file, &chunk.rows).await?;
    let (mut counts, findings) = chunk.told_with(found.findings);
    counts.added += found.added as i64;
    counts.changed += found.changed as i64;
    counts.unchanged += found.unchanged as i64;
    let sum = serde_json::from_str::<RowCounts>(&row.counts)?.plus(&counts);
    insert_raw(&tx, file.id, &chunk).await?;
    insert_findings(&tx, file.id, findings).await?;
    let update = upload_file::ActiveModel {
        id: Set(file.id),
        rows_done: Set(row.rows_done + counts.rows),
        counts: Set(serde_json::to_string(&sum)?),
        ..Default::default()
    };
    update.update(&tx).await?;
    jobs::progressed(&tx, lease).await?;
    tx.commit().await?;
    Ok(sum)
}

/// A file that somebody has begun to take back, or that is refused, gets no more rows.
async fn expect_importing(tx: &DatabaseTransaction, lease: &Lease, id: i64) -> Result<()> {
    let row = upload::Entity::find_by_id(id).one(tx).await?.ok_or(StoreError::NotFound("upload"))?;
    if state_of(&row) == UploadState::Importing && row.job_id == Some(lease.job.0) {
        Ok(())
    } else {
        Err(StoreError::conflict("This file is no longer being imported."))
    }
}

/// Ends a file: all its rows are stored.
pub async fn finish_file(store: &Store, lease: &Lease, file: &ChunkFile) -> Result<()> {
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let row = upload_file::Entity::find_by_id(file.id).one(&tx).await?.ok_or(StoreError::NotFound("file"))?;
    if row.is_done {
        return Ok(());
    }
    let update = upload_file::ActiveModel { id: Set(file.id), is_done: Set(true), ..Default::default() };
    update.update(&tx).await?;
    clear_working_rows(&tx, file.id).await?;
    tx.commit().await?;
    Ok(())
}

/// Clears away what stood there for the import alone.
pub(super) async fn clear_working_rows(tx: &DatabaseTransaction, file: i64) -> Result<()> {
    for shape in [loan_rows::SHAPE, payment_rows::SHAPE] {
        remove_staged(tx, file, shape).await?;
    }
    execute(tx, "DELETE FROM upload_known_row WHERE upload_file_id = $1", [file.into()]).await?;
    Ok(())
}

/// So many waves are found by reading all staged rows; more of them, by an index.
const WAVES_SEARCHED: usize = 8;

async fn stage_before(store: &Store, lease: &Lease, file: &ChunkFile, rows: &ChunkRows) -> Result<Staged> {
    match rows {
        ChunkRows::Loans(records) => {
            let staged = Staged::new(store, lease, file.id, loan_rows::SHAPE);
            staged.fill_before(store, loan_rows::staged(records, file.as_of, file.tells_status)).await?;
            Ok(staged)
        }
        ChunkRows::Payments(records) => {
            let staged = Staged::new(store, lease, file.id, payment_rows::SHAPE);
            staged.fill_before(store, payment_rows::staged(records)).await?;
            Ok(staged)
        }
        ChunkRows::Borrowers(records) => {
            let staged = Staged::new(store, lease, file.id, loan_rows::SHAPE);
            let loans = as_loans(records);
            staged.fill_before(store, loan_rows::staged(&loans, file.as_of, false)).await?;
            Ok(staged)
        }
    }
}

async fn store_rows(into: &Into<'_>, staged: &Staged, file: &ChunkFile, rows: &ChunkRows) -> Result<Found> {
    let mut found = Found::default();
    let table = staged.table.as_str();
    match rows {
        ChunkRows::Loans(records) if records.is_empty() => {}
        ChunkRows::Loans(records) => {
            staged.fill_within(into.tx, loan_rows::staged(records, file.as_of, file.tells_status)).await?;
            let names_borrowers = records.iter().all(|(_, record)| !record.borrower.borrower_ref.is_empty());
            if !names_borrowers {
                loan_rows::name_borrowers(into, table).await?;
                borrower_rows::choose_speakers(into, table).await?;
            }
            borrower_rows::add(into, table, &mut found).await?;
            let waves = loan_rows::waves(records);
            if waves.len() > WAVES_SEARCHED {
                staged.index_waves(into.tx).await?;
            }
            for (wave, rows) in (1..).zip(waves) {
                loan_rows::store(into, table, wave, rows, &mut found).await?;
            }
            if found.added < records.len() as u64 {
                borrower_rows::remove_needless(into, table, &mut found).await?;
                borrower_rows::choose_speakers(into, table).await?;
            }
            borrower_rows::tell(into, table, records.len() as u64, &mut found).await?;
            let borrowers = records.iter().map(|(line, record)| {
                let day = record.as_of.unwrap_or(file.as_of);
                (*line, &record.borrower, day)
            });
            borrower_rows::list_within(into, borrowers, &mut found).await?;
            let contacts = records.iter().map(|(line, record)| (*line, &record.borrower));
            borrower_rows::store_contacts(into, table, contacts).await?;
        }
        ChunkRows::Payments(records) if records.is_empty() => {}
        ChunkRows::Payments(records) => {
            staged.fill_within(into.tx, payment_rows::staged(records)).await?;
            payment_rows::store(into, table, records.len() as u64, &mut found).await?;
        }
        ChunkRows::Borrowers(records) if records.is_empty() => {}
        ChunkRows::Borrowers(records) => {
            let loans = as_loans(records);
            staged.fill_within(into.tx, loan_rows::staged(&loans, file.as_of, false)).await?;
            found.changed = borrower_rows::count_changed(into, table, records).await?;
            borrower_rows::add(into, table, &mut found).await?;
            borrower_rows::tell(into, table, records.len() as u64, &mut found).await?;
            let borrowers = records.iter().map(|(line, record)| (*line, record, file.as_of));
            borrower_rows::list_within(into, borrowers, &mut found).await?;
            let contacts = records.iter().map(|(line, record)| (*line, record));
            borrower_rows::store_contacts(into, table, contacts).await?;
            found.added = found.borrowers_added;
            found.unchanged = records.len() as u64 - found.added - found.changed;
        }
    }
    Ok(found)
}

/// Borrowers in the shape in which loans are staged; only their own columns are looked at.
fn as_loans(records: &[(u64, BorrowerRecord)]) -> Vec<(u64, LoanRecord)> {
    let loan = |borrower: &BorrowerRecord| LoanRecord { borrower: borrower.clone(), ..LoanRecord::default() };
    records.iter().map(|(line, borrower)| (*line, loan(borrower))).collect()
}

type Amounts = Vec<(domain::field::Field, Money)>;

/// The amounts that control totals count, of the lines that storing refused.
fn amounts_by_line(rows: &ChunkRows, is_needed: bool) -> HashMap<u64, Amounts> {
    if !is_needed {
        return HashMap::new();
    }
    match rows {
        ChunkRows::Loans(records) => records.iter().map(|(line, record)| (*line, record.control_amounts())).collect(),
        ChunkRows::Payments(records) => {
            records.iter().map(|(line, record)| (*line, record.control_amounts())).collect()
        }
        ChunkRows::Borrowers(_) => HashMap::new(),
    }
}

async fn insert_raw(tx: &DatabaseTransaction, file: i64, chunk: &Chunk) -> Result<()> {
    if chunk.raw.is_empty() {
        return Ok(());
    }
    let row = upload_chunk::ActiveModel {
        id: NotSet,
        upload_file_id: Set(file),
        first_line: Set(chunk.first_line as i64),
        row_count: Set(chunk.counts.rows),
        content: Set(chunk.raw.clone()),
    };
    upload_chunk::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(super) async fn insert_findings(tx: &DatabaseTransaction, file: i64, mut findings: Vec<Finding>) -> Result<()> {
    // In the order of the file, so that the first of a group is the first there.
    findings.sort_by_key(|finding| finding.line);
    let rows: Vec<upload_finding::ActiveModel> = findings
        .into_iter()
        .map(|finding| upload_finding::ActiveModel {
            id: NotSet,
            upload_file_id: Set(file),
            kind: Set(finding.kind.code().to_owned()),
            line: Set(finding.line as i64),
            column_name: Set(finding.column),
            value: Set(finding.value),
            reason: Set(finding.reason),
        })
        .collect();
    for chunk in rows.chunks(crate::models::CHUNK) {
        upload_finding::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(tx).await?;
    }
    Ok(())
}
