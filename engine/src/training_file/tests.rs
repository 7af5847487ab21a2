use super::*;
use crate::analysis::{Analysis, Unwatched, analyse};
use crate::simulation::simulate;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::model::{ExtraChoice, Learner, Target, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;

fn analysed(records: &[LoanRecord], learner: Learner, trees: u32) -> Analysis {
    let extras = ExtraChoice::AllBut(vec![]);
    let options = TrainingOptions {
        target: Target::Observed,
        learner,
        trees,
        extras,
        folds: Some(0),
        ..TrainingOptions::default()
    };
    analyse(records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed")
}

/// Loans whose branch tells nearly all of the outcome.
fn records(loans: usize) -> Vec<LoanRecord> {
    let mut records = simulate(17, loans);
    for (place, record) in records.iter_mut().enumerate() {
        let is_lost = record.recovery_status == RecoveryStatus::WrittenOff;
        let branch = if is_lost == place.is_multiple_of(4) { "North" } else { "South" };
        record.extras.insert("Branch".to_owned(), branch.to_owned());
        record.extras.insert("Visits".to_owned(), (place % 7).to_string());
    }
    records
}

/// Nobody knows whose these loans are.
fn nobody(loans: usize) -> Vec<&'static str> {
    vec![""; loans]
}

fn ids(loans: usize) -> Vec<i64> {
    (0..loans as i64).map(|loan| 7 * loan + 3).collect()
}

#[test]
fn training_loans_are_scored_as_when_the_model_was_made() {
    let records = records(300);
    // Few trees leave loans that all of them saw.
    for (learner, trees) in [(Learner::Smartcore, 30), (Learner::Histogram, 30), (Learner::Smartcore, 3)] {
        let analysis = analysed(&records, learner, trees);
        let borrowers: Vec<&str> = records.iter().map(|record| record.borrower.borrower_ref.as_str()).collect();
        let bytes = to_bytes(&analysis.out_of_bag, &ids(300), &borrowers);
        let own = from_bytes(&bytes, &ids(300), &borrowers, trees as usize).expect("is read");
        assert_eq!(own, analysis.out_of_bag);
        for (loan, record) in records.iter().enumerate() {
            assert_eq!(own.had_outcome(loan), record.recovery_status != RecoveryStatus::Open, "{loan}");
        }
        let again = analysis.model.judge_apart(&records, &own, &Policy::default());
        for (loan, (verdict, source)) in again.iter().enumerate() {
            assert_eq!(*source, analysis.score_sources[loan], "{loan}");
            let before = analysis.verdicts[loan];
            assert!((verdict.score - before.score).abs() < 1e-12, "{loan}: {verdict:?} is not {before:?}");
            assert_eq!((verdict.segment, verdict.track), (before.segment, before.track));
        }
    }
}

#[test]
fn loans_are_known_by_their_ids() {
    let records = records(120);
    let analysis = analysed(&records, Learner::Smartcore, 10);
    let bytes = to_bytes(&analysis.out_of_bag, &ids(120), &nobody(120));
    // Other loans came before them, and every second one has left.
    let later: Vec<i64> = [-5, 1000].into_iter().chain(ids(120).into_iter().step_by(2)).collect();
    let own = from_bytes(&bytes, &later, &nobody(later.len()), 10).expect("is read");
    assert!(!own.holds(0) && !own.holds(1));
    for place in 2..later.len() {
        let before = 2 * (place - 2);
        assert_eq!(own.trees_of(place), analysis.out_of_bag.trees_of(before), "{place}");
    }
    let chosen = own.select(&[5, 1, 2]);
    assert_eq!((chosen.trees_of(0), chosen.trees_of(1), chosen.trees_of(2)), (own.trees_of(5), None, own.trees_of(2)));
}

#[test]
fn later_loans_of_a_training_loans_borrower_are_scored_apart() {
    let mut records = records(160);
    for (place, record) in records.iter_mut().enumerate() {
        record.borrower.borrower_ref = format!("B{}", place / 2);
    }
    let analysis = analysed(&records, Learner::Histogram, 20);
    let borrowers: Vec<&str> = records.iter().map(|record| record.borrower.borrower_ref.as_str()).collect();
    let bytes = to_bytes(&analysis.out_of_bag, &ids(160), &borrowers);
    let trained = (0..160).find(|loan| analysis.out_of_bag.holds(*loan)).expect("some loan");
    // New loans are on file: of that borrower, of another one, and of one who is not known. The old ones were not read.
    let own = from_bytes(&bytes, &[9_001, 9_002, 9_003], &[borrowers[trained], "B-new", ""], 20).expect("is read");
    assert!(!own.holds(0) && own.is_apart(0) && !own.is_apart(1) && !own.is_apart(2));
    assert_eq!(own.trees_of(0), analysis.out_of_bag.trees_of(trained));
    assert!(!own.had_outcome(0), "it is new");
    let chosen = own.select(&[1, 0]);
    assert_eq!((chosen.trees_of(0), chosen.trees_of(1)), (None, own.trees_of(0)));
}

#[test]
fn a_changed_category_takes_its_own_number() {
    let mut records = records(200);
    let analysis = analysed(&records, Learner::Smartcore, 10);
    let loan = (0..200).find(|loan| analysis.out_of_bag.holds(*loan)).expect("some loan");
    let row = |records: &[LoanRecord]| {
        let given = analysis.model.matrix(&records[loan..=loan]).row(0).to_vec();
        let mut restored = given.clone();
        analysis.out_of_bag.restore(loan, &mut restored);
        (given, restored)
    };
    let (given, restored) = row(&records);
    assert_ne!(given, restored, "the model's number has the loan's own outcome in it");
    let other = if records[loan].extras["Branch"] == "North" { "South" } else { "North" };
    records[loan].extras.insert("Branch".to_owned(), other.to_owned());
    records[loan].extras.insert("Visits".to_owned(), "40".to_owned());
    let (given, restored) = row(&records);
    assert_eq!(given, restored);
    assert!(restored.contains(&40.0));
}

#[test]
fn damaged_bytes_are_refused() {
    let analysis = analysed(&records(100), Learner::Smartcore, 5);
    let bytes = to_bytes(&analysis.out_of_bag, &ids(100), &nobody(100));
    let read = |bytes: &[u8], trees| from_bytes(bytes, &ids(100), &nobody(100), trees).err();
    assert_eq!(read(&bytes, 5), None);
    assert_eq!(read(&bytes, 6), Some(TrainingFileError::Damaged), "of another forest");
    for length in (0..bytes.len()).step_by(13) {
        assert_eq!(read(&bytes[..length], 5), Some(TrainingFileError::Damaged), "{length}");
    }
    let signed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut body = bytes[..bytes.len() - CHECKSUM_BYTES].to_vec();
        change(&mut body);
        let checksum = Sha256::digest(&body);
        body.extend(checksum);
        read(&body, 5)
    };
    assert_eq!(signed(&|body| body[8] = 9), Some(TrainingFileError::Version));
    assert_eq!(signed(&|body| body[12] ^= 1), Some(TrainingFileError::Damaged), "rows");
    assert_eq!(signed(&|body| body.push(0)), Some(TrainingFileError::Damaged));
    assert_eq!(read(&to_bytes(&OutOfBag::default(), &[], &nobody(0)), 1), None, "a base rate has no training loans");
}
