//! How well a way of learning does on loans that it did not see, fold by fold.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// How loans are dealt out to folds.
    FoldRule {
        Stratified = "stratified", "Both outcomes in their proportions";
        Borrower = "borrower", "All loans of a borrower together";
        Time = "time", "Later loans of other borrowers tested by what was learned from earlier ones";
    }
);

/// A figure over the folds where it is defined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldFigure {
    pub mean: f64,
    /// 95 % interval of the mean by Student's t over the folds, within the bounds of the figure; nothing for one fold.
    pub interval: Option<(f64, f64)>,
    /// Folds that count.
    pub folds: u32,
}

impl FoldFigure {
    /// "0.812 (0.790–0.834)". Folds that all have the same figure have no interval to speak of: equal figures of few folds
    /// are no proof of certainty.
    pub fn words(&self) -> String {
        let interval = match self.interval {
            Some((low, high)) if low < high => format!(" ({low:.3}–{high:.3})"),
            Some(_) => " (the same in every fold)".to_owned(),
            None => " (one fold)".to_owned(),
        };
        format!("{:.3}{interval}", self.mean)
    }
}

/// The figures of a cross-validation; one is nothing where no fold defines it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoldFigures {
    pub auc: Option<FoldFigure>,
    pub ks: Option<FoldFigure>,
    pub gini: Option<FoldFigure>,
    pub brier: Option<FoldFigure>,
    /// Expected calibration error.
    pub ece: Option<FoldFigure>,
    /// By tenths of the loans, the highest scores first: how many times the rate of all loans each tenth has. Empty where no
    /// fold has a loan for which the target holds.
    #[serde(default)]
    pub lift: Vec<FoldFigure>,
}

/// A cross-validation of the way in which a model was learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    pub folds: u32,
    pub rule: FoldRule,
    /// Loans that were tested, each once.
    pub loans: u32,
    #[serde(flatten)]
    pub figures: FoldFigures,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_without_width_is_none() {
        let check = |interval, expected| {
            assert_eq!(FoldFigure { mean: 0.8124, interval, folds: 5 }.words(), expected);
        };
        check(Some((0.79, 0.834)), "0.812 (0.790–0.834)");
        check(Some((0.8124, 0.8124)), "0.812 (the same in every fold)");
        check(None, "0.812 (one fold)");
    }
}
