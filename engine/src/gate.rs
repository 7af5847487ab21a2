//! Whether a model may be used: chance is not presented as skill.

use crate::metric::Auc;
use domain::count::{count, grouped, is_or_are};
use domain::model::{Gate, Target};
use domain::validation::Validation;

/// A class with fewer rows than this says too little to learn from or to test on.
pub const CLASS_ROWS_MIN: usize = 10;

/// A held-out class with fewer rows than this makes the interval meaningless.
pub const HELD_OUT_CLASS_ROWS_MIN: usize = 5;

/// Numbers of rows of the two classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassCounts {
    pub positive: usize,
    pub negative: usize,
}

impl ClassCounts {
    pub fn of(labels: impl IntoIterator<Item = bool>) -> Self {
        let mut counts = Self { positive: 0, negative: 0 };
        for label in labels {
            if label {
                counts.positive += 1;
            } else {
                counts.negative += 1;
            }
        }
        counts
    }

    pub fn total(self) -> usize {
        self.positive + self.negative
    }

    pub fn smaller(self) -> usize {
        self.positive.min(self.negative)
    }

    /// The share of positive rows, 0..=1; 0 where there are none at all.
    pub fn rate(self) -> f64 {
        self.positive as f64 / self.total().max(1) as f64
    }
}

/// Judges a model by the interval of its area under the ROC curve: over the folds where there are some with enough loans,
/// or else on held-out loans.
///
/// `all` counts every labelled loan, `held_out` those of the test.
pub fn judge(
    target: Target,
    auc: Option<Auc>,
    validation: Option<&Validation>,
    all: ClassCounts,
    held_out: ClassCounts,
) -> Gate {
    let (positive, negative) = class_names(target);
    let refuse = |reason: String| Gate { passed: false, reason };
    if all.smaller() == 0 {
        let class = if all.positive == 0 { negative } else { positive };
        return refuse(format!(
            "All {} to learn from are {class}, so there is nothing to tell apart: every loan gets the base rate \
             {:.2}",
            count(all.total(), "loan"),
            all.rate()
        ));
    }
    if all.smaller() < CLASS_ROWS_MIN {
        let class = if all.positive < all.negative { positive } else { negative };
        return refuse(format!(
            "Only {} of {} to learn from {} {class}: at least {CLASS_ROWS_MIN} are needed to judge a model",
            all.smaller(),
            count(all.total(), "loan"),
            is_or_are(all.smaller())
        ));
    }
    let over_folds = validation.and_then(|validation| over_folds(validation, all));
    let on_held_out = || {
        let auc = auc.filter(|_| held_out.smaller() >= HELD_OUT_CLASS_ROWS_MIN)?;
        Some((auc, format!("on {}", count(held_out.total(), "held-out loan"))))
    };
    let Some((auc, place)) = over_folds.or_else(on_held_out) else {
        return refuse(format!(
            "Of {}, {} {} {positive} and {} {negative}: at least {HELD_OUT_CLASS_ROWS_MIN} of each \
             are needed to judge a model",
            count(held_out.total(), "held-out loan"),
            grouped(held_out.positive),
            is_or_are(held_out.positive),
            grouped(held_out.negative)
        ));
    };
    let (low, high) = auc.interval;
    let figure = format!("AUC {:.2} ({low:.2}–{high:.2}) {place}", auc.area);
    if high < 0.5 {
        refuse(format!("{figure}: the whole interval is below 0.5, so the model is worse than chance"))
    } else if low <= 0.5 {
        refuse(format!("{figure}: the interval includes 0.5, so the model is not better than chance"))
    } else {
        let against = match target {
            Target::Observed => "",
            Target::SegmentProxy => " at telling its own segments, which says nothing of real outcomes (a proxy)",
        };
        Gate { passed: true, reason: format!("{figure}: better than chance{against}") }
    }
}

/// The mean area over the folds with its interval, and its words; nothing where folds have too few loans of a class.
fn over_folds(validation: &Validation, all: ClassCounts) -> Option<(Auc, String)> {
    let is_enough = all.smaller() >= HELD_OUT_CLASS_ROWS_MIN * validation.folds as usize;
    let found = validation.figures.auc.filter(|_| is_enough)?;
    let auc = Auc { area: found.mean, interval: found.interval? };
    Some((auc, format!("over {} of {}", count(found.folds, "fold"), count(validation.loans, "loan"))))
}

/// What a positive and a negative row are called.
fn class_names(target: Target) -> (&'static str, &'static str) {
    match target {
        Target::Observed => ("written off", "not written off"),
        Target::SegmentProxy => ("in a high-risk segment", "in no high-risk segment"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::validation::{FoldFigure, FoldFigures, FoldRule};

    const MANY: ClassCounts = ClassCounts { positive: 100, negative: 400 };
    const HELD_OUT: ClassCounts = ClassCounts { positive: 20, negative: 80 };

    fn check(auc: Option<(f64, f64, f64)>, all: ClassCounts, held_out: ClassCounts, passed: bool, words: &str) {
        let auc = auc.map(|(area, low, high)| Auc { area, interval: (low, high) });
        let gate = judge(Target::Observed, auc, None, all, held_out);
        assert_eq!(gate.passed, passed, "{}", gate.reason);
        assert!(gate.reason.contains(words), "{}", gate.reason);
    }

    #[test]
    fn gate_opens_only_above_chance() {
        let some = |positive| ClassCounts { positive, negative: 90 };
        check(
            Some((0.52, 0.40, 0.64)),
            MANY,
            HELD_OUT,
            false,
            "AUC 0.52 (0.40–0.64) on 100 held-out loans: the interval includes 0.5, so the model is not better than \
             chance",
        );
        check(Some((0.60, 0.50, 0.70)), MANY, HELD_OUT, false, "not better than chance");
        check(Some((0.30, 0.20, 0.40)), MANY, HELD_OUT, false, "worse than chance");
        check(Some((0.80, 0.70, 0.90)), MANY, HELD_OUT, true, "better than chance");
        check(None, some(0), HELD_OUT, false, "All 90 loans to learn from are not written off");
        check(None, some(1), HELD_OUT, false, "Only 1 of 91 loans to learn from is written off");
        check(Some((1.0, 1.0, 1.0)), some(9), HELD_OUT, false, "Only 9 of 99 loans to learn from are written off");
        check(Some((1.0, 1.0, 1.0)), MANY, some(4), false, "4 are written off and 90 not written off");
    }

    #[test]
    fn folds_go_before_held_out_loans() {
        let check = |area, interval, positive, words: &str| {
            let auc = Some(FoldFigure { mean: area, interval, folds: 5 });
            let figures = FoldFigures { auc, ..FoldFigures::default() };
            let validation = Validation { folds: 5, rule: FoldRule::Stratified, loans: 500, figures };
            let all = ClassCounts { positive, negative: 400 };
            let held_out = Some(Auc { area: 0.7, interval: (0.6, 0.8) });
            let gate = judge(Target::Observed, held_out, Some(&validation), all, HELD_OUT);
            assert!(gate.reason.starts_with(words), "{}", gate.reason);
            assert_eq!(gate.passed, gate.reason.ends_with(": better than chance"));
        };
        check(
            0.52,
            Some((0.44, 0.60)),
            100,
            "AUC 0.52 (0.44–0.60) over 5 folds of 500 loans: the interval includes 0.5",
        );
        check(0.82, Some((0.8, 0.84)), 100, "AUC 0.82 (0.80–0.84) over 5 folds of 500 loans: better");
        check(0.82, Some((0.8, 0.84)), 24, "AUC 0.70 (0.60–0.80) on 100 held-out loans");
        check(0.82, None, 100, "AUC 0.70 (0.60–0.80) on 100 held-out loans");
    }

    #[test]
    fn proxy_says_what_it_is_better_at() {
        let auc = Auc { area: 0.98, interval: (0.96, 1.0) };
        let gate = judge(Target::SegmentProxy, Some(auc), None, MANY, HELD_OUT);
        assert!(gate.passed && gate.reason.contains("nothing of real outcomes"), "{}", gate.reason);
    }
}
