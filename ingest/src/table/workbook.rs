//! Sheets of Excel workbooks: cells as the text that a CSV of the sheet would hold, dates as ISO 8601.

use super::archive::Archive;
use super::cell_text::{Shown, append};
use super::input::{Counted, Progress};
use super::rows::{Sink, Stop, guarded};
use super::sheet_check;
use crate::error::FileError;
use crate::record::Doubt;
use crate::source::Bounds;
use calamine::{DataRef, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use std::fs::File;
use std::io::{BufReader, ErrorKind, Seek, SeekFrom};

pub const FORMAT: &str = "Excel";

/// How many rows must hold several values for a sheet to look like a table.
const TABLE_ROWS: usize = 2;
/// Among how many cells they are looked for.
const TABLE_CELLS: usize = 2_000;

type Book = Xlsx<BufReader<Counted<File>>>;

/// The sheets of a workbook that are tables: the first that holds anything, and others that look like tables.
pub fn sheets(file: &File, bounds: &Bounds) -> Result<Vec<String>, FileError> {
    sheet_check::check(file, &Archive::open(file)?, bounds)?;
    guarded(FORMAT, || {
        let mut book = open(file, Progress::default())?;
        let all: Vec<_> = book.sheets_metadata().to_vec();
        let mut found = Vec::new();
        for sheet in all {
            if sheet.typ != SheetType::WorkSheet || sheet.visible != SheetVisible::Visible {
                continue;
            }
            let rows = rows_at_start(&mut book, &sheet.name)?;
            let is_table = rows.iter().filter(|values| **values > 1).count() >= TABLE_ROWS;
            if is_table || (found.is_empty() && !rows.is_empty()) {
                found.push(sheet.name);
            }
        }
        if found.is_empty() { Err(FileError::Empty) } else { Ok(found) }
    })
}

/// How many values each of the first rows holds that hold any.
fn rows_at_start(book: &mut Book, sheet: &str) -> Result<Vec<usize>, FileError> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(fault)?;
    let mut rows: Vec<(u32, usize)> = Vec::new();
    for _ in 0..TABLE_CELLS {
        let Some(cell) = cells.next_cell().map_err(fault)? else { break };
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        let row = cell.get_position().0;
        match rows.last_mut() {
            Some((last, values)) if *last == row => *values += 1,
            _ => rows.push((row, 1)),
        }
    }
    Ok(rows.into_iter().map(|(_, values)| values).collect())
}

/// Reads a sheet, or the first one.
pub fn read(
    file: &File,
    sheet: Option<&str>,
    bounds: &Bounds,
    progress: &Progress,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let has_unsaved = sheet_check::check(file, &Archive::open(file)?, bounds)?;
    let mut book = open(file, progress.clone())?;
    let first = || book.sheet_names().into_iter().next();
    let sheet = sheet.map(str::to_owned).or_else(first).ok_or(FileError::Empty)?;
    let unsaved = if has_unsaved { unsaved_formulas(&mut book, &sheet, bounds)? } else { CellSet::default() };
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(fault)?;
    let shown: Vec<Shown> = cells.styles().iter().map(shown_by).collect();
    let (mut row, mut count) = (0, 0);
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(fault)? {
        let (cell_row, column) = cell.get_position();
        if cell_row != row {
            sink.end_row(u64::from(row) + 1)?;
        }
        let is_back = cell_row < row || (column as usize) < sink.width();
        row = cell_row;
        let line = u64::from(row) + 1;
        count += 1;
        if is_back {
            let detail = format!("the cells of row {line} are not in their order");
            return Err(FileError::Damaged { format: FORMAT, detail }.into());
        } else if count > bounds.sheet_cells_max {
            return Err(FileError::TooManyCells { line, cells_max: bounds.sheet_cells_max }.into());
        }
        let is_unsaved = unsaved.has(count);
        if *cell.get_value() == DataRef::Empty && !is_unsaved {
            continue;
        }
        while sink.width() < column as usize {
            sink.end_field();
        }
        if is_unsaved {
            sink.text().push('=');
            sink.doubt(Doubt::UnsavedFormula);
        } else if let Some(doubt) = append(cell.get_value(), shown.get(style).unwrap_or(&Shown::Kept), sink.text()) {
            sink.doubt(doubt);
        }
        sink.end_field();
    }
    sink.end_row(u64::from(row) + 1)
}

/// Cells of a sheet, by their number in its order, from 1: a bit each.
#[derive(Default)]
struct CellSet(Vec<u64>);

impl CellSet {
    fn add(&mut self, number: u64) {
        let place = (number / 64) as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        self.0[place] |= 1 << (number % 64);
    }

    fn has(&self, number: u64) -> bool {
        self.0.get((number / 64) as usize).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }
}

/// The cells that are formulas without a value, as programs write them that do not compute. They are looked for in a
/// pass of their own, since the reader tells either of formulas or of formats.
fn unsaved_formulas(book: &mut Book, sheet: &str, bounds: &Bounds) -> Result<CellSet, FileError> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(fault)?;
    let (mut found, mut count) = (CellSet::default(), 0);
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault)? {
        count += 1;
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            found.add(count);
        }
        if count > bounds.sheet_cells_max {
            break;
        }
    }
    Ok(found)
}

fn shown_by(style: &Style) -> Shown {
    style.number_format.as_ref().map(|format| Shown::by(&format.format_code)).unwrap_or_default()
}

fn open(file: &File, progress: Progress) -> Result<Book, FileError> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(0))?;
    Xlsx::new(BufReader::new(Counted::new(file, progress))).map_err(fault)
}

fn fault(error: XlsxError) -> FileError {
    match error {
        XlsxError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => error.into(),
        XlsxError::Password => FileError::Encrypted { format: FORMAT },
        error => FileError::Damaged { format: FORMAT, detail: error.to_string() },
    }
}
