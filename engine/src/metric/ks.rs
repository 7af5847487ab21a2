//! The Kolmogorov–Smirnov distance between the scores of two classes.

/// The largest distance between the shares of positive and of negative rows that score at most some value, 0..=1;
/// nothing where one class is absent or a score is no finite number.
pub fn ks(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let positives = labels.iter().filter(|label| **label).count();
    let negatives = labels.len() - positives;
    if positives == 0 || negatives == 0 || !super::are_finite(scores) {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = scores.iter().zip(labels).map(|(score, label)| (*score + 0.0, *label)).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let (mut positive, mut negative, mut distance) = (0, 0, 0.0_f64);
    for tied in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let hits = tied.iter().filter(|row| row.1).count();
        positive += hits;
        negative += tied.len() - hits;
        let gap = positive as f64 / positives as f64 - negative as f64 / negatives as f64;
        distance = distance.max(gap.abs());
    }
    Some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances_of_known_rankings() {
        let check = |scores: &[f64], labels: &[bool], expected| assert_eq!(ks(scores, labels), expected, "{scores:?}");
        check(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true], Some(1.0));
        check(&[0.1, 0.2, 0.8, 0.9], &[true, true, false, false], Some(1.0));
        check(&[0.5, 0.5], &[true, false], Some(0.0));
        check(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true], Some(0.5));
        check(&[0.1, 0.4], &[true, true], None);
        check(&[0.1, f64::NAN], &[true, false], None);
        check(&[], &[], None);
    }

    proptest! {
        #[test]
        fn distance_is_the_largest_over_all_cuts(
            rows in proptest::collection::vec((0_u8..20, any::<bool>()), 2..80)
        ) {
            let (scores, labels): (Vec<f64>, Vec<bool>) =
                rows.into_iter().map(|(score, label)| (f64::from(score), label)).unzip();
            let share = |class, cut: f64| {
                let of_class = || scores.iter().zip(&labels).filter(|(_, label)| **label == class);
                of_class().filter(|(score, _)| **score <= cut).count() as f64 / of_class().count() as f64
            };
            match ks(&scores, &labels) {
                None => prop_assert!(labels.iter().all(|label| *label) || !labels.contains(&true)),
                Some(distance) => {
                    let by_hand =
                        scores.iter().map(|cut| (share(true, *cut) - share(false, *cut)).abs()).fold(0.0, f64::max);
                    prop_assert!((distance - by_hand).abs() < 1e-12);
                }
            }
        }
    }
}
