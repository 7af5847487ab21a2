//! Calibrated scores, and class weights.

use super::*;
use crate::model_file::{from_bytes, to_bytes};
use domain::model::ClassWeights;

fn with(calibration: Option<bool>, class_weights: ClassWeights) -> TrainingOptions {
    TrainingOptions { calibration, class_weights, trees: 60, ..observed() }
}

fn error_of(analysis: &Analysis) -> f64 {
    analysis.figures.calibration_error.expect("held-out loans")
}

#[test]
fn scores_of_observed_outcomes_are_calibrated_unless_somebody_says_otherwise() {
    let records = simulate(61, 400);
    let check = |options: &TrainingOptions, expected: bool| {
        let analysis = run(&records, options).expect("analyses");
        assert_eq!((analysis.figures.is_calibrated, analysis.model.calibration.is_some()), (expected, expected));
        // Verdicts follow the calibrated scores, whichever way these came about.
        let judged = analysis.model.judge(&records, &Policy::default());
        for (index, verdict) in analysis.verdicts.iter().enumerate() {
            assert!((0.0..=1.0).contains(&verdict.score));
            assert_eq!(verdict.track, Policy::default().track(verdict.score));
            assert!(analysis.score_sources[index] == ScoreSource::OutOfBag || judged[index] == *verdict);
        }
    };
    check(&observed(), true);
    check(&with(Some(false), ClassWeights::None), false);
    check(&proxy(), false);
    check(&TrainingOptions { calibration: Some(true), ..proxy() }, true);
}

#[test]
fn calibration_makes_probabilities_of_weighted_scores() {
    let records = simulate(62, 4000);
    let error = |calibration| {
        let analysis = run(&records, &with(Some(calibration), ClassWeights::Balanced)).expect("analyses");
        assert_eq!(analysis.figures.learner, crate::histogram::LEARNER, "smartcore takes no weights");
        let is_warned = analysis.notes.iter().any(|note| note.starts_with("Both outcomes weigh the same"));
        assert_eq!(is_warned, !calibration);
        (error_of(&analysis), analysis.figures.auc.expect("both outcomes"))
    };
    let ((raw, raw_auc), (calibrated, auc)) = (error(false), error(true));
    assert!(calibrated < 0.05 && raw > 1.5 * calibrated, "{raw} {calibrated}");
    assert!((raw_auc - auc).abs() < 0.01, "{raw_auc} {auc}");
}

#[test]
fn calibrated_models_come_back_from_their_bytes() {
    let analysis = run(&simulate(63, 300), &observed()).expect("analyses");
    let bytes = to_bytes(&analysis.model).expect("is written");
    assert_eq!(from_bytes(&bytes).expect("is read"), analysis.model);
}

#[test]
fn few_losses_leave_scores_as_they_are_and_weights_need_the_right_learner() {
    let mut records = simulate(64, 60);
    for (index, record) in records.iter_mut().enumerate() {
        let is_lost = index % 8 == 0;
        record.recovery_status = if is_lost { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
    }
    let analysis = run(&records, &observed()).expect("analyses");
    assert!(!analysis.figures.is_calibrated);
    assert!(
        analysis.notes.iter().any(|note| note.starts_with("The scores are not calibrated")),
        "{:?}",
        analysis.notes
    );
    let smartcore = TrainingOptions { learner: Learner::Smartcore, ..with(None, ClassWeights::Balanced) };
    assert_eq!(run(&records, &smartcore), Err(AnalysisError::UnweightedLearner));
}
