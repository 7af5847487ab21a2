use super::*;
use crate::feature::FeatureMatrix;
use crate::forest_fit::{ForestOptions, fit};
use crate::scaler::Scaler;
use crate::simulation::simulate;
use domain::feature::{Feature, FeatureName, FeatureSet};
use domain::loan::RecoveryStatus;
use domain::money::Currency;
use domain::scoring_report::DriftReport;

const LOANS: usize = 2000;

fn book(seed: u64) -> FeatureMatrix {
    FeatureMatrix::new(&simulate(seed, LOANS), FeatureSet::Default.features(), Currency::USD)
}

/// Compares books with the reference of another, by a forest that was trained on a third.
struct Watch {
    forest: crate::forest::RiskForest,
    reference: DriftReference,
    scaler: Scaler,
}

impl Watch {
    fn new() -> Self {
        let records = simulate(1, 600);
        let labels: Vec<bool> =
            records.iter().map(|record| record.recovery_status == RecoveryStatus::WrittenOff).collect();
        let rows = FeatureMatrix::new(&records, FeatureSet::Default.features(), Currency::USD);
        let options = ForestOptions::new(50, 1).expect("options");
        let forest = fit(&rows, &labels, options, &|_| true).expect("fits").forest;
        let held_out = book(2);
        let scores: Vec<f64> = held_out.rows().map(|row| forest.score(row)).collect();
        let columns = columns(&held_out);
        let reference = DriftReference::new(&scores, &borrowed(&columns));
        Self { forest, reference, scaler: Scaler::fit(&held_out) }
    }

    fn report(&self, rows: &FeatureMatrix) -> DriftReport {
        let scores: Vec<f64> = rows.rows().map(|row| self.forest.score(row)).collect();
        self.reference.compare(&scores, &borrowed(&columns(rows)))
    }

    /// A book in which two features stand `shift` standard deviations higher.
    fn shifted(&self, seed: u64, features: [Feature; 2], shift: f64) -> FeatureMatrix {
        let rows = book(seed);
        let mut values = rows.values().to_vec();
        for (place, value) in values.iter_mut().enumerate() {
            let column = place % rows.columns();
            if rows.features()[column].standard().is_some_and(|feature| features.contains(&feature)) {
                *value += shift * self.scaler.std[column];
            }
        }
        FeatureMatrix::from_values(rows.features(), values).expect("whole rows")
    }
}

fn columns(rows: &FeatureMatrix) -> Vec<(FeatureName, Vec<f64>)> {
    let values = rows.to_columns();
    rows.features().iter().cloned().zip(values.chunks(rows.row_count()).map(<[f64]>::to_vec)).collect()
}

fn borrowed(columns: &[(FeatureName, Vec<f64>)]) -> Vec<(FeatureName, &[f64])> {
    columns.iter().map(|(feature, values)| (feature.clone(), values.as_slice())).collect()
}

#[test]
fn undisturbed_books_raise_no_alarm_and_shifted_ones_do() {
    let watch = Watch::new();
    for seed in 100..120 {
        let report = watch.report(&book(seed));
        assert!(report.alarms("").is_empty(), "{:?}", report.alarms(""));
        let all = report.features.iter().map(|(_, drift)| *drift).chain([report.score]).flatten();
        let worst = all.map(|drift| drift.psi).fold(0.0, f64::max);
        assert!(worst < 0.04, "{worst}");
    }
    let pairs = [
        [Feature::MonthlyIncome, Feature::InterestRate],
        [Feature::LoanAmount, Feature::OutstandingAmount],
        [Feature::DaysPastDue, Feature::TenureMonths],
        [Feature::InstalmentToIncome, Feature::OutstandingToLoan],
    ];
    for (seed, pair) in (200..).zip(pairs) {
        for shift in [0.3, -0.3] {
            let alarms = watch.report(&watch.shifted(seed, pair, shift)).alarms("");
            for feature in pair {
                assert!(alarms.iter().any(|alarm| alarm.starts_with(feature.label())), "{shift}: {alarms:?}");
            }
            let known = |alarm: &String| {
                alarm.starts_with("Risk score") || pair.iter().any(|feature| alarm.starts_with(feature.label()))
            };
            assert!(alarms.iter().all(known), "{alarms:?}");
        }
    }
}

#[test]
fn few_rows_are_not_drift() {
    let watch = Watch::new();
    for seed in 300..320 {
        let few = book(seed).select(&(0..50).collect::<Vec<_>>());
        let report = watch.report(&few);
        assert!(report.alarms("").is_empty(), "{:?}", report.alarms(""));
        assert_eq!((report.rows, report.reference_rows), (50, LOANS as u32));
    }
}

#[test]
fn reference_survives_a_file() {
    let reference = DriftReference::new(&[0.1, 0.2], &[(Feature::Age.into(), &[30.0, f64::NAN])]);
    let text = serde_json::to_string(&reference).expect("is written");
    assert_eq!(serde_json::from_str::<DriftReference>(&text).expect("is read"), reference);
}

#[test]
fn bound_is_near_the_chi_square_table() {
    // The 0.999999 quantiles with 5, 9 and 11 degrees of freedom.
    for (freedom, expected) in [(5, 35.888), (9, 44.811), (11, 48.866)] {
        let bound = chi_square_bound(freedom);
        assert!(bound > expected && bound < 1.05 * expected, "{freedom}: {bound}");
    }
    assert!(chi_square_bound(0).abs() < 1e-12);
}
