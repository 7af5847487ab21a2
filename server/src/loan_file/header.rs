//! The header line: which column stands where.

use super::LoanFileError;
use super::column::{Column, squeezed};
use super::error::MissingColumn;
use super::record::Record;

/// Separators of tables that a spreadsheet may have written instead of commas.
const OTHER_SEPARATORS: [char; 3] = [';', '\t', '|'];

/// A header with all needed columns, each once.
pub(super) struct Header {
    /// Where each column of [`Column::ALL`] stands.
    places: [usize; Column::COUNT],
    /// The cells as the file spells them.
    cells: Vec<String>,
}

impl Header {
    pub(super) fn read(record: &Record<'_>) -> Result<Self, LoanFileError> {
        let cells: Vec<String> = record.fields().map(str::to_owned).collect();
        if cells.len() < 2 {
            let cell = cells.first().map_or("", String::as_str);
            let separator = OTHER_SEPARATORS.into_iter().find(|separator| cell.contains(*separator));
            return Err(LoanFileError::SingleColumn { separator });
        }
        let mut places = [None; Column::COUNT];
        for (place, cell) in cells.iter().enumerate() {
            let Some(column) = Column::find(cell) else { continue };
            if let Some(first) = places[column as usize].replace(place) {
                let name = column.name().to_owned();
                return Err(LoanFileError::DoubledColumn { name, first: first + 1, second: place + 1 });
            }
        }
        let missing: Vec<MissingColumn> = Column::ALL
            .into_iter()
            .filter(|column| places[*column as usize].is_none())
            .map(|column| MissingColumn { name: column.name(), similar: similar(column, &cells) })
            .collect();
        if missing.is_empty() {
            Ok(Self { places: places.map(Option::unwrap_or_default), cells })
        } else {
            Err(LoanFileError::MissingColumns { columns: missing })
        }
    }

    /// The number of columns, unknown ones included.
    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn place(&self, column: Column) -> usize {
        self.places[column as usize]
    }

    /// The column's name as the file spells it.
    pub(super) fn name(&self, column: Column) -> &str {
        &self.cells[self.place(column)]
    }

    /// What was passed over.
    pub(super) fn notes(&self) -> Vec<String> {
        let unknown: Vec<&str> =
            self.cells.iter().map(String::as_str).filter(|cell| Column::find(cell).is_none()).collect();
        let named: Vec<String> =
            unknown.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.escape_debug().to_string()).collect();
        let unnamed = unknown.len() - named.len();
        let mut notes = Vec::new();
        if !named.is_empty() {
            notes.push(format!("Columns that are not used: {}", named.join(", ")));
        }
        if unnamed > 0 {
            notes.push(format!("Columns without a name, which are not used: {unnamed}"));
        }
        notes
    }
}

/// A cell that is no known column, but may mean this one.
fn similar(column: Column, cells: &[String]) -> Option<String> {
    let wanted = squeezed(column.name());
    cells
        .iter()
        .filter(|cell| !cell.is_empty() && Column::find(cell).is_none())
        .map(|cell| (distance(&wanted, &squeezed(cell)), cell))
        .filter(|(distance, _)| *distance * 3 <= wanted.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, cell)| cell.clone())
}

/// How many letters must be added, removed or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    // Longer names cannot be meant, and would cost time that a hostile header could multiply.
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_letters() {
        let check = |a, b, expected| assert_eq!(distance(a, b), expected, "{a} {b}");
        check("loan", "loan", 0);
        check("loan", "laon", 2);
        check("loan", "loans", 1);
        check("loan", "", 4);
    }
}
