//! Categories as rates of the target, learned so that no loan's own outcome shows in its number.
//!
//! Ordered target statistics (L. Prokhorenkova et al., `CatBoost`, 2018): a training row gets the rate of its category
//! among the rows before it in a random order. Leaving only the row itself out would give its outcome away: of two rows
//! of one category, the one with the higher rate would always be the one without a loss.

use super::Coding;
use crate::bags::Borrowers;
use std::collections::BTreeMap;

/// A category of fewer training rows than this counts as the average.
pub const CATEGORY_ROWS_MIN: usize = 5;

/// Categories of a column that have rates of their own, at most: the most frequent ones.
pub const CATEGORIES_MAX: usize = 10_000;

/// A category's rate weighs as its rows do, the prior as so many.
const PRIOR_ROWS: f64 = 10.0;

pub(super) struct TargetRates {
    pub(super) coding: Coding,
    /// The numbers of the training rows, in their order.
    pub(super) ordered: Vec<f64>,
    /// How many different categories there were, a missing one among them.
    pub(super) seen: usize,
    /// How many of them have no rate of their own.
    pub(super) rare: usize,
}

/// In which order rows are counted. A borrower's rows follow each other, and none of them is counted before each has its number: an
/// outcome that their loans share would show in it.
pub(crate) struct Order<'a> {
    rows: Vec<usize>,
    borrowers: Option<&'a Borrowers>,
}

impl<'a> Order<'a> {
    /// An order of all rows, in which borrowers stand where the first of their rows does.
    pub(crate) fn new(mut rows: Vec<usize>, borrowers: Option<&'a Borrowers>) -> Self {
        if let Some(of_row) = borrowers.map(Borrowers::of_row) {
            let mut firsts = vec![usize::MAX; of_row.len()];
            for (place, row) in rows.iter().enumerate() {
                let first = &mut firsts[of_row[*row] as usize];
                *first = place.min(*first);
            }
            rows.sort_by_key(|row| firsts[of_row[*row] as usize]);
        }
        Self { rows, borrowers }
    }

    /// The rows of one borrower after the other.
    fn runs(&self) -> impl Iterator<Item = &[usize]> {
        let of_row = self.borrowers.map(Borrowers::of_row);
        self.rows.chunk_by(move |a, b| of_row.is_some_and(|of_row| of_row[*a] == of_row[*b]))
    }
}

/// Rows that were counted so far.
#[derive(Clone, Copy, Default)]
struct Tally {
    rows: f64,
    positives: f64,
}

impl Tally {
    fn rate(self, prior: f64) -> f64 {
        (self.positives + PRIOR_ROWS * prior) / (self.rows + PRIOR_ROWS)
    }

    fn add(&mut self, label: bool) {
        self.rows += 1.0;
        self.positives += f64::from(u8::from(label));
    }
}

/// Learns the rates of `cells` with their `labels` (parallel) in a random order of the rows.
pub(super) fn learn(cells: &[Option<&str>], labels: &[bool], order: &Order<'_>) -> TargetRates {
    let prior = base_rate(labels);
    let mut sizes: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for cell in cells {
        *sizes.entry(*cell).or_default() += 1;
    }
    let frequent = frequent(&sizes);
    let numbers: Vec<Option<usize>> = cells.iter().map(|cell| frequent.get(cell).copied()).collect();
    let (ordered, tallies) = ordered(&numbers, labels, order, prior, frequent.len());
    let mut rates = BTreeMap::new();
    let mut missing = None;
    for (category, number) in &frequent {
        let rate = tallies[*number].rate(prior);
        match category {
            Some(category) => _ = rates.insert((*category).to_owned(), rate),
            None => missing = Some(rate),
        }
    }
    let (seen, rare) = (sizes.len(), sizes.len() - frequent.len());
    TargetRates { coding: Coding::Categories { prior, rates, missing }, ordered, seen, rare }
}

/// The categories that get rates of their own, numbered.
fn frequent<'a>(sizes: &BTreeMap<Option<&'a str>, usize>) -> BTreeMap<Option<&'a str>, usize> {
    let mut frequent: Vec<(Option<&str>, usize)> = sizes
        .iter()
        .map(|(category, size)| (*category, *size))
        .filter(|(_, size)| *size >= CATEGORY_ROWS_MIN)
        .collect();
    // A stable sort: equally frequent ones stay in the order of their names.
    frequent.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    frequent.truncate(CATEGORIES_MAX);
    frequent.into_iter().enumerate().map(|(number, (category, _))| (category, number)).collect()
}

/// The rate of each row's category among other borrowers' rows before it in `order`, and the tallies of all rows. Rows without a
/// number get the prior, which is the same for all and so tells nothing of any.
fn ordered(
    numbers: &[Option<usize>],
    labels: &[bool],
    order: &Order<'_>,
    prior: f64,
    categories: usize,
) -> (Vec<f64>, Vec<Tally>) {
    let mut tallies = vec![Tally::default(); categories];
    let mut values = vec![prior; numbers.len()];
    for run in order.runs() {
        let known = run.iter().filter_map(|row| Some((*row, numbers[*row]?)));
        known.clone().for_each(|(row, number)| values[row] = tallies[number].rate(prior));
        known.for_each(|(row, number)| tallies[number].add(labels[row]));
    }
    (values, tallies)
}

/// The rate of each row's value (a small number) among the rows before it in `order`.
pub(crate) fn ordered_rates(values: &[usize], labels: &[bool], order: &Order<'_>) -> Vec<f64> {
    let values: Vec<Option<usize>> = values.iter().copied().map(Some).collect();
    let different = values.iter().flatten().max().map_or(0, |last| last + 1);
    ordered(&values, labels, order, base_rate(labels), different).0
}

fn base_rate(labels: &[bool]) -> f64 {
    labels.iter().filter(|label| **label).count() as f64 / labels.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rates_are_drawn_towards_the_prior_and_rare_categories_are_the_prior() {
        let cells: Vec<Option<&str>> = (0..40).map(|row| [Some("a"), None][row % 2]).chain([Some("b"); 4]).collect();
        let labels: Vec<bool> = (0..44).map(|row| row % 2 == 0 && row < 40).collect();
        let order = Order::new((0..44).collect(), None);
        let learned = learn(&cells, &labels, &order);
        let all = 20.0 / 44.0;
        let Coding::Categories { prior, rates, missing } = learned.coding else { panic!("categories") };
        assert!((prior - all).abs() < 1e-12);
        assert_eq!(rates.keys().collect::<Vec<_>>(), ["a"]);
        assert!((rates["a"] - (20.0 + 10.0 * all) / 30.0).abs() < 1e-12);
        assert!((missing.expect("is frequent") - 10.0 * all / 30.0).abs() < 1e-12);
        assert_eq!((learned.seen, learned.rare), (3, 1));
        assert!(learned.ordered[40..].iter().all(|value| value.to_bits() == prior.to_bits()));
        // The first row knows of none before it, the third of one loss.
        assert!((learned.ordered[0] - all).abs() < 1e-12);
        assert!((learned.ordered[2] - (1.0 + 10.0 * all) / 11.0).abs() < 1e-12);
    }

    #[test]
    fn no_row_sees_outcomes_of_its_borrowers_other_rows() {
        let borrowers = Borrowers::new(&[0, 1, 0, 2, 1]).expect("some have several");
        let order = Order::new(vec![2, 1, 3, 0, 4], Some(&borrowers));
        assert_eq!(order.runs().collect::<Vec<_>>(), [&[2, 0][..], &[1, 4], &[3]]);
        let (values, tallies) = ordered(&[Some(0); 5], &[true, false, true, true, false], &order, 0.5, 1);
        let rate = |positives: f64, rows: f64| (positives + 5.0) / (rows + 10.0);
        let expected = [rate(0.0, 0.0), rate(2.0, 2.0), rate(0.0, 0.0), rate(2.0, 4.0), rate(2.0, 2.0)];
        assert!(values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-12), "{values:?}");
        assert!((tallies[0].rate(0.5) - rate(3.0, 5.0)).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn no_row_sees_its_own_outcome(
            rows in proptest::collection::vec((0_usize..4, any::<bool>()), 1..60), place in any::<prop::sample::Index>(),
            turned in any::<bool>()
        ) {
            let (numbers, labels): (Vec<Option<usize>>, Vec<bool>) =
                rows.into_iter().map(|(number, label)| (Some(number), label)).unzip();
            let order: Vec<usize> =
                if turned { (0..numbers.len()).rev().collect() } else { (0..numbers.len()).collect() };
            let order = Order::new(order, None);
            let row = place.index(numbers.len());
            let mut other = labels.clone();
            other[row] = !other[row];
            let value = |labels: &[bool]| ordered(&numbers, labels, &order, 0.3, 4).0[row];
            prop_assert_eq!(value(&labels).to_bits(), value(&other).to_bits());
        }
    }
}
