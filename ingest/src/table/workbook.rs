//! Sheets of Excel workbooks: cells as the text that a CSV of the sheet would hold, dates as ISO 8601.

use super::archive::Archive;
use super::input::{Counted, Progress};
use super::rows::{Sink, Stop, guarded};
use super::sheet_check;
use crate::error::FileError;
use crate::source::Bounds;
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use std::fmt::Write;
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
    sheet_check::check(file, &Archive::open(file)?, bounds)?;
    let mut book = open(file, progress.clone())?;
    let first = || book.sheet_names().into_iter().next();
    let sheet = sheet.map(str::to_owned).or_else(first).ok_or(FileError::Empty)?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(fault)?;
    let (mut row, mut count) = (0, 0);
    while let Some(cell) = cells.next_cell().map_err(fault)? {
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
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        while sink.width() < column as usize {
            sink.end_field();
        }
        append(cell.get_value(), sink.text());
        sink.end_field();
    }
    sink.end_row(u64::from(row) + 1)
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

fn append(value: &DataRef<'_>, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = match value {
        DataRef::Empty => Ok(()),
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text.write_str(value),
        DataRef::SharedString(value) => text.write_str(value),
        DataRef::Int(value) => write!(text, "{value}"),
        DataRef::Float(value) => write_number(*value, text),
        DataRef::Bool(value) => text.write_str(if *value { "TRUE" } else { "FALSE" }),
        DataRef::Error(error) => write!(text, "{error}"),
        DataRef::DateTime(moment) => write_moment(*moment, text),
    };
}

/// Adding nought turns the negative one into the common one.
fn write_number(value: f64, text: &mut String) -> std::fmt::Result {
    write!(text, "{}", value + 0.0)
}

fn write_moment(moment: ExcelDateTime, text: &mut String) -> std::fmt::Result {
    /// The first day after the year 9999.
    const DAYS_END: f64 = 2_958_466.0;
    let days = moment.as_f64();
    if !(0.0..DAYS_END).contains(&days) {
        return write_number(days, text);
    }
    if moment.is_duration() {
        let seconds = (days * 86_400.0).round() as u64;
        return write!(text, "{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    if days >= 1.0 {
        write!(text, "{year:04}-{month:02}-{day:02}")?;
        if (hour, minute, second, milli) == (0, 0, 0, 0) {
            return Ok(());
        }
        text.push(' ');
    }
    write!(text, "{hour:02}:{minute:02}:{second:02}")?;
    if milli > 0 { write!(text, ".{milli:03}") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};

    #[test]
    fn cells_become_text() {
        let check = |value: DataRef<'_>, expected: &str| {
            let mut text = String::new();
            append(&value, &mut text);
            assert_eq!(text, expected, "{value:?}");
        };
        let moment = |days, kind| DataRef::DateTime(ExcelDateTime::new(days, kind, false));
        let date = |days| moment(days, ExcelDateTimeType::DateTime);
        check(DataRef::Float(12.0), "12");
        check(DataRef::Float(-0.0), "0");
        check(DataRef::Float(0.089), "0.089");
        check(DataRef::Float(1.5e16), "15000000000000000");
        check(DataRef::Bool(true), "TRUE");
        check(DataRef::Error(CellErrorType::NA), "#N/A");
        check(date(45_943.0), "2025-10-13");
        check(date(45_943.5), "2025-10-13 12:00:00");
        check(date(0.75), "18:00:00");
        check(date(-1.0), "-1");
        check(date(f64::NAN), "NaN");
        check(date(1e300), &format!("{}", 1e300));
        check(moment(1.5, ExcelDateTimeType::TimeDelta), "36:00:00");
        check(DataRef::SharedString("a\nb"), "a\nb");
        check(DataRef::Empty, "");
    }
}
