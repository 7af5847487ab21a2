//! Tables of files row by row, whatever their format.

mod archive;
mod buffer;
mod cell_text;
mod delimiter;
mod encoding;
mod filled;
mod input;
mod list;
mod open;
mod parquet;
mod rows;
mod sheet_check;
mod split;
mod start;
#[cfg(test)]
mod tests;
mod text;
mod unpack;
mod workbook;

pub(crate) use list::list;

use crate::error::FileError;
use crate::record::Record;
use crate::source::{Bounds, TableSource};
use archive::{Archive, Inside};
use input::Progress;
use open::{Content, Opened};
use rows::{Sink, ThreadedRows};
use std::fmt;
use std::io::Read;
use text::{TextFormat, TextReader};

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

impl Format {
    fn of_text(container: Container, text: TextFormat) -> Self {
        Self {
            container,
            encoding: text.encoding.name(),
            has_bom: text.has_bom,
            delimiter: text.delimiter(),
            quoted: text.is_quoted,
        }
    }

    fn of_cells(container: Container) -> Self {
        Self { container, encoding: "UTF-8", has_bom: false, delimiter: None, quoted: false }
    }
}

/// How delimiters are called for people.
const DELIMITERS: [(char, &str); 5] =
    [(',', "commas"), (';', "semicolons"), ('\t', "tabs"), ('|', "bars"), (' ', "blanks")];
const TEXT_WITH: &str = "Text with ";
const BETWEEN_FIELDS: &str = " between fields";

/// What is to stand between the fields of a file like one whose format was told in words: the same, or a comma where the words
/// name nothing. Blanks become commas, as they cannot tell where a field is empty.
pub fn delimiter_of(words: &str) -> char {
    let named = words.strip_prefix(TEXT_WITH).and_then(|rest| rest.split_once(BETWEEN_FIELDS)).map(|(name, _)| name);
    let delimiter = |name: &str| {
        let known = DELIMITERS.iter().find(|(_, known)| *known == name).map(|(delimiter, _)| *delimiter);
        known.or_else(|| name.chars().next())
    };
    named.and_then(delimiter).filter(|delimiter| *delimiter != ' ').unwrap_or(',')
}

/// For people: "Text with semicolons between fields, windows-1252, in gzip".
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.container {
            Container::Workbook => return f.write_str("Excel workbook"),
            Container::Parquet => return f.write_str("Parquet"),
            Container::Plain | Container::Gzip | Container::Zip => {}
        }
        match self.delimiter {
            Some(delimiter) => match DELIMITERS.iter().find(|(known, _)| *known == delimiter) {
                Some((_, name)) => write!(f, "{TEXT_WITH}{name}{BETWEEN_FIELDS}")?,
                None => write!(f, "{TEXT_WITH}{delimiter}{BETWEEN_FIELDS}")?,
            },
            None => f.write_str("Text with one field a line")?,
        }
        write!(f, ", {}", self.encoding)?;
        match self.container {
            Container::Gzip => f.write_str(", in gzip"),
            Container::Zip => f.write_str(", in zip"),
            Container::Plain | Container::Workbook | Container::Parquet => Ok(()),
        }
    }
}

/// Reads the rows of a table one after the other, the header line among them.
pub struct TableReader {
    rows: Rows,
    format: Format,
    progress: Progress,
    bytes_total: u64,
}

enum Rows {
    Text(Box<TextReader<Box<dyn Read + Send>>>),
    Threaded(ThreadedRows),
}

impl TableReader {
    /// Opens a table, and tells its format from its start.
    pub fn open(source: &TableSource, bounds: &Bounds) -> Result<Self, FileError> {
        let Opened { container, content, progress, bytes_total } = open::open(&source.path, source.part, bounds)?;
        let (rows, format) = match content {
            Content::Text(input) => {
                let rows = TextReader::new(input)?;
                let format = Format::of_text(container, rows.format());
                (Rows::Text(Box::new(rows)), format)
            }
            Content::Parquet(file) => {
                let (bounds, progress) = (*bounds, progress.clone());
                let read = move |sink: &mut Sink| parquet::read(file, bytes_total, &bounds, &progress, sink);
                (Rows::Threaded(ThreadedRows::start(parquet::FORMAT, read)?), Format::of_cells(Container::Parquet))
            }
            Content::Zip(file) => {
                if Archive::open(&file)?.look(bounds)? != Inside::Workbook {
                    return Err(FileError::Nested { part: source.name.clone() });
                }
                let (bounds, progress, sheet) = (*bounds, progress.clone(), source.sheet.clone());
                let read = move |sink: &mut Sink| workbook::read(&file, sheet.as_deref(), &bounds, &progress, sink);
                (Rows::Threaded(ThreadedRows::start(workbook::FORMAT, read)?), Format::of_cells(Container::Workbook))
            }
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
        match &mut self.rows {
            Rows::Text(rows) => {
                // A text that began as plain ASCII may turn out to be of an older encoding.
                self.format.encoding = rows.format().encoding.name();
                rows.next()
            }
            Rows::Threaded(rows) => rows.next(),
        }
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
