//! Training the risk model on labelled loans, and testing it on held-out ones.

use super::AnalysisError;
use super::fitting::{self, Fitted};
use super::folds::Groups;
use super::inputs::Inputs;
use super::outcome::Labelled;
use crate::gate::{self, ClassCounts};
use crate::metric;
use crate::progress::{Progress, Stage};
use domain::model::{ModelFigures, TrainingOptions};
use domain::validation::Validation;

/// A trained model, and which loans were held out.
pub(super) struct Trained {
    pub(super) fitted: Fitted,
    /// Indices into the labelled loans.
    pub(super) held_out: Vec<usize>,
}

/// Holds out a fifth of the labelled loans and trains on the others, or on a sample of them.
pub(super) fn train(
    inputs: &Inputs<'_>,
    labelled: &Labelled,
    groups: &Groups,
    options: &TrainingOptions,
    progress: &dyn Progress,
) -> Result<Trained, AnalysisError> {
    let split = groups.hold_out(&labelled.labels, options.seed)?;
    let (rows, labels) = labelled.select(&split.train);
    let fitted = fitting::fit(inputs, rows, labels, options, &|share| progress.report(Stage::Fit, share))?;
    Ok(Trained { fitted, held_out: split.held_out })
}

/// The figures of a model on its held-out loans, and those over folds. `scores` has one score per loan.
pub(super) fn figures(
    trained: &Trained,
    labelled: &Labelled,
    scores: &[f64],
    validation: Option<Validation>,
) -> ModelFigures {
    let (held_out_rows, held_out_labels) = labelled.select(&trained.held_out);
    let held_out_scores: Vec<f64> = held_out_rows.iter().map(|row| scores[*row]).collect();
    let auc = metric::auc(&held_out_scores, &held_out_labels);
    let held_out = ClassCounts::of(held_out_labels.iter().copied());
    ModelFigures {
        target: labelled.target,
        follow_up: None,
        learner: trained.fitted.learner.to_owned(),
        trees: trained.fitted.trees,
        train_rows: trained.fitted.train_rows as u32,
        test_rows: trained.held_out.len() as u32,
        auc: auc.map(|auc| auc.area),
        auc_interval: auc.map(|auc| auc.interval),
        accuracy: metric::accuracy(&held_out_scores, &held_out_labels),
        brier: metric::brier(&held_out_scores, &held_out_labels),
        ks: metric::ks(&held_out_scores, &held_out_labels),
        calibration_error: metric::expected_calibration_error(&held_out_scores, &held_out_labels),
        is_calibrated: trained.fitted.calibration.is_some(),
        leak_alarms: Vec::new(),
        gate: gate::judge(labelled.target, auc, validation.as_ref(), labelled.counts(), held_out),
        validation,
    }
}
