//! Columns that know the outcome: what is too good to have been known before the decision.

use crate::gate::{CLASS_ROWS_MIN, ClassCounts};
use crate::metric::auc;
use serde::{Deserialize, Serialize};

/// A single column that ranks outcomes better than this knows more than a lender can.
pub const COLUMN_AUC_MAX: f64 = 0.9;

/// An AUC of a model above this on real outcomes is more likely a leak than skill.
pub const MODEL_AUC_MAX: f64 = 0.95;

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
    /// The column in question; nothing where it is the model as a whole.
    pub column: Option<String>,
    /// A sentence for people.
    pub sentence: String,
}

/// Judges one column by how well it alone ranks the outcomes. `values` (nothing where not known) and `labels` are
/// parallel. That a value is not known counts as a value: the lowest or the highest, whichever tells more.
///
/// Nothing where the column is harmless, or one class has fewer than [`CLASS_ROWS_MIN`] rows: then chance alone
/// finds such columns.
pub fn find_in_column(column: &str, values: &[Option<f64>], labels: &[bool]) -> Option<LeakFinding> {
    if ClassCounts::of(labels.iter().copied()).smaller() < CLASS_ROWS_MIN {
        return None;
    }
    let known = |value: &Option<f64>| value.filter(|value| value.is_finite());
    let skill = |unknown: f64| skill(values.iter().map(|value| known(value).unwrap_or(unknown)), labels);
    let presence = self::skill(values.iter().map(|value| f64::from(u8::from(known(value).is_some()))), labels);
    let best = skill(f64::NEG_INFINITY).max(skill(f64::INFINITY));
    let subject = if presence > COLUMN_AUC_MAX {
        format!("Whether \"{column}\" is known tells outcomes apart almost by itself (AUC {presence:.2})")
    } else if best > COLUMN_AUC_MAX {
        format!("\"{column}\" tells outcomes apart almost by itself (AUC {best:.2})")
    } else {
        return None;
    };
    let sentence = format!("{subject}: check that it is known before the decision, and leave it out if not");
    Some(LeakFinding { column: Some(column.to_owned()), sentence })
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

/// Judges a model by its AUC on real outcomes of loans that it did not see.
pub fn find_in_model(auc: Option<f64>) -> Option<LeakFinding> {
    let auc = auc.filter(|auc| *auc > MODEL_AUC_MAX)?;
    let sentence = format!(
        "The model's AUC of {auc:.2} is above {MODEL_AUC_MAX}, which is rarely real: check for a column that is known \
         only after the outcome"
    );
    Some(LeakFinding { column: None, sentence })
}

/// The area under the ROC curve, whichever way the values point, 0.5..=1; 0.5 where one class is absent.
fn skill(values: impl Iterator<Item = f64>, labels: &[bool]) -> f64 {
    let values: Vec<f64> = values.collect();
    auc(&values, labels).map_or(0.5, |auc| auc.area.max(1.0 - auc.area))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: impl Fn(usize) -> Option<f64>, expected: Option<&str>) {
        let values: Vec<Option<f64>> = (0..100).map(values).collect();
        let labels: Vec<bool> = (0..100).map(|row| row % 4 == 0).collect();
        let finding = find_in_column("late_fee", &values, &labels);
        match expected {
            None => assert_eq!(finding, None),
            Some(words) => {
                let finding = finding.expect("a finding");
                assert_eq!(finding.column.as_deref(), Some("late_fee"));
                assert!(finding.sentence.starts_with(words), "{}", finding.sentence);
            }
        }
    }

    #[test]
    fn columns_that_know_the_outcome_are_found() {
        let is_loss = |row: usize| row.is_multiple_of(4);
        let number = |row: usize| row as f64;
        check(
            |row| Some(f64::from(u8::from(is_loss(row)))),
            Some("\"late_fee\" tells outcomes apart almost by itself (AUC 1.00)"),
        );
        check(|row| Some(-f64::from(u8::from(is_loss(row)))), Some("\"late_fee\" tells"));
        check(|row| is_loss(row).then(|| number(row)), Some("Whether \"late_fee\" is known tells"));
        check(|row| (!is_loss(row)).then(|| number(row)), Some("Whether \"late_fee\" is known tells"));
        // Half of the losses are unknown, the others low: only both together tell.
        let either = |row: usize| if is_loss(row) { row.is_multiple_of(8).then_some(-1.0) } else { Some(number(row)) };
        check(either, Some("\"late_fee\" tells"));
        check(|row| Some(number(row)), None);
        check(|row| (row % 3 == 0).then(|| number(row)), None);
        check(|_| None, None);
        check(|_| Some(f64::NAN), None);
    }

    #[test]
    fn few_rows_prove_nothing() {
        let labels: Vec<bool> = (0..100).map(|row| row < 9).collect();
        let values: Vec<Option<f64>> = labels.iter().map(|label| Some(f64::from(u8::from(*label)))).collect();
        assert_eq!(find_in_column("late_fee", &values, &labels), None);
    }

    #[test]
    fn names_that_speak_of_outcomes_are_found() {
        let check = |column, expected: bool| {
            let found = find_in_names([column]);
            assert_eq!(found.first().is_some_and(|finding| finding.sentence.contains(column)), expected, "{column}");
        };
        for column in ["ChgOffDate", "Charge-Off Amount", "DEFAULT_FLAG", "write off", "Written_Off", "recoveries"] {
            check(column, true);
        }
        for column in ["Legal_Action_Taken", "collection_recovery_fee", "settlement_status", "Loss Given"] {
            check(column, true);
        }
        for column in ["branch", "NAICS", "Monthly_Income", "Num_Dependents", ""] {
            check(column, false);
        }
    }

    #[test]
    fn only_models_too_good_to_be_true_are_found() {
        let check = |auc, expected| assert_eq!(find_in_model(auc).is_some(), expected, "{auc:?}");
        check(Some(0.951), true);
        check(Some(0.95), false);
        check(None, false);
    }
}
