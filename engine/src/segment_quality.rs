//! How good segments are: whether they would come back, how well they tell loans apart, and which earlier ones they go on
//! with.

use crate::feature::FeatureMatrix;
use crate::model::RiskModel;
use crate::segment_match::{SILHOUETTE_ROWS_MAX, StabilityOptions, match_centers, scan, silhouette, stability};
use crate::segmentation::{Clusters, SegmentationError, fit_quickly};
use domain::loan::LoanRecord;
use domain::segment::{Continued, SegmentQuality, Segmentation};
use domain::summary::Verdict;

/// Segments are looked at on so many loans at most, evenly chosen: each is looked at some twenty times.
pub const QUALITY_ROWS_MAX: usize = 4_000;

/// Refits on resampled loans.
const REFITS: usize = 20;

/// Looks at a model's segments of loans. `verdicts` are what the model found of `records`, one for one.
/// Deterministic in the model's seed; `go_on` is asked between refits, and nothing is known where it says no.
pub fn assess(
    model: &RiskModel,
    records: &[LoanRecord],
    verdicts: &[Verdict],
    go_on: &(dyn Fn() -> bool + Sync),
) -> Option<SegmentQuality> {
    let step = records.len().div_ceil(QUALITY_ROWS_MAX).max(1);
    let chosen: Vec<LoanRecord> = records.iter().step_by(step).cloned().collect();
    let members: Vec<usize> = verdicts.iter().step_by(step).map(|verdict| verdict.segment as usize).collect();
    let matrix = FeatureMatrix::with_fills(&chosen, &model.features, model.currency, &model.filling.medians);
    let (rows, columns) = (model.scaler.transform(&matrix), matrix.columns());
    let (segments, seed) = (model.segmentation.segments.len() as u32, model.options.seed);
    let clusters = Clusters { centers: model.centers.clone(), members, inertia: model.segmentation.inertia };
    let fit = |rows: &[f64], segments: u32, seed: u64| {
        if go_on() { fit_quickly(rows, columns, segments, seed) } else { Err(SegmentationError::Stopped) }
    };
    let points = scan(&rows, columns, seed, |tried| {
        if tried == segments {
            Ok(clusters.members.clone())
        } else {
            fit(&rows, tried, seed).map(|found| found.members)
        }
    });
    let mut silhouettes: Vec<(u32, Option<f64>)> =
        points.into_iter().map(|point| (point.segments, point.silhouette.ok().flatten())).collect();
    if silhouettes.iter().all(|(tried, _)| *tried != segments) {
        silhouettes.push((segments, silhouette(&rows, columns, &clusters.members, seed)));
    }
    let options = StabilityOptions::new::<SegmentationError>(REFITS, seed).ok()?;
    // A sample of very few shapes may hold too few different rows for a refit.
    let stability = stability(&rows, columns, &clusters, options, |sample, seed| fit(sample, segments, seed)).ok();
    let silhouette_loans = Some(chosen.len().min(SILHOUETTE_ROWS_MAX) as u32);
    go_on().then_some(SegmentQuality { loans: chosen.len() as u32, silhouette_loans, silhouettes, stability })
}

/// Notes for each segment which one of an earlier model it goes on with. Nothing is noted where the models look at
/// different features.
pub fn note_continued(segmentation: &mut Segmentation, model: &RiskModel, earlier: &RiskModel, earlier_version: i32) {
    if model.features != earlier.features {
        return;
    }
    // Centres as the models know them: those of the segments leave out what is known of no loan.
    let centers = |model: &RiskModel| -> Vec<Vec<f64>> {
        model.centers.iter().map(|center| model.scaler.restore_row(center).collect()).collect()
    };
    let (old, new) = (centers(earlier), centers(model));
    let Ok(matched) = match_centers(&old, &new, &model.scaler) else { return };
    for (segment, old) in segmentation.segments.iter_mut().zip(matched) {
        let old = old.and_then(|place| earlier.segmentation.segments.get(place));
        segment.continues =
            old.map(|old| Continued { model_version: earlier_version, number: old.number, name: old.name.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, Unwatched, analyse};
    use crate::simulation::simulate;
    use domain::model::TrainingOptions;
    use domain::money::{Currency, Money};
    use domain::policy::Policy;

    fn analysed(records: &[LoanRecord], seed: u64) -> Analysis {
        let options = TrainingOptions { seed, trees: 5, ..TrainingOptions::default() };
        analyse(records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed")
    }

    fn assessed(records: &[LoanRecord], analysis: &Analysis, go_on: bool) -> Option<SegmentQuality> {
        assess(&analysis.model, records, &analysis.verdicts, &|| go_on)
    }

    #[test]
    fn simulated_segments_are_looked_at() {
        let records = simulate(1, 300);
        let analysis = analysed(&records, 1);
        let quality = assessed(&records, &analysis, true).expect("is looked at");
        assert_eq!(
            quality.silhouettes.iter().map(|(segments, _)| *segments).collect::<Vec<_>>(),
            [2, 3, 4, 5, 6, 7, 8]
        );
        assert!(quality.silhouettes.iter().all(|(_, width)| width.is_some_and(|width| (-1.0..=1.0).contains(&width))));
        assert!(quality.best_count().is_some_and(|best| (2..=8).contains(&best)));
        assert_eq!((quality.loans, quality.stability.map(|found| found.refits)), (300, Some(REFITS)));
        assert_eq!(quality.silhouette_loans, Some(300));
        assert_eq!(assessed(&records, &analysis, true), Some(quality), "the same again");
        assert_eq!(assessed(&records, &analysis, false), None);
    }

    /// Four kinds of loans, far apart in what they owe and earn.
    fn far_apart() -> Vec<LoanRecord> {
        let mut records = simulate(3, 200);
        for (place, record) in records.iter_mut().enumerate() {
            let (income, amount) = [(1, 1), (100, 1), (1, 100), (100, 100)][place % 4];
            let money = |thousands: usize| Some(Money::from_minor((thousands * 100_000 + place) as i64));
            record.borrower.monthly_income = money(income);
            record.loan_amount = money(amount);
            record.outstanding_amount = money(amount);
            record.monthly_instalment = money(amount / 10 + 1);
            record.collateral_value = money(amount);
            (record.missed_payments, record.days_past_due) = (Some(place as u16 % 4), Some(place as u32 % 4 * 30));
            (record.tenure_months, record.interest_rate) = (Some(36), Some(9.0));
        }
        records
    }

    #[test]
    fn segments_far_apart_are_stable_and_go_on() {
        let records = far_apart();
        let (earlier, mut later) = (analysed(&records, 1), analysed(&records, 2));
        let stability = assessed(&records, &earlier, true).and_then(|quality| quality.stability).expect("is known");
        assert!(stability.is_stable() && stability.moved < 0.01, "{stability:?}");
        note_continued(&mut later.segmentation, &later.model, &earlier.model, 7);
        let number =
            |segment: i32| later.segmentation.segments[segment as usize].continues.as_ref().map(|old| old.number);
        let pairs = later.verdicts.iter().zip(&earlier.verdicts);
        let moved = pairs.filter(|(later, earlier)| number(later.segment) != Some(earlier.segment));
        assert_eq!(moved.count(), 0);
    }
}
