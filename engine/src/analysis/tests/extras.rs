//! Models that look at extra columns.

use super::*;
use crate::model_file::{from_bytes, to_bytes};
use domain::model::ExtraChoice;

/// Simulated loans with known outcomes, whose column "helpful" leans towards the outcome, "branch" a little, and whose
/// other columns are of no use.
fn loans(seed: u64, count: usize) -> Vec<LoanRecord> {
    let mut records = simulate(seed, count);
    for (row, record) in records.iter_mut().enumerate() {
        if record.recovery_status == RecoveryStatus::Open {
            record.recovery_status = RecoveryStatus::FullyRecovered;
        }
        let is_lost = record.recovery_status == RecoveryStatus::WrittenOff;
        let helpful = (row % 10) as f64 + if is_lost { 4.0 } else { 0.0 };
        let branch = if is_lost && row % 2 == 0 { "North" } else { ["South", "East", "West"][row % 3] };
        let mut tell = |column: &str, text: String| _ = record.extras.insert(column.to_owned(), text);
        tell("helpful", helpful.to_string());
        tell("branch", branch.to_owned());
        tell("constant", "1".to_owned());
        tell("row", format!("R{row}"));
        tell("unknown", String::new());
        if row % 5 > 0 {
            tell("gaps", if row % 7 == 0 { "inf".to_owned() } else { row.to_string() });
        }
    }
    records
}

fn with_extras(target: Target, learner: Learner) -> TrainingOptions {
    TrainingOptions { extras: ExtraChoice::AllBut(vec![]), learner, ..options(target, FeatureSet::Default) }
}

fn auc_of(analysis: &Analysis) -> f64 {
    analysis.figures.auc.expect("both outcomes")
}

#[test]
fn helpful_columns_help_both_learners_and_segments_are_made_without_them() {
    let records = loans(51, 1500);
    let without = run(&records, &observed()).expect("analyses");
    for learner in [Learner::Smartcore, Learner::Histogram] {
        let analysis = run(&records, &with_extras(Target::Observed, learner)).expect("analyses");
        assert!(auc_of(&analysis) > auc_of(&without) + 0.03, "{} {}", auc_of(&analysis), auc_of(&without));
        assert_eq!(analysis.segmentation, without.segmentation);
        let names: Vec<String> = analysis.features[13..].iter().map(FeatureName::code).collect();
        assert_eq!(names, ["branch", "gaps", "gaps (missing)", "helpful", "row"]);
        let said = |words: &str| analysis.notes.iter().any(|note| note.starts_with(words));
        assert!(said("\"constant\" is the same in every loan"), "{:?}", analysis.notes);
        assert!(said("\"unknown\" is not known of any loan") && said("\"gaps\" is infinite in"));
        assert!(said("Of the 1,200 different values in \"row\", 1,200 had too few loans"), "{:?}", analysis.notes);
    }
}

#[test]
fn models_with_extras_are_the_same_on_any_number_of_threads() {
    let records = loans(52, 300);
    for learner in [Learner::Smartcore, Learner::Histogram] {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let analysis = pool.install(|| run(&records, &with_extras(Target::Observed, learner))).expect("analyses");
            to_bytes(&analysis.model).expect("is written")
        };
        assert_eq!(on(1), on(2));
    }
}

#[test]
fn new_loans_with_extras_are_judged_as_held_out_ones() {
    let records = loans(53, 300);
    let analysis = run(&records, &with_extras(Target::Observed, Learner::Automatic)).expect("analyses");
    let model = from_bytes(&to_bytes(&analysis.model).expect("is written")).expect("is read");
    assert_eq!(model, analysis.model);
    assert_eq!(model.inputs(), analysis.features);
    let judged = model.judge(&records, &Policy::default());
    for (index, source) in analysis.score_sources.iter().enumerate() {
        assert_eq!(judged[index].segment, analysis.verdicts[index].segment);
        assert!(*source != ScoreSource::Model || judged[index] == analysis.verdicts[index], "loan {index}");
    }
    let mut strange = records[..20].to_vec();
    for (row, record) in strange.iter_mut().enumerate() {
        record.extras.insert("branch".to_owned(), "never seen".to_owned());
        record.extras.insert("helpful".to_owned(), ["1e999", "?", "-5"][row % 3].to_owned());
        record.extras.remove("gaps");
    }
    let verdicts = model.judge(&strange, &Policy::default());
    assert!(verdicts.iter().all(|verdict| (0.0..=1.0).contains(&verdict.score)));
}

#[test]
fn ten_thousand_categories_of_chance_make_no_skill() {
    let mut records = loans(54, 2000);
    let lost = records.iter().filter(|record| record.recovery_status == RecoveryStatus::WrittenOff).count();
    for (row, record) in records.iter_mut().enumerate() {
        // Outcomes by chance alone, as often as before.
        let is_lost = (row * 7919) % 2000 < lost;
        record.recovery_status = if is_lost { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
        record.extras = [("id".to_owned(), format!("id {}", row * 31 % 10_000 / 4))].into();
    }
    let analysis = run(&records, &with_extras(Target::Observed, Learner::Histogram)).expect("analyses");
    assert!(!analysis.figures.gate.passed, "{}", analysis.figures.gate.reason);
}

#[test]
fn one_class_and_equal_rows_are_worked_around_with_extras_too() {
    let mut records = loans(55, 60);
    for record in &mut records {
        record.recovery_status = RecoveryStatus::WrittenOff;
    }
    let extras = with_extras(Target::Observed, Learner::Automatic);
    let analysis = run(&records, &extras).expect("analyses");
    assert_eq!((analysis.figures.trees, analysis.figures.gate.passed), (0, false));
    assert!(analysis.verdicts.iter().all(|verdict| verdict.score.to_bits() == 1.0_f64.to_bits()));
    let equal = vec![records[0].clone(); 60];
    let refused = run(&equal, &extras).expect_err("nothing to tell apart").to_string();
    assert!(refused.contains("of 1 different loan"), "{refused}");
}

#[test]
fn more_columns_than_a_model_can_take_are_refused() {
    let mut records = loans(56, 40);
    records[0].extras.extend((0..100).map(|name| (format!("x{name}"), "1".to_owned())));
    let refused = run(&records, &with_extras(Target::SegmentProxy, Learner::Automatic));
    let message = refused.expect_err("too many").to_string();
    assert!(message.starts_with("106 extra columns to learn from: the model can take 100"), "{message}");
}

#[test]
fn columns_that_give_the_outcome_away_are_named() {
    let mut records = loans(57, 400);
    for (row, record) in records.iter_mut().enumerate() {
        let is_lost = record.recovery_status == RecoveryStatus::WrittenOff;
        // Whole years for loans that were paid back, odd months for the others.
        let term = if is_lost { row % 40 * 12 + 5 } else { row % 40 * 12 };
        let word = if is_lost { "sent" } else { ["kept", "none"][row % 2] };
        record.extras = [("Term", term.to_string()), ("letters", word.to_owned()), ("recovery fee", row.to_string())]
            .map(|(name, text)| (name.to_owned(), text))
            .into();
    }
    let names = ["Term", "letters", "recovery fee"].map(str::to_owned).to_vec();
    let check = |target, expected: bool| {
        let options =
            TrainingOptions { extras: ExtraChoice::Named(names.clone()), ..options(target, FeatureSet::Default) };
        let notes = run(&records, &options).expect("analyses").notes;
        for start in
            ["\"Term\" tells outcomes apart", "\"letters\" tells outcomes apart", "The name of \"recovery fee\" speaks"]
        {
            assert_eq!(notes.iter().any(|note| note.starts_with(start)), expected, "{start}: {notes:?}");
        }
        assert_eq!(notes.iter().any(|note| note.contains("on which the model leans most")), expected, "{notes:?}");
    };
    check(Target::Observed, true);
    // Segments are made without extra columns.
    check(Target::SegmentProxy, false);
}
