//! Segments of the whole analysis: their numbers, classes and centres.

use super::*;
use domain::money::Money;
use domain::track::RiskLevel::{self, High, Low, Medium};

fn risks(analysis: &Analysis) -> Vec<RiskLevel> {
    analysis.segmentation.segments.iter().map(|segment| segment.risk).collect()
}

fn says(analysis: &Analysis, words: &str) -> bool {
    analysis.notes.iter().any(|note| note.contains(words))
}

/// Four kinds of loans far apart in income and amount, the same in all that expected loss looks at.
fn four_kinds(count: usize) -> Vec<LoanRecord> {
    let mut records = simulate(3, count);
    for (place, record) in records.iter_mut().enumerate() {
        let (income, amount) = [(1, 1), (100, 1), (1, 100), (100, 100)][place % 4];
        let money = |thousands: usize| Some(Money::from_minor((thousands * 100_000 + place) as i64));
        record.borrower.monthly_income = money(income);
        record.loan_amount = money(amount);
        record.monthly_instalment = money(amount / 10 + 1);
        (record.outstanding_amount, record.collateral_value) = (None, None);
        (record.missed_payments, record.days_past_due) = (None, None);
        (record.tenure_months, record.interest_rate) = (Some(36), Some(9.0));
        record.recovery_status = RecoveryStatus::Open;
    }
    records
}

/// Of the four kinds 50 %, 38 %, 34 % and 10 % are written off: the smallest loans most, the largest least.
fn with_outcomes(count: usize) -> Vec<LoanRecord> {
    let mut records = four_kinds(count);
    for (place, record) in records.iter_mut().enumerate() {
        let lost = [50, 38, 34, 10][place % 4];
        let is_lost = (place / 4 * 37) % 100 < lost;
        record.recovery_status = if is_lost { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
        record.outstanding_amount = record.loan_amount;
    }
    records
}

#[test]
fn segments_are_numbered_by_risk_and_their_centres_are_means() {
    let records = simulate(25, 500);
    let analysis = run(&records, &proxy()).expect("analyses");
    let segments = &analysis.segmentation.segments;
    assert_eq!(risks(&analysis), [High, Medium, Medium, Low]);
    for segment in segments {
        let incomes: Vec<f64> = records
            .iter()
            .zip(&analysis.verdicts)
            .filter(|(_, verdict)| verdict.segment == segment.number)
            .map(|(record, _)| record.borrower.monthly_income.unwrap_or_default().major(USD))
            .collect();
        assert_eq!(incomes.len(), segment.size as usize);
        let mean = incomes.iter().sum::<f64>() / incomes.len() as f64;
        assert!((segment.center[0].1 - mean).abs() < 1e-6 * mean, "{}", segment.name);
    }
    let mut names: Vec<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 4);
}

#[test]
fn flags_override_the_risk_of_segments() {
    let records = simulate(26, 300);
    let flagged = |flagged: &[i32]| -> Analysis {
        run(&records, &TrainingOptions { flagged_segments: Some(flagged.to_vec()), ..proxy() }).expect("analyses")
    };
    let analysis = flagged(&[1, 3]);
    assert_eq!(risks(&analysis), [Medium, High, Medium, High]);
    let is_learned =
        |number| analysis.verdicts.iter().zip(&analysis.labels).filter(move |(verdict, _)| verdict.segment == number);
    for (number, expected) in [(0, false), (1, true), (2, false), (3, true)] {
        assert!(is_learned(number).all(|(_, label)| *label == Some(expected)), "segment {number}");
    }
    assert_eq!(risks(&flagged(&[])), [Medium, Medium, Medium, Low]);
    let wrong = TrainingOptions { flagged_segments: Some(vec![0, 4]), ..proxy() };
    assert_eq!(run(&records, &wrong), Err(AnalysisError::UnknownSegment { number: 4, segments: 4 }));
}

#[test]
fn classes_follow_what_was_lost_whatever_the_centres_let_expect() {
    let records = with_outcomes(2000);
    let analysis = run(&records, &proxy()).expect("analyses");
    assert_eq!(risks(&analysis), [High, Medium, Medium, Low]);
    assert!(says(&analysis, "than the 33.0 % of all 2,000 closed loans"), "{:?}", analysis.notes);
    let kinds: Vec<usize> = (0..4)
        .map(|number| analysis.verdicts.iter().position(|verdict| verdict.segment == number).expect("loans") % 4)
        .collect();
    assert_eq!(kinds, [0, 1, 2, 3], "by the share that was written off");
}

#[test]
fn another_seed_changes_neither_numbers_nor_classes_of_kinds_far_apart() {
    for records in [four_kinds(200), with_outcomes(400)] {
        let with_seed = |seed| {
            let options = TrainingOptions { seed, trees: 1, ..proxy() };
            let analysis = run(&records, &options).expect("analyses");
            let names: Vec<String> =
                analysis.segmentation.segments.iter().map(|segment| segment.name.clone()).collect();
            let numbers: Vec<i32> = analysis.verdicts.iter().map(|verdict| verdict.segment).collect();
            (risks(&analysis), names, numbers)
        };
        let first = with_seed(1);
        for seed in 2..=8 {
            let (risks, names, numbers) = with_seed(seed);
            assert_eq!((&risks, &names), (&first.0, &first.1), "seed {seed}");
            let moved = numbers.iter().zip(&first.2).filter(|(a, b)| a != b).count();
            assert!(moved * 100 < numbers.len(), "seed {seed} moves {moved}");
        }
    }
}

#[test]
fn where_neither_outcomes_nor_centres_tell_all_segments_are_medium() {
    let analysis = run(&four_kinds(200), &proxy()).expect("analyses");
    assert_eq!(risks(&analysis), [Medium; 4]);
    assert!(says(&analysis, "neither outstanding amounts nor arrears tell segments apart, so all are medium risk"));
    assert!(!analysis.figures.gate.passed && analysis.figures.trees == 0, "a proxy has nothing to learn");
}

#[test]
fn outcomes_of_chance_make_no_segment_high_or_low() {
    let mut records = simulate(41, 500);
    for (place, record) in records.iter_mut().enumerate() {
        let is_lost = (place * 37) % 100 < 30;
        record.recovery_status = if is_lost { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
    }
    for seed in 1..=8 {
        let analysis = run(&records, &TrainingOptions { seed, trees: 2, ..proxy() }).expect("analyses");
        assert_eq!(risks(&analysis), [Medium; 4], "seed {seed}");
        assert!(says(&analysis, "No segment is high risk, so the proxy learns those"));
        assert!(analysis.labels.contains(&Some(true)) && analysis.labels.contains(&Some(false)));
    }
}

#[test]
fn centres_leave_out_what_is_known_of_no_loan() {
    let mut records = simulate(42, 120);
    for (place, record) in records.iter_mut().enumerate() {
        record.borrower.monthly_income = None;
        record.interest_rate = record.interest_rate.filter(|_| place % 2 == 0);
    }
    let analysis = run(&records, &proxy()).expect("analyses");
    let of = |feature| analysis.segmentation.segments.iter().map(move |segment| segment.mean_of(feature));
    assert!(of(Feature::MonthlyIncome).chain(of(Feature::InstalmentToIncome)).all(|mean| mean.is_none()));
    assert!(of(Feature::LoanAmount).all(|mean| mean.is_some()));
    let has_spread = |feature| analysis.segmentation.spread.iter().any(|(other, ..)| *other == feature);
    assert!(!has_spread(Feature::MonthlyIncome) && has_spread(Feature::InterestRate));
    // The mean is that of the loans whose rate is known.
    let rates = |number: i32| -> Vec<f64> {
        let members = records.iter().zip(&analysis.verdicts).filter(|(_, verdict)| verdict.segment == number);
        members.filter_map(|(record, _)| record.interest_rate).collect()
    };
    for segment in &analysis.segmentation.segments {
        let rates = rates(segment.number);
        let mean = (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64);
        let found = segment.mean_of(Feature::InterestRate);
        assert!(mean.zip(found).map_or(mean == found, |(mean, found)| (mean - found).abs() < 1e-9), "{}", segment.name);
    }
}
