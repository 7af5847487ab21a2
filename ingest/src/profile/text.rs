//! Profiles as text: TOML that people can write, read and keep.

use domain::field::{Field, FileKind};
use domain::mapping::{DateFormat, MappedColumn, Mapping, MappingError, Profile, ProfileFile, Reading, RowFilter};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Longer texts are no profiles.
const BYTES_MAX: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    #[error("line {line}: {message}")]
    Syntax { line: usize, message: String },
    #[error("line {line}: in the file that begins here, {error}")]
    Mapping { line: usize, error: MappingError },
    #[error("a profile has at most 1 MiB")]
    TooLong,
    #[error("the profile's id is \"{0}\": use small letters, digits and hyphens, 60 at most")]
    BadId(String),
    #[error("the profile has no files: add [[files]] with its kind and columns")]
    NoFiles,
    #[error("the profile cannot be written as text: {0}")]
    Write(String),
}

/// Reads a profile, and checks that its mappings can be used.
///
/// # Errors
/// What is wrong, and on which line.
pub fn parse(text: &str) -> Result<Profile, ProfileError> {
    if text.len() > BYTES_MAX {
        return Err(ProfileError::TooLong);
    }
    let line = |place: usize| text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1;
    let written: Written = toml::from_str(text).map_err(|error| ProfileError::Syntax {
        line: line(error.span().map_or(0, |span| span.start)),
        message: error.message().trim().replace('\n', ", "),
    })?;
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if written.id.is_empty() || written.id.len() > 60 || !written.id.chars().all(is_id) {
        return Err(ProfileError::BadId(written.id.chars().take(80).collect()));
    }
    if written.files.is_empty() {
        return Err(ProfileError::NoFiles);
    }
    let mut files = Vec::with_capacity(written.files.len());
    for spanned in written.files {
        let place = spanned.span().start;
        let file = spanned.into_inner();
        let (name, mapping) = file.into_mapping();
        mapping.check().map_err(|error| ProfileError::Mapping { line: line(place), error })?;
        files.push(ProfileFile { name, mapping });
    }
    let title = if written.title.is_empty() { written.id.clone() } else { written.title };
    Ok(Profile { id: written.id, title, files })
}

/// Writes a profile as text that [`parse`] reads.
///
/// # Errors
/// Where a value has no place in TOML.
pub fn write(profile: &Profile) -> Result<String, ProfileError> {
    toml::to_string(profile).map_err(|error| ProfileError::Write(error.to_string()))
}

// The same as the types of `domain`, but without the flattening, behind which unknown keys and lines are lost: a typing
// error would go unnoticed.

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    files: Vec<Spanned<WrittenFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    #[serde(default)]
    name: String,
    kind: FileKind,
    #[serde(default = "yes")]
    has_header: bool,
    #[serde(default = "yes")]
    blank_is_missing: bool,
    only: Option<WrittenFilter>,
    columns: Vec<WrittenColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFilter {
    column: String,
    is: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    column: String,
    field: Field,
    times: Option<f64>,
    #[serde(default)]
    decimal_comma: bool,
    date: Option<DateFormat>,
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    negative_as_zero: bool,
    via: Option<String>,
}

fn yes() -> bool {
    true
}

impl WrittenFile {
    fn into_mapping(self) -> (String, Mapping) {
        let mapping = Mapping {
            kind: self.kind,
            has_header: self.has_header,
            blank_is_missing: self.blank_is_missing,
            only: self.only.map(|filter| RowFilter { column: filter.column, is: filter.is }),
            columns: self.columns.into_iter().map(WrittenColumn::into_mapped).collect(),
        };
        (self.name.to_lowercase(), mapping)
    }
}

impl WrittenColumn {
    fn into_mapped(self) -> MappedColumn {
        let reading = Reading {
            times: self.times,
            decimal_comma: self.decimal_comma,
            date: self.date,
            words: self.words,
            missing: self.missing,
            negative_as_zero: self.negative_as_zero,
            via: self.via,
        };
        MappedColumn { column: self.column, field: self.field, reading }
    }
}
