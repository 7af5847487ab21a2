//! How many more losses the highest scores hold than loans taken at random.

use super::bins::{equal_count, tied};
use serde::{Deserialize, Serialize};

/// Parts of a lift table.
const DECILES: usize = 10;

/// One tenth of the loans by score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lift {
    /// From 1, which holds the highest scores.
    pub decile: usize,
    /// Number of rows, at least 1.
    pub count: usize,
    pub positives: usize,
    /// Share of positive rows, 0..=1.
    pub rate: f64,
    /// `rate` over the rate of all rows: 1 is no better than chance.
    pub lift: f64,
    /// Share of all positive rows that this decile and those before it hold, 0..=1; 1 in the last.
    pub cumulative_share: f64,
}

/// The lift table from the highest scores down. Rows of equal score stay together, so that many ties make fewer and
/// uneven deciles. Nothing where no row is positive or a score is no finite number.
pub fn lift(scores: &[f64], labels: &[bool]) -> Option<Vec<Lift>> {
    let all_positives = labels.iter().filter(|label| **label).count();
    let falling: Vec<f64> = scores.iter().map(|score| -score).collect();
    let deciles = equal_count(&falling, DECILES).filter(|_| all_positives > 0)?;
    let base_rate = all_positives as f64 / scores.len() as f64;
    let mut reached = 0;
    let described = |(place, rows): (usize, Vec<usize>)| {
        let positives = rows.iter().filter(|row| labels[**row]).count();
        reached += positives;
        let rate = positives as f64 / rows.len() as f64;
        Lift {
            decile: place + 1,
            count: rows.len(),
            positives,
            rate,
            lift: rate / base_rate,
            cumulative_share: reached as f64 / all_positives as f64,
        }
    };
    Some(deciles.into_iter().enumerate().map(described).collect())
}

/// The lift of each tenth of the rows, from the highest scores down. Tied rows are shared out evenly over the tenths that
/// they reach into, as on average over all orders. Nothing where no row is positive or a score is no finite number.
pub fn lift_by_tenths(scores: &[f64], labels: &[bool]) -> Option<[f64; DECILES]> {
    let all_positives = labels.iter().filter(|label| **label).count() as f64;
    let falling: Vec<f64> = scores.iter().map(|score| -score).collect();
    let groups = tied(&falling).filter(|_| all_positives > 0.0)?;
    let size = scores.len() as f64 / DECILES as f64;
    let mut held = [0.0; DECILES];
    let mut start = 0.0;
    for rows in groups {
        let end = start + rows.len() as f64;
        let rate = rows.iter().filter(|row| labels[**row]).count() as f64 / rows.len() as f64;
        for (tenth, positives) in held.iter_mut().enumerate() {
            let (from, to) = (size * tenth as f64, size * (tenth + 1) as f64);
            *positives += rate * (end.min(to) - start.max(from)).max(0.0);
        }
        start = end;
    }
    Some(held.map(|positives| positives / size / (all_positives / scores.len() as f64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn perfect_ranking_holds_every_loss_in_its_first_deciles() {
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        let labels: Vec<bool> = (0..100).map(|row| row >= 80).collect();
        let table = lift(&scores, &labels).expect("losses");
        let first = Lift { decile: 1, count: 10, positives: 10, rate: 1.0, lift: 5.0, cumulative_share: 0.5 };
        assert_eq!(table[0], first);
        assert_eq!(table[1], Lift { decile: 2, cumulative_share: 1.0, ..first });
        assert_eq!((table[2].positives, table[9].decile), (0, 10));
    }

    #[test]
    fn nothing_where_nothing_was_lost() {
        let check = |scores: &[f64], labels: &[bool]| assert_eq!(lift(scores, labels), None, "{scores:?}");
        check(&[0.5], &[false]);
        check(&[], &[]);
        check(&[f64::NAN], &[true]);
    }

    #[test]
    fn tenths_share_ties() {
        let labels: Vec<bool> = (0..20).map(|row| row < 5).collect();
        let rising: Vec<f64> = (0..20).map(|row| -f64::from(row)).collect();
        let near = |found: [f64; 10], expected: &[f64]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
        };
        near(lift_by_tenths(&rising, &labels).expect("losses"), &[4.0, 4.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        near(lift_by_tenths(&[0.5; 20], &labels).expect("losses"), &[1.0; 10]);
        assert_eq!(lift_by_tenths(&[0.5; 2], &[false; 2]), None);
        assert_eq!(lift_by_tenths(&[f64::NAN], &[true]), None);
        assert_eq!(lift_by_tenths(&[], &[]), None);
    }

    proptest! {
        #[test]
        fn table_holds_every_row_and_loss(rows in proptest::collection::vec((0_u8..=20, any::<bool>()), 1..120)) {
            let (scores, labels): (Vec<f64>, Vec<bool>) =
                rows.into_iter().map(|(score, label)| (f64::from(score), label)).unzip();
            if let Some(table) = lift(&scores, &labels) {
                prop_assert_eq!(table.iter().map(|part| part.count).sum::<usize>(), scores.len());
                let losses = labels.iter().filter(|label| **label).count();
                prop_assert_eq!(table.iter().map(|part| part.positives).sum::<usize>(), losses);
                prop_assert!(table.last().is_some_and(|part| (part.cumulative_share - 1.0).abs() < 1e-12));
                let mean: f64 = table.iter().map(|part| part.lift * part.count as f64).sum();
                prop_assert!((mean / scores.len() as f64 - 1.0).abs() < 1e-9);
            }
        }
    }
}
