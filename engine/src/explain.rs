//! The reasons for the scores of many loans: exactly where a decision weighs heavily, approximately where it does not.

use crate::model::RiskModel;
use crate::reason::reasons;
use crate::tree_shap::{ExplainError, Explainer};
use domain::feature::FeatureName;
use domain::loan::LoanRecord;
use domain::reason::Reasons;
use domain::summary::Verdict;
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

/// Reasons for the scores of loans, in their order; nothing for standard-track loans of large portfolios. `verdicts` are
/// what the model found of `records`, one for one. `go_on` is asked now and then, and nothing is known where it says no.
pub fn explain(
    model: &RiskModel,
    records: &[LoanRecord],
    verdicts: &[Verdict],
    go_on: &dyn Fn(f64) -> bool,
) -> Result<Option<Vec<Option<Reasons>>>, ExplainError> {
    let explainer = Explainer::new(&model.forest)?;
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
            let is_exact = number * CHUNK + row < exact;
            let values = matrix.row(row);
            let explanation = if is_exact { explainer.shap(values) } else { explainer.path_attribution(values) };
            let reasons = reasons(&inputs, &known[row], &explanation);
            Reasons::new(explanation.base, reasons, verdicts[chunk[row]].score, is_exact)
        };
        let found: Vec<Reasons> = (0..chunk.len()).into_par_iter().map(of).collect();
        for (place, reasons) in chunk.iter().zip(found) {
            explained[*place] = Some(reasons);
        }
    }
    Ok(Some(explained))
}

/// A decision that starts legal action or a settlement.
fn is_serious(track: Track) -> bool {
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
mod tests {
    use super::*;
    use crate::analysis::{Unwatched, analyse};
    use crate::simulation::simulate;
    use domain::model::{Target, TrainingOptions};
    use domain::money::Currency;
    use domain::policy::Policy;

    #[test]
    fn reasons_lead_from_the_base_to_the_score_that_is_shown() {
        let records = simulate(5, 300);
        let options = TrainingOptions { target: Target::Observed, trees: 30, ..TrainingOptions::default() };
        let analysis = analyse(&records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed");
        let found = explain(&analysis.model, &records, &analysis.verdicts, &|_| true).expect("trees").expect("goes on");
        let raw = analysis.model.forest.score_all(&analysis.model.matrix(&records));
        for (place, (reasons, verdict)) in found.iter().zip(&analysis.verdicts).enumerate() {
            let reasons = reasons.as_ref().expect("a small portfolio");
            assert!((reasons.score() - verdict.score).abs() < 1e-9, "{place}");
            assert_eq!(reasons.is_exact, is_serious(verdict.track), "{place}");
            // Before trees are left out and scores calibrated, they lead to what the whole forest says.
            let sum: f64 = reasons.reasons.iter().map(|reason| reason.effect).sum();
            assert!((reasons.base + sum - raw[place]).abs() < 1e-4, "{place}");
        }
        assert_eq!(explain(&analysis.model, &records, &analysis.verdicts, &|_| false), Ok(None));
    }

    #[test]
    fn what_is_not_known_has_no_value() {
        let mut records = simulate(6, 60);
        records[0].interest_rate = None;
        let options = TrainingOptions { trees: 5, ..TrainingOptions::default() };
        let analysis = analyse(&records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed");
        let found = explain(&analysis.model, &records, &analysis.verdicts, &|_| true).expect("trees").expect("goes on");
        let rate = |place: usize| {
            let reasons = &found[place].as_ref().expect("a small portfolio").reasons;
            let rate = domain::feature::FeatureName::from(domain::feature::Feature::InterestRate);
            reasons.iter().find(|reason| reason.feature == rate).expect("a feature").value
        };
        assert_eq!((rate(0), rate(1)), (None, records[1].interest_rate));
    }
}
