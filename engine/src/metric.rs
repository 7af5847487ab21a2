//! How well scores tell two classes apart, and how near they are to probabilities.
//!
//! Every figure is `None` where it is undefined (no rows, one class only, a score that is no finite number), so that
//! none is ever NaN. All take `scores` and `labels` of equal length and cost O(n log n).

mod bins;
mod ks;
mod lift;
mod reliability;

pub use ks::ks;
pub use lift::{Lift, lift, lift_by_tenths};
pub use reliability::{ReliabilityBin, expected_calibration_error, reliability};

/// Area under the ROC curve with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auc {
    /// Chance that a positive row scores above a negative one, ties counted half. 0..=1.
    pub area: f64,
    /// 95 % interval after `DeLong`, within 0..=1. That variance is 0 where all pairs are in order, or all in the wrong one,
    /// as few loans easily are; the interval is then the exact one of as many independent pairs as the smaller class
    /// has rows (C. Clopper and E. Pearson, Biometrika 26 (1934)). A single row of a class says nothing: 0 to 1.
    pub interval: (f64, f64),
}

/// 97.5 % point of the standard normal distribution.
const NORMAL_975: f64 = 1.959_963_984_540_054;

/// The area under the ROC curve of `scores` against `labels` (of equal length); nothing where one
/// class is absent.
///
/// The variance is that of E. `DeLong` et al., Biometrics 44 (1988), computed from midranks after
/// X. Sun and W. Xu, IEEE Signal Processing Letters 21 (2014).
pub fn auc(scores: &[f64], labels: &[bool]) -> Option<Auc> {
    let class = |wanted: bool| -> Vec<f64> {
        scores.iter().zip(labels).filter(|(_, label)| **label == wanted).map(|(score, _)| *score).collect()
    };
    let (positive, negative) = (class(true), class(false));
    if positive.is_empty() || negative.is_empty() {
        return None;
    }
    let (positives, negatives) = (positive.len() as f64, negative.len() as f64);
    let together: Vec<f64> = positive.iter().chain(&negative).copied().collect();
    let ranks = midranks(&together);
    // How many of the other class each row beats, ties half.
    let beaten_by_positive = differences(&ranks[..positive.len()], &midranks(&positive));
    let beaten_by_negative = differences(&ranks[positive.len()..], &midranks(&negative));
    let area = beaten_by_positive.iter().sum::<f64>() / positives / negatives;
    let variance = variance(beaten_by_positive.iter().map(|count| count / negatives)) / positives
        + variance(beaten_by_negative.iter().map(|count| 1.0 - count / positives)) / negatives;
    let pairs = positive.len().min(negative.len());
    // The chance below which so many pairs would all be in order less often than once in forty times.
    let bound = 0.025_f64.powf(1.0 / pairs as f64);
    let interval = match area {
        _ if pairs < 2 => (0.0, 1.0),
        1.0 => (bound, 1.0),
        0.0 => (0.0, 1.0 - bound),
        _ => {
            let reach = NORMAL_975 * variance.sqrt();
            ((area - reach).max(0.0), (area + reach).min(1.0))
        }
    };
    Some(Auc { area, interval })
}

/// Share of rows whose label `score > 0.5` tells rightly; nothing where there are no rows.
pub fn accuracy(scores: &[f64], labels: &[bool]) -> Option<f64> {
    mean(scores.iter().zip(labels).map(|(score, label)| f64::from(u8::from((*score > 0.5) == *label))))
}

/// Mean squared difference of score and outcome, 0..=1 (G. Brier, Monthly Weather Review 78 (1950)); nothing where
/// there are no rows or a score is no finite number.
pub fn brier(scores: &[f64], labels: &[bool]) -> Option<f64> {
    if !are_finite(scores) {
        return None;
    }
    mean(scores.iter().zip(labels).map(|(score, label)| (score - f64::from(u8::from(*label))).powi(2)))
}

/// The ranks of values from 1; equal values share the mean of theirs.
fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for group in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let rank = start as f64 + f64::midpoint(group.len() as f64, 1.0);
        for row in group {
            ranks[*row] = rank;
        }
        start += group.len();
    }
    ranks
}

fn are_finite(scores: &[f64]) -> bool {
    scores.iter().all(|score| score.is_finite())
}

fn differences(some: &[f64], others: &[f64]) -> Vec<f64> {
    some.iter().zip(others).map(|(a, b)| a - b).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Sample variance; 0 for a single value.
fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count;
    if count < 2.0 { 0.0 } else { values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn areas_of_known_rankings() {
        let check = |scores: &[f64], labels: &[bool], expected: Option<f64>| {
            assert_eq!(auc(scores, labels).map(|auc| auc.area), expected, "{scores:?}");
        };
        check(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true], Some(1.0));
        check(&[0.1, 0.2, 0.8, 0.9], &[true, true, false, false], Some(0.0));
        check(&[0.5, 0.5, 0.5, 0.5], &[true, false, true, false], Some(0.5));
        check(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true], Some(0.75));
        check(&[0.1, 0.4], &[true, true], None);
        check(&[], &[], None);
    }

    /// Worked by hand: beaten shares of the positives are ½, 1, 1 and of the negatives 1, ⅔.
    #[test]
    fn interval_is_delongs() {
        let scores = [0.3, 0.8, 0.9, 0.1, 0.5];
        let labels = [true, true, true, false, false];
        let auc = auc(&scores, &labels).expect("both classes");
        assert!((auc.area - 5.0 / 6.0).abs() < 1e-12);
        let variance: f64 = (1.0 / 12.0) / 3.0 + (1.0 / 18.0) / 2.0;
        assert!((auc.interval.0 - (5.0 / 6.0 - NORMAL_975 * variance.sqrt())).abs() < 1e-12);
        assert!((auc.interval.1 - 1.0).abs() < 1e-12, "clamped");
    }

    #[test]
    fn a_perfect_ranking_of_few_rows_is_not_certain() {
        let interval = |positives: usize, negatives: usize, is_upside_down: bool| {
            let labels: Vec<bool> = (0..positives + negatives).map(|row| row < positives).collect();
            let scores: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label != is_upside_down))).collect();
            auc(&scores, &labels).expect("both classes").interval
        };
        assert_eq!(interval(1, 50, false), (0.0, 1.0));
        let near = |found: (f64, f64), low: f64, high: f64| {
            assert!((found.0 - low).abs() < 1e-4 && (found.1 - high).abs() < 1e-4, "{found:?}");
        };
        near(interval(5, 50, false), 0.4782, 1.0);
        near(interval(50, 5, true), 0.0, 1.0 - 0.4782);
        near(interval(1000, 1000, false), 0.9963, 1.0);
    }

    #[test]
    fn accuracy_and_brier_of_nothing_are_nothing() {
        assert_eq!((accuracy(&[], &[]), brier(&[], &[])), (None, None));
        assert_eq!(accuracy(&[0.5, 0.6], &[false, true]), Some(1.0));
        assert_eq!(brier(&[0.5, 1.0], &[false, true]), Some(0.125));
        assert_eq!(brier(&[f64::NAN, 1.0], &[false, true]), None);
    }

    fn scored() -> impl Strategy<Value = (Vec<f64>, Vec<bool>)> {
        proptest::collection::vec((0_u8..20, any::<bool>()), 2..80)
            .prop_map(|rows| rows.into_iter().map(|(score, label)| (f64::from(score) / 20.0, label)).unzip())
    }

    proptest! {
        #[test]
        fn area_is_the_share_of_pairs_in_order((scores, labels) in scored()) {
            let mut pairs = 0.0;
            let mut ordered = 0.0;
            for (a, _) in scores.iter().zip(&labels).filter(|(_, label)| **label) {
                for (b, _) in scores.iter().zip(&labels).filter(|(_, label)| !**label) {
                    pairs += 1.0;
                    ordered += if a > b { 1.0 } else if a < b { 0.0 } else { 0.5 };
                }
            }
            match auc(&scores, &labels) {
                None => prop_assert!(pairs == 0.0),
                Some(auc) => {
                    prop_assert!((auc.area - ordered / pairs).abs() < 1e-9);
                    prop_assert!(0.0 <= auc.interval.0 && auc.interval.0 <= auc.area);
                    prop_assert!(auc.area <= auc.interval.1 && auc.interval.1 <= 1.0);
                }
            }
        }

        #[test]
        fn turning_scores_round_turns_the_area_round((scores, labels) in scored()) {
            let turned: Vec<f64> = scores.iter().map(|score| 1.0 - score).collect();
            if let (Some(one), Some(other)) = (auc(&scores, &labels), auc(&turned, &labels)) {
                prop_assert!((one.area + other.area - 1.0).abs() < 1e-9);
            }
        }

        #[test]
        fn accuracy_and_brier_stay_within_bounds((scores, labels) in scored()) {
            for figure in [accuracy(&scores, &labels), brier(&scores, &labels)] {
                prop_assert!(figure.is_some_and(|figure| (0.0..=1.0).contains(&figure)));
            }
        }
    }
}
