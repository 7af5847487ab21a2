use super::*;
use crate::analysis::{Analysis, Unwatched, analyse};
use crate::simulation::simulate;
use domain::feature::Feature;
use domain::loan::RecoveryStatus;
use domain::model::{ExtraChoice, Learner, Target, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;
use proptest::prelude::*;

fn analysed(records: &[LoanRecord], options: &TrainingOptions) -> Analysis {
    let options = TrainingOptions { folds: Some(0), ..options.clone() };
    analyse(records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed")
}

fn explained(analysis: &Analysis, records: &[LoanRecord], own: Option<&OutOfBag>) -> Vec<Reasons> {
    let loans = Scoring { records, verdicts: &analysis.verdicts, sources: &analysis.score_sources };
    let found = explain(&analysis.model, loans, own, &|_| true).expect("trees").expect("goes on");
    found.into_iter().map(|reasons| reasons.expect("a small portfolio")).collect()
}

fn sum(reasons: &Reasons) -> f64 {
    reasons.base + reasons.reasons.iter().map(|reason| reason.effect).sum::<f64>()
}

/// Loans of which some do not tell their rate, with a number and a category besides.
fn with_extras(seed: u64, loans: usize) -> Vec<LoanRecord> {
    let mut records = simulate(seed, loans);
    for (place, record) in records.iter_mut().enumerate() {
        let is_lost = record.recovery_status == RecoveryStatus::WrittenOff;
        let branch = if is_lost == place.is_multiple_of(3) { "North" } else { "South" };
        record.extras.insert("Branch".to_owned(), branch.to_owned());
        if !place.is_multiple_of(5) {
            record.extras.insert("Visits".to_owned(), (place % 7).to_string());
            record.interest_rate = record.interest_rate.filter(|_| !place.is_multiple_of(4));
        }
    }
    records
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    #[test]
    fn reasons_lead_from_the_base_to_the_score_of_what_scored_the_loan(
        seed in 0_u64..1000, loans in 120_usize..260, trees in 1_u32..25, is_histogram in any::<bool>()
    ) {
        let records = with_extras(seed, loans);
        let learner = if is_histogram { Learner::Histogram } else { Learner::Smartcore };
        let extras = if seed.is_multiple_of(4) { ExtraChoice::None } else { ExtraChoice::AllBut(vec![]) };
        let options = TrainingOptions { target: Target::Observed, learner, trees, seed, extras, ..TrainingOptions::default() };
        // The forest is the same with calibration and without: there scores are as its trees give them.
        let raw = analysed(&records, &TrainingOptions { calibration: Some(false), ..options.clone() });
        let calibrated = analysed(&records, &options);
        for analysis in [&raw, &calibrated] {
            let found = explained(analysis, &records, Some(&analysis.out_of_bag));
            for (place, reasons) in found.iter().enumerate() {
                let (verdict, by_trees) = (analysis.verdicts[place], raw.verdicts[place].score);
                prop_assert!((reasons.score() - verdict.score).abs() < 1e-9, "{place}: {}", reasons.score());
                prop_assert!((sum(reasons) - by_trees).abs() < 1e-9, "{place}: {} is not {by_trees}", sum(reasons));
                prop_assert_eq!(reasons.is_exact, is_serious(verdict.track));
                let is_seen_by_all = analysis.out_of_bag.trees_of(place).is_some_and(|trees| trees.is_empty());
                let is_adjusted = analysis.model.calibration.is_some() && !is_seen_by_all;
                let expected = if is_adjusted { Adjustment::Calibration } else { Adjustment::None };
                prop_assert_eq!(reasons.adjusted_by, expected);
            }
        }
    }
}

#[test]
fn loans_that_trained_the_model_are_explained_by_their_own_trees() {
    let records = simulate(5, 300);
    let options = TrainingOptions { target: Target::Observed, trees: 30, ..TrainingOptions::default() };
    let analysis = analysed(&records, &options);
    let calibration = analysis.model.calibration.as_ref().expect("enough loans");
    let (own, whole) =
        (explained(&analysis, &records, Some(&analysis.out_of_bag)), explained(&analysis, &records, None));
    let raw = analysis.model.forest.score_all(&analysis.model.matrix(&records));
    let mut different = 0;
    for (place, source) in analysis.score_sources.iter().enumerate() {
        let score = analysis.verdicts[place].score;
        assert!(
            (whole[place].score() - score).abs() < 1e-9 && (sum(&whole[place]) - raw[place]).abs() < 1e-9,
            "{place}"
        );
        if *source == ScoreSource::Model {
            assert_eq!((&own[place], own[place].adjusted_by), (&whole[place], Adjustment::Calibration), "{place}");
            continue;
        }
        assert_eq!(whole[place].adjusted_by, Adjustment::TreesAndCalibration, "{place}");
        assert!((calibration.apply(sum(&own[place])) - score).abs() < 1e-6, "{place}");
        different += usize::from((sum(&own[place]) - raw[place]).abs() > 0.01);
    }
    assert!(different > 100, "{different} loans are scored otherwise by the trees that saw them");
}

#[test]
fn scores_without_calibration_are_left_as_they_are() {
    let records = simulate(7, 200);
    let analysis = analysed(&records, &TrainingOptions { trees: 20, ..TrainingOptions::default() });
    let (own, whole) =
        (explained(&analysis, &records, Some(&analysis.out_of_bag)), explained(&analysis, &records, None));
    for (place, source) in analysis.score_sources.iter().enumerate() {
        assert_eq!((own[place].adjusted_by, own[place].adjustment.to_bits()), (Adjustment::None, 0), "{place}");
        let expected = if *source == ScoreSource::OutOfBag { Adjustment::Trees } else { Adjustment::None };
        assert_eq!(whole[place].adjusted_by, expected, "{place}");
    }
}

#[test]
fn work_that_is_stopped_has_no_result() {
    let records = simulate(5, 100);
    let analysis = analysed(&records, &TrainingOptions { trees: 5, ..TrainingOptions::default() });
    let loans = Scoring { records: &records, verdicts: &analysis.verdicts, sources: &analysis.score_sources };
    assert_eq!(explain(&analysis.model, loans, None, &|_| false), Ok(None));
}

#[test]
fn what_is_not_known_has_no_value() {
    let mut records = simulate(6, 60);
    records[0].interest_rate = None;
    let analysis = analysed(&records, &TrainingOptions { trees: 5, ..TrainingOptions::default() });
    let found = explained(&analysis, &records, Some(&analysis.out_of_bag));
    let rate = |place: usize| {
        let rate = FeatureName::from(Feature::InterestRate);
        found[place].reasons.iter().find(|reason| reason.feature == rate).expect("a feature").value
    };
    assert_eq!((rate(0), rate(1)), (None, records[1].interest_rate));
}
