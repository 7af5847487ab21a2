//! Training the risk model on labelled loans, and testing it on held-out ones.

use super::inputs::Inputs;
use super::outcome::Labelled;
use super::{AnalysisError, SMARTCORE_ROWS_MAX};
use crate::encoding::Encoding;
use crate::feature::FeatureMatrix;
use crate::forest::RiskForest;
use crate::forest_fit::{self, FittedForest, ForestOptions};
use crate::gate::{self, ClassCounts};
use crate::histogram::{self, ClassWeights, HistogramOptions};
use crate::metric;
use crate::progress::{Progress, Stage};
use crate::split;
use domain::count::{count, grouped};
use domain::model::{Learner, ModelFigures, TrainingOptions};

/// Name of the fallback where there is nothing to tell apart.
const BASE_RATE: &str = "base rate (a single outcome class)";

/// A trained forest, and which loans it knows.
pub(super) struct Trained {
    pub(super) forest: RiskForest,
    pub(super) encoding: Encoding,
    pub(super) learner: &'static str,
    /// Trees that were grown; 0 for the base rate.
    pub(super) trees: u32,
    pub(super) train_rows: usize,
    /// Loans that trained the forest, with their out-of-bag scores.
    pub(super) out_of_bag: Vec<(usize, f64)>,
    /// Indices into the labelled loans.
    pub(super) held_out: Vec<usize>,
    pub(super) notes: Vec<String>,
}

/// Holds out a fifth of the labelled loans and trains on the others, or on a sample of them.
pub(super) fn train(
    inputs: &Inputs<'_>,
    labelled: &Labelled,
    options: &TrainingOptions,
    progress: &dyn Progress,
) -> Result<Trained, AnalysisError> {
    let split = split::stratified(&labelled.labels, options.seed);
    let mut notes = Vec::new();
    let mut train = split.train;
    if options.learner == Learner::Smartcore && train.len() > SMARTCORE_ROWS_MAX {
        notes.push(format!(
            "The forest learned from a sample of {} of {} with both outcomes in proportion",
            grouped(SMARTCORE_ROWS_MAX),
            count(train.len(), "loan")
        ));
        let labels: Vec<bool> = train.iter().map(|row| labelled.labels[*row]).collect();
        let sample = split::stratified_sample(&labels, SMARTCORE_ROWS_MAX, options.seed);
        train = sample.into_iter().map(|row| train[row]).collect();
    }
    let labels: Vec<bool> = train.iter().map(|row| labelled.labels[*row]).collect();
    let counts = ClassCounts::of(labels.iter().copied());
    let rows: Vec<usize> = train.iter().map(|row| labelled.rows[*row]).collect();
    let learned = inputs.to_learn_from(&rows, &labels);
    notes.extend(learned.notes);
    if counts.smaller() == 0 {
        return Ok(Trained {
            forest: RiskForest::constant(counts.rate()),
            encoding: learned.encoding,
            learner: BASE_RATE,
            trees: 0,
            train_rows: train.len(),
            out_of_bag: Vec::new(),
            held_out: split.held_out,
            notes,
        });
    }
    let (fitted, learner) = grow(&learned.matrix, &labels, options, progress)?;
    let always_seen = fitted.out_of_bag.iter().filter(|score| score.is_none()).count();
    if always_seen > 0 {
        notes.push(format!(
            "Every tree has seen {} of {}; a score of its own would flatter, so the base rate {:.2} stands in for it: \
             use more trees",
            grouped(always_seen),
            count(train.len(), "training loan"),
            counts.rate()
        ));
    }
    let out_of_bag =
        rows.into_iter().zip(&fitted.out_of_bag).map(|(row, score)| (row, score.unwrap_or(counts.rate()))).collect();
    Ok(Trained {
        trees: fitted.forest.tree_count() as u32,
        forest: fitted.forest,
        encoding: learned.encoding,
        learner,
        train_rows: train.len(),
        out_of_bag,
        held_out: split.held_out,
        notes,
    })
}

/// Grows a forest with the learner that was asked for; says which one it was.
fn grow(
    rows: &FeatureMatrix,
    labels: &[bool],
    options: &TrainingOptions,
    progress: &dyn Progress,
) -> Result<(FittedForest, &'static str), AnalysisError> {
    let report = |share| progress.report(Stage::Fit, share);
    let uses_histograms = match options.learner {
        Learner::Automatic => labels.len() > SMARTCORE_ROWS_MAX,
        Learner::Smartcore => false,
        Learner::Histogram => true,
    };
    if uses_histograms {
        let options = HistogramOptions::new(options.trees, options.seed, ClassWeights::None)?;
        Ok((histogram::fit(rows, labels, options, &report)?, histogram::LEARNER))
    } else {
        let options = ForestOptions::new(options.trees, options.seed)?;
        Ok((forest_fit::fit(rows, labels, options, &report)?, forest_fit::LEARNER))
    }
}

/// The figures of a model on its held-out loans. `scores` has one score per loan.
pub(super) fn figures(trained: &Trained, labelled: &Labelled, scores: &[f64]) -> ModelFigures {
    let held_out_scores: Vec<f64> = trained.held_out.iter().map(|row| scores[labelled.rows[*row]]).collect();
    let held_out_labels: Vec<bool> = trained.held_out.iter().map(|row| labelled.labels[*row]).collect();
    let auc = metric::auc(&held_out_scores, &held_out_labels);
    let held_out = ClassCounts::of(held_out_labels.iter().copied());
    ModelFigures {
        target: labelled.target,
        learner: trained.learner.to_owned(),
        trees: trained.trees,
        train_rows: trained.train_rows as u32,
        test_rows: trained.held_out.len() as u32,
        auc: auc.map(|auc| auc.area),
        auc_interval: auc.map(|auc| auc.interval),
        accuracy: metric::accuracy(&held_out_scores, &held_out_labels),
        brier: metric::brier(&held_out_scores, &held_out_labels),
        ks: metric::ks(&held_out_scores, &held_out_labels),
        calibration_error: metric::expected_calibration_error(&held_out_scores, &held_out_labels),
        gate: gate::judge(labelled.target, auc, labelled.counts(), held_out),
    }
}
