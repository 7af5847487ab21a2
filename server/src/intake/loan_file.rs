//! A loan file, read whole: for work without a database.

use super::arrival::arrive;
use super::chunks::finding_of;
use super::fault::ImportFault;
use super::loan_reading::LoanReading;
use super::rows::{FileReading, Rows};
use domain::count::count;
use domain::field::Field;
use domain::loan::LoanRecord;
use domain::mapping::{MappedColumn, Mapping};
use domain::upload::Finding;
use domain::warning::Oddity;
use ingest::error::FileError;
use ingest::links::Links;
use ingest::profile::objections;
use ingest::row::{RowFault, Taken};
use std::collections::HashMap;
use std::path::Path;

/// At most so many rejected rows are listed; all are counted.
const REJECTED_LISTED: usize = 1000;

/// A loan file that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct LoanFile {
    pub records: Vec<LoanRecord>,
    /// The line on which each of `records` begins, from 1.
    pub lines: Vec<u64>,
    /// Data rows: accepted and rejected ones together.
    pub rows: u64,
    pub rejected_count: u64,
    /// The first of the rejected rows.
    pub rejected: Vec<Finding>,
    /// What was passed over or should be known, one sentence each, without its full stop.
    pub notes: Vec<String>,
    pub reading: LoanReading,
}

/// The rows of a loan file.
pub fn loan_rows(path: &Path, reading: &LoanReading) -> Result<Rows, ImportFault> {
    let source = FileReading {
        path: path.to_owned(),
        name: path.display().to_string(),
        mapping: reading.mapping.clone(),
        currency: reading.currency,
        id_mark: None,
        rows_done: 0,
    };
    Rows::open(&source, &Links::default())
}

/// Reads a loan file in any format.
///
/// # Errors
/// Every fault of the file as a whole, down to one without a single usable row.
pub fn read_loans(path: &Path, reading: LoanReading) -> Result<LoanFile, ImportFault> {
    let name = path.display().to_string();
    let mut rows = loan_rows(path, &reading)?;
    let plan = rows.plan.clone();
    let mapping = reading.mapping.clone();
    let id_column = mapping.column_of(Field::LoanId);
    let mut notes = plan.notes().to_vec();
    notes.extend(doubted_numbers(path, &name, &mapping)?);
    let mut file = LoanFile {
        records: Vec::new(),
        lines: Vec::new(),
        rows: 0,
        rejected_count: 0,
        rejected: Vec::new(),
        notes,
        reading,
    };
    let mut lines_of: HashMap<String, u64> = HashMap::new();
    let (mut warnings, mut minors) = (Vec::new(), 0);
    while let Some((record, number)) = rows.next()? {
        file.rows = number;
        warnings.clear();
        let line = record.line();
        match plan.read(&record, number, &mut warnings).and_then(|taken| once(taken, line, id_column, &mut lines_of)) {
            Ok(Some(loan)) => {
                minors += u64::from(warnings.iter().any(|warning| warning.oddity == Oddity::MinorBorrower));
                file.records.push(loan);
                file.lines.push(line);
            }
            Ok(None) => {}
            Err(_) if record.is_unclosed() => {
                return Err(ImportFault::File { name, fault: FileError::UnclosedQuote { line } });
            }
            Err(fault) => {
                file.rejected_count += 1;
                if file.rejected.len() < REJECTED_LISTED {
                    file.rejected.push(finding_of(&fault, line));
                }
            }
        }
    }
    finish(file, name, minors)
}

/// What the start of a file says against how its numbers are read.
fn doubted_numbers(path: &Path, name: &str, mapping: &Mapping) -> Result<Vec<String>, ImportFault> {
    let tables = arrive(path, name, &[])?;
    let found = tables.first().map(|table| objections(mapping, &table.preview)).unwrap_or_default();
    Ok(found.into_iter().map(|(column, reason)| format!("Column {column}: {reason}")).collect())
}

/// The loan of a row, unless it stood on an earlier line.
fn once(
    taken: Taken,
    line: u64,
    id_column: Option<&MappedColumn>,
    lines_of: &mut HashMap<String, u64>,
) -> Result<Option<LoanRecord>, RowFault> {
    let Taken::Loan(loan) = taken else { return Ok(None) };
    match lines_of.insert(loan.loan_ref.clone(), line) {
        None => Ok(Some(*loan)),
        Some(first) => {
            lines_of.insert(loan.loan_ref.clone(), first);
            Err(RowFault {
                column: id_column.map(|mapped| mapped.column.clone()),
                value: loan.loan_ref,
                reason: format!("stands on line {first} already; the first one is kept"),
            })
        }
    }
}

fn finish(mut file: LoanFile, name: String, minors: u64) -> Result<LoanFile, ImportFault> {
    if file.rows == 0 {
        return Err(ImportFault::NoRows { name });
    }
    if file.records.is_empty() {
        let first = worst(&file.rejected).ok_or_else(|| ImportFault::NoRows { name: name.clone() })?;
        return Err(ImportFault::NothingUsable { name, rows: file.rows, first: Box::new(first) });
    }
    if minors > 0 {
        let loans = count(minors, "loan");
        file.notes.push(format!("{loans} with a borrower aged under 18: check the column Age"));
    }
    Ok(file)
}

/// The first fault of the column that spoilt most rows.
fn worst(rejected: &[Finding]) -> Option<Finding> {
    let rows_of = |column: &Option<String>| rejected.iter().filter(|row| row.column == *column).count();
    let mut worst: Option<(usize, &Finding)> = None;
    for (place, row) in rejected.iter().enumerate() {
        if rejected[..place].iter().any(|other| other.column == row.column) {
            continue;
        }
        let rows = rows_of(&row.column);
        if worst.is_none_or(|(most, _)| rows > most) {
            worst = Some((rows, row));
        }
    }
    worst.map(|(_, row)| row.clone())
}
