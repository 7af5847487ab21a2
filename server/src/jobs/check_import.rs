//! A check: all files are read once, nothing is stored, and it is told what loading them would find. What other files say of
//! the same loans is left to the import.

use super::reading::{ORDER, Shared, aside, chunks_of, column_of_loan_id, files_of_kind, know_mended, named};
use super::{JobError, Run};
use crate::clock;
use crate::intake::{ImportFault, read_links};
use chrono::NaiveDate;
use domain::access::Actor;
use domain::id::{PortfolioId, UploadId};
use domain::mapping::ProfileFile;
use domain::upload::{Finding, RowCounts};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use store::Store;
use store::uploads::{CheckedFile, Chunk, ChunkRows, ImportFile, ImportPlan};

/// At most so many findings of a file are kept.
const FINDINGS_KEPT: usize = 10_000;

pub(super) async fn run(store: &Store, run: &Run, id: UploadId) -> Result<(), JobError> {
    let plan = store::uploads::plan(store, id).await?;
    let actor = Actor::Job(run.lease.job);
    match check(store, run, &plan).await? {
        Ok((files, notes)) => {
            store::uploads::finish_check(store, actor, &run.lease, id, &files, &notes, clock::now()).await?;
        }
        Err(fault) => {
            store::uploads::refuse_check(store, actor, &run.lease, id, &fault.to_string(), clock::now()).await?;
        }
    }
    Ok(())
}

type Checked = (Vec<CheckedFile>, Vec<String>);

async fn check(store: &Store, run: &Run, plan: &ImportPlan) -> Result<Result<Checked, ImportFault>, JobError> {
    let (files, currency) = (plan.files.clone(), plan.currency);
    let shared = match aside(run, move || read_links(&files, currency)).await? {
        Ok(links) => Shared::new(links),
        Err(fault) => return Ok(Err(fault)),
    };
    know_mended(store, run, plan, &shared).await?;
    let mut seen = Seen::new(plan);
    let (mut checked, mut notes) = (Vec::new(), Vec::new());
    for kind in ORDER {
        for (file, reading) in files_of_kind(plan, kind) {
            match check_file(store, run, plan, file, reading, shared.clone(), &mut seen).await? {
                Ok((found, told)) => {
                    checked.push(found);
                    notes.extend(named(plan, file, told));
                }
                Err(fault) => return Ok(Err(fault)),
            }
        }
    }
    Ok(Ok((checked, notes)))
}

async fn check_file(
    store: &Store,
    run: &Run,
    plan: &ImportPlan,
    file: &ImportFile,
    reading: &ProfileFile,
    shared: Shared,
    seen: &mut Seen,
) -> Result<Result<(CheckedFile, Vec<String>), ImportFault>, JobError> {
    let mut found = CheckedFile { id: file.id, counts: RowCounts::default(), findings: Vec::new() };
    let (mut chunks, reader) = chunks_of(run, plan, file, reading, shared, 0);
    let column = column_of_loan_id(reading);
    seen.begin_file();
    while let Some((chunk, share)) = chunks.recv().await {
        run.go_on()?;
        let refused = seen.refuse(store, &chunk, column.as_deref()).await?;
        let (counts, findings) = chunk.told_with(refused);
        found.counts = std::mem::take(&mut found.counts).plus(&counts);
        let room = FINDINGS_KEPT.saturating_sub(found.findings.len());
        found.findings.extend(findings.into_iter().take(room));
        run.report(store, (share * 100.0) as i32, &format!("Checking {}.", file.name)).await?;
    }
    let notes = reader.await.map_err(|error| JobError::Fault(format!("The file could not be read: {error}")))?;
    run.go_on()?;
    Ok(notes.map(|notes| (found, notes)))
}

/// The rows that were seen, by hashes: millions of ids would take much memory.
struct Seen {
    portfolio: PortfolioId,
    as_of: NaiveDate,
    /// The loans of all files.
    loans: HashSet<u64>,
    /// The first line of each loan and day of the file that is being read.
    lines: HashMap<u64, u64>,
}

impl Seen {
    fn new(plan: &ImportPlan) -> Self {
        Self { portfolio: plan.portfolio, as_of: plan.as_of, loans: HashSet::new(), lines: HashMap::new() }
    }

    fn begin_file(&mut self) {
        self.lines.clear();
    }

    /// What storing the chunk would reject.
    async fn refuse(&mut self, store: &Store, chunk: &Chunk, column: Option<&str>) -> Result<Vec<Finding>, JobError> {
        let column = || column.map(str::to_owned);
        let mut refused = Vec::new();
        match &chunk.rows {
            ChunkRows::Loans(records) => {
                for (line, record) in records {
                    self.loans.insert(hash_of(&record.loan_ref));
                    let day = record.as_of.unwrap_or(self.as_of);
                    let first = *self.lines.entry(hash_of(&(&record.loan_ref, day))).or_insert(*line);
                    if first != *line {
                        refused.push(Finding::repeated(*line, column(), record.loan_ref.clone(), first));
                    }
                }
            }
            ChunkRows::Payments(records) => {
                let is_new = |loan_ref: &&str| !self.loans.contains(&hash_of(loan_ref));
                let asked: HashSet<&str> =
                    records.iter().map(|(_, row)| row.loan_ref.as_str()).filter(is_new).collect();
                let asked: Vec<&str> = asked.into_iter().collect();
                let known = store::loans::known_refs(store, self.portfolio, &asked).await?;
                let unknown: HashSet<&str> = asked.into_iter().filter(|asked| !known.contains(*asked)).collect();
                let orphans = records.iter().filter(|(_, row)| unknown.contains(row.loan_ref.as_str()));
                refused.extend(orphans.map(|(line, row)| Finding::orphan(*line, column(), row.loan_ref.clone())));
            }
            ChunkRows::Borrowers(_) => {}
        }
        Ok(refused)
    }
}

fn hash_of(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hash = DefaultHasher::new();
    value.hash(&mut hash);
    hash.finish()
}
