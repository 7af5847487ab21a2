//! A look at the start of a file: where its header is, what its columns hold, and which profile it is made for.

mod header;
mod notes;
#[cfg(test)]
mod tests;

use crate::error::FileError;
use crate::profile::{self, file_matches, reads_all};
use crate::record::Record;
use crate::source::{Bounds, TableSource};
use crate::suggest::Columns;
use crate::table::TableReader;
use domain::field::FileKind;
use domain::mapping::{Profile, ProfileFile};
use domain::preview::{Preview, SuggestedColumn};

/// So many rows are looked at.
const ROWS_LOOKED_AT: usize = 1_000;
/// So many rows are shown.
const ROWS_SHOWN: usize = 20;
/// Rows of a file without a header that a profile must read, all of them, to be taken for the file's.
const ROWS_TRIED: usize = 20;

/// A row at the start of a file.
#[derive(Clone, Debug)]
struct Held {
    line: u64,
    fields: Vec<String>,
    text: String,
    ends: Vec<usize>,
}

impl Held {
    fn new(record: &Record<'_>) -> Self {
        let (text, ends) = record.parts();
        Self {
            line: record.line(),
            fields: record.fields().map(str::to_owned).collect(),
            text: text.to_owned(),
            ends: ends.to_vec(),
        }
    }

    fn record(&self) -> Record<'_> {
        Record::new(self.line, &self.text, &self.ends)
    }
}

impl AsRef<[String]> for Held {
    fn as_ref(&self) -> &[String] {
        &self.fields
    }
}

/// The rows at the start of a file, gathered one by one.
#[derive(Clone, Debug, Default)]
pub struct Start {
    rows: Vec<Held>,
}

impl Start {
    /// Takes a row, and tells whether more are wanted.
    pub fn push(&mut self, record: &Record<'_>) -> bool {
        self.rows.push(Held::new(record));
        self.rows.len() < ROWS_LOOKED_AT
    }

    /// What the start of the file shows. Saved profiles come before those of the product.
    pub fn preview(&self, saved: &[Profile]) -> Preview {
        let found = header::find(&self.rows);
        let (header, header_line, data) = match found {
            Some(place) => (trimmed(&self.rows[place].fields), self.rows[place].line, &self.rows[place + 1..]),
            None => (numbers(&self.rows), 1, self.rows.as_slice()),
        };
        let mut columns = Columns::new(&header, data);
        let matching = matching(saved, &header, found.is_some(), data);
        if let Some((_, file)) = matching {
            columns.read_as(&file.mapping);
        }
        let mut kinds = columns.kinds();
        let mut kind = kinds.first().map_or(FileKind::Loans, |(kind, _)| *kind);
        if let Some((_, file)) = matching {
            kind = file.mapping.kind;
            kinds.retain(|(other, _)| *other != kind);
            kinds.insert(0, (kind, 100));
        }
        let mut columns = columns.suggest(kind);
        if let Some((_, file)) = matching {
            for column in &mut columns {
                follow(column, file);
            }
        }
        let file = matching.map(|(_, file)| file);
        let almost = if file.is_none() { notes::almost(all(saved), &header) } else { None };
        Preview {
            kind,
            kinds,
            format: String::new(),
            has_header: found.is_some(),
            header_line,
            rows: data.iter().take(ROWS_SHOWN).map(|row| row.fields.clone()).collect(),
            almost,
            notes: notes::of(kind, &columns, file),
            columns,
            header,
            profile: matching.map(|(profile, _)| profile.id.clone()),
        }
    }
}

/// Looks at the start of a table.
///
/// # Errors
/// Where its first rows cannot be read.
pub fn of(source: &TableSource, bounds: &Bounds, saved: &[Profile]) -> Result<Preview, FileError> {
    let mut reader = TableReader::open(source, bounds)?;
    let mut start = Start::default();
    while let Some(record) = reader.next()? {
        if !start.push(&record) {
            break;
        }
    }
    Ok(Preview { format: reader.format().to_string(), ..start.preview(saved) })
}

fn trimmed(fields: &[String]) -> Vec<String> {
    fields.iter().map(|field| field.trim().to_owned()).collect()
}

fn numbers(rows: &[Held]) -> Vec<String> {
    let width = rows.iter().map(|row| row.fields.len()).max().unwrap_or_default();
    (1..=width).map(|number| number.to_string()).collect()
}

/// Saved profiles, then those of the product.
fn all(saved: &[Profile]) -> impl Iterator<Item = &Profile> {
    saved.iter().chain(profile::profiles())
}

/// The profile whose file this is, by its header or else by its rows. Where several are, the one that knows most columns.
fn matching<'a>(
    saved: &'a [Profile],
    header: &[String],
    has_header: bool,
    data: &[Held],
) -> Option<(&'a Profile, &'a ProfileFile)> {
    let records: Vec<Record<'_>> = data.iter().take(ROWS_TRIED).map(Held::record).collect();
    let files = all(saved).flat_map(|profile| profile.files.iter().map(move |file| (profile, file)));
    let fitting =
        files.filter(|(_, file)| if has_header { file_matches(file, header) } else { reads_all(file, &records) });
    // Of equals the last one would win, but the first one comes before: so the count is turned around.
    fitting.min_by_key(|(_, file)| {
        let is_links = file.mapping.kind == FileKind::Links;
        (is_links, std::cmp::Reverse(file.mapping.columns.len()))
    })
}

/// What the profile says of a column outranks what it seems to hold.
fn follow(column: &mut SuggestedColumn, file: &ProfileFile) {
    let mapped = file.mapping.columns.iter().find(|mapped| crate::word::is_same(&mapped.column, &column.column));
    column.field = mapped.map(|mapped| mapped.field);
    column.reading = mapped.map(|mapped| mapped.reading.clone()).unwrap_or_default();
    column.confidence = if mapped.is_some() { 100 } else { 0 };
    column.date_choices = column.reading.date.into_iter().collect();
    column.warning = mapped.and_then(|mapped| column.objection(mapped.field, &mapped.reading)).map(str::to_owned);
    for seen in &mut column.words {
        seen.meaning = mapped.and_then(|mapped| mapped.reading.words.get(&seen.word).cloned());
    }
}
