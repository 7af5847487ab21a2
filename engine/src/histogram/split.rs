//! The best split of a node, from the sums of its bins.

use super::binning::MISSING;

/// Sums of the rows of each bin, packed as [`super::bag::weight`] packs them.
pub(super) type Histogram = [u64; 256];

/// Which bins of a column go left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Split {
    pub(super) column: usize,
    /// The last bin of the left side.
    pub(super) bin: u8,
    pub(super) missing_left: bool,
    /// Packed sum of the rows that go left.
    pub(super) left: u64,
}

/// What a split must keep to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Rows of each side at least, repeated draws counted.
    pub(super) leaf_rows: u32,
    /// Weight of a negative and of a positive row.
    pub(super) class_weights: [f64; 2],
}

/// Rows of a packed sum.
pub(super) fn rows(sum: u64) -> u32 {
    sum as u32
}

/// Positive rows of a packed sum.
pub(super) fn positive(sum: u64) -> u32 {
    (sum >> 32) as u32
}

impl Rules {
    /// Weight of the positive rows of a sum, and of all.
    fn weights(self, sum: u64) -> (f64, f64) {
        let [negative_weight, positive_weight] = self.class_weights;
        let positive_sum = f64::from(positive(sum)) * positive_weight;
        (positive_sum, f64::from(rows(sum) - positive(sum)) * negative_weight + positive_sum)
    }

    /// The share of positive weight, 0..=1.
    pub(super) fn probability(self, sum: u64) -> f64 {
        let (positive, all) = self.weights(sum);
        positive / all
    }

    /// Whether a node with this sum stays a leaf, whatever its rows look like.
    pub(super) fn is_final(self, sum: u64) -> bool {
        rows(sum) < 2 * self.leaf_rows || positive(sum) == 0 || positive(sum) == rows(sum)
    }

    /// The purity of a node that is not split.
    fn purity(self, sum: u64) -> f64 {
        let (positive, all) = self.weights(sum);
        positive * positive / all
    }

    /// The purity of a split, unless a side is too small.
    fn purity_of(self, left: u64, total: u64) -> Option<f64> {
        let right = total - left;
        if rows(left) < self.leaf_rows || rows(right) < self.leaf_rows {
            return None;
        }
        let ((left_positive, left), (right_positive, right)) = (self.weights(left), self.weights(right));
        // One division in place of two.
        Some((left_positive * left_positive * right + right_positive * right_positive * left) / (left * right))
    }
}

/// Looks for splits that are purer than the best so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    rules: Rules,
    /// Packed sum of the node.
    total: u64,
    pub(super) best: Option<Split>,
    /// What a split must exceed: the sum over both sides of (positive weight)² / weight.
    purity: f64,
}

impl Search {
    pub(super) fn new(rules: Rules, total: u64) -> Self {
        let purity = rules.purity(total);
        // Rounding is no gain.
        Self { rules, total, best: None, purity: purity + purity.abs() * 1e-10 }
    }

    /// Tries all splits of a column. `bins` are the bins that hold rows, ascending, without [`MISSING`];
    /// `histogram` has their sums.
    pub(super) fn column(&mut self, column: usize, histogram: &Histogram, bins: impl Iterator<Item = u8>) {
        let missing = histogram[usize::from(MISSING)];
        let mut sum = 0;
        let mut last: Option<u8> = None;
        for bin in bins {
            if let Some(last) = last {
                // Halfway between two bins with rows, as learners on plain values split halfway between values.
                let middle = last + (bin - last) / 2;
                if missing > 0 {
                    self.consider(column, middle, sum, false);
                    self.consider(column, middle, sum + missing, true);
                } else {
                    // What was never missing here will go with most of the rows.
                    self.consider(column, middle, sum, 2 * rows(sum) > rows(self.total));
                }
            }
            sum += histogram[usize::from(bin)];
            last = Some(bin);
        }
        if missing > 0 {
            self.consider(column, MISSING - 1, sum, false);
        }
    }

    /// Keeps a split if it is purer than the best so far.
    fn consider(&mut self, column: usize, bin: u8, left: u64, missing_left: bool) {
        if let Some(purity) = self.rules.purity_of(left, self.total)
            && purity > self.purity
        {
            self.purity = purity;
            self.best = Some(Split { column, bin, missing_left, left });
        }
    }
}
