//! A file read into chunks: one row in memory at a time besides the chunk.

use super::fault::ImportFault;
use super::mended::RowMark;
use super::payments_seen::PaymentsSeen;
use super::rows::{FileReading, Rows};
use domain::field::FileKind;
use domain::money::{Currency, Money};
use domain::upload::{Finding, FindingKind, RowCounts};
use domain::warning::RowWarning;
use ingest::error::FileError;
use ingest::links::Links;
use ingest::raw::RawRows;
use ingest::record::Record;
use ingest::row::{Plan, RowFault, Taken};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use store::uploads::{Chunk, ChunkRows, ImportFile};

/// Rows that are stored in one transaction: enough to be fast, and few enough that others get their turn.
const CHUNK_ROWS: i64 = 10_000;
/// Rows of one loan are stored one after the other. So many of them in one transaction hold the database for about a second.
const REPEATS_MAX: u32 = 100;
/// At most so many warnings of a file are kept; all are counted.
const WARNINGS_KEPT: usize = 10_000;

/// So many rows may be rejected whatever the file. Beyond it the others must be more, or the file is refused: what is
/// found is kept row by row, and a database is no place for a file that nobody meant.
const REJECTED_MAX: i64 = 100_000;

/// Reads the links of all files. Ids that stand twice keep their first meaning.
pub(crate) fn read_links(files: &[ImportFile], currency: Currency) -> Result<Links, ImportFault> {
    let mut links = Links::default();
    for file in files {
        for reading in file.readings.iter().filter(|reading| reading.mapping.kind == FileKind::Links) {
            links.add_table(&reading.name);
            let source = FileReading {
                path: file.path.clone(),
                name: file.name.clone(),
                mapping: reading.mapping.clone(),
                currency,
                id_mark: None,
                rows_done: 0,
            };
            let mut rows = Rows::open(&source, &Links::default())?;
            let plan = rows.plan.clone();
            while let Some((record, number)) = rows.next()? {
                let Ok(Taken::Link { from, to }) = plan.read(&record, number, &mut Vec::new()) else { continue };
                let line = record.line();
                links.insert(&reading.name, from, to).map_err(|error| ImportFault::Link {
                    name: file.name.clone(),
                    line,
                    reason: error.to_string(),
                })?;
            }
        }
    }
    Ok(links)
}

/// Reads a file to its end. `seen` are the payments of the files before it, and gets its own. `take` gets each chunk with how much of the file is read (0..=1), and says whether to go
/// on. Gives what should be known of the file, one sentence each.
pub(crate) fn read_chunks(
    source: &FileReading,
    links: &Links,
    seen: &mut PaymentsSeen,
    take: &mut dyn FnMut(Chunk, f64) -> bool,
) -> Result<Vec<String>, ImportFault> {
    let mut rows = Rows::open(source, links)?;
    let plan = rows.plan.clone();
    let mut building = Building::new(source.mapping.kind);
    let mut all = RowCounts::default();
    let mut first_fault = None;
    let mut number = 0;
    let mut warnings = Vec::new();
    loop {
        let share = rows.share();
        let Some((record, next)) = rows.next()? else { break };
        number = next;
        let is_done = number <= source.rows_done;
        // Rows that are stored are read again only where later ones are counted against them.
        if is_done && source.mapping.kind != FileKind::Payments {
            continue;
        }
        warnings.clear();
        let taken = plan.read(&record, number, &mut warnings);
        let mark = if seen.mended.is_there() { RowMark::of(&record) } else { None };
        let taken = taken.and_then(|taken| seen.named(taken, mark));
        if is_done {
            continue;
        }
        if let Err(fault) = &taken {
            if record.is_unclosed() {
                let fault = FileError::UnclosedQuote { line: record.line() };
                return Err(ImportFault::File { name: source.name.clone(), fault });
            }
            first_fault.get_or_insert_with(|| finding_of(fault, record.line()));
        }
        building.add(&record, number, taken, &warnings, &plan);
        if building.is_full() {
            let chunk = building.finish();
            all = all.plus(&chunk.counts);
            refuse_mostly_unusable(&source.name, &all, first_fault.as_ref())?;
            if !take(chunk, share) {
                return Ok(Vec::new());
            }
        }
    }
    if building.counts.rows > 0 {
        let chunk = building.finish();
        all = all.plus(&chunk.counts);
        if !take(chunk, 1.0) {
            return Ok(Vec::new());
        }
    }
    if number == 0 {
        return Err(ImportFault::NoRows { name: source.name.clone() });
    }
    let nothing_stored = source.rows_done == 0 && all.accepted == 0 && all.passed_over == 0;
    match first_fault {
        Some(first) if nothing_stored => {
            Err(ImportFault::NothingUsable { name: source.name.clone(), rows: number, first: Box::new(first) })
        }
        _ => Ok(plan.notes().to_vec()),
    }
}

/// Whether a file has rejected so many rows that nobody can have meant it.
pub(crate) fn is_mostly_unusable(counts: &RowCounts) -> bool {
    let left_out = counts.rejected + counts.conflicts;
    left_out > REJECTED_MAX && left_out > counts.rows / 2
}

fn refuse_mostly_unusable(name: &str, counts: &RowCounts, first: Option<&Finding>) -> Result<(), ImportFault> {
    let first = first.filter(|_| is_mostly_unusable(counts));
    first.map_or(Ok(()), |first| {
        Err(ImportFault::MostlyUnusable {
            name: name.to_owned(),
            rows: counts.rows as u64,
            rejected: counts.rejected as u64,
            first: Box::new(first.clone()),
        })
    })
}

/// A chunk in the making.
struct Building {
    kind: FileKind,
    rows_before: Option<u64>,
    first_line: u64,
    raw: RawRows,
    rows: ChunkRows,
    findings: Vec<Finding>,
    warned: HashSet<u64>,
    counts: RowCounts,
    warnings_kept: usize,
    /// How many rows each loan has.
    repeats: HashMap<u64, u32>,
    /// The most of these.
    repeats_max: u32,
}

impl Building {
    fn new(kind: FileKind) -> Self {
        Self {
            kind,
            rows_before: None,
            first_line: 0,
            raw: RawRows::default(),
            rows: no_rows(kind),
            findings: Vec::new(),
            warned: HashSet::new(),
            counts: RowCounts::default(),
            warnings_kept: 0,
            repeats: HashMap::new(),
            repeats_max: 0,
        }
    }

    fn add(
        &mut self,
        record: &Record<'_>,
        number: u64,
        taken: Result<Taken, RowFault>,
        warnings: &[RowWarning],
        plan: &Plan,
    ) {
        let line = record.line();
        if self.rows_before.is_none() {
            self.rows_before = Some(number - 1);
            self.first_line = line;
        }
        self.raw.push(record);
        self.counts.rows += 1;
        let is_accepted = matches!(&taken, Ok(taken) if *taken != Taken::PassedOver);
        // The totals below a table are those of its rows, and would count them twice.
        let is_row = match &taken {
            Ok(taken) => *taken != Taken::PassedOver,
            Err(fault) => !fault.is_below_table(),
        };
        for amount in plan.control_amounts(record).filter(|_| is_row) {
            let accepted = if is_accepted { amount.taken } else { Money::ZERO };
            self.counts.add_amount(amount.field, amount.written, accepted);
            self.counts.add_rounding(amount.field, amount.rounding);
        }
        match taken {
            Ok(Taken::PassedOver) => self.counts.passed_over += 1,
            Ok(taken) => {
                self.counts.accepted += 1;
                self.keep(line, taken);
            }
            Err(fault) => {
                self.counts.rejected += 1;
                self.findings.push(finding_of(&fault, line));
            }
        }
        // Of a row that is left out, the reason is enough.
        let warnings = if is_accepted { warnings } else { &[] };
        if !warnings.is_empty() {
            self.counts.warned += 1;
            self.warned.insert(line);
        }
        for warning in warnings {
            if self.warnings_kept < WARNINGS_KEPT {
                self.warnings_kept += 1;
                self.findings.push(Finding {
                    kind: FindingKind::Warned,
                    line,
                    column: Some(warning.column.clone()),
                    value: warning.value.clone(),
                    reason: warning.oddity.label().to_owned(),
                });
            }
        }
    }

    fn is_full(&self) -> bool {
        self.counts.rows == CHUNK_ROWS || self.repeats_max >= REPEATS_MAX
    }

    fn keep(&mut self, line: u64, taken: Taken) {
        match (&mut self.rows, taken) {
            (ChunkRows::Loans(rows), Taken::Loan(loan)) => {
                // Hashes will do: a chunk that ends a little early is as good.
                let mut hash = DefaultHasher::new();
                loan.loan_ref.hash(&mut hash);
                let repeats = self.repeats.entry(hash.finish()).or_default();
                *repeats += 1;
                self.repeats_max = self.repeats_max.max(*repeats);
                rows.push((line, *loan));
            }
            (ChunkRows::Payments(rows), Taken::Payment(payment)) => rows.push((line, *payment)),
            (ChunkRows::Borrowers(rows), Taken::Borrower(borrower)) => rows.push((line, *borrower)),
            // A plan gives rows of its own kind only.
            _ => {}
        }
    }

    fn finish(&mut self) -> Chunk {
        self.repeats.clear();
        self.repeats_max = 0;
        Chunk {
            rows_before: self.rows_before.take().unwrap_or_default(),
            first_line: self.first_line,
            raw: std::mem::take(&mut self.raw).finish(),
            rows: std::mem::replace(&mut self.rows, no_rows(self.kind)),
            findings: std::mem::take(&mut self.findings),
            warned: std::mem::take(&mut self.warned),
            counts: std::mem::take(&mut self.counts),
        }
    }
}

fn no_rows(kind: FileKind) -> ChunkRows {
    match kind {
        FileKind::Loans | FileKind::Links => ChunkRows::Loans(Vec::new()),
        FileKind::Payments => ChunkRows::Payments(Vec::new()),
        FileKind::Borrowers => ChunkRows::Borrowers(Vec::new()),
    }
}

pub(super) fn finding_of(fault: &RowFault, line: u64) -> Finding {
    Finding {
        kind: FindingKind::Rejected,
        line,
        column: fault.column.clone(),
        value: fault.value.clone(),
        reason: fault.reason.clone(),
    }
}
