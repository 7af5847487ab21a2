use super::*;
use domain::model::{Target, TrainingOptions};
use domain::money::Currency;
use domain::reason::Adjustment;
use engine::analysis::{Analysis, Unwatched, analyse};
use engine::simulation::simulate;
use std::collections::HashSet;

const POLICY: (PolicyId, f64) = (PolicyId(1), 0.75);

fn analysed(records: &[LoanRecord]) -> Analysis {
    let options = TrainingOptions { target: Target::Observed, trees: 20, folds: Some(0), ..TrainingOptions::default() };
    analyse(records, Currency::USD, &options, &Policy::default(), &Unwatched).expect("is analysed")
}

/// The decisions of the training, as they hold.
fn held(analysis: &Analysis, records: &[LoanRecord], has_reasons: bool) -> HashMap<LoanId, Held> {
    let hashes = input::hashes(&analysis.model.matrix(records));
    let held = |place: usize| Held {
        policy: POLICY.0,
        verdict: analysis.verdicts[place],
        source: analysis.score_sources[place],
        input_hash: hashes[place],
        has_reasons,
    };
    (0..records.len()).map(|place| (LoanId(place as i64), held(place))).collect()
}

#[test]
fn loans_that_another_policy_puts_on_a_serious_track_do_not_lack_reasons() {
    let records = simulate(3, 300);
    let analysis = analysed(&records);
    let ids: Vec<LoanId> = (0..300).map(LoanId).collect();
    let strict = Policy { legal_above: POLICY.1 - 0.35, settlement_from: 0.2, ..Policy::default() };
    for has_reasons in [false, true] {
        let held = held(&analysis, &records, has_reasons);
        let trained = TrainedOn::Loans(HashSet::new());
        let book = Book { ids: &ids, records: &records, held: &held, trained: &trained, alerted: &HashSet::new() };
        let decide = |policy| decide(&analysis.model, policy, book, &CancellationToken::new()).expect("is not stopped");
        assert_eq!(decide((POLICY.0, Policy::default())), [], "nothing has changed");
        let decisions = decide((PolicyId(2), strict.clone()));
        assert_eq!(decisions.len(), 300);
        let mut moved = 0;
        for (decision, before) in decisions.iter().zip(&analysis.verdicts) {
            let is_moved = before.track == Track::Standard && decision.verdict.track != Track::Standard;
            moved += usize::from(is_moved);
            let is_by_model = decision.source == ScoreSource::Model;
            let is_made = is_serious(decision.verdict.track) && (!has_reasons || (is_moved && is_by_model));
            assert_eq!(decision.reasons.is_some(), is_made, "{decision:?}");
            let Some(reasons) = &decision.reasons else { continue };
            assert!(reasons.is_exact && (reasons.score() - before.score).abs() < 1e-9);
            let expected = if is_by_model { Adjustment::Calibration } else { Adjustment::TreesAndCalibration };
            assert_eq!(reasons.adjusted_by, expected);
        }
        assert!(moved > 10, "{moved} loans come to a serious track");
    }
}

/// Changed loans with their decisions, where this is known of the training.
fn changed(records: &[LoanRecord], analysis: &Analysis, trained: &TrainedOn, stop: bool) -> Option<Vec<NewDecision>> {
    let held = held(analysis, records, true);
    let mut later = records.to_vec();
    for record in &mut later[..60] {
        record.days_past_due = Some(400);
    }
    let ids: Vec<LoanId> = (0..records.len() as i64).map(LoanId).collect();
    let book = Book { ids: &ids, records: &later, held: &held, trained, alerted: &HashSet::new() };
    let token = CancellationToken::new();
    if stop {
        token.cancel();
    }
    decide(&analysis.model, (POLICY.0, Policy::default()), book, &token)
}

#[test]
fn loans_that_changed_are_scored_by_trees_that_did_not_see_them() {
    let records = simulate(4, 200);
    let analysis = analysed(&records);
    let trained = TrainedOn::Trees(analysis.out_of_bag.clone());
    let decisions = changed(&records, &analysis, &trained, false).expect("is not stopped");
    assert_eq!(decisions.iter().map(|decision| decision.loan.0).collect::<Vec<_>>(), (0..60).collect::<Vec<_>>());
    for (place, decision) in decisions.iter().enumerate() {
        assert_eq!(decision.source, analysis.score_sources[place], "{place}");
        let reasons = decision.reasons.as_ref().expect("reasons");
        assert!((reasons.score() - decision.verdict.score).abs() < 1e-9, "{place}");
        // Nothing is left that only the whole forest could tell.
        assert_ne!(reasons.adjusted_by, Adjustment::TreesAndCalibration, "{place}");
    }
    let all = decisions.iter().filter(|decision| decision.source == ScoreSource::OutOfBag).count();
    assert!(all > 20 && all < 60, "{all}");
    assert!(changed(&records, &analysis, &trained, true).is_none());
}

#[test]
fn without_their_trees_training_loans_are_said_to_be_flattered() {
    let records = simulate(4, 200);
    let analysis = analysed(&records);
    let is_trained = |place: &usize| analysis.score_sources[*place] == ScoreSource::OutOfBag;
    let loans = (0..200).filter(is_trained).map(|place| LoanId(place as i64)).collect();
    let decisions = changed(&records, &analysis, &TrainedOn::Loans(loans), false).expect("is not stopped");
    for (place, decision) in decisions.iter().enumerate() {
        let expected = if is_trained(&place) { ScoreSource::Trained } else { ScoreSource::Model };
        assert_eq!(decision.source, expected, "{place}");
    }
}

#[test]
fn a_training_loan_that_passed_for_an_unseen_one_is_decided_anew() {
    let records = simulate(4, 200);
    let analysis = analysed(&records);
    let mut held = held(&analysis, &records, true);
    let place = (0..200).find(|place| analysis.out_of_bag.holds(*place)).expect("some loan");
    held.get_mut(&LoanId(place as i64)).expect("is held").source = ScoreSource::Model;
    let ids: Vec<LoanId> = (0..200).map(LoanId).collect();
    let trained = TrainedOn::Trees(analysis.out_of_bag.clone());
    let book = Book { ids: &ids, records: &records, held: &held, trained: &trained, alerted: &HashSet::new() };
    let policy = (POLICY.0, Policy::default());
    let decisions = decide(&analysis.model, policy, book, &CancellationToken::new()).expect("is not stopped");
    assert_eq!(decisions.len(), 1);
    assert_eq!((decisions[0].loan, decisions[0].source), (LoanId(place as i64), ScoreSource::OutOfBag));
    assert!((decisions[0].verdict.score - analysis.verdicts[place].score).abs() < 1e-12);
}

#[test]
fn a_loan_with_an_alert_is_decided_on_though_nothing_has_changed() {
    let records = simulate(5, 100);
    let analysis = analysed(&records);
    let held = held(&analysis, &records, true);
    let ids: Vec<LoanId> = (0..100).map(LoanId).collect();
    let trained = TrainedOn::Loans(HashSet::new());
    let alerted = HashSet::from([LoanId(7), LoanId(40)]);
    let book = Book { ids: &ids, records: &records, held: &held, trained: &trained, alerted: &alerted };
    let decided = |policy| decide(&analysis.model, policy, book, &CancellationToken::new()).expect("is not stopped");
    let decisions = decided((POLICY.0, Policy::default()));
    assert_eq!(decisions.iter().map(|decision| decision.loan).collect::<Vec<_>>(), [LoanId(7), LoanId(40)]);
    for decision in &decisions {
        assert_eq!(decision.occasion, Occasion::Event);
        assert_eq!(decision.verdict, held[&decision.loan].verdict, "the same facts come to the same");
    }
    // Another policy decides on all of them; the alert is what made somebody look at these two.
    let decisions = decided((PolicyId(2), Policy::default()));
    assert_eq!(decisions.len(), 100);
    let policy = decisions.iter().filter(|decision| decision.occasion == Occasion::Policy);
    assert_eq!(policy.count(), 98);
}
