//! What the model is given of each loan: the features, and the extra columns as numbers.

use crate::encoding::{self, Encoding};
use crate::extra::ExtraColumns;
use crate::feature::FeatureMatrix;
use std::borrow::Cow;

pub(super) struct Inputs<'a> {
    /// The features of all loans, which segments are made of too, and where they are not known.
    pub(super) features: &'a FeatureMatrix,
    pub(super) extras: &'a ExtraColumns<'a>,
    pub(super) seed: u64,
}

/// Loans to learn from, and how their extra columns became numbers.
pub(super) struct TrainingRows {
    pub(super) matrix: FeatureMatrix,
    pub(super) encoding: Encoding,
    /// The columns that it added to the matrix.
    pub(super) encoded: Vec<Vec<f64>>,
    /// What was worked around, in words.
    pub(super) notes: Vec<String>,
}

impl<'a> Inputs<'a> {
    /// The loans of `rows`, to learn from: no loan's own outcome (`labels`, parallel) shows in its numbers.
    pub(super) fn to_learn_from(&self, rows: &[usize], labels: &[bool]) -> TrainingRows {
        let learned = encoding::learn(self.extras, rows, labels, self.seed);
        let matrix = self.features.select(rows).with_columns(learned.encoding.names(), &learned.values);
        TrainingRows { matrix, encoding: learned.encoding, encoded: learned.values, notes: learned.notes }
    }

    /// The loans of `rows`, to be scored.
    pub(super) fn select(&self, encoding: &Encoding, rows: &[usize]) -> FeatureMatrix {
        self.features.select(rows).with_columns(encoding.names(), &encoding.encode(self.extras, rows))
    }

    /// All loans, to be scored.
    pub(super) fn all(&self, encoding: &Encoding) -> Cow<'a, FeatureMatrix> {
        if self.extras.is_empty() {
            return Cow::Borrowed(self.features);
        }
        let rows: Vec<usize> = (0..self.features.row_count()).collect();
        Cow::Owned(self.select(encoding, &rows))
    }
}
