//! Whether loans that score 0.3 are lost three times in ten.

use super::bins::equal_count;
use serde::{Deserialize, Serialize};

/// Bins of a reliability curve.
const BINS: usize = 10;

/// Loans of about the same score, and what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Mean score, 0..=1 where the scores are.
    pub mean_score: f64,
    /// Share of positive rows, 0..=1.
    pub observed_rate: f64,
    /// Number of rows, at least 1.
    pub count: usize,
}

/// The reliability curve: at most ten bins of about equal count by ascending score, rows of equal score together.
/// Nothing where there are no rows or a score is no finite number.
pub fn reliability(scores: &[f64], labels: &[bool]) -> Option<Vec<ReliabilityBin>> {
    let bins = equal_count(scores, BINS)?;
    let described = |rows: Vec<usize>| {
        let count = rows.len() as f64;
        ReliabilityBin {
            mean_score: rows.iter().map(|row| scores[*row]).sum::<f64>() / count,
            observed_rate: rows.iter().filter(|row| labels[**row]).count() as f64 / count,
            count: rows.len(),
        }
    };
    Some(bins.into_iter().map(described).collect())
}

/// Expected calibration error: the distance of mean score and observed rate, averaged over the rows of the
/// [`reliability`] bins, 0..=1 (M. Naeini et al., AAAI 2015, with bins of equal count). Nothing where that curve is
/// nothing.
pub fn expected_calibration_error(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let bins = reliability(scores, labels)?;
    let off: f64 = bins.iter().map(|bin| (bin.mean_score - bin.observed_rate).abs() * bin.count as f64).sum();
    Some(off / scores.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_of_known_scores() {
        let check = |scores: &[f64], labels: &[bool], expected: Option<f64>| {
            let error = expected_calibration_error(scores, labels);
            let is_near = error.zip(expected).is_some_and(|(a, b)| (a - b).abs() < 1e-12);
            assert!(is_near || error == expected, "{scores:?}: {error:?}");
        };
        check(&[0.0, 1.0], &[false, true], Some(0.0));
        check(&[0.0, 1.0], &[true, false], Some(1.0));
        check(&[0.5, 0.5], &[true, false], Some(0.0));
        check(&[0.2, 0.2, 0.2, 0.9], &[false, false, true, true], Some((0.4 + 0.1) / 4.0));
        check(&[], &[], None);
        check(&[f64::NAN], &[true], None);
    }

    #[test]
    fn curve_counts_scores_and_outcomes_of_each_tenth() {
        let scores: Vec<f64> = (0..100).map(|row| f64::from(row) / 100.0).collect();
        let labels: Vec<bool> = (0..100).map(|row| row >= 50).collect();
        let curve = reliability(&scores, &labels).expect("rows");
        assert_eq!(curve.len(), 10);
        assert!((curve[3].mean_score - 0.345).abs() < 1e-12);
        assert_eq!((curve[4].observed_rate, curve[5].observed_rate, curve[5].count), (0.0, 1.0, 10));
    }

    proptest! {
        #[test]
        fn curve_holds_every_row_and_error_stays_within_bounds(
            rows in proptest::collection::vec((0_u8..=20, any::<bool>()), 1..120)
        ) {
            let (scores, labels): (Vec<f64>, Vec<bool>) =
                rows.into_iter().map(|(score, label)| (f64::from(score) / 20.0, label)).unzip();
            let curve = reliability(&scores, &labels).expect("rows");
            prop_assert_eq!(curve.iter().map(|bin| bin.count).sum::<usize>(), scores.len());
            prop_assert!(curve.windows(2).all(|pair| pair[0].mean_score < pair[1].mean_score));
            let error = expected_calibration_error(&scores, &labels).expect("rows");
            prop_assert!((0.0..=1.0).contains(&error));
        }
    }
}
