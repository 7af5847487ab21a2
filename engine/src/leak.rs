//! Columns that know the outcome: what is too good to have been known before the decision.

use crate::encoding::{Order, ordered_rates};
use crate::gate::{CLASS_ROWS_MIN, ClassCounts};
use crate::histogram::Edges;
use crate::metric::auc;
use crate::random::{Stream, generator};
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A single column that ranks outcomes better than this knows more than a lender can.
pub const COLUMN_AUC_MAX: f64 = 0.9;

/// An AUC of a model above this on real outcomes is more likely a leak than skill.
pub const MODEL_AUC_MAX: f64 = 0.95;

/// How outcomes follow the values of a column is read off about so many rows.
const ROWS_BY_VALUE: usize = 50_000;

/// Parts of names, in lower case without signs, that speak of what becomes of a debt.
const OUTCOME_WORDS: [&str; 14] = [
    "charge",
    "chgoff",
    "default",
    "recover",
    "writeoff",
    "written",
    "legal",
    "collection",
    "settle",
    "foreclos",
    "reposses",
    "bankrupt",
    "outcome",
    "lossgiven",
];

/// Something that looks like a leak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakFinding {
    /// The column in question, where there is one.
    pub column: Option<String>,
    /// A sentence for people.
    pub sentence: String,
}

/// Judges one column by how well it alone ranks the outcomes. `values` (nothing where not known) and `labels` are
/// parallel. That a value is not known counts as a value: the lowest or the highest, whichever tells more. Outcomes may
/// also hang on single values or on stretches of them: terms of losses are odd, those of others whole years.
///
/// Nothing where the column is harmless, or one class has fewer than [`CLASS_ROWS_MIN`] rows: then chance alone
/// finds such columns.
pub fn find_in_column(column: &str, values: &[Option<f64>], labels: &[bool]) -> Option<LeakFinding> {
    let known: Vec<Option<f64>> = values.iter().map(|value| value.filter(|value| value.is_finite())).collect();
    let ranked = |unknown: f64| skill(known.iter().map(|value| value.unwrap_or(unknown)), labels);
    let is_known: Vec<bool> = known.iter().map(Option::is_some).collect();
    judge(column, &is_known, labels, || {
        let best = ranked(f64::NEG_INFINITY).max(ranked(f64::INFINITY));
        if best > COLUMN_AUC_MAX {
            return best;
        }
        let edges = Edges::of(known.iter().flatten().copied().collect());
        let bin = |value: &Option<f64>| usize::from(edges.bin(value.unwrap_or(f64::NAN)));
        skill_by_value(&known.iter().map(bin).collect::<Vec<_>>(), labels)
    })
}

/// Judges a column of categories as [`find_in_column`] does one of numbers.
pub fn find_in_categories(column: &str, categories: &[Option<&str>], labels: &[bool]) -> Option<LeakFinding> {
    let is_known: Vec<bool> = categories.iter().map(Option::is_some).collect();
    judge(column, &is_known, labels, || {
        let mut numbers: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        let mut number_of = Vec::with_capacity(categories.len());
        for category in categories {
            let next = numbers.len();
            number_of.push(*numbers.entry(*category).or_insert(next));
        }
        skill_by_value(&number_of, labels)
    })
}

fn judge(
    column: &str,
    is_known: &[bool],
    labels: &[bool],
    skill_of_values: impl FnOnce() -> f64,
) -> Option<LeakFinding> {
    if ClassCounts::of(labels.iter().copied()).smaller() < CLASS_ROWS_MIN {
        return None;
    }
    let presence = skill(is_known.iter().map(|known| f64::from(u8::from(*known))), labels);
    let subject = if presence > COLUMN_AUC_MAX {
        format!("Whether \"{column}\" is known tells outcomes apart almost by itself (AUC {presence:.2})")
    } else {
        let best = skill_of_values();
        if best <= COLUMN_AUC_MAX {
            return None;
        }
        format!("\"{column}\" tells outcomes apart almost by itself (AUC {best:.2})")
    };
    let sentence = format!("{subject}: check that it is known before the decision, and leave it out if not");
    Some(LeakFinding { column: Some(column.to_owned()), sentence })
}

/// How well the rate of outcomes among other rows of the same value ranks the outcomes. `values` are small numbers.
fn skill_by_value(values: &[usize], labels: &[bool]) -> f64 {
    let step = values.len().div_ceil(ROWS_BY_VALUE).max(1);
    let values: Vec<usize> = values.iter().step_by(step).copied().collect();
    let labels: Vec<bool> = labels.iter().step_by(step).copied().collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.shuffle(&mut generator(0, Stream::Leak));
    let rates = ordered_rates(&values, &labels, &Order::new(order, None));
    // One way only: the rates point to the outcome, and where they point away from it, chance does.
    auc(&rates, &labels).map_or(0.5, |auc| auc.area)
}

/// The columns whose names speak of the outcome, in the order given.
pub fn find_in_names<'a>(columns: impl IntoIterator<Item = &'a str>) -> Vec<LeakFinding> {
    let finding = |column: &str| {
        let letters: String =
            column.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
        let word = OUTCOME_WORDS.into_iter().find(|word| letters.contains(word))?;
        let sentence = format!(
            "The name of \"{column}\" speaks of the outcome (\"{word}\"): keep it out of every model's features"
        );
        Some(LeakFinding { column: Some(column.to_owned()), sentence })
    };
    columns.into_iter().filter_map(finding).collect()
}

/// Judges a model by its AUC on real outcomes of loans that it did not see. `leaned_on` is the column that its splits
/// use most, where there is one.
pub fn find_in_model(auc: Option<f64>, leaned_on: Option<&str>) -> Option<LeakFinding> {
    let auc = auc.filter(|auc| *auc > MODEL_AUC_MAX)?;
    let first =
        leaned_on.map(|column| format!(", \"{column}\" first, on which the model leans most")).unwrap_or_default();
    let sentence = format!(
        "The model's AUC of {auc:.2} is above {MODEL_AUC_MAX}, which is rarely real: check for a column that is known \
         only after the outcome{first}"
    );
    Some(LeakFinding { column: leaned_on.map(str::to_owned), sentence })
}

/// The area under the ROC curve, whichever way the values point, 0.5..=1; 0.5 where one class is absent.
fn skill(values: impl Iterator<Item = f64>, labels: &[bool]) -> f64 {
    let values: Vec<f64> = values.collect();
    auc(&values, labels).map_or(0.5, |auc| auc.area.max(1.0 - auc.area))
}

#[cfg(test)]
mod tests;
