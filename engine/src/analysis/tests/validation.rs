//! Figures over several folds, and borrowers with several loans.

use super::*;
use domain::validation::FoldRule;

fn folds(folds: u32, target: Target) -> TrainingOptions {
    TrainingOptions { folds: Some(folds), ..options(target, FeatureSet::Default) }
}

/// Options that leave the folds to the target.
fn automatic(target: Target) -> TrainingOptions {
    TrainingOptions { folds: None, ..options(target, FeatureSet::Default) }
}

#[test]
fn observed_outcomes_are_validated_on_five_folds_unless_somebody_says_otherwise() {
    let records = simulate(71, 700);
    let check = |options: &TrainingOptions, expected: Option<u32>| {
        let figures = run(&records, options).expect("analyses").figures;
        assert_eq!(figures.validation.as_ref().map(|validation| validation.folds), expected);
        let words = figures.gate.reason.contains("over 5 folds");
        assert_eq!(words, expected == Some(5), "{}", figures.gate.reason);
        figures
    };
    let figures = check(&automatic(Target::Observed), Some(5));
    let validation = figures.validation.expect("folds");
    assert_eq!((validation.rule, validation.loans), (FoldRule::Stratified, figures.train_rows + figures.test_rows));
    let auc = validation.figures.auc.expect("both outcomes");
    let (low, high) = auc.interval.expect("several folds");
    assert!(auc.folds == 5 && low < auc.mean && auc.mean < high && auc.mean > 0.75, "{auc:?}");
    let gini = validation.figures.gini.expect("both outcomes");
    assert!((gini.mean - (2.0 * auc.mean - 1.0)).abs() < 1e-9);
    assert!(validation.figures.brier.is_some() && validation.figures.ks.is_some() && validation.figures.ece.is_some());
    assert_eq!(validation.figures.lift.len(), 10);
    assert!(validation.figures.lift[0].mean > 2.0, "{:?}", validation.figures.lift);
    check(&folds(3, Target::Observed), Some(3));
    check(&folds(0, Target::Observed), None);
    check(&automatic(Target::SegmentProxy), None);
    check(&folds(2, Target::SegmentProxy), Some(2));
    let refused = run(&records, &folds(1, Target::Observed)).expect_err("one fold").to_string();
    assert_eq!(refused, "the validation cannot have 1 fold: choose 2 to 20");
}

#[test]
fn loans_of_a_borrower_stand_on_one_side() {
    let mut records = simulate(72, 400);
    for (row, record) in records.iter_mut().enumerate() {
        record.borrower.borrower_ref = if row % 10 == 0 { String::new() } else { format!("B{}", row / 4) };
    }
    let analysis = run(&records, &automatic(Target::Observed)).expect("analyses");
    assert_eq!(analysis.figures.validation.as_ref().map(|validation| validation.rule), Some(FoldRule::Borrower));
    let is_trained = |row: usize| analysis.score_sources[row] == ScoreSource::OutOfBag;
    for (row, record) in records.iter().enumerate().filter(|(row, _)| analysis.held_out[*row]) {
        let borrower = &record.borrower.borrower_ref;
        let others = records.iter().enumerate().filter(|(_, other)| other.borrower.borrower_ref == *borrower);
        assert!(borrower.is_empty() || others.into_iter().all(|(other, _)| !is_trained(other)), "loan {row}");
    }
    let labelled = analysis.figures.train_rows + analysis.figures.test_rows;
    assert!((labelled / 6..labelled / 4).contains(&analysis.figures.test_rows), "{}", analysis.figures.test_rows);

    // Three borrowers are too few for five folds.
    for (row, record) in records.iter_mut().enumerate() {
        record.borrower.borrower_ref = format!("B{}", row % 3);
    }
    let analysis = run(&records, &automatic(Target::Observed)).expect("analyses");
    assert_eq!(analysis.figures.validation, None);
    let said = "There are no figures over several folds: the validation needs at least 5 borrowers, but there are 3";
    assert!(analysis.notes.iter().any(|note| note == said), "{:?}", analysis.notes);
}

/// Four loans of each borrower that share income, delay and outcome, so that a tree that saw one of them knows the others.
fn shared_outcomes(borrowers: usize) -> Vec<LoanRecord> {
    let mut records = simulate(75, 4 * borrowers);
    for row in 0..records.len() {
        let first = records[row / 4 * 4].clone();
        let record = &mut records[row];
        let is_lost = (row / 4 * 7) % 10 < 3;
        record.borrower = first.borrower;
        record.borrower.borrower_ref = format!("B{}", row / 4);
        record.days_past_due = first.days_past_due;
        record.recovery_status = if is_lost { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
    }
    // Files are seldom in the order of borrowers.
    (0..records.len()).map(|row| records[row * 37 % records.len()].clone()).collect()
}

#[test]
fn out_of_bag_scores_are_of_trees_that_saw_no_loan_of_the_borrower() {
    let records = shared_outcomes(150);
    for learner in [Learner::Histogram, Learner::Smartcore] {
        let analysis = run(&records, &TrainingOptions { learner, trees: 60, ..observed() }).expect("analyses");
        let own = &analysis.out_of_bag;
        let mut trees = std::collections::BTreeMap::new();
        for (row, record) in records.iter().enumerate().filter(|(row, _)| own.holds(*row)) {
            let of_borrower = trees.entry(&record.borrower.borrower_ref).or_insert_with(|| own.trees_of(row));
            assert_eq!(*of_borrower, own.trees_of(row), "{learner:?}, loan {row}");
        }
        let area = |places: &[usize]| {
            let scores: Vec<f64> = places.iter().map(|place| analysis.verdicts[*place].score).collect();
            let labels: Vec<bool> =
                places.iter().map(|place| records[*place].recovery_status == RecoveryStatus::WrittenOff).collect();
            crate::metric::auc(&scores, &labels).expect("both outcomes").area
        };
        let trained: Vec<usize> = (0..records.len()).filter(|row| own.holds(*row)).collect();
        assert_eq!(analysis.figures.leak_alarms, Vec::<String>::new(), "{learner:?}");
        // Outcomes have nothing to do with the features: what ranks them is what a tree saw of the same borrower.
        assert!(area(&trained) < 0.65, "{learner:?}: {}", area(&trained));
    }
}

#[test]
fn open_loans_of_a_training_loans_borrower_are_scored_by_trees_that_did_not_see_them() {
    let mut records = shared_outcomes(150);
    // Of each borrower one loan is open: what a tree saw of the others tells its outcome.
    let mut seen = std::collections::BTreeSet::new();
    let lost: Vec<bool> = records.iter().map(|record| record.recovery_status == RecoveryStatus::WrittenOff).collect();
    for record in &mut records {
        if seen.insert(record.borrower.borrower_ref.clone()) {
            record.recovery_status = RecoveryStatus::Open;
        }
    }
    for learner in [Learner::Histogram, Learner::Smartcore] {
        let analysis = run(&records, &TrainingOptions { learner, trees: 60, ..observed() }).expect("analyses");
        let own = &analysis.out_of_bag;
        let is_open = |row: &usize| records[*row].recovery_status == RecoveryStatus::Open;
        let apart: Vec<usize> = (0..records.len()).filter(|row| is_open(row) && own.is_apart(*row)).collect();
        assert!(apart.len() > 100, "{}", apart.len());
        for row in &apart {
            assert!(!own.holds(*row) && !own.had_outcome(*row));
            assert_eq!(analysis.score_sources[*row], ScoreSource::OutOfBag);
            let reference = &records[*row].borrower.borrower_ref;
            let is_sibling = |other: &usize| own.holds(*other) && records[*other].borrower.borrower_ref == *reference;
            let sibling = (0..records.len()).find(is_sibling).expect("one that trained the model");
            assert_eq!(own.trees_of(*row), own.trees_of(sibling), "{learner:?}");
        }
        let area = |scores: &[f64]| {
            let labels: Vec<bool> = apart.iter().map(|row| lost[*row]).collect();
            crate::metric::auc(scores, &labels).expect("both outcomes").area
        };
        let honest: Vec<f64> = apart.iter().map(|row| analysis.verdicts[*row].score).collect();
        let whole = analysis.model.judge(&records, &Policy::default());
        let whole: Vec<f64> = apart.iter().map(|row| whole[*row].score).collect();
        // Outcomes have nothing to do with the features.
        let (honest, whole) = (area(&honest), area(&whole));
        assert!(honest < 0.6 && whole > honest + 0.15, "{learner:?}: {honest} {whole}");
    }
}

#[test]
fn folds_are_watched_and_can_be_stopped() {
    let records = simulate(73, 100);
    let watch = StopAt(Stage::Validate, Mutex::default());
    let result = analyse(&records, USD, &automatic(Target::Observed), &Policy::default(), &watch);
    assert_eq!(result, Err(AnalysisError::Cancelled));
    assert_eq!(*watch.1.lock().expect("no panic elsewhere"), [Stage::Segment, Stage::Fit, Stage::Validate]);
}

#[test]
fn folds_are_the_same_on_any_number_of_threads() {
    let records = simulate(74, 200);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(&records, &automatic(Target::Observed))).expect("analyses").figures
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn folds_may_follow_time() {
    let mut records = simulate(75, 300);
    for record in &mut records {
        record.originated_on = None;
    }
    let options = TrainingOptions { is_time_ordered: true, ..automatic(Target::Observed) };
    let undated = run(&records, &options).expect("analyses");
    assert_eq!(undated.figures.validation, None);
    let said = "There are no figures over several folds: the validation needs more than 5 different dates";
    assert!(undated.notes.iter().any(|note| note.starts_with(said)), "{:?}", undated.notes);
    for (row, record) in records.iter_mut().enumerate() {
        record.originated_on = chrono::NaiveDate::from_yo_opt(2020, row as u32 + 1);
    }
    let figures = run(&records, &options).expect("analyses").figures;
    let validation = figures.validation.expect("dates");
    let labelled = figures.train_rows + figures.test_rows;
    assert_eq!(validation.rule, FoldRule::Time);
    assert!(validation.loans < labelled && validation.loans > labelled * 3 / 4, "the first loans are never tested");
    // Each borrower has a loan early and one late: the late ones of those who are learned from are no test.
    for (row, record) in records.iter_mut().enumerate() {
        record.borrower.borrower_ref = format!("B{}", row % 200);
    }
    let purged = run(&records, &options).expect("analyses").figures.validation.expect("dates");
    assert!(purged.loans < validation.loans - 20, "{} of {}", purged.loans, validation.loans);
}
