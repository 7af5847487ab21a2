//! Features that are not known of all loans.

use super::*;
use domain::feature::FeatureName;

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
    let names: Vec<FeatureName> = FeatureSet::Default.features().iter().copied().map(FeatureName::from).collect();
    assert_eq!(analysis.features, names);
    assert!(analysis.model.filling.marked.is_empty());
}

#[test]
fn segments_are_made_without_the_columns_that_say_what_is_unknown() {
    let analysis = run(&with_telling_gaps(300), &observed()).expect("analyses");
    assert!(analysis.model.centers.iter().all(|center| center.len() == 13));
    assert_eq!((analysis.scaler.mean.len(), analysis.features.len()), (13, 14));
}
