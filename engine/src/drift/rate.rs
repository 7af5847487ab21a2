//! Whether as many loans are lost as the scores say.

use crate::{fairness, metric};
use domain::scoring_report::{RECENT_MIN, RateDrift};

/// 97.5 % point of the standard normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// A difference of rates below this raises no alarm however many loans stand behind it.
const RATE_ALARM: f64 = 0.03;

/// Compares `scores` (0..=1) with outcomes, `labels` (parallel). Nothing below two rows,
/// or where a score is no number within 0..=1.
///
/// `learned_rows` are those that the scores were learned from: the rate that they expect is as uncertain as the rate of
/// so many loans, and is far off by chance where they were few.
pub fn rate_drift(scores: &[f64], labels: &[bool], learned_rows: usize) -> Option<RateDrift> {
    let rows = scores.len();
    if rows < 2 || rows != labels.len() || !scores.iter().all(|score| (0.0..=1.0).contains(score)) {
        return None;
    }
    let count = rows as f64;
    let expected = scores.iter().sum::<f64>() / count;
    let losses = labels.iter().filter(|label| **label).count();
    let observed = losses as f64 / count;
    let difference = observed - expected;
    let differences = scores.iter().zip(labels).map(|(score, label)| f64::from(u8::from(*label)) - score);
    let found = differences.map(|gap| (gap - difference).powi(2)).sum::<f64>() / (count - 1.0);
    // If the scores are right, outcomes vary as coins of those chances do; few rows may show less than that.
    let meant = scores.iter().map(|score| score * (1.0 - score)).sum::<f64>() / count;
    let learned = expected * (1.0 - expected) / learned_rows.max(1) as f64;
    let error = (found.max(meant) / count + learned).sqrt();
    Some(RateDrift {
        rows: rows as u32,
        expected,
        observed,
        observed_interval: fairness::rate(losses, rows).map(|rate| rate.interval),
        error: metric::expected_calibration_error(scores, labels),
        horizon_days: None,
        interval: (difference - NORMAL_975 * error, difference + NORMAL_975 * error),
        is_alarm: rows >= RECENT_MIN && difference.abs() > RATE_ALARM.max(super::NORMAL_ONE_IN_A_MILLION * error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_need_a_difference_that_matters_and_rows_that_show_it() {
        let check = |score: f64, losses: usize, rows: usize, learned, expected| {
            let labels: Vec<bool> = (0..rows).map(|row| row < losses).collect();
            let drift = rate_drift(&vec![score; rows], &labels, learned).expect("rows");
            assert_eq!(drift.is_alarm, expected, "{drift:?}");
            let difference = drift.observed - drift.expected;
            // All loans have one score, so that there is one bin.
            assert!(drift.error.is_some_and(|error| (error - difference.abs()).abs() < 1e-9), "{drift:?}");
            assert!(drift.observed_interval.is_some_and(|(low, high)| low < drift.observed && drift.observed <= high));
            assert!(drift.interval.0 < difference && difference < drift.interval.1);
        };
        check(0.2, 400, 2000, 100_000, false);
        check(0.2, 600, 2000, 100_000, true);
        check(0.2, 200, 2000, 100_000, true);
        check(0.2, 600, 2000, 300, false);
        check(0.2, 15, 50, 100_000, false);
        check(0.2, 22_000, 100_000, 100_000, false);
        check(0.2, 99, 99, 100_000, false);
        check(0.2, 100, 100, 100_000, true);
    }

    #[test]
    fn nothing_without_rows_or_scores() {
        let check = |scores: &[f64], labels: &[bool]| assert_eq!(rate_drift(scores, labels, 9), None, "{scores:?}");
        check(&[], &[]);
        check(&[0.5], &[true]);
        check(&[0.5, f64::NAN], &[true, false]);
        check(&[0.5, 0.6], &[true]);
    }
}
