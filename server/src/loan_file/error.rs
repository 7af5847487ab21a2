//! Faults of a whole file. Each says where, what, and what to do; the caller puts the file's name before it.

use domain::count::count;
use domain::upload::RejectedRow;
use std::io;

#[derive(Debug, thiserror::Error)]
pub enum LoanFileError {
    #[error("the file is empty: send a CSV file with a header line and one loan a line")]
    Empty,
    #[error("line 1: there is a header, but no loan below it")]
    HeaderOnly,
    #[error("the file is compressed ({format}): unpack it first and send the CSV file inside")]
    Compressed { format: &'static str },
    #[error("the file is a web page, not a table: perhaps the download led to a sign-in page; fetch the file again")]
    WebPage,
    #[error("the file is a {format} document: open it and save it as CSV (UTF-8)")]
    OtherFormat { format: &'static str },
    #[error("line {line}: there are NUL bytes, so this is no text: save the table as CSV (UTF-8)")]
    NotText { line: u64 },
    #[error("line {line}, field {field}: this is not UTF-8: save the table as CSV (UTF-8)")]
    NotUtf8 { line: u64, field: usize },
    #[error("line 1: there is a single column, so this is no table with commas between its columns{}", separator_hint(*.separator))]
    SingleColumn { separator: Option<char> },
    #[error("line 1: {}", missing(.columns))]
    MissingColumns { columns: Vec<MissingColumn> },
    #[error("line 1: column {name} stands twice, as columns number {first} and {second}: remove or rename one of them")]
    DoubledColumn { name: String, first: usize, second: usize },
    #[error(
        "line {line}: the row that begins here is longer than 1 MiB: check for a quotation mark that is never closed, \
         or for missing line ends"
    )]
    RowTooLong { line: u64 },
    #[error("line {line}: the row has more than 1000 fields: check for missing line ends")]
    TooManyFields { line: u64 },
    #[error("line {line}: a quotation mark in this row is never closed, so the rest of the file cannot be told apart")]
    UnclosedQuote { line: u64 },
    #[error("line {line}: the file has more than {}: split it", count(*.rows_max, "row"))]
    TooManyRows { line: u64, rows_max: u64 },
    #[error("of {}, none can be used; the first of them: {}", count(*.rows, "row"), describe(.first))]
    NothingUsable { rows: u64, first: RejectedRow },
    #[error("the file cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// A column that a loan file needs and this one lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    pub name: &'static str,
    /// A column of the file that may be meant.
    pub similar: Option<String>,
}

/// A rejected row as one line of text: where, what, why.
pub fn describe(row: &RejectedRow) -> String {
    match &row.column {
        Some(column) if row.value.is_empty() => format!("line {}, column {column}: {}", row.line, row.reason),
        Some(column) => format!("line {}, column {column}: \"{}\" {}", row.line, row.value.escape_debug(), row.reason),
        None => format!("line {}: {}", row.line, row.reason),
    }
}

fn separator_hint(separator: Option<char>) -> String {
    match separator {
        Some('\t') => ": it seems to have tabs; save it with commas".to_owned(),
        Some(separator) => format!(": it seems to have \"{separator}\"; save it with commas"),
        None => ": send a CSV file".to_owned(),
    }
}

fn missing(columns: &[MissingColumn]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|column| match &column.similar {
            Some(similar) => format!("{} (is it \"{}\"?)", column.name, similar.escape_debug()),
            None => column.name.to_owned(),
        })
        .collect();
    match names.as_slice() {
        [name] => format!("column {name} is missing: add it, or rename the column that holds it"),
        _ => format!("columns {} are missing: add them, or rename the columns that hold them", names.join(", ")),
    }
}
