//! What the model is given of each loan: the features, and the extra columns as numbers.

use crate::bags::Borrowers;
use crate::encoding::{self, Encoding};
use crate::extra::ExtraColumns;
use crate::feature::FeatureMatrix;
use std::borrow::Cow;

pub(super) struct Inputs<'a> {
    /// The features of all loans, which segments are made of too, and where they are not known.
    pub(super) features: &'a FeatureMatrix,
    pub(super) extras: &'a ExtraColumns<'a>,
    /// Numbers that tell the borrowers of all loans apart.
    pub(super) borrowers: &'a [u32],
    pub(super) seed: u64,
}

/// Loans to learn from, and how their extra columns became numbers.
pub(super) struct TrainingRows {
    pub(super) matrix: FeatureMatrix,
    pub(super) encoding: Encoding,
    /// The columns that it added to the matrix.
    pub(super) encoded: Vec<Vec<f64>>,
    /// Whose they are, where somebody has several.
    pub(super) borrowers: Option<Borrowers>,
    /// What was worked around, in words.
    pub(super) notes: Vec<String>,
}

impl<'a> Inputs<'a> {
    /// The loans of `rows`, to learn from: neither a loan's own outcome (`labels`, parallel) nor those of its borrower's other loans
    /// show in its numbers.
    pub(super) fn to_learn_from(&self, rows: &[usize], labels: &[bool]) -> TrainingRows {
        let numbers: Vec<u32> = rows.iter().map(|row| self.borrowers[*row]).collect();
        let borrowers = Borrowers::new(&numbers);
        let learned = encoding::learn(self.extras, rows, labels, borrowers.as_ref(), self.seed);
        let matrix = self.features.select(rows).with_columns(learned.encoding.names(), &learned.values);
        TrainingRows { matrix, encoding: learned.encoding, encoded: learned.values, borrowers, notes: learned.notes }
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
