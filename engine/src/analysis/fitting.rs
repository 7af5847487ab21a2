//! Fitting a model to loans: extra columns as numbers, forest, calibration.

use super::inputs::{self, Inputs};
use super::{AnalysisError, SMARTCORE_ROWS_MAX, folds};
use crate::calibration::Calibration;
use crate::encoding::Encoding;
use crate::feature::FeatureMatrix;
use crate::forest::RiskForest;
use crate::forest_fit::{self, FittedForest, ForestOptions};
use crate::gate::{CLASS_ROWS_MIN, ClassCounts};
use crate::histogram::{self, HistogramOptions};
use crate::out_of_bag::{OutOfBag, TrainingRows};
use crate::split;
use domain::count::{count, grouped};
use domain::feature::FeatureSet;
use domain::model::{ClassWeights, Learner, TrainingOptions};

/// Name of the fallback where there is nothing to tell apart.
const BASE_RATE: &str = "base rate (a single outcome class)";

/// What scores loans, and which it knows.
pub(super) struct Fitted {
    pub(super) forest: RiskForest,
    pub(super) encoding: Encoding,
    /// From the forest's scores to probabilities; nothing where scores stay as they are.
    pub(super) calibration: Option<Calibration>,
    pub(super) learner: &'static str,
    /// Trees that were grown; 0 for the base rate.
    pub(super) trees: u32,
    pub(super) train_rows: usize,
    /// Loans that trained the forest, with their calibrated out-of-bag scores.
    pub(super) out_of_bag: Vec<(usize, f64)>,
    /// What gave them these scores.
    pub(super) scored_by: OutOfBag,
    /// What was worked around, in words.
    pub(super) notes: Vec<String>,
}

impl Fitted {
    /// The calibrated scores of loans that it was not fitted to.
    pub(super) fn scores(&self, rows: &FeatureMatrix) -> Vec<f64> {
        let mut scores = self.forest.score_all(rows);
        if let Some(calibration) = &self.calibration {
            for score in &mut scores {
                *score = calibration.apply(*score);
            }
        }
        scores
    }
}

/// Wishes that no learner can grant are refused before anything is computed.
pub(super) fn check(options: &TrainingOptions) -> Result<(), AnalysisError> {
    ForestOptions::new(options.trees, options.seed)?;
    if options.folds.is_some_and(|folds| folds > 0) {
        folds::fold_options(options, options.fold_count(0))?;
    }
    if options.chosen_features().is_empty() {
        return Err(AnalysisError::NoFeatures);
    }
    if options.class_weights != ClassWeights::None && options.learner == Learner::Smartcore {
        return Err(AnalysisError::UnweightedLearner);
    }
    Ok(())
}

/// Fits a model to the loans of `rows` with their `labels` (parallel), or to a sample of them. `report` is told the
/// share that is done; where it answers false, the work stops.
pub(super) fn fit(
    inputs: &Inputs<'_>,
    mut rows: Vec<usize>,
    mut labels: Vec<bool>,
    options: &TrainingOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<Fitted, AnalysisError> {
    let mut notes = Vec::new();
    if options.learner == Learner::Smartcore && rows.len() > SMARTCORE_ROWS_MAX {
        notes.push(format!(
            "The forest learned from a sample of {} of {} with both outcomes in proportion",
            grouped(SMARTCORE_ROWS_MAX),
            count(rows.len(), "loan")
        ));
        let sample = split::stratified_sample(&labels, SMARTCORE_ROWS_MAX, options.seed);
        (rows, labels) = sample.into_iter().map(|place| (rows[place], labels[place])).unzip();
    }
    let learned = inputs.to_learn_from(&rows, &labels);
    notes.extend(learned.notes.iter().cloned());
    let counts = ClassCounts::of(labels.iter().copied());
    if counts.smaller() == 0 {
        return Ok(Fitted {
            forest: RiskForest::constant(counts.rate()),
            encoding: learned.encoding,
            calibration: None,
            learner: BASE_RATE,
            trees: 0,
            train_rows: rows.len(),
            out_of_bag: Vec::new(),
            scored_by: OutOfBag::default(),
            notes,
        });
    }
    let (FittedForest { forest, out_of_bag, bags }, learner) = grow(&learned, &labels, options, report)?;
    let always_seen = out_of_bag.iter().filter(|score| score.is_none()).count();
    if always_seen > 0 {
        notes.push(format!(
            "Every tree has seen {} of {}; a score of its own would flatter, so the base rate {:.2} stands in for it: \
             use more trees",
            grouped(always_seen),
            count(labels.len(), "training loan"),
            counts.rate()
        ));
    }
    let calibration = if options.is_calibrated() { calibrate(&out_of_bag, &labels, &mut notes)? } else { None };
    if calibration.is_none() && options.class_weights == ClassWeights::Balanced {
        notes.push(
            "Both outcomes weigh the same, so that scores are chances among equally frequent outcomes: calibrate them to \
             get probabilities"
                .to_owned(),
        );
    }
    let probability = |score: f64| calibration.as_ref().map_or(score, |calibration| calibration.apply(score));
    let out_of_bag = out_of_bag.iter().map(|score| score.map_or(counts.rate(), probability));
    let given = learned.encoding.encode(inputs.extras, &rows);
    let trained_on = TrainingRows::new(bags, counts.rate(), &learned.encoding, &learned.encoded, &given);
    Ok(Fitted {
        trees: forest.tree_count() as u32,
        train_rows: rows.len(),
        scored_by: OutOfBag::new(&rows, trained_on),
        out_of_bag: rows.into_iter().zip(out_of_bag).collect(),
        encoding: learned.encoding,
        forest,
        calibration,
        learner,
        notes,
    })
}

/// Learns on out-of-bag scores how often the target holds at each score; nothing where too few loans tell.
fn calibrate(
    out_of_bag: &[Option<f64>],
    labels: &[bool],
    notes: &mut Vec<String>,
) -> Result<Option<Calibration>, AnalysisError> {
    let told = out_of_bag.iter().zip(labels).filter_map(|(score, label)| Some(((*score)?, *label)));
    let (scores, labels): (Vec<f64>, Vec<bool>) = told.unzip();
    if ClassCounts::of(labels.iter().copied()).smaller() < CLASS_ROWS_MIN {
        notes.push(format!(
            "The scores are not calibrated: fewer than {CLASS_ROWS_MIN} training loans of one outcome have an out-of-bag \
             score"
        ));
        return Ok(None);
    }
    Ok(Some(Calibration::fit(&scores, &labels)?))
}

/// Grows a forest with the learner that was asked for; says which one it was.
fn grow(
    learned: &inputs::TrainingRows,
    labels: &[bool],
    options: &TrainingOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<(FittedForest, &'static str), AnalysisError> {
    let (rows, borrowers) = (&learned.matrix, learned.borrowers.as_ref());
    let uses_histograms = match options.learner {
        // The reference analysis is reproduced with exact splits. smartcore takes no weights.
        Learner::Automatic => {
            options.features != FeatureSet::Reference
                || labels.len() > SMARTCORE_ROWS_MAX
                || options.class_weights != ClassWeights::None
        }
        Learner::Smartcore => false,
        Learner::Histogram => true,
    };
    if uses_histograms {
        let options = HistogramOptions::new(options.trees, options.seed, options.class_weights)?;
        Ok((histogram::fit_by_borrower(rows, labels, borrowers, options, report)?, histogram::LEARNER))
    } else {
        let options = ForestOptions::new(options.trees, options.seed)?;
        Ok((forest_fit::fit_by_borrower(rows, labels, borrowers, options, report)?, forest_fit::LEARNER))
    }
}
