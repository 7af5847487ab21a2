//! The whole analysis: loans in, segments, model, scores and decisions out.
//!
//! The command line and the background jobs of the web application both call [`analyse`], so that
//! one file gives the same figures in both.

mod fitting;
mod folds;
mod inputs;
mod outcome;
mod past;
mod segments;
#[cfg(test)]
mod tests;
mod training;

use crate::calibration::CalibrationError;
use crate::extra::ExtraError;
use crate::feature::{FeatureMatrix, value};
use crate::forest_fit::ForestError;
use crate::histogram::HistogramError;
use crate::model::RiskModel;
use crate::out_of_bag::OutOfBag;
use crate::scaler::Scaler;
use crate::scoring_report::{self, Scoring};
use crate::segmentation::{self, SegmentationError, SegmentationOptions};
use crate::validation::{CrossValidationError, ValidationError};
use domain::count::count;
use domain::feature::{Feature, FeatureName, FeatureSet};
use domain::loan::LoanRecord;
use domain::model::{ModelFigures, ScoreSource, Target, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;
use domain::segment::Segmentation;
use domain::summary::Verdict;
use folds::Groups;
use inputs::Inputs;
use past::Rows;
use segments::Segmented;

pub use past::{Past, PastLoan};

pub use crate::progress::{Progress, Stage, Unwatched};

/// Fewer loans than this are no portfolio to learn from.
pub const LOANS_MIN: usize = 10;

/// smartcore grows the forest on at most this many loans, where it is asked for or the features are those of the reference analysis.
/// On more loans, it learns from a stratified sample where it is asked for, and otherwise gives way to the histogram learner.
pub const SMARTCORE_ROWS_MAX: usize = 50_000;

/// Everything that an analysis found.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// What the model looks at, column by column.
    pub features: Vec<FeatureName>,
    /// Of the feature set's features, which stand first among them.
    pub scaler: Scaler,
    pub segmentation: Segmentation,
    pub figures: ModelFigures,
    /// One per loan, in the order of the loans; so are the next three.
    pub verdicts: Vec<Verdict>,
    pub score_sources: Vec<ScoreSource>,
    pub held_out: Vec<bool>,
    /// Whether the target holds of each loan; nothing while nobody knows.
    pub labels: Vec<Option<bool>>,
    pub model: RiskModel,
    /// What scored the loans that trained it.
    pub out_of_bag: OutOfBag,
    /// What was worked around or should be known, one sentence each, without its full stop.
    pub notes: Vec<String>,
}

/// Why there is no analysis. Each message names the model and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnalysisError {
    #[error("only {}: the analysis needs at least {needed}; add more loans", count(*.rows, "usable loan"))]
    TooFewLoans { rows: usize, needed: usize },
    #[error(
        "only {} with a known outcome, the others are open: the risk model needs at least {LOANS_MIN}; use the target \
         segment-proxy until there are more",
        count(*.labelled, "loan")
    )]
    TooFewOutcomes { labelled: usize },
    #[error("there is no segment {number} to flag: with {segments} segments, numbers are 0 to {}", segments - 1)]
    UnknownSegment { number: i32, segments: u32 },
    #[error("no feature is left to look at: leave out fewer")]
    NoFeatures,
    #[error(
        "the learner smartcore takes no class weights: choose the learner histogram or automatic, or leave the weights out"
    )]
    UnweightedLearner,
    #[error(transparent)]
    Validation(#[from] ValidationError),
    #[error(transparent)]
    CrossValidation(#[from] Box<CrossValidationError<Self>>),
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    #[error(transparent)]
    Extra(#[from] ExtraError),
    #[error(transparent)]
    Segmentation(SegmentationError),
    #[error(transparent)]
    Forest(ForestError),
    #[error(transparent)]
    Histogram(HistogramError),
    #[error("the analysis was stopped")]
    Cancelled,
}

impl From<CrossValidationError<Self>> for AnalysisError {
    fn from(error: CrossValidationError<Self>) -> Self {
        match error {
            CrossValidationError::Learner { error: Self::Cancelled, .. } => Self::Cancelled,
            error => Self::CrossValidation(Box::new(error)),
        }
    }
}

impl From<SegmentationError> for AnalysisError {
    fn from(error: SegmentationError) -> Self {
        if error == SegmentationError::Stopped { Self::Cancelled } else { Self::Segmentation(error) }
    }
}

impl From<ForestError> for AnalysisError {
    fn from(error: ForestError) -> Self {
        if error == ForestError::Stopped { Self::Cancelled } else { Self::Forest(error) }
    }
}

impl From<HistogramError> for AnalysisError {
    fn from(error: HistogramError) -> Self {
        if error == HistogramError::Stopped { Self::Cancelled } else { Self::Histogram(error) }
    }
}

/// Segments loans, trains and tests the risk model, scores every loan and decides its track.
///
/// Scores are probabilities of the target (0..=1), calibrated where the options say so. Loans of borrowers whose loans trained the model
/// are scored by the trees that did not see them, all others by the whole model.
pub fn analyse(
    records: &[LoanRecord],
    currency: Currency,
    options: &TrainingOptions,
    policy: &Policy,
    progress: &dyn Progress,
) -> Result<Analysis, AnalysisError> {
    analyse_after(records, None, currency, options, policy, progress)
}

/// As [`analyse`], where the model learns from what became of `past` loans, with features of that day alone. The loans of today
/// (`records`) are segmented, scored and decided; those whose past trained the model are scored by the trees that did not see it.
/// A past is passed over where the target is a proxy.
pub fn analyse_after(
    records: &[LoanRecord],
    past: Option<&Past>,
    currency: Currency,
    options: &TrainingOptions,
    policy: &Policy,
    progress: &dyn Progress,
) -> Result<Analysis, AnalysisError> {
    let past = past.filter(|_| options.target == Target::Observed);
    let loans = Rows { today: records, past };
    let segmentation_options = SegmentationOptions::new(options.segments, options.seed)?;
    fitting::check(options)?;
    check_flags(options)?;
    let needed = LOANS_MIN.max(options.segments as usize);
    if records.len() < needed {
        return Err(AnalysisError::TooFewLoans { rows: records.len(), needed });
    }

    report(progress, Stage::Segment, 0.0)?;
    let all = loans.all();
    let extras = loans.extras(&all, options)?;
    let (features, unknown) = known_features(loans, options, currency);
    let (matrix, filling) = FeatureMatrix::learn(records, &features, currency);
    let scaler = Scaler::fit(&matrix);
    let clusters = {
        let standardised = scaler.transform(&matrix);
        segmentation::fit(&standardised, features.len(), segmentation_options, &|share| {
            progress.report(Stage::Segment, share)
        })?
    };
    let segmented = Segmented { records, features: &features, currency, matrix: &matrix, scaler: &scaler };
    let (clusters, risk) = segments::in_order(clusters, segmented);
    let flagged = options.flagged_segments.as_deref();
    let segmentation = segments::describe(&clusters, &risk, segmented, flagged);
    let (proxied, proxy_note) = segments::proxied(&risk, flagged);
    let mut notes = matrix.notes(&filling);
    notes.extend(left_out(&unknown));
    notes.extend(scaler.notes(&matrix));
    notes.extend(flagged.is_none().then(|| risk.note()));
    notes.extend(proxy_note.filter(|_| options.target == Target::SegmentProxy));
    // Segments are made without the columns that say where a feature is not known: they would count it twice.
    let matrix =
        if past.is_some() { FeatureMatrix::with_fills(&all, &features, currency, &filling.medians) } else { matrix };
    let matrix = matrix.with_columns(filling.names(), &filling.marks(&all, currency));

    report(progress, Stage::Fit, 0.0)?;
    let labelled = match loans.label() {
        Some(labelled) => labelled?,
        None => outcome::label(records, options.target, &clusters.members, &proxied)?,
    };
    let inputs = Inputs { features: &matrix, extras: &extras, borrowers: &folds::borrowers(&all), seed: options.seed };
    let groups = Groups::of(&all, inputs.borrowers, &labelled.rows);
    let trained = training::train(&inputs, &labelled, &groups, options, progress)?;
    let validation = folds::cross_validate(&inputs, &labelled, &groups, options, progress, &mut notes)?;

    report(progress, Stage::Score, 0.0)?;
    let fitted = &trained.fitted;
    let rows = inputs.all(&fitted.encoding);
    let mut scores = fitted.scores(&rows);
    let mut score_sources = vec![ScoreSource::Model; records.len()];
    for (row, score) in fitted.out_of_bag.iter().filter(|_| past.is_none()) {
        scores[*row] = *score;
        score_sources[*row] = ScoreSource::OutOfBag;
    }
    let held_out = loans.held_out(trained.held_out.iter().map(|place| labelled.rows[*place]));
    let mut figures = training::figures(&trained, &labelled, &scores, validation);
    figures.follow_up = past.map(|past| past.follow_up);
    notes.extend(extras.notes.iter().cloned());
    notes.extend(fitted.notes.iter().cloned());
    notes.extend(outcome::notes(all.len(), &labelled, &figures));
    let leaks = outcome::leaks(&labelled, &inputs, &fitted.forest, rows.features(), figures.auc);
    figures.leak_alarms = leaks.into_iter().map(|leak| leak.sentence).collect();
    notes.extend(figures.leak_alarms.iter().cloned());

    let mut model = RiskModel {
        options: options.clone(),
        currency,
        features,
        filling,
        scaler: scaler.clone(),
        segmentation: segmentation.clone(),
        centers: clusters.centers,
        data_hash: labelled.hash(&rows),
        encoding: trained.fitted.encoding,
        forest: trained.fitted.forest,
        calibration: trained.fitted.calibration,
        figures: figures.clone(),
        reference: None,
    };
    let own = trained.fitted.scored_by.by_loan(|row| loans.loan_of(row));
    let own = own.with_outcomes(labelled.rows.iter().map(|row| loans.loan_of(*row) as u32));
    let own = own.with_relatives(&inputs.borrowers[..records.len()]);
    // What trained the model in the state of today has its score.
    let apart = if past.is_some() { (0..records.len()).collect() } else { own.relatives() };
    loans.score_apart(&model, &own, &apart, &mut scores, &mut score_sources);
    let verdicts: Vec<Verdict> =
        scores.iter().zip(&clusters.members).map(|(score, segment)| model.verdict(*score, *segment, policy)).collect();
    let scoring = Scoring { records, verdicts: &verdicts, sources: &score_sources };
    model.reference = scoring_report::reference(&model, scoring).ok();
    report(progress, Stage::Done, 1.0)?;
    let features = rows.features().to_vec();
    Ok(Analysis {
        features,
        scaler,
        segmentation,
        figures,
        verdicts,
        score_sources,
        held_out,
        labels: labelled.by_loan(records.len(), |row| loans.loan_of(row)),
        model,
        out_of_bag: own,
        notes,
    })
}

/// The features that the model looks at, and those of its set that are known of no loan. A column that is the same everywhere tells
/// nothing, but would be drawn for splits as often as any other; the reference set keeps its ten.
fn known_features(loans: Rows<'_>, options: &TrainingOptions, currency: Currency) -> (Vec<Feature>, Vec<Feature>) {
    let chosen = options.chosen_features();
    if options.features == FeatureSet::Reference {
        return (chosen, Vec::new());
    }
    let is_known_of = |record: &LoanRecord, feature: &Feature| value(record, *feature, currency).is_some();
    let is_known = |feature: &Feature| {
        let past = |past: &Past| past.loans.iter().any(|loan| is_known_of(&loan.record, feature));
        loans.today.iter().any(|record| is_known_of(record, feature)) && loans.past.is_none_or(past)
    };
    let (known, unknown): (Vec<Feature>, Vec<Feature>) = chosen.iter().partition(|feature| is_known(feature));
    // Of loans that nothing is known of, the segmentation says so.
    if known.is_empty() { (chosen, Vec::new()) } else { (known, unknown) }
}

fn left_out(unknown: &[Feature]) -> Option<String> {
    let (of_payments, others): (Vec<Feature>, Vec<Feature>) =
        unknown.iter().partition(|feature| feature.is_of_payments());
    let names = others.iter().map(|feature| feature.label()).collect::<Vec<_>>().join(", ");
    let payments = "how payments came in: no loan has payments on file";
    match (others.is_empty(), of_payments.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!("The model does not look at {payments}")),
        (false, true) => Some(format!("The model does not look at what is not known of any loan: {names}")),
        (false, false) => {
            Some(format!("The model does not look at what is not known of any loan: {names}; nor at {payments}"))
        }
    }
}

fn check_flags(options: &TrainingOptions) -> Result<(), AnalysisError> {
    let segments = options.segments;
    let unknown = options.flagged_segments.iter().flatten().find(|number| !(0..segments as i32).contains(*number));
    unknown.map_or(Ok(()), |number| Err(AnalysisError::UnknownSegment { number: *number, segments }))
}

fn report(progress: &dyn Progress, stage: Stage, share_done: f64) -> Result<(), AnalysisError> {
    if progress.report(stage, share_done) { Ok(()) } else { Err(AnalysisError::Cancelled) }
}
