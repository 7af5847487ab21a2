//! What a model leans on and how honest its scores are, looked at on the loans that were held out of its training.

use crate::analysis::Analysis;
use crate::importance::{
    DependenceOptions, ImportanceError, PermutationOptions, by_splits, partial_dependence, permutation,
};
use crate::metric;
use domain::insight::{Dependence, FeatureWeight, Insight, Reliability};
use domain::loan::LoanRecord;
use domain::policy::Policy;

/// Held-out loans that are looked at, at most; evenly chosen of more.
const LOANS_MAX: usize = 5_000;
/// So often each feature's values change places.
const REPEATS: usize = 3;
/// Features whose effect on the mean score is drawn, at most.
const DEPENDENCES: usize = 4;
/// Values at which it is looked at.
const POINTS: usize = 20;

/// Looks at the held-out loans of an analysis of `records`; where it learned from an earlier day, these are the loans as they were
/// then ([`crate::analysis::Past::looked_back_at`]).
///
/// # Errors
/// Where no loan was held out, or all that were are of one class.
pub fn insight(analysis: &Analysis, records: &[LoanRecord]) -> Result<Insight, ImportanceError> {
    let held_out: Vec<usize> = (0..records.len()).filter(|place| analysis.held_out[*place]).collect();
    let step = held_out.len().div_ceil(LOANS_MAX).max(1);
    let chosen: Vec<usize> = held_out.into_iter().step_by(step).collect();
    let loans: Vec<LoanRecord> = chosen.iter().map(|place| records[*place].clone()).collect();
    let labels: Vec<bool> = chosen.iter().map(|place| analysis.labels[*place] == Some(true)).collect();
    let (model, seed) = (&analysis.model, analysis.model.options.seed);
    let scores: Vec<f64> = model.judge(&loans, &Policy::default()).into_iter().map(|verdict| verdict.score).collect();
    let matrix = model.matrix(&loans);
    let drops = permutation(&model.forest, &matrix, &labels, PermutationOptions::new(REPEATS, seed)?)?;
    let shares = by_splits(&model.forest, matrix.features())?;
    let mut weights: Vec<(usize, FeatureWeight)> = drops
        .into_iter()
        .zip(shares)
        .map(|(drop, share)| FeatureWeight { feature: drop.feature, auc_drop: drop.weight, split_share: share.weight })
        .enumerate()
        .collect();
    weights.sort_by(|a, b| b.1.auc_drop.total_cmp(&a.1.auc_drop).then(a.0.cmp(&b.0)));
    let dependence = |(column, weight): &(usize, FeatureWeight)| {
        let points = partial_dependence(&model.forest, &matrix, *column, DependenceOptions::new(POINTS, seed)?)?;
        let probability = |score: f64| model.calibration.as_ref().map_or(score, |calibration| calibration.apply(score));
        let points = points.into_iter().map(|(value, score)| (value, probability(score))).collect();
        Ok(Dependence { feature: weight.feature.clone(), points })
    };
    let bins = metric::reliability(&scores, &labels).unwrap_or_default();
    let bin = |bin: metric::ReliabilityBin| Reliability {
        mean_score: bin.mean_score,
        observed_rate: bin.observed_rate,
        loans: bin.count as u32,
    };
    Ok(Insight {
        loans: loans.len() as u32,
        dependence: weights.iter().take(DEPENDENCES).map(dependence).collect::<Result<_, ImportanceError>>()?,
        features: weights.into_iter().map(|(_, weight)| weight).collect(),
        reliability: bins.into_iter().map(bin).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Unwatched, analyse};
    use crate::simulation::simulate;
    use domain::feature::Feature;
    use domain::model::{Target, TrainingOptions};
    use domain::money::Currency;

    #[test]
    fn the_heaviest_features_of_the_simulation_are_its_arrears() {
        let records = simulate(4, 1500);
        for target in Target::ALL {
            let options = TrainingOptions { target, trees: 20, ..TrainingOptions::default() };
            let analysis =
                analyse(&records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed");
            let found = insight(&analysis, &records).expect("loans are held out");
            assert_eq!(found.loans, analysis.figures.test_rows);
            assert_eq!(found.features.len(), analysis.features.len());
            assert!(found.features.windows(2).all(|pair| pair[0].auc_drop >= pair[1].auc_drop));
            let shares: f64 = found.features.iter().map(|feature| feature.split_share).sum();
            assert!((shares - 1.0).abs() < 1e-9, "{shares}");
            assert_eq!(found.reliability.iter().map(|bin| bin.loans).sum::<u32>(), found.loans);
            if target == Target::Observed {
                let arrears = [Feature::DaysPastDue.into(), Feature::MissedPayments.into()];
                assert!(arrears.contains(&found.features[0].feature), "{:?}", found.features[0]);
                let points = &found.dependence[0].points;
                assert!(points[points.len() - 1].1 > points[0].1 + 0.1, "more arrears, more risk: {points:?}");
            }
        }
    }
}
