//! Why files cannot be imported, each with the file's name before it.

use domain::count::grouped;
use domain::field::Field;
use domain::id::UploadId;
use domain::upload::{Finding, RowCounts};
use ingest::error::FileError;
use ingest::row::PlanError;

/// Fewer loans than there are segments, as they are chosen unless somebody says otherwise, are no portfolio.
pub(crate) const LOANS_MIN: u64 = 4;

#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    #[error("{name}: {fault}")]
    File { name: String, fault: FileError },
    #[error("{name}: {}{fault}", at(*.line))]
    Plan {
        name: String,
        /// The line of the header, where there is one.
        line: Option<u64>,
        fault: Box<PlanError>,
    },
    #[error("{name}: there is a header, but no row below it; send a file with rows")]
    NoRows { name: String },
    #[error("{name}: of {rows} rows, none can be used; the first of them: {}", describe(.first))]
    NothingUsable { name: String, rows: u64, first: Box<Finding> },
    #[error(
        "{name}: of the first {} rows, {} cannot be used; the first of them: {}; say anew what each column holds, or mend \
         the file",
        grouped(*.rows), grouped(*.rejected), describe(.first)
    )]
    MostlyUnusable { name: String, rows: u64, rejected: u64, first: Box<Finding> },
    #[error(
        "{name}: of the first {} rows, {} were rejected and {} contradict what is on file: look whether each row has its own \
         loan id, and whether the day is right",
        grouped(counts.rows.max(0) as u64), grouped(counts.rejected.max(0) as u64), grouped(counts.conflicts.max(0) as u64)
    )]
    MostlyLeftOut { name: String, counts: Box<RowCounts> },
    #[error(
        "{name}: only {loans} usable loans, and none on file: a portfolio needs at least {} to be told apart; send more",
        LOANS_MIN
    )]
    TooFewLoans { name: String, loans: u64 },
    #[error("{name}: it has the same content as {other}, and its rows would count twice; send it once")]
    Twins { name: String, other: String },
    #[error("{name}: the same was loaded before, see /uploads/{earlier}; nothing was changed")]
    LoadedBefore { name: String, earlier: UploadId },
    #[error("there is no profile {id}: it comes with the program, so the program is incomplete")]
    NoProfile { id: String },
    #[error(
        "column {column} is read as {}, which no model may see: what is known only after the outcome gives it away, and \
         protected attributes are kept apart",
        field.label().to_lowercase()
    )]
    BarredColumn { column: String, field: Field },
    #[error(
        "{name}: column {column}: {reason}{}; say in a --mapping whether a comma parts the decimals (decimal_comma), or have the \
         numbers read as they were said to be with --numbers-as-said",
        beside(.others)
    )]
    OtherNumbers {
        name: String,
        column: String,
        reason: String,
        /// Other columns whose numbers are not written as they would be read.
        others: Vec<String>,
    },
    #[error("{name}: line {line}: {reason}")]
    Link { name: String, line: u64, reason: String },
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!("line {line}: ")).unwrap_or_default()
}

fn beside(columns: &[String]) -> String {
    match columns {
        [] => String::new(),
        [one] => format!("; so it is with column {one}"),
        _ => format!("; so it is with columns {}", columns.join(", ")),
    }
}

/// A finding as one line of text: where, what, why.
pub(crate) fn describe(finding: &Finding) -> String {
    match &finding.column {
        Some(column) if finding.value.is_empty() => {
            format!("line {}, column {column}: {}", finding.line, finding.reason)
        }
        Some(column) => {
            format!("line {}, column {column}: \"{}\" {}", finding.line, finding.value.escape_debug(), finding.reason)
        }
        None => format!("line {}: {}", finding.line, finding.reason),
    }
}
