//! The reasons for the scores of many loans: exactly where a decision weighs heavily, approximately where it does not.

use crate::model::RiskModel;
use crate::out_of_bag::OutOfBag;
use crate::reason::reasons;
use crate::scoring_report::Scoring;
use crate::tree_shap::{ExplainError, Explainer, Explanation};
use domain::feature::FeatureName;
use domain::loan::LoanRecord;
use domain::model::ScoreSource;
use domain::reason::{Adjustment, Reasons};
use domain::track::Track;
use rayon::prelude::*;

/// So many loans with a serious decision get exact reasons, the highest scores first; the rest get approximate ones. A
/// processor explains some hundreds of loans exactly in a second, and a hundred thousand approximately.
pub const EXACT_MAX: usize = 20_000;

/// Loans on the standard track get reasons only in portfolios of at most so many loans: a row of reasons takes a
/// thousand bytes.
pub const STANDARD_MAX: usize = 20_000;

/// Loans that are explained between two questions whether to go on.
const CHUNK: usize = 512;

/// Reasons for the scores of loans, in their order; nothing for standard-track loans of large portfolios.
///
/// Each loan is explained by what scored it. One that trained the model was scored by the trees that did not see it, which `own`
/// knows: its reasons are the Shapley values of the mean of exactly these trees, and their
/// base is the mean score that the same trees have over the rows that each was grown on. Without `own` the whole forest explains it, and what the
/// left-out trees change is a step of its own. `go_on` is asked now and then, and nothing is known where it says no.
pub fn explain(
    model: &RiskModel,
    loans: Scoring<'_>,
    own: Option<&OutOfBag>,
    go_on: &dyn Fn(f64) -> bool,
) -> Result<Option<Vec<Option<Reasons>>>, ExplainError> {
    let explainer = Explainer::new(&model.forest)?;
    let Scoring { records, verdicts, .. } = loans;
    let is_wanted = |place: &usize| is_serious(verdicts[*place].track) || records.len() <= STANDARD_MAX;
    let mut order: Vec<usize> = (0..records.len().min(verdicts.len())).filter(is_wanted).collect();
    order.sort_by(|a, b| verdicts[*b].score.total_cmp(&verdicts[*a].score).then(a.cmp(b)));
    let exact = order.iter().filter(|place| is_serious(verdicts[**place].track)).count().min(EXACT_MAX);
    let inputs = model.inputs();
    let mut explained: Vec<Option<Reasons>> = vec![None; records.len()];
    for (number, chunk) in order.chunks(CHUNK).enumerate() {
        if !go_on((number * CHUNK) as f64 / order.len() as f64) {
            return Ok(None);
        }
        let chosen: Vec<LoanRecord> = chunk.iter().map(|place| records[*place].clone()).collect();
        let (matrix, known) = (model.matrix(&chosen), known(model, &chosen));
        let of = |row: usize| {
            let place = chunk[row];
            let is_exact = number * CHUNK + row < exact;
            let scorer = Scorer::of(loans, own, place);
            let mut values = matrix.row(row).to_vec();
            if let (Scorer::Own(_), Some(own)) = (&scorer, own) {
                own.restore(place, &mut values);
            }
            let score = verdicts[place].score;
            let explanation = scorer.explain(&explainer, &values, score, is_exact);
            let reasons = reasons(&inputs, &known[row], &explanation);
            Reasons::new(explanation.base, reasons, score, scorer.adjustment(model.calibration.is_some()), is_exact)
        };
        let found: Vec<Reasons> = (0..chunk.len()).into_par_iter().map(of).collect();
        for (place, reasons) in chunk.iter().zip(found) {
            explained[*place] = Some(reasons);
        }
    }
    Ok(Some(explained))
}

/// What gave a loan its score.
enum Scorer {
    WholeForest,
    /// These trees; where there are none, the base rate did.
    Own(Vec<usize>),
    /// Some trees, and nobody knows which.
    Forgotten,
}

impl Scorer {
    fn of(loans: Scoring<'_>, own: Option<&OutOfBag>, place: usize) -> Self {
        match loans.sources.get(place) {
            Some(ScoreSource::OutOfBag) => own.and_then(|own| own.trees_of(place)).map_or(Self::Forgotten, Self::Own),
            _ => Self::WholeForest,
        }
    }

    fn explain(&self, explainer: &Explainer, values: &[f64], score: f64, is_exact: bool) -> Explanation {
        match self {
            Self::Own(trees) if trees.is_empty() => Explanation { base: score, contributions: vec![0.0; values.len()] },
            Self::Own(trees) if is_exact => explainer.shap_of(trees, values),
            Self::Own(trees) => explainer.path_attribution_of(trees, values),
            _ if is_exact => explainer.shap(values),
            _ => explainer.path_attribution(values),
        }
    }

    /// What is left from the explanation to the score.
    fn adjustment(&self, is_calibrated: bool) -> Adjustment {
        match self {
            // The base rate is a rate already.
            Self::Own(trees) if trees.is_empty() => Adjustment::None,
            Self::Forgotten if is_calibrated => Adjustment::TreesAndCalibration,
            Self::Forgotten => Adjustment::Trees,
            _ if is_calibrated => Adjustment::Calibration,
            _ => Adjustment::None,
        }
    }
}

/// A decision that starts legal action or a settlement: somebody will ask why.
pub fn is_serious(track: Track) -> bool {
    track != Track::Standard
}

/// The values of the model's inputs as people know them, loan by loan; nothing where one is not known.
fn known(model: &RiskModel, records: &[LoanRecord]) -> Vec<Vec<Option<f64>>> {
    let matrix = model.matrix_as_known(records);
    let number_in = |record: &LoanRecord, column: &str| record.extras.get(column)?.trim().parse::<f64>().ok();
    let value = |record: &LoanRecord, name: &FeatureName, value: f64| match name {
        FeatureName::Number(column) => number_in(record, column),
        _ => value.is_finite().then_some(value),
    };
    let row = |(record, row): (&LoanRecord, &[f64])| {
        row.iter().zip(matrix.features()).map(|(found, name)| value(record, name, *found)).collect()
    };
    records.iter().zip(matrix.rows()).map(row).collect()
}

#[cfg(test)]
mod tests;
