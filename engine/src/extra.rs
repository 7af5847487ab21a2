//! Columns that a lender's file has besides the fields, as a model may be given them: numbers or categories.
//!
//! What a column is, is read off its values without a look at any outcome.

mod cell;

use crate::leak;
use cell::{Reading, text_of};
use chrono::NaiveDate;
use domain::count::{count, grouped};
use domain::loan::LoanRecord;
use domain::mapping::EXTRAS_MAX;
use domain::model::ExtraChoice;
use std::collections::BTreeSet;

/// A column holds numbers where at least this share of its known values reads as one.
const NUMBERS_SHARE_MIN: f64 = 0.95;

/// Why extra columns cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraError {
    #[error("{} to learn from: the model can take {EXTRAS_MAX}, so choose those that matter", count(*.0, "extra column"))]
    TooMany(usize),
}

/// What one column says of each loan, in the order of the loans.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cells<'a> {
    /// All finite; nothing where a value is missing.
    Numbers(Vec<Option<f64>>),
    /// Nothing where a value is missing.
    Categories(Vec<Option<&'a str>>),
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExtraColumn<'a> {
    pub(crate) name: String,
    pub(crate) cells: Cells<'a>,
}

/// The chosen columns of some loans; those that tell nothing are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraColumns<'a> {
    pub(crate) columns: Vec<ExtraColumn<'a>>,
    /// What was worked around, in words.
    pub(crate) notes: Vec<String>,
}

impl<'a> ExtraColumns<'a> {
    /// Reads the chosen columns, in the order of their names.
    pub fn read(records: &'a [LoanRecord], choice: &ExtraChoice) -> Result<Self, ExtraError> {
        let mut notes = Vec::new();
        let names: BTreeSet<&str> = match choice {
            ExtraChoice::None => BTreeSet::new(),
            ExtraChoice::Named(names) => names.iter().map(String::as_str).collect(),
            ExtraChoice::AllBut(others) => all_names(records, others, &mut notes),
        };
        if names.len() > EXTRAS_MAX {
            return Err(ExtraError::TooMany(names.len()));
        }
        let columns = names.into_iter().filter_map(|name| ExtraColumn::read(records, name, &mut notes)).collect();
        Ok(Self { columns, notes })
    }

    /// Leaves out what no row from `first` on, those of a day that a model learns from, tells: it came to be known later.
    pub(crate) fn forget_unknown_behind(&mut self, first: usize, as_of: NaiveDate) {
        let Self { columns, notes } = self;
        columns.retain(|column| {
            let is_known = match &column.cells {
                Cells::Numbers(cells) => cells.iter().skip(first).any(Option::is_some),
                Cells::Categories(cells) => cells.iter().skip(first).any(Option::is_some),
            };
            if !is_known {
                let name = &column.name;
                notes.push(format!("The model does not look at \"{name}\", which is known of no loan as of {as_of}"));
            }
            is_known
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

/// The names of all columns that loans have, but `others` and those whose names speak of the outcome.
fn all_names<'a>(records: &'a [LoanRecord], others: &[String], notes: &mut Vec<String>) -> BTreeSet<&'a str> {
    let mut names: BTreeSet<&str> =
        records.iter().flat_map(|record| record.extras.keys()).map(String::as_str).collect();
    names.retain(|name| !others.iter().any(|other| other == name));
    for finding in leak::find_in_names(names.clone()) {
        if let Some(column) = &finding.column {
            names.remove(column.as_str());
            notes.push(format!(
                "\"{column}\" is left out, as its name speaks of the outcome: name it to use it all the same"
            ));
        }
    }
    names
}

impl<'a> ExtraColumn<'a> {
    /// Reads a column as what it looks like; nothing where it tells nothing apart.
    fn read(records: &'a [LoanRecord], name: &str, notes: &mut Vec<String>) -> Option<Self> {
        let readings: Vec<Reading> = records.iter().map(|record| Reading::of(record, name)).collect();
        let of = |reading: Reading| readings.iter().filter(|other| other.is_like(reading)).count();
        let (numbers, infinite, words) = (of(Reading::Number(0.0)), of(Reading::Infinite), of(Reading::Word));
        let missing = of(Reading::Missing);
        let known = numbers + infinite + words;
        let looks_like_numbers = known > 0 && (numbers + infinite) as f64 >= NUMBERS_SHARE_MIN * known as f64;
        let column = Self::read_as(records, name, looks_like_numbers);
        let told = |rows: usize, what: &str| {
            (rows > 0).then(|| format!("\"{name}\" {what} {} of {}", grouped(rows), count(records.len(), "loan")))
        };
        if looks_like_numbers {
            let odd = [told(infinite, "is infinite in"), told(words, "is no number in")];
            notes.extend(odd.into_iter().flatten().map(|note| note + ", which counts as missing"));
        }
        match column.cells.variety() {
            Variety::Nothing => {
                notes.push(format!("\"{name}\" is not known of any loan, so it tells nothing apart"));
                return None;
            }
            Variety::OneValue => {
                notes.push(format!("\"{name}\" is the same in every loan, so it tells nothing apart"));
                return None;
            }
            Variety::Some if missing == 0 => {}
            Variety::Some if looks_like_numbers => notes.push(format!(
                "\"{name}\" is missing in {} of {}; the median of the others stands for it, and a column of its own says \
                 where",
                grouped(missing),
                count(records.len(), "loan")
            )),
            Variety::Some => notes.push(format!(
                "\"{name}\" is missing in {} of {}, which {} as a category",
                grouped(missing),
                count(records.len(), "loan"),
                if missing == 1 { "counts" } else { "count" }
            )),
        }
        Some(column)
    }

    /// Reads a column as it was read before: what does not fit is missing.
    pub(crate) fn read_as(records: &'a [LoanRecord], name: &str, is_number: bool) -> Self {
        let cells = if is_number {
            Cells::Numbers(records.iter().map(|record| Reading::of(record, name).number()).collect())
        } else {
            Cells::Categories(records.iter().map(|record| text_of(record, name)).collect())
        };
        Self { name: name.to_owned(), cells }
    }
}

/// How much the cells of a column differ. That a value is missing differs from all others.
enum Variety {
    Nothing,
    OneValue,
    Some,
}

impl Cells<'_> {
    fn variety(&self) -> Variety {
        fn of<T: PartialEq>(cells: &[Option<T>]) -> Variety {
            if cells.iter().all(Option::is_none) {
                Variety::Nothing
            } else if cells.iter().all(|cell| *cell == cells[0]) {
                Variety::OneValue
            } else {
                Variety::Some
            }
        }
        match self {
            Self::Numbers(cells) => of(cells),
            Self::Categories(cells) => of(cells),
        }
    }
}

#[cfg(test)]
mod tests;
