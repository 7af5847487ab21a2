//! How many more losses the highest scores hold than loans taken at random.

use super::bins::equal_count;
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
