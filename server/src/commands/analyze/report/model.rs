//! What the report says of the risk model.

use super::wrapped;
use crate::commands::analyze::{AnalyzeArgs, Outcome};
use domain::count::count;
use domain::model::{ModelFigures, Target};
use domain::validation::{FoldFigure, Validation};
use std::fmt::Write;

pub(super) fn text(outcome: &Outcome<'_>, args: &AnalyzeArgs) -> String {
    let figures = &outcome.analysis.figures;
    let trees = if figures.trees == 0 { String::new() } else { format!(", {}", count(figures.trees, "tree")) };
    let auc = match (figures.auc, figures.auc_interval) {
        (Some(auc), Some((low, high))) => {
            let open = if figures.is_auc_open() { ": too few loans to tell" } else { "" };
            format!("{auc:.3}  (95 % interval {low:.3} to {high:.3}{open})")
        }
        _ => "—  (the held-out loans are all of one class)".to_owned(),
    };
    let gate = format!("{}. {}.", if figures.gate.passed { "Passed" } else { "Not passed" }, figures.gate.reason);
    let lines = [
        ("Target", figures.target_words()),
        ("Features", features(outcome, args)),
        ("Learner", format!("{}{trees}, seed {}", figures.learner, args.training.seed)),
        ("Trained on", count(figures.train_rows, "loan")),
        ("Tested on", count(figures.test_rows, "held-out loan")),
        ("AUC", auc),
        (
            "Accuracy",
            figures.accuracy.map_or("—".to_owned(), |accuracy| {
                format!("{:.1} %  (a score above 0.5 says yes)", accuracy * 100.0)
            }),
        ),
        ("Gini", figures.gini().map_or("—".to_owned(), |gini| format!("{gini:.3}  (2 × AUC − 1)"))),
        ("KS", figures.ks.map_or("—".to_owned(), |ks| format!("{ks:.3}  (largest gap between the two classes)"))),
        ("Brier score", figures.brier.map_or("—".to_owned(), |brier| format!("{brier:.4}  (0 is perfect)"))),
        ("Calibration", calibration(figures)),
        ("Folds", figures.validation.as_ref().map_or("—".to_owned(), over_folds)),
        ("Lift", figures.validation.as_ref().map_or("—".to_owned(), lift)),
        ("Gate", gate),
    ];
    let mut text = "RISK MODEL\n".to_owned();
    for (name, value) in lines {
        let _ = writeln!(text, "  {name:<12} {}", wrapped(&value, 15));
    }
    if figures.target == Target::SegmentProxy {
        let warning = "These scores say how much a loan resembles the high-risk segments. They were not learned from what \
                       became of loans; --target observed does that.";
        let _ = writeln!(text, "  {:<12} {}", "Mind", wrapped(warning, 15));
    }
    text
}

fn calibration(figures: &ModelFigures) -> String {
    let error = figures.calibration_error.map(|error| format!("; scores miss rates by {error:.3}")).unwrap_or_default();
    let how = if figures.is_calibrated { "on out-of-bag scores" } else { "none: scores are those of the forest" };
    format!("{how}{error}")
}

/// Figures over several folds, in words.
fn over_folds(validation: &Validation) -> String {
    let figures = &validation.figures;
    let told = |name: &str, figure: Option<FoldFigure>| Some(format!("{name} {}", figure?.words()));
    let told = [
        told("AUC", figures.auc),
        told("Gini", figures.gini),
        told("KS", figures.ks),
        told("Brier", figures.brier),
        told("calibration error", figures.ece),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    let rule = validation.rule.label().to_lowercase();
    format!("{} ({rule}): {}", validation.folds, told.join(", "))
}

/// How many times the rate of all loans each tenth has, the highest scores first.
fn lift(validation: &Validation) -> String {
    let tenths = validation.figures.lift.iter().enumerate();
    let tenths: Vec<String> = tenths.map(|(place, figure)| format!("tenth {} {}", place + 1, figure.words())).collect();
    if tenths.is_empty() { "—".to_owned() } else { format!("over folds: {}", tenths.join(", ")) }
}

/// The feature set, and what the model looks at besides.
fn features(outcome: &Outcome<'_>, args: &AnalyzeArgs) -> String {
    let set = args.training.features.label();
    match outcome.analysis.model.encoding.columns.len() {
        0 => set.to_owned(),
        extras => format!("{set}, and {}", count(extras, "extra column")),
    }
}
