//! Where the header of a table is.

use super::Held;
use crate::date::formats_that_fit;
use crate::number::{self, Number, Style};
use crate::word;

/// A header is looked for in so many rows: longer preambles are not known.
const PREAMBLE_MAX: usize = 20;

/// The place of the header among the rows; nothing where the table has none.
///
/// Above it may stand a preamble, whose rows are shorter than most. It is a header if its cells are names, where those of
/// the rows below are values.
pub(super) fn find(rows: &[Held]) -> Option<usize> {
    let width = usual_width(rows);
    let is_first = |place: usize, row: &Held| {
        let has_names = filled(row) > 0 && row.fields.len() >= width.min(2) && fits(row, width);
        has_names && !is_title(place, rows, width)
    };
    let first = rows.iter().take(PREAMBLE_MAX).enumerate().position(|(place, row)| is_first(place, row))?;
    let row = &rows[first];
    let values = row.fields.iter().filter(|field| is_value(field)).count();
    // Years may be names of columns; but then another name must stand above values.
    (values == 0 || (values * 2 <= filled(row) && stands_above_values(row, &rows[first + 1..]))).then_some(first)
}

/// Whether a name of the row has values below it.
fn stands_above_values(row: &Held, below: &[Held]) -> bool {
    let is_name = |field: &str| !field.is_empty() && !is_value(field);
    let has_values = |place: usize| {
        let cells =
            below.iter().take(PREAMBLE_MAX).filter_map(|row| row.fields.get(place)).filter(|cell| !cell.is_empty());
        let (values, all) = cells.fold((0, 0), |(values, all), cell| (values + u32::from(is_value(cell)), all + 1));
        values * 2 > all
    };
    row.fields.iter().enumerate().any(|(place, field)| is_name(field) && has_values(place))
}

/// Whether a row is as wide as most. Columns without a name may stand at the end, and the first column is often unnamed
/// too; yet most columns have one, whereas programs fill a title up with delimiters.
fn fits(row: &Held, width: usize) -> bool {
    let filled = filled(row);
    filled + 2 >= width || (row.fields.len() >= width && filled * 2 >= width)
}

/// Whether a row with a single text stands above one that has names for all columns, and values below them.
fn is_title(place: usize, rows: &[Held], width: usize) -> bool {
    let Some(next) = (place + 1..rows.len()).find(|next| filled(&rows[*next]) > 0) else { return false };
    let names = &rows[next];
    let has_names = filled(names) >= width && !names.fields.iter().any(|field| is_value(field));
    width > 1 && filled(&rows[place]) == 1 && has_names && stands_above_values(names, &rows[next + 1..])
}

fn filled(row: &Held) -> usize {
    row.fields.iter().filter(|field| !field.is_empty()).count()
}

/// The number of fields that most rows have, without blank ones at the end.
fn usual_width(rows: &[Held]) -> usize {
    let mut widths: Vec<usize> = rows
        .iter()
        .map(|row| row.fields.iter().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1))
        .collect();
    widths.sort_unstable();
    widths.get(widths.len() / 2).copied().unwrap_or_default()
}

/// Whether a cell is a number or a date, or says that nothing is known: no name of a column.
fn is_value(field: &str) -> bool {
    if field.is_empty() {
        return false;
    }
    let number = || number::plain(field).is_some() || Number::read(field, Style::default()).is_some();
    // A cell such as 09:29.3, or an address on the web, is no name either.
    word::says_nothing(field) || number() || !formats_that_fit(std::iter::once(field)).is_empty()
}
