//! Features that are not known of all loans.

use super::*;
use domain::feature::FeatureName;
use domain::paying::Paying;

/// Loans whose rate is not known, of nine in ten that were written off and of one in ten of the others.
fn with_telling_gaps(loans: usize) -> Vec<LoanRecord> {
    let mut records = simulate(51, loans);
    for (place, record) in records.iter_mut().enumerate() {
        let is_lost = record.recovery_status == RecoveryStatus::WrittenOff;
        record.interest_rate = if place % 10 == 0 || !is_lost { record.interest_rate } else { None };
        if place % 10 == 1 {
            record.interest_rate = None;
        }
    }
    records
}

#[test]
fn that_a_feature_is_unknown_is_learned_from() {
    let records = with_telling_gaps(800);
    for learner in [Learner::Smartcore, Learner::Histogram] {
        let analysis = run(&records, &TrainingOptions { learner, ..observed() }).expect("analyses");
        let mark = FeatureName::Unknown(Feature::InterestRate);
        assert_eq!(analysis.features.len(), 14);
        assert_eq!(analysis.features.last(), Some(&mark));
        assert_eq!(mark.label(), "Interest rate is unknown");
        assert_eq!(analysis.model.inputs(), analysis.features);
        let insight = crate::insight::insight(&analysis, &records).expect("loans are held out");
        let heaviest = &insight.features[0];
        assert!(heaviest.feature == mark && heaviest.auc_drop > 0.05, "{learner:?}: {:?}", insight.features);
        let bytes = crate::model_file::to_bytes(&analysis.model).expect("is written");
        let model = crate::model_file::from_bytes(&bytes).expect("is read");
        assert_eq!(model, analysis.model);
        let judged = model.judge(&records, &Policy::default());
        let by_model = |place: &usize| analysis.score_sources[*place] == ScoreSource::Model;
        for place in (0..records.len()).filter(by_model) {
            assert_eq!(judged[place], analysis.verdicts[place], "{place}");
        }
    }
}

#[test]
fn nothing_is_added_where_everything_is_known() {
    let analysis = run(&simulate(52, 100), &proxy()).expect("analyses");
    let told = FeatureSet::Default.features().iter().copied().filter(|feature| !feature.is_of_payments());
    assert_eq!(analysis.features, told.map(FeatureName::from).collect::<Vec<_>>());
    assert!(analysis.model.filling.marked.is_empty());
}

#[test]
fn segments_are_made_without_the_columns_that_say_what_is_unknown() {
    let analysis = run(&with_telling_gaps(300), &observed()).expect("analyses");
    assert!(analysis.model.centers.iter().all(|center| center.len() == 13));
    assert_eq!((analysis.scaler.mean.len(), analysis.features.len()), (13, 14));
}

#[test]
fn what_is_known_of_no_loan_is_left_out_and_said() {
    let mut records = simulate(53, 200);
    let said = |records: &[LoanRecord]| {
        let analysis = run(records, &observed()).expect("analyses");
        let words = |note: &&String| note.starts_with("The model does not look at");
        (analysis.model, analysis.notes.iter().find(words).cloned().unwrap_or_default())
    };
    let (model, note) = said(&records);
    assert_eq!(model.features.len(), 13);
    assert_eq!(note, "The model does not look at how payments came in: no loan has payments on file");
    for record in &mut records {
        record.interest_rate = None;
    }
    let (_, note) = said(&records);
    assert!(note.starts_with("The model does not look at what is not known of any loan: Interest rate; nor at how"));
    for (place, record) in records.iter_mut().enumerate().filter(|(place, _)| place % 3 > 0) {
        let late = (place % 5) as u16;
        let paid = Some(1.0 - f64::from(late) / 10.0);
        let paid_to_due = [paid, paid.filter(|_| place % 2 == 0), paid];
        record.paying = Some(Paying { paid_to_due, days_since_payment: 9, longest_late_run: Some(late) });
    }
    let (model, note) = said(&records);
    assert_eq!((model.features.len(), model.features.last()), (17, Some(&Feature::LongestLateRun)));
    assert_eq!(model.filling.marked, [Feature::DaysSincePayment], "one column says where payments are not known");
    assert_eq!(note, "The model does not look at what is not known of any loan: Interest rate");
    let bytes = crate::model_file::to_bytes(&model).expect("is written");
    assert_eq!(crate::model_file::from_bytes(&bytes).expect("is read"), model);
    let tens = run(&records, &options(Target::Observed, FeatureSet::Reference)).expect("analyses");
    assert_eq!(tens.model.features, FeatureSet::Reference.features());
}
