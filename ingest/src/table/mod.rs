//! Tables of files row by row, whatever their format.

mod buffer;
mod delimiter;
mod encoding;
mod input;
mod split;
mod start;
mod text;

use crate::error::FileError;
use crate::record::Record;
use crate::source::{Bounds, TableSource};
use input::{Counted, Progress};
use std::fs::File;
use std::io::Read;
use text::TextReader;

/// A row of text longer than this is refused.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// A row with more fields than this is refused.
pub const FIELDS_MAX: usize = 5_000;

/// What a table was packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Plain,
    Gzip,
    Zip,
    Workbook,
    Parquet,
}

/// How a table is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    pub container: Container,
    /// "UTF-8", "UTF-16LE", "UTF-16BE" or "windows-1252".
    pub encoding: &'static str,
    pub has_bom: bool,
    /// What stands between fields; nothing if there is one field a line, or no text.
    pub delimiter: Option<char>,
    /// Whether quotation marks stand around some fields.
    pub quoted: bool,
}

/// Reads the rows of a table one after the other, the header line among them.
pub struct TableReader {
    rows: TextReader<Box<dyn Read + Send>>,
    format: Format,
    progress: Progress,
    bytes_total: u64,
}

impl TableReader {
    /// Opens a table, and tells its format from its start.
    pub fn open(source: &TableSource, _bounds: &Bounds) -> Result<Self, FileError> {
        let file = File::open(&source.path)?;
        let bytes_total = file.metadata()?.len();
        let progress = Progress::default();
        let input: Box<dyn Read + Send> = Box::new(Counted::new(file, progress.clone()));
        let rows = TextReader::new(input)?;
        let text = rows.format();
        let format = Format {
            container: Container::Plain,
            encoding: text.encoding.name(),
            has_bom: text.has_bom,
            delimiter: text.delimiter(),
            quoted: text.is_quoted,
        };
        Ok(Self { rows, format, progress, bytes_total })
    }

    pub fn format(&self) -> &Format {
        &self.format
    }

    /// The next row that is no blank line, or nothing at the end of the table.
    // Not an iterator: the record borrows the reader, so that no row allocates.
    #[expect(clippy::should_implement_trait, reason = "a lending iterator cannot be an Iterator")]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, FileError> {
        self.rows.next()
    }

    /// How many bytes of the file were read, for telling the progress.
    pub fn bytes_read(&self) -> u64 {
        self.progress.bytes().min(self.bytes_total)
    }

    /// How many bytes the file has.
    pub fn bytes_total(&self) -> u64 {
        self.bytes_total
    }
}
