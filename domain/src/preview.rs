//! What a page shows of a file before anything is imported: its first rows, and what its columns seem to hold.

use crate::field::{Field, FileKind, Shape};
use crate::mapping::{DateFormat, MappedColumn, Mapping, ProfileFile, Reading};
use serde::{Deserialize, Serialize};

/// The start of a file, and a suggestion of how to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub kind: FileKind,
    /// The kinds that the file may be, likeliest first, with how sure that is from 0 to 100.
    pub kinds: Vec<(FileKind, u8)>,
    /// How it is written down, in words; nothing where only its rows were seen.
    #[serde(default)]
    pub format: String,
    pub has_header: bool,
    /// The line of the header, from 1; above it may stand a preamble.
    pub header_line: u64,
    /// The names of the columns; their numbers from 1 where there is no header.
    pub header: Vec<String>,
    /// The first rows of data, as they stand.
    pub rows: Vec<Vec<String>>,
    pub columns: Vec<SuggestedColumn>,
    /// The profile that the file is made for.
    pub profile: Option<String>,
    /// Where there is none: which profile's file this almost is, and which columns it lacks.
    pub almost: Option<String>,
    /// What will not be available later, and why, one sentence each.
    pub notes: Vec<String>,
}

/// A file of an upload as it was seen when it came, and how it is read so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilePreview {
    /// The file's id.
    pub file: i64,
    pub name: String,
    pub preview: Option<Preview>,
    pub readings: Vec<ProfileFile>,
}

/// What a column seems to hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SuggestedColumn {
    /// Its name, or its number from 1 where there is no header.
    pub column: String,
    /// Nothing where no field fits.
    pub field: Option<Field>,
    /// How sure that is, from 0 to 100.
    pub confidence: u8,
    pub reading: Reading,
    /// The formats that all its dates fit. More than one must be chosen from by a person.
    pub date_choices: Vec<DateFormat>,
    /// The first values that differ.
    pub samples: Vec<String>,
    /// The words of a column that has few.
    pub words: Vec<SeenWord>,
    /// In how many of the rows that were looked at it says nothing.
    pub missing: u32,
    /// Whether it says the same in all rows.
    pub is_constant: bool,
    /// Whether another column has the same name, so that neither can be read.
    #[serde(default)]
    pub is_doubled: bool,
    /// What to look at before it is imported.
    pub warning: Option<String>,
    /// How its values would be read as other fields, where that is not as they stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherReading>,
    /// What speaks against reading its numbers in ways that a profile may ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Objection>,
}

/// Fields whose numbers are read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    Amount,
    Count,
    Rate,
}

impl NumberKind {
    pub const ALL: [Self; 3] = [Self::Amount, Self::Count, Self::Rate];

    /// Nothing where the field holds no numbers.
    pub fn of(field: Field) -> Option<Self> {
        match field.shape() {
            Shape::Amount | Shape::SignedAmount => Some(Self::Amount),
            Shape::Count(_) => Some(Self::Count),
            Shape::Rate => Some(Self::Rate),
            _ => None,
        }
    }
}

/// Why the numbers of a column can hardly be written as a reading takes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    pub kind: NumberKind,
    /// The reading that it speaks against: whether a comma parts the decimals.
    pub decimal_comma: bool,
    /// Whether it says nothing of numbers that are multiplied: amounts in thousands may well have three decimals.
    pub is_of_units: bool,
    /// As a sentence.
    pub reason: String,
}

/// How the values of a column would be read as a field that somebody may choose for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherReading {
    pub field: Field,
    pub reading: Reading,
    /// The formats that all its dates fit, where the field is a date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub date_choices: Vec<DateFormat>,
}

/// A word of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenWord {
    pub word: String,
    pub rows: u32,
    /// The code of the field's list that it seems to mean; nothing leaves it to a person.
    pub meaning: Option<String>,
}

impl SuggestedColumn {
    /// The column as it is read if somebody takes it for a field: by what its values showed. What was said of its texts
    /// stays, as far as it means the same there.
    #[must_use]
    pub fn taken_for(&self, field: Field) -> Self {
        if self.field == Some(field) {
            return self.clone();
        }
        let other = self.others.iter().find(|other| other.field == field);
        let mut reading = other.map(|other| other.reading.clone()).unwrap_or_default();
        let said = &self.reading;
        let is_new = |text: &&String| !said.missing.contains(*text);
        reading.missing = said.missing.iter().chain(reading.missing.iter().filter(is_new)).cloned().collect();
        reading.negative_as_zero = said.negative_as_zero;
        if self.field.is_some_and(|before| before.shape() == field.shape()) {
            reading.words.clone_from(&said.words);
            reading.via.clone_from(&said.via);
        }
        let warning = self.objection(field, &reading).map(str::to_owned);
        Self {
            field: Some(field),
            confidence: 0,
            reading,
            warning,
            date_choices: other.map(|other| other.date_choices.clone()).unwrap_or_default(),
            ..self.clone()
        }
    }

    /// Why its numbers can hardly be written as a reading takes them for a field.
    pub fn objection(&self, field: Field, reading: &Reading) -> Option<&str> {
        let kind = NumberKind::of(field)?;
        let is_scaled = reading.times.is_some_and(|times| times > 1.0);
        let of_reading = |objection: &&Objection| {
            objection.kind == kind
                && objection.decimal_comma == reading.decimal_comma
                && !(is_scaled && objection.is_of_units)
        };
        self.objections.iter().find(of_reading).map(|objection| objection.reason.as_str())
    }

    /// Whether a person must say something before the column can be read.
    pub fn is_open_question(&self) -> bool {
        let has_codes = self.field.is_some_and(|field| field.shape().codes().is_some());
        self.date_choices.len() > 1 || (has_codes && self.words.iter().any(|word| word.meaning.is_none()))
    }
}

impl Preview {
    /// The mapping that the suggestions make.
    pub fn mapping(&self) -> Mapping {
        let mapped = |column: &SuggestedColumn| {
            let field = column.field?;
            Some(MappedColumn { column: column.column.clone(), field, reading: column.reading.clone() })
        };
        Mapping {
            kind: self.kind,
            has_header: self.has_header,
            blank_is_missing: true,
            only: None,
            columns: self.columns.iter().filter_map(mapped).collect(),
        }
    }
}
