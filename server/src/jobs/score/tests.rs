use super::*;
use domain::model::{Target, TrainingOptions};
use domain::money::Currency;
use domain::reason::Adjustment;
use engine::analysis::{Analysis, Unwatched, analyse};
use engine::simulation::simulate;

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
        let decide = |policy| {
            decide(&analysis.model, policy, &ids, &records, &held, &CancellationToken::new()).expect("is not stopped")
        };
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

#[test]
fn loans_that_changed_are_scored_and_explained() {
    let mut records = simulate(4, 200);
    let analysis = analysed(&records);
    let held = held(&analysis, &records, true);
    let ids: Vec<LoanId> = (0..200).map(LoanId).collect();
    records[7].days_past_due = Some(400);
    let stop = CancellationToken::new();
    let policy = || (POLICY.0, Policy::default());
    let decisions = decide(&analysis.model, policy(), &ids, &records, &held, &stop).expect("is not stopped");
    assert_eq!(decisions.len(), 1);
    assert_eq!((decisions[0].loan, decisions[0].source), (LoanId(7), ScoreSource::Model));
    assert!(decisions[0].reasons.is_some());
    stop.cancel();
    assert!(decide(&analysis.model, policy(), &ids, &records, &held, &stop).is_none());
}
