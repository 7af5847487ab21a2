//! How the columns of a lender's file become fields: chosen by a person, or by a profile.

use crate::field::{Field, FileKind};
use crate::loan::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words!(
    /// The order in which a column writes the parts of a date.
    DateFormat {
        // 2016-12-31, with or without a time behind it; 2016/12/31 and 2016.12.31 too.
        Iso = "iso", "Year-month-day";
        // 31.12.2016, 31/12/16, 31-Dec-2016.
        DayFirst = "day_first", "Day/month/year";
        // 12/31/2016, 12-31-16.
        MonthFirst = "month_first", "Month/day/year";
        // 20161231.
        YearMonthDay = "year_month_day", "YYYYMMDD";
        // 161231. Years above the file's own century count as the last one.
        ShortYearMonthDay = "short_year_month_day", "YYMMDD";
        // 161231 with 50 added to a woman's month.
        BirthNumber = "birth_number", "YYMMDD, a woman's month plus 50";
        // 201612: the first of the month.
        YearMonth = "year_month", "YYYYMM";
        // 122016.
        MonthYear = "month_year", "MMYYYY";
        // Sep-2016, September 2016.
        MonthNameYear = "month_name_year", "Month and year";
        // Days since 1960-01-01.
        DaysSince1960 = "days_since_1960", "Day number from 1960-01-01";
        // Days since 1899-12-30, as spreadsheets count.
        SpreadsheetDays = "spreadsheet_days", "Day number of a spreadsheet";
    }
);

/// How one column is read. Everything but the column and the field may be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Numbers are multiplied by this: 100 turns a fraction into percent, 30 months late into days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<f64>,
    /// Whether a comma parts the decimals, and a dot the thousands.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decimal_comma: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<DateFormat>,
    /// What the file's words stand for: `"P I F" = "fully_recovered"`. Codes of the field's own list, or other words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// Texts that mean that nothing is known, such as -7 or 9999.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Whether a negative number counts as 0, with a warning, instead of rejecting its row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub negative_as_zero: bool,
    /// The name of a file of links in the same bundle that turns this id into the one that is meant. Several hops are
    /// written in their order: `disp > client`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
}

/// A column of the file and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// The name in the header; its number from 1 where there is no header.
    pub column: String,
    pub field: Field,
    #[serde(flatten)]
    pub reading: Reading,
}

/// How a file is read into rows of its kind. Columns that it does not name are kept with the raw row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mapping {
    pub kind: FileKind,
    /// Whether the first line names the columns.
    #[serde(default = "yes")]
    pub has_header: bool,
    /// Whether a blank cell, NA or null says that nothing is known; where not, a blank number rejects its row.
    #[serde(default = "yes")]
    pub blank_is_missing: bool,
    /// Rows that are meant; the others are passed over and counted. Nothing means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<RowFilter>,
    pub columns: Vec<MappedColumn>,
}

/// The rows whose column says one of these words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFilter {
    pub column: String,
    pub is: Vec<String>,
}

fn yes() -> bool {
    true
}

/// So many columns can be kept with each loan besides those that fields hold.
pub const EXTRAS_MAX: usize = 100;

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("{field} is taken from two columns, {first} and {second}: choose one of them")]
    FieldTwice { field: &'static str, first: String, second: String },
    #[error("no column is mapped to {field}, which a file of {kind} needs")]
    FieldMissing { field: &'static str, kind: String },
    #[error("{field} (column {column}) does not belong to a file of {kind}")]
    FieldOfOtherKind { field: &'static str, column: String, kind: String },
    #[error("column {column}: \"{word}\" is mapped to \"{meaning}\", which {field} does not know; it knows {known}")]
    UnknownMeaning { column: String, field: &'static str, word: String, meaning: String, known: String },
    #[error("column {column}: numbers cannot be multiplied by {times}")]
    BadFactor { column: String, times: String },
    #[error("no column is the loan id, the loan amount or the outstanding amount, so no loan can be told: choose one")]
    LoansOfNothing,
    #[error("{0} columns are kept as extra ones, and {EXTRAS_MAX} can be: leave the others with the raw rows")]
    TooManyExtras(usize),
    #[error("nothing is mapped: choose a field for at least one column")]
    Nothing,
}

impl Mapping {
    /// Whether it can be used, whatever the file.
    pub fn check(&self) -> Result<(), MappingError> {
        if self.columns.is_empty() {
            return Err(MappingError::Nothing);
        }
        let kind = || self.kind.label().to_lowercase();
        for (place, mapped) in self.columns.iter().enumerate() {
            let (field, column) = (mapped.field.label(), mapped.column.clone());
            if !mapped.field.belongs_to(self.kind) {
                return Err(MappingError::FieldOfOtherKind { field, column, kind: kind() });
            }
            let earlier = self.columns[..place].iter().find(|other| other.field == mapped.field);
            if let Some(first) = earlier.filter(|_| mapped.field != Field::Extra) {
                return Err(MappingError::FieldTwice { field, first: first.column.clone(), second: column });
            }
            if let Some(times) = mapped.reading.times.filter(|times| !times.is_finite() || *times == 0.0) {
                return Err(MappingError::BadFactor { column, times: times.to_string() });
            }
            check_words(mapped)?;
        }
        let extras = self.columns.iter().filter(|mapped| mapped.field == Field::Extra).count();
        if extras > EXTRAS_MAX {
            return Err(MappingError::TooManyExtras(extras));
        }
        let tells_loans = [Field::LoanId, Field::LoanAmount, Field::OutstandingAmount];
        if self.kind == FileKind::Loans && !tells_loans.iter().any(|field| self.column_of(*field).is_some()) {
            return Err(MappingError::LoansOfNothing);
        }
        let missing = self.kind.needs().iter().find(|field| self.column_of(**field).is_none());
        missing.map_or(Ok(()), |field| Err(MappingError::FieldMissing { field: field.label(), kind: kind() }))
    }

    pub fn column_of(&self, field: Field) -> Option<&MappedColumn> {
        self.columns.iter().find(|mapped| mapped.field == field)
    }
}

fn check_words(mapped: &MappedColumn) -> Result<(), MappingError> {
    let Some(known) = mapped.field.shape().codes() else { return Ok(()) };
    match mapped.reading.words.iter().find(|(_, meaning)| !known.contains(&meaning.as_str())) {
        Some((word, meaning)) => Err(MappingError::UnknownMeaning {
            column: mapped.column.clone(),
            field: mapped.field.label(),
            word: word.clone(),
            meaning: meaning.clone(),
            known: known.join(", "),
        }),
        None => Ok(()),
    }
}

/// A mapping of each file of a bundle, under a name that people choose it by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// As in `--profile`: `sba`.
    pub id: String,
    pub title: String,
    pub files: Vec<ProfileFile>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileFile {
    /// The name without folder and ending by which files refer to it, in lower case: `disp`.
    #[serde(default)]
    pub name: String,
    #[serde(flatten)]
    pub mapping: Mapping,
}

impl Profile {
    /// How it reads the tables of these names, one list for each: by their names where there are several; its only file
    /// reads an only table, whatever the name. A table without a reading is left out.
    pub fn assign(&self, names: &[&str]) -> Vec<Vec<ProfileFile>> {
        if let ([file], [_]) = (self.files.as_slice(), names) {
            return vec![vec![file.clone()]];
        }
        names.iter().map(|name| self.files_for(stem(name)).into_iter().cloned().collect()).collect()
    }

    /// The files that a table belongs to, by its name without folder and ending. One may serve as more than one: as
    /// links, and as what it is.
    ///
    /// A file of a profile may have several names with bars between them; a name also stands for those that begin with
    /// it, and the longest one counts: `historical_data_time` before `historical_data`. No name takes any table.
    pub fn files_for(&self, stem: &str) -> Vec<&ProfileFile> {
        let stem = stem.to_lowercase();
        let fit = |file: &ProfileFile| {
            let fits = |name: &&str| stem.starts_with(*name);
            file.name.split('|').map(str::trim).filter(fits).map(str::len).max()
        };
        let longest = self.files.iter().filter_map(fit).max();
        self.files.iter().filter(|file| longest.is_some() && fit(file) == longest).collect()
    }
}

/// The name of a file without folders and endings.
pub fn stem(name: &str) -> &str {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.split('.').next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_folders_and_endings() {
        for (name, expected) in [("a.csv", "a"), ("b.zip/x/Loan.csv.gz", "Loan"), ("plain", "plain")] {
            assert_eq!(stem(name), expected);
        }
    }
}
