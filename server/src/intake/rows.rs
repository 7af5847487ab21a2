//! The rows of data of a file, below its header, with the plan by which they are read.

use super::fault::ImportFault;
use domain::mapping::Mapping;
use domain::money::Currency;
use ingest::error::FileError;
use ingest::links::Links;
use ingest::record::Record;
use ingest::row::{Plan, is_header};
use ingest::source::{Bounds, TableSource, tables};
use ingest::table::TableReader;
use std::path::PathBuf;
use std::sync::Arc;

/// A header is looked for in so many rows; a preamble may stand above it.
const HEADER_ROWS: usize = 20;

/// How one file is to be read.
pub(crate) struct FileReading {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) mapping: Mapping,
    pub(crate) currency: Currency,
    /// What ids that are made of the rows' numbers begin with; nothing where the file stands alone.
    pub(crate) id_mark: Option<String>,
    /// Rows that an earlier attempt has stored.
    pub(crate) rows_done: u64,
}

/// The rows of data of a file, below its header.
pub(crate) struct Rows {
    name: String,
    reader: TableReader,
    /// Shared, since a row borrows its reader while the plan reads it.
    pub(crate) plan: Arc<Plan>,
    /// The names of the columns; none where the file has no header.
    pub(crate) header: Vec<String>,
    number: u64,
}

impl Rows {
    pub(crate) fn open(source: &FileReading, links: &Links) -> Result<Self, ImportFault> {
        let bounds = Bounds::default();
        let of_file = |fault| ImportFault::File { name: source.name.clone(), fault };
        let table = find_table(source, &bounds)?;
        let mut reader = TableReader::open(&table, &bounds).map_err(of_file)?;
        let (line, header) = if source.mapping.has_header {
            let (line, cells) = find_header(&mut reader, &source.mapping).map_err(of_file)?;
            (Some(line), Some(cells))
        } else {
            (None, None)
        };
        let plan = Plan::new(&source.mapping, header.as_deref(), source.currency, links)
            .map_err(|fault| ImportFault::Plan { name: source.name.clone(), line, fault: Box::new(fault) })?;
        let plan = match &source.id_mark {
            Some(mark) => plan.with_id_mark(mark),
            None => plan,
        };
        let (plan, header) = (Arc::new(plan), header.unwrap_or_default());
        Ok(Self { name: source.name.clone(), reader, plan, header, number: 0 })
    }

    /// The next row with its number from 1.
    pub(crate) fn next(&mut self) -> Result<Option<(Record<'_>, u64)>, ImportFault> {
        self.number += 1;
        let number = self.number;
        let record = self.reader.next().map_err(|fault| ImportFault::File { name: self.name.clone(), fault })?;
        Ok(record.map(|record| (record, number)))
    }

    /// How much of the file is read, 0..=1.
    pub(crate) fn share(&self) -> f64 {
        self.reader.bytes_read() as f64 / self.reader.bytes_total().max(1) as f64
    }
}

/// The table of a file that goes by the file's name; a zip was taken apart by these names when it was sent.
fn find_table(source: &FileReading, bounds: &Bounds) -> Result<TableSource, ImportFault> {
    let of_file = |fault| ImportFault::File { name: source.name.clone(), fault };
    let outer = source.name.split('/').next().unwrap_or_default();
    let found = tables(&source.path, outer, bounds).map_err(of_file)?;
    let table = found.iter().find(|table| table.name == source.name).or(found.first()).cloned();
    table.ok_or_else(|| of_file(FileError::NoTable))
}

/// The first row that names all mapped columns, or else the first row, which then tells what is missing; with its line.
fn find_header(reader: &mut TableReader, mapping: &Mapping) -> Result<(u64, Vec<String>), FileError> {
    let mut first = None;
    for _ in 0..HEADER_ROWS {
        let Some(record) = reader.next()? else { break };
        let cells = || (record.line(), record.fields().map(str::to_owned).collect::<Vec<_>>());
        if is_header(mapping, record.fields()) {
            return Ok(cells());
        }
        first.get_or_insert_with(cells);
    }
    first.ok_or(FileError::Empty)
}
