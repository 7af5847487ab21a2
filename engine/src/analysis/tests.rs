mod calibration;
mod extras;
mod past;
mod segments;
mod unknown;
mod validation;

use super::*;
use crate::simulation::simulate;
use domain::feature::{Feature, FeatureSet};
use domain::loan::RecoveryStatus;
use domain::model::{Learner, Target};
use domain::track::Track;
use std::sync::Mutex;

const USD: Currency = Currency::USD;

fn run(records: &[LoanRecord], options: &TrainingOptions) -> Result<Analysis, AnalysisError> {
    analyse(records, USD, options, &Policy::default(), &Unwatched)
}

fn options(target: Target, features: FeatureSet) -> TrainingOptions {
    // Tests of the folds ask for them; the others are quick without.
    TrainingOptions { target, features, trees: 30, folds: Some(0), ..TrainingOptions::default() }
}

fn proxy() -> TrainingOptions {
    options(Target::SegmentProxy, FeatureSet::Default)
}

fn observed() -> TrainingOptions {
    options(Target::Observed, FeatureSet::Default)
}

#[test]
fn every_feature_set_learns_every_target() {
    let records = simulate(21, 600);
    for target in Target::ALL {
        for features in FeatureSet::ALL {
            let analysis = run(&records, &options(target, features)).expect("analyses");
            let lists = [analysis.verdicts.len(), analysis.score_sources.len(), analysis.held_out.len()];
            assert_eq!(lists, [600; 3]);
            assert_eq!(analysis.segmentation.segments.iter().map(|segment| segment.size).sum::<u32>(), 600);
            let held_out = analysis.held_out.iter().filter(|held_out| **held_out).count();
            assert_eq!(held_out as u32, analysis.figures.test_rows);
            for (index, verdict) in analysis.verdicts.iter().enumerate() {
                assert!((0.0..=1.0).contains(&verdict.score), "{target:?} {features:?} {index}");
                assert_eq!(verdict.track, Policy::default().track(verdict.score));
                assert!(!analysis.held_out[index] || analysis.score_sources[index] == ScoreSource::Model);
            }
        }
    }
}

#[test]
fn features_that_are_left_out_are_looked_at_nowhere() {
    let mut records = simulate(34, 300);
    let without = vec![Feature::MonthlyIncome, Feature::InstalmentToIncome, Feature::Age];
    let options = TrainingOptions { without: without.clone(), ..observed() };
    let analysis = run(&records, &options).expect("analyses");
    assert_eq!((analysis.features.len(), analysis.model.features.len()), (11, 11));
    assert!(analysis.model.features.iter().all(|feature| !without.contains(feature)));
    let bytes = crate::model_file::to_bytes(&analysis.model).expect("is written");
    assert_eq!(crate::model_file::from_bytes(&bytes).expect("is read"), analysis.model);
    for record in &mut records {
        record.borrower.monthly_income = None;
    }
    let poor = run(&records, &options).expect("analyses");
    assert_eq!((poor.verdicts, poor.segmentation), (analysis.verdicts, analysis.segmentation));
}

#[test]
fn same_seed_gives_same_analysis_on_any_number_of_threads() {
    let records = simulate(22, 300);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(&records, &observed())).expect("analyses")
    };
    assert_eq!(on(1), on(3));
    let other_seed = run(&records, &TrainingOptions { seed: 43, ..observed() }).expect("analyses");
    assert_ne!(on(1).verdicts, other_seed.verdicts);
}

#[test]
fn observed_outcomes_of_a_simulated_portfolio_are_learned() {
    let records = simulate(42, 5000);
    let analysis = run(&records, &TrainingOptions { trees: 100, ..observed() }).expect("analyses");
    let auc = analysis.figures.auc.expect("both outcomes");
    assert!((0.85..0.92).contains(&auc), "AUC {auc}");
    assert!(analysis.figures.gate.passed);
    let share = |track| analysis.verdicts.iter().filter(|verdict| verdict.track == track).count() as f64 / 5000.0;
    assert!((0.10..0.20).contains(&share(Track::Legal)), "legal {}", share(Track::Legal));
    assert!((0.10..0.25).contains(&share(Track::Settlement)), "settlement {}", share(Track::Settlement));
}

#[test]
fn the_learner_is_the_one_that_was_asked_for_or_fits_the_features_and_the_number_of_loans() {
    let check = |loans, features, learner, expected: &str, is_sampled| {
        let options = TrainingOptions { trees: 3, learner, ..options(Target::Observed, features) };
        let mut records = simulate(33, loans);
        for record in records.iter_mut().filter(|record| record.recovery_status == RecoveryStatus::Open) {
            record.recovery_status = RecoveryStatus::FullyRecovered;
        }
        let analysis = run(&records, &options).expect("analyses");
        assert_eq!(analysis.figures.learner, expected, "{features:?} {learner:?} {loans}");
        assert_eq!(analysis.notes.iter().any(|note| note.starts_with("The forest learned from a sample")), is_sampled);
        assert_eq!(analysis.figures.trees, 3);
    };
    let (smartcore, histograms) = (crate::forest_fit::LEARNER, crate::histogram::LEARNER);
    let (reference, default) = (FeatureSet::Reference, FeatureSet::Default);
    check(300, default, Learner::Automatic, histograms, false);
    check(300, reference, Learner::Automatic, smartcore, false);
    check(300, default, Learner::Smartcore, smartcore, false);
    check(300, reference, Learner::Histogram, histograms, false);
    // A fifth is held out.
    let many = SMARTCORE_ROWS_MAX * 13 / 10;
    check(many, reference, Learner::Automatic, histograms, false);
    check(many, default, Learner::Smartcore, smartcore, true);
}

#[test]
fn open_loans_are_scored_but_neither_learned_from_nor_tested_on() {
    let records = simulate(23, 400);
    let analysis = run(&records, &observed()).expect("analyses");
    let is_open = |index: usize| records[index].recovery_status == RecoveryStatus::Open;
    let open = (0..400).filter(|index| is_open(*index)).count();
    assert!(
        (0..400)
            .filter(|index| is_open(*index))
            .all(|index| { !analysis.held_out[index] && analysis.score_sources[index] == ScoreSource::Model })
    );
    assert_eq!((analysis.figures.train_rows + analysis.figures.test_rows) as usize, 400 - open);
    assert!(analysis.notes.iter().any(|note| note.starts_with(&format!("{open} of 400 loans are open"))));
}

#[test]
fn new_loans_are_judged_as_held_out_ones() {
    let records = simulate(24, 300);
    let analysis = run(&records, &proxy()).expect("analyses");
    let judged = analysis.model.judge(&records, &Policy::default());
    for (index, source) in analysis.score_sources.iter().enumerate() {
        assert_eq!(judged[index].segment, analysis.verdicts[index].segment);
        assert!(*source != ScoreSource::Model || judged[index] == analysis.verdicts[index]);
    }
}

#[test]
fn single_outcome_class_is_worked_around_and_said() {
    let mut records = simulate(27, 60);
    for record in &mut records {
        record.recovery_status = RecoveryStatus::FullyRecovered;
    }
    let analysis = run(&records, &observed()).expect("analyses");
    assert_eq!((analysis.figures.auc, analysis.figures.trees), (None, 0));
    assert!(!analysis.figures.gate.passed);
    assert!(analysis.verdicts.iter().all(|verdict| verdict.score == 0.0));
    assert!(analysis.notes.contains(&analysis.figures.gate.reason), "{:?}", analysis.notes);
}

#[test]
fn few_of_one_class_are_said() {
    let mut records = simulate(28, 60);
    for (index, record) in records.iter_mut().enumerate() {
        let is_lost = index % 8 == 0;
        record.recovery_status = if is_lost { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
    }
    let analysis = run(&records, &observed()).expect("analyses");
    assert!(!analysis.figures.gate.passed);
    assert!(analysis.figures.gate.reason.starts_with("Only 8 of 60"), "{}", analysis.figures.gate.reason);
}

#[test]
fn a_single_tree_leaves_loans_with_the_base_rate() {
    let analysis = run(&simulate(29, 100), &TrainingOptions { trees: 1, ..proxy() }).expect("analyses");
    assert!(analysis.notes.iter().any(|note| note.contains("Every tree has seen")), "{:?}", analysis.notes);
}

#[test]
fn constant_column_is_worked_around_and_said() {
    let mut records = simulate(30, 80);
    for record in &mut records {
        record.interest_rate = Some(11.5);
    }
    let analysis = run(&records, &proxy()).expect("analyses");
    assert!(analysis.notes.iter().any(|note| note.starts_with("Interest rate is the same")), "{:?}", analysis.notes);
}

#[test]
fn what_cannot_be_analysed_is_refused_with_the_reason() {
    let check = |records: &[LoanRecord], options: &TrainingOptions, words: &str| {
        let error = run(records, options).expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    let records = simulate(31, 40);
    let mut open = records.clone();
    for record in &mut open {
        record.recovery_status = RecoveryStatus::Open;
    }
    check(&records[..9], &proxy(), "only 9 usable loans: the analysis needs at least 10; add more loans");
    check(&records[..11], &TrainingOptions { segments: 12, ..proxy() }, "needs at least 12");
    check(&vec![records[0].clone(); 40], &proxy(), "4 segments of 1 different loan:");
    check(&open, &observed(), "only 0 loans with a known outcome");
    check(&records, &TrainingOptions { trees: 0, ..proxy() }, "cannot have 0 trees");
    let without = FeatureSet::Default.features().to_vec();
    check(&records, &TrainingOptions { without, ..proxy() }, "no feature is left");
    check(&records, &TrainingOptions { segments: 1, ..proxy() }, "cannot make 1 segment:");
}

/// Stops the work when a stage is reached.
struct StopAt(Stage, Mutex<Vec<Stage>>);

impl Progress for StopAt {
    fn report(&self, stage: Stage, share_done: f64) -> bool {
        assert!((0.0..=1.0).contains(&share_done));
        let mut seen = self.1.lock().expect("no panic elsewhere");
        if seen.last() != Some(&stage) {
            seen.push(stage);
        }
        stage != self.0
    }
}

#[test]
fn analysis_stops_where_it_is_told_to() {
    let records = simulate(32, 60);
    for (place, stage) in [Stage::Segment, Stage::Fit, Stage::Score, Stage::Done].into_iter().enumerate() {
        let watch = StopAt(stage, Mutex::default());
        let result = analyse(&records, USD, &proxy(), &Policy::default(), &watch);
        assert_eq!(result, Err(AnalysisError::Cancelled));
        assert_eq!(watch.1.into_inner().expect("no panic elsewhere").len(), place + 1, "{stage:?}");
    }
}
