//! One row of a table, whatever the format it came from: where it stands, and its fields as text.

/// What the text of a field cannot be trusted for, as its format tells and text does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A number with more digits than its cell keeps.
    RoundedNumber,
    /// A formula that was saved without its value.
    UnsavedFormula,
}

/// A row, borrowed from its reader.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    line: u64,
    text: &'a str,
    ends: &'a [usize],
    is_unclosed: bool,
    doubts: &'a [(usize, Doubt)],
}

impl<'a> Record<'a> {
    /// `ends` tells where in `text` each field ends, ascending.
    pub fn new(line: u64, text: &'a str, ends: &'a [usize]) -> Self {
        Self { line, text, ends, is_unclosed: false, doubts: &[] }
    }

    /// Tells which fields, by their index, cannot be trusted.
    #[must_use]
    pub fn with_doubts(self, doubts: &'a [(usize, Doubt)]) -> Self {
        Self { doubts, ..self }
    }

    /// Marks a record that may be the rest of the file behind an unclosed quotation mark.
    #[must_use]
    pub fn unclosed_if(self, is_unclosed: bool) -> Self {
        Self { is_unclosed, ..self }
    }

    /// Whether the record, if it cannot be taken, is the rest of the file behind an unclosed quotation mark: it ends
    /// with the file, inside quotation marks or after reaching over lines.
    pub fn is_unclosed(&self) -> bool {
        self.is_unclosed
    }

    /// The line on which the row begins, from 1; in a workbook and in Parquet, the number of the row.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The fields that cannot be trusted, by their index (from 0), and what for.
    pub fn doubts(&self) -> &'a [(usize, Doubt)] {
        self.doubts
    }

    /// The number of fields.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// The field at `index` (from 0), without the blanks around it; empty where there is none.
    pub fn field(&self, index: usize) -> &'a str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or_default());
        self.ends.get(index).and_then(|end| self.text.get(start..*end)).unwrap_or_default().trim()
    }

    pub fn fields(&self) -> impl Iterator<Item = &'a str> {
        let record = *self;
        (0..self.width()).map(move |index| record.field(index))
    }

    /// All fields one after the other, as they stand in the file, and where each ends.
    pub fn parts(&self) -> (&'a str, &'a [usize]) {
        (self.text, self.ends)
    }
}
