//! Faults of a whole file. Each says where, what, and what to do; the caller puts the file's name before it.

use crate::table::{FIELDS_MAX, RECORD_BYTES_MAX};
use std::io;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the file is empty: send a table with a header line and one row a line")]
    Empty,
    #[error(
        "the file is compressed as {format}, which is not read: unpack it and send the table inside, or pack it as zip"
    )]
    Compressed { format: &'static str },
    #[error("the file is a web page, not a table: perhaps the download led to a sign-in page; fetch the file again")]
    WebPage,
    #[error("the file is a {format} document, not a table that can be read: {advice}")]
    OtherFormat { format: &'static str, advice: &'static str },
    #[error(
        "line {line}: there are bytes that stand for no characters, so this is no text: save the table as CSV (UTF-8)"
    )]
    NotText { line: u64 },
    #[error("line {line}, field {field}: this is not UTF-8, and lines before it are: save the table as CSV (UTF-8)")]
    NotUtf8 { line: u64, field: usize },
    #[error(
        "line {line}: the row that begins here is longer than {} MiB: check for a quotation mark that is never closed, \
         or for missing line ends", RECORD_BYTES_MAX >> 20
    )]
    RowTooLong { line: u64 },
    #[error(
        "line {line}: the row has more than {FIELDS_MAX} fields: check for missing line ends, or leave columns out"
    )]
    TooManyFields { line: u64 },
    #[error(
        "line {line}: a quotation mark in this row is never closed, so the rest of the file cannot be told apart: close it or \
         remove it"
    )]
    UnclosedQuote { line: u64 },
    #[error("the {format} file ends before its time: perhaps the transfer broke off; fetch or export it again")]
    Truncated { format: &'static str },
    #[error("the {format} file is damaged ({detail}): fetch or export it again")]
    Damaged { format: &'static str, detail: String },
    #[error("the {format} file is protected by a password: send it without one")]
    Encrypted { format: &'static str },
    #[error("{part} is packed with a method that is not read ({method}): pack it with {instead}")]
    PackedOtherwise { part: String, method: String, instead: &'static str },
    #[error("{part} is an archive inside an archive: send the tables themselves, or a zip of the tables")]
    Nested { part: String },
    #[error(
        "several parts inside bear the same name, so only one of them could be read: rename them, and pack them anew"
    )]
    DoubledParts,
    #[error("there is no table inside: send a CSV, Excel or Parquet file, or a zip of such files")]
    NoTable,
    #[error("there are more than {max} tables inside: send fewer at a time")]
    TooManyParts { max: usize },
    #[error("it unpacks to more than {bytes_max} bytes: send it in parts, or only the columns that are needed")]
    TooLarge { bytes_max: u64 },
    #[error("it unpacks to more than {ratio_max} times its size, which no table of loans does: send it unpacked")]
    TooDense { ratio_max: u32 },
    #[error("row {line}: the sheet has more than {cells_max} cells up to here: save it as CSV (UTF-8) and send that")]
    TooManyCells { line: u64, cells_max: u64 },
    #[error("column {column} holds {kind}, not single values: export the table without it, or flattened")]
    OddColumn { column: String, kind: &'static str },
    #[error("the file cannot be read: {0}")]
    Read(io::Error),
}

impl From<io::Error> for FileError {
    /// A fault that a reader below noticed comes out as itself.
    fn from(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(Self::Read)
    }
}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        Self::other(error)
    }
}
