//! Reads a loan file: bytes in, checked loans and rejected rows out.
//!
//! Two kinds of fault, told apart everywhere: a fault of the *file* ([`LoanFileError`]) refuses all of it; a fault of
//! a *row* ([`RejectedRow`]) rejects that row, which is counted and listed. The reader streams and holds no more than
//! one record besides what it has read, so that no file can exhaust memory by a single line.

mod column;
mod error;
mod header;
mod record;
mod row;
mod start;
#[cfg(test)]
mod tests;
mod write;

pub use write::write;

pub use error::{LoanFileError, describe};
pub use record::{Record, RecordReader};

use column::Column;
use domain::count::count;
use domain::loan::LoanRecord;
use domain::money::Currency;
use domain::upload::{REJECTED_ROWS_LISTED, RejectedRow};
use header::Header;
use row::RowFault;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read;

/// A file with more rows than this is refused unless the caller says otherwise.
pub const ROWS_MAX: u64 = 5_000_000;

/// At most this many characters of a value at fault are kept.
const VALUE_CHARS_MAX: usize = 80;

/// What the reader must know beforehand.
#[derive(Clone, Copy, Debug)]
pub struct LoanFileOptions {
    /// The currency of every amount in the file.
    pub currency: Currency,
    pub rows_max: u64,
}

/// A loan file that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct LoanFile {
    pub records: Vec<LoanRecord>,
    /// The line on which each of `records` begins, from 1.
    pub lines: Vec<u64>,
    /// Data rows: accepted and rejected ones together.
    pub rows: u64,
    pub rejected_count: u64,
    /// The first [`REJECTED_ROWS_LISTED`] rejected rows.
    pub rejected: Vec<RejectedRow>,
    /// What was passed over or should be known, one sentence each, without its full stop.
    pub notes: Vec<String>,
}

/// Reads a CSV file with a header line and the 21 columns of the reference analysis, in any order.
///
/// # Errors
/// Every fault of the file as a whole, down to one without a single usable row.
pub fn read(input: impl Read, options: LoanFileOptions) -> Result<LoanFile, LoanFileError> {
    let mut records = RecordReader::new(input)?;
    let header = match records.next()? {
        Some(first) => Header::read(&first)?,
        None => return Err(LoanFileError::Empty),
    };
    let mut reading = Reading::new(options, &header);
    while let Some(record) = records.next()? {
        reading.take(&record)?;
    }
    reading.finish()
}

/// A file being read.
struct Reading<'a> {
    options: LoanFileOptions,
    header: &'a Header,
    file: LoanFile,
    /// The line on which each loan id stood first.
    loan_lines: HashMap<String, u64>,
    /// How many rows each column is to blame for.
    blame: [u64; Column::COUNT],
    /// The first row that each column is to blame for.
    first_blame: [Option<RejectedRow>; Column::COUNT],
    minors: u64,
}

impl<'a> Reading<'a> {
    fn new(options: LoanFileOptions, header: &'a Header) -> Self {
        let file = LoanFile {
            records: Vec::new(),
            lines: Vec::new(),
            rows: 0,
            rejected_count: 0,
            rejected: Vec::new(),
            notes: header.notes(),
        };
        Self {
            options,
            header,
            file,
            loan_lines: HashMap::new(),
            blame: [0; Column::COUNT],
            first_blame: std::array::from_fn(|_| None),
            minors: 0,
        }
    }

    fn take(&mut self, record: &Record<'_>) -> Result<(), LoanFileError> {
        if self.file.rows >= self.options.rows_max {
            return Err(LoanFileError::TooManyRows { line: record.line(), rows_max: self.options.rows_max });
        }
        self.file.rows += 1;
        match self.check(record) {
            Ok(loan) => {
                self.minors += u64::from(loan.age < 18);
                self.file.records.push(loan);
                self.file.lines.push(record.line());
            }
            Err(_) if record.is_unclosed() => {
                return Err(LoanFileError::UnclosedQuote { line: record.line() });
            }
            Err(fault) => self.reject(record, fault),
        }
        Ok(())
    }

    fn check(&mut self, record: &Record<'_>) -> Result<LoanRecord, RowFault> {
        let loan = row::read(record, self.header, self.options.currency)?;
        match self.loan_lines.entry(loan.loan_ref.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(record.line());
                Ok(loan)
            }
            Entry::Occupied(entry) => Err(RowFault::of(
                Column::LoanId,
                &loan.loan_ref,
                format!("stands on line {} already; the first one is kept", entry.get()),
            )),
        }
    }

    fn reject(&mut self, record: &Record<'_>, fault: RowFault) {
        let rejected = RejectedRow {
            line: record.line(),
            column: fault.column.map(|column| self.header.name(column).to_owned()),
            value: fault.value.chars().take(VALUE_CHARS_MAX).collect(),
            reason: fault.reason,
        };
        self.file.rejected_count += 1;
        if let Some(column) = fault.column {
            self.blame[column as usize] += 1;
            self.first_blame[column as usize].get_or_insert_with(|| rejected.clone());
        }
        if self.file.rejected.len() < REJECTED_ROWS_LISTED {
            self.file.rejected.push(rejected);
        }
    }

    fn finish(mut self) -> Result<LoanFile, LoanFileError> {
        if self.file.rows == 0 {
            return Err(LoanFileError::HeaderOnly);
        }
        if self.file.records.is_empty() {
            return Err(self.nothing_usable());
        }
        if self.minors > 0 {
            let loans = count(self.minors, "loan");
            self.file.notes.push(format!("{loans} with a borrower aged under 18: check the column Age"));
        }
        Ok(self.file)
    }

    /// Names the column that spoilt most rows, or the first fault where whole rows are to blame more often.
    fn nothing_usable(mut self) -> LoanFileError {
        let rows = self.file.rows;
        let worst = (0..Column::COUNT).rev().max_by_key(|column| self.blame[*column]).unwrap_or_default();
        let whole_rows = self.file.rejected_count - self.blame.iter().sum::<u64>();
        let of_column = self.first_blame[worst].take().filter(|_| self.blame[worst] >= whole_rows);
        let first_whole_row = self.file.rejected.iter().find(|row| row.column.is_none()).cloned();
        match of_column.or(first_whole_row).or_else(|| self.file.rejected.into_iter().next()) {
            Some(first) => LoanFileError::NothingUsable { rows, first },
            None => LoanFileError::HeaderOnly,
        }
    }
}
