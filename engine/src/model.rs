//! A trained model: everything that scoring and segmenting a new loan needs.

use crate::calibration::Calibration;
use crate::drift::DriftReference;
use crate::encoding::Encoding;
use crate::feature::{FeatureMatrix, Filling};
use crate::forest::RiskForest;
use crate::out_of_bag::OutOfBag;
use crate::scaler::Scaler;
use crate::segmentation;
use domain::feature::{Feature, FeatureName};
use domain::loan::LoanRecord;
use domain::model::{ModelFigures, ScoreSource, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;
use domain::segment::Segmentation;
use domain::summary::Verdict;
use domain::track::RiskLevel;
use rayon::prelude::*;

/// A trained model. It speaks of amounts in major units of `currency`, as it learned them.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskModel {
    pub options: TrainingOptions,
    pub currency: Currency,
    /// Those of the feature set. Segments are made of them, and the forest's columns begin with them.
    pub features: Vec<Feature>,
    /// What stands for features that are not known; its columns that say where come next.
    pub filling: Filling,
    pub scaler: Scaler,
    /// Segments with their names, risk levels and centres in the features' own units.
    pub segmentation: Segmentation,
    /// Centres in standard deviations, segments x features, in the order of the segments' numbers.
    pub centers: Vec<Vec<f64>>,
    /// How the extra columns become the rest of the forest's columns.
    pub encoding: Encoding,
    pub forest: RiskForest,
    /// From the forest's scores to probabilities; nothing where scores stay as they are.
    pub calibration: Option<Calibration>,
    pub figures: ModelFigures,
    /// SHA-256 of the values and outcomes that it learned from, in hexadecimal.
    pub data_hash: String,
    /// How scores and features were spread when it was made; nothing in files of programs that did not keep it there.
    pub reference: Option<DriftReference>,
}

impl RiskModel {
    /// Loans as this model wants them: features, where they are not known, and extra columns as numbers.
    pub fn matrix(&self, records: &[LoanRecord]) -> FeatureMatrix {
        self.matrix_filled_with(records, &self.filling.medians)
    }

    /// As [`Self::matrix`], with NaN where a feature is not known. Extra columns are as the model encodes them.
    pub fn matrix_as_known(&self, records: &[LoanRecord]) -> FeatureMatrix {
        self.matrix_filled_with(records, &vec![f64::NAN; self.features.len()])
    }

    fn matrix_filled_with(&self, records: &[LoanRecord], fills: &[f64]) -> FeatureMatrix {
        let columns = [self.filling.marks(records, self.currency), self.encoding.encode_records(records)].concat();
        FeatureMatrix::with_fills(records, &self.features, self.currency, fills)
            .with_columns([self.filling.names(), self.encoding.names()].concat(), &columns)
    }

    /// What each column of [`Self::matrix`] holds.
    pub fn inputs(&self) -> Vec<FeatureName> {
        let features = self.features.iter().copied().map(FeatureName::from);
        features.chain(self.filling.names()).chain(self.encoding.names()).collect()
    }

    /// Segments, scores and decides loans that the model was not trained on, in their order.
    pub fn judge(&self, records: &[LoanRecord], policy: &Policy) -> Vec<Verdict> {
        let matrix = self.matrix(records);
        self.forest
            .score_all(&matrix)
            .into_par_iter()
            .map(|score| self.calibration.as_ref().map_or(score, |calibration| calibration.apply(score)))
            .enumerate()
            .map(|(index, score)| self.verdict(score, self.segment_of(matrix.row(index)), policy))
            .collect()
    }

    /// As [`Self::judge`], of any loans: those of borrowers whose loans trained the model, which `own` knows by their places, are
    /// scored by the trees that did not see them.
    pub fn judge_apart(&self, records: &[LoanRecord], own: &OutOfBag, policy: &Policy) -> Vec<(Verdict, ScoreSource)> {
        let matrix = self.matrix(records);
        let verdicts = self.judge(records, policy).into_par_iter().enumerate();
        let apart = |(loan, verdict): (usize, Verdict)| match self.score_apart(own, loan, matrix.row(loan)) {
            None => (verdict, ScoreSource::Model),
            Some(score) => (self.verdict(score, verdict.segment as usize, policy), ScoreSource::OutOfBag),
        };
        verdicts.map(apart).collect()
    }

    /// The calibrated score of a loan whose borrower trained the model, by the trees that did not see them; nothing of any other
    /// loan. `row` is its row of [`Self::matrix`].
    pub(crate) fn score_apart(&self, own: &OutOfBag, loan: usize, row: &[f64]) -> Option<f64> {
        let trees = own.trees_of(loan)?;
        let mut row = row.to_vec();
        own.restore(loan, &mut row);
        let calibrated = |score| self.calibration.as_ref().map_or(score, |calibration| calibration.apply(score));
        // Where all trees saw the borrower, the base rate stands in, which is a rate already.
        Some(self.forest.score_by(&trees, &row).map_or(own.base_rate(), calibrated))
    }

    /// The number of the segment whose centre is nearest to a row of [`Self::matrix`] (not standardised).
    pub fn segment_of(&self, row: &[f64]) -> usize {
        let features = &row[..self.features.len().min(row.len())];
        let standardised: Vec<f64> = self.scaler.transform_row(features).collect();
        segmentation::nearest(&self.centers, &standardised)
    }

    /// What follows from a score and a segment under a policy.
    pub fn verdict(&self, score: f64, segment: usize, policy: &Policy) -> Verdict {
        let risk = self.segmentation.segments.get(segment).map_or(RiskLevel::Medium, |segment| segment.risk);
        Verdict {
            score,
            segment: segment as i32,
            is_high_risk: policy.is_high_risk(score, risk),
            track: policy.track(score),
        }
    }
}
