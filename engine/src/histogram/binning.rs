//! Values of features as bins of 8 bits, which sums over rows can be kept by.

use crate::feature::FeatureMatrix;
use rayon::prelude::*;

/// The bin of values that are missing.
pub(super) const MISSING: u8 = u8::MAX;

/// Edges of a column at most, so that its values have the bins 0..=254.
const EDGES_MAX: usize = MISSING as usize - 1;

/// Edges are quantiles of at most about this many rows, at equal distances in the training rows.
const SAMPLE_ROWS: usize = 50_000;

/// The edges of one column's bins. Bin `b` holds the values above edge `b - 1` and up to edge `b`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edges {
    /// Ascending, all different.
    bounds: Vec<f64>,
    /// `bounds`, filled up with infinity to the 255 places that a search of eight steps asks for.
    searched: Vec<f64>,
}

impl Edges {
    /// Edges between values of equal frequency; halfway between each two values that occur where those are few.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.retain(|value| !value.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        let mut distinct = values.clone();
        distinct.dedup();
        let mut bounds: Vec<f64> = if distinct.len() <= EDGES_MAX + 1 {
            distinct.windows(2).map(|pair| between(pair[0], pair[1])).collect()
        } else {
            let step = values.len() as f64 / (EDGES_MAX + 1) as f64;
            (1..=EDGES_MAX).map(|edge| edge_at(&values, (edge as f64 * step) as usize)).collect()
        };
        bounds.dedup();
        let mut searched = bounds.clone();
        searched.resize(usize::from(MISSING), f64::INFINITY);
        Self { bounds, searched }
    }

    /// The number of bins that values can have.
    pub(super) fn bins(&self) -> usize {
        self.bounds.len() + 1
    }

    /// The bound of a split that keeps the bins up to `bin` on the left.
    ///
    /// A value is at most this exactly where its bin is at most `bin`.
    pub(super) fn bound(&self, bin: u8) -> f64 {
        self.bounds.get(usize::from(bin)).copied().unwrap_or(f64::MAX)
    }

    /// The bin of a value: how many edges are below it.
    pub(crate) fn bin(&self, value: f64) -> u8 {
        if value.is_nan() {
            return MISSING;
        }
        let mut below = 0;
        for step in [128, 64, 32, 16, 8, 4, 2, 1] {
            below += usize::from(self.searched[below + step - 1] < value) * step;
        }
        below as u8
    }
}

/// The edge in front of the value at `place` of ascending `values`, or in front of the next different one
/// where all before are equal to it.
fn edge_at(values: &[f64], place: usize) -> f64 {
    let upper = values[place];
    let start = values.partition_point(|value| *value < upper);
    if start > 0 {
        return between(values[start - 1], upper);
    }
    let next = values.partition_point(|value| *value <= upper);
    values.get(next).map_or(upper, |next| between(upper, *next))
}

/// A number that is at least `low` and below `high`, halfway where there is room.
fn between(low: f64, high: f64) -> f64 {
    let middle = f64::midpoint(low, high);
    if middle < high { middle } else { low }
}

/// The edges of each column of a matrix.
pub(super) fn edges(rows: &FeatureMatrix) -> Vec<Edges> {
    let step = rows.row_count().div_ceil(SAMPLE_ROWS).max(1);
    (0..rows.columns())
        .into_par_iter()
        .map(|column| Edges::of(rows.rows().step_by(step).map(|row| row[column]).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_values_have_a_bin_each() {
        let edges = Edges::of(vec![3.0, 1.0, 1.0, f64::NAN, 2.0]);
        assert_eq!(edges.bounds, [1.5, 2.5]);
        let check = |value, expected| assert_eq!(edges.bin(value), expected, "{value}");
        check(0.0, 0);
        check(1.5, 0);
        check(1.6, 1);
        check(9.0, 2);
        check(f64::NAN, MISSING);
    }

    #[test]
    fn neighbouring_numbers_keep_bins_of_their_own() {
        let next = 1.0_f64.next_up();
        let edges = Edges::of(vec![1.0, next]);
        assert_eq!((edges.bin(1.0), edges.bin(next)), (0, 1));
    }

    #[test]
    fn frequent_values_do_not_swallow_the_others() {
        let mut values = vec![0.0; 5_000];
        values.extend((1..=5_000).map(f64::from));
        let edges = Edges::of(values);
        assert_eq!(edges.bin(0.0), 0);
        assert!(edges.bin(1.0) <= 1 && edges.bins() > 120, "{} bins", edges.bins());
    }

    proptest! {
        #[test]
        fn bound_decides_as_the_bin_does(
            values in proptest::collection::vec(-1e6..1e6_f64, 1..900), asked in -1e6..1e6_f64, bin in 0..255_u8
        ) {
            let edges = Edges::of(values.clone());
            prop_assert!(edges.bins() <= usize::from(MISSING));
            for value in values.into_iter().chain([asked]) {
                prop_assert_eq!(edges.bin(value) <= bin, value <= edges.bound(bin));
                prop_assert!(usize::from(edges.bin(value)) < edges.bins());
            }
        }
    }
}
