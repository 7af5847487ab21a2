//! Extra columns as numbers: what a model keeps of them, so that loans of another day are encoded as those that it
//! learned from.

mod target_rate;

use crate::bags::Borrowers;
use crate::extra::{Cells, ExtraColumn, ExtraColumns};
use crate::random::{Stream, generator};
use domain::count::{count, grouped};
use domain::feature::FeatureName;
use domain::loan::LoanRecord;
use domain::mapping::EXTRAS_MAX;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use target_rate::{CATEGORIES_MAX, CATEGORY_ROWS_MIN};
pub(crate) use target_rate::{Order, ordered_rates};

/// How one extra column becomes numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnEncoding {
    pub column: String,
    #[serde(flatten)]
    pub coding: Coding,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "holds", rename_all = "snake_case")]
pub enum Coding {
    Numbers {
        /// The median of what is known; it stands for what is not.
        fill: f64,
        /// Whether a column of 0 and 1 says where nothing was known.
        marks_missing: bool,
    },
    Categories {
        /// How often the target held for all loans that the model learned from, 0..=1; it stands for categories that are
        /// rare or were never seen.
        prior: f64,
        /// The same for the loans of each category, drawn towards the prior where they are few.
        rates: BTreeMap<String, f64>,
        /// The same for loans without a category; nothing where there were few of them.
        missing: Option<f64>,
    },
}

/// How all extra columns of a model become numbers; none where it has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Encoding {
    pub columns: Vec<ColumnEncoding>,
}

/// An encoding, and the loans that it was learned from as numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Learned {
    pub(crate) encoding: Encoding,
    /// One list for each of [`Encoding::names`], in the order of the rows.
    pub(crate) values: Vec<Vec<f64>>,
    /// What was worked around, in words.
    pub(crate) notes: Vec<String>,
}

/// Why an encoding from outside is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    #[error("it has {}, and {EXTRAS_MAX} can be", count(*.0, "extra column"))]
    Columns(usize),
    #[error("extra column {0} stands twice")]
    Twice(String),
    #[error("extra column {0} holds a number that is no median or rate")]
    Value(String),
    #[error("extra column {column} has {} categories, and {CATEGORIES_MAX} can be", grouped(*categories))]
    Categories { column: String, categories: usize },
}

/// Learns an encoding on the loans of `rows` with their `labels` (parallel).
///
/// Numbers need no outcome. A category becomes the rate of its loans; the loans that this is learned from get the rate
/// of those before them in a random order, so that no loan's own outcome is in its number.
pub(crate) fn learn(
    extras: &ExtraColumns<'_>,
    rows: &[usize],
    labels: &[bool],
    borrowers: Option<&Borrowers>,
    seed: u64,
) -> Learned {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.shuffle(&mut generator(seed, Stream::Encoding));
    let order = Order::new(order, borrowers);
    let mut learned = Learned { encoding: Encoding::default(), values: Vec::new(), notes: Vec::new() };
    for ExtraColumn { name, cells } in &extras.columns {
        let coding = match cells {
            Cells::Numbers(cells) => {
                let coding = Coding::Numbers { fill: median(cells), marks_missing: cells.iter().any(Option::is_none) };
                coding.push(rows.iter().map(|row| cells[*row]), &mut learned.values);
                coding
            }
            Cells::Categories(cells) => {
                let cells: Vec<Option<&str>> = rows.iter().map(|row| cells[*row]).collect();
                let rates = target_rate::learn(&cells, labels, &order);
                if rates.rare > 0 {
                    learned.notes.push(format!(
                        "Of the {} in \"{name}\", {} had too few loans to learn a rate from, and count as the average",
                        count(rates.seen, "different value"),
                        grouped(rates.rare)
                    ));
                }
                learned.values.push(rates.ordered);
                rates.coding
            }
        };
        learned.encoding.columns.push(ColumnEncoding { column: name.clone(), coding });
    }
    learned
}

/// The median of what is known; 0 where nothing is.
fn median(cells: &[Option<f64>]) -> f64 {
    let mut known: Vec<f64> = cells.iter().flatten().copied().collect();
    known.sort_unstable_by(f64::total_cmp);
    known.get(known.len() / 2).copied().unwrap_or_default()
}

impl Coding {
    /// Encodes numbers, column by column.
    fn push(&self, cells: impl Iterator<Item = Option<f64>> + Clone, values: &mut Vec<Vec<f64>>) {
        if let Self::Numbers { fill, marks_missing } = self {
            values.push(cells.clone().map(|cell| cell.unwrap_or(*fill)).collect());
            if *marks_missing {
                values.push(cells.map(|cell| f64::from(u8::from(cell.is_none()))).collect());
            }
        }
    }

    /// The rate of a category; nothing where the column holds numbers.
    fn rate(&self, category: Option<&str>) -> Option<f64> {
        let Self::Categories { prior, rates, missing } = self else { return None };
        Some(category.map_or(*missing, |category| rates.get(category).copied()).unwrap_or(*prior))
    }
}

impl Encoding {
    /// What the encoded columns hold, in their order.
    pub fn names(&self) -> Vec<FeatureName> {
        let names = |encoding: &ColumnEncoding| {
            let column = || encoding.column.clone();
            match encoding.coding {
                Coding::Categories { .. } => vec![FeatureName::Category(column())],
                Coding::Numbers { marks_missing: false, .. } => vec![FeatureName::Number(column())],
                Coding::Numbers { .. } => vec![FeatureName::Number(column()), FeatureName::Missing(column())],
            }
        };
        self.columns.iter().flat_map(names).collect()
    }

    /// The loans of `rows` as numbers, one list for each of [`Self::names`]. `extras` are those that it was learned on.
    pub(crate) fn encode(&self, extras: &ExtraColumns<'_>, rows: &[usize]) -> Vec<Vec<f64>> {
        let mut values = Vec::new();
        for (encoding, column) in self.columns.iter().zip(&extras.columns) {
            encoding.coding.push_cells(&column.cells, rows.iter().copied(), &mut values);
        }
        values
    }

    /// Loans that it was not learned on as numbers, one list for each of [`Self::names`].
    pub(crate) fn encode_records(&self, records: &[LoanRecord]) -> Vec<Vec<f64>> {
        let mut values = Vec::new();
        for ColumnEncoding { column, coding } in &self.columns {
            let column = ExtraColumn::read_as(records, column, matches!(coding, Coding::Numbers { .. }));
            coding.push_cells(&column.cells, 0..records.len(), &mut values);
        }
        values
    }

    /// Of which loans a column holds a category without a rate of its own: one that was rare in training, or never seen. Empty where it
    /// holds no categories.
    pub(crate) fn without_rate(&self, column: &str, records: &[LoanRecord]) -> Vec<bool> {
        let encoding = self.columns.iter().find(|encoding| encoding.column == column);
        let Some(Coding::Categories { rates, .. }) = encoding.map(|encoding| &encoding.coding) else {
            return Vec::new();
        };
        match ExtraColumn::read_as(records, column, false).cells {
            Cells::Categories(cells) => {
                cells.iter().map(|cell| cell.is_some_and(|cell| !rates.contains_key(cell))).collect()
            }
            Cells::Numbers(_) => Vec::new(),
        }
    }

    /// Whether encoding with it is safe, for one from outside.
    pub(crate) fn check(&self) -> Result<(), EncodingError> {
        if self.columns.len() > EXTRAS_MAX {
            return Err(EncodingError::Columns(self.columns.len()));
        }
        let mut names = BTreeSet::new();
        for ColumnEncoding { column, coding } in &self.columns {
            let name = || column.clone();
            if !names.insert(column) {
                return Err(EncodingError::Twice(name()));
            }
            match coding {
                Coding::Numbers { fill, .. } if fill.is_finite() => {}
                Coding::Categories { rates, .. } if rates.len() > CATEGORIES_MAX => {
                    return Err(EncodingError::Categories { column: name(), categories: rates.len() });
                }
                Coding::Categories { prior, rates, missing }
                    if rates.values().chain([prior]).chain(missing).all(|rate| (0.0..=1.0).contains(rate)) => {}
                _ => return Err(EncodingError::Value(name())),
            }
        }
        Ok(())
    }
}

impl Coding {
    fn push_cells(&self, cells: &Cells<'_>, rows: impl Iterator<Item = usize> + Clone, values: &mut Vec<Vec<f64>>) {
        match cells {
            Cells::Numbers(cells) => self.push(rows.map(|row| cells[row]), values),
            Cells::Categories(cells) => values.push(rows.filter_map(|row| self.rate(cells[row])).collect()),
        }
    }
}

#[cfg(test)]
mod tests;
