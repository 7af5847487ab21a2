//! Whether the loans that are scored today are still like those that the model learned from.
//!
//! The measure is the population stability index (PSI) over fixed deciles of the reference. Without drift the PSI of n
//! rows against m is about (bins − 1) · (1/n + 1/m), and n·m/(n+m) times it follows a chi-square distribution; so an
//! alarm asks for a PSI that is both large enough to matter and beyond what chance makes of so few rows.

mod bands;
mod rate;

use crate::drift::bands::Bands;
use domain::feature::FeatureName;
use domain::scoring_report::DriftReport;
use serde::{Deserialize, Serialize};

pub use bands::BandsError;
pub use rate::rate_drift;

/// The point of the standard normal distribution that chance exceeds once in a million.
const NORMAL_ONE_IN_A_MILLION: f64 = 4.753_424;

/// How scores and features were spread over the loans that a model was made with; kept with the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReference {
    score: Bands,
    features: Vec<(FeatureName, Bands)>,
}

impl DriftReference {
    /// Keeps the spread of `scores` and of feature columns, all of the same rows. NaN is a value that is not known.
    ///
    /// The scores must be made as later ones are: by the whole forest, of loans that it was not trained on. Out-of-bag
    /// scores are means of fewer trees and so are spread wider; as a reference they raise alarms where nothing moved
    /// (a PSI of 0.12 to 0.18 on simulated books of 2,000 loans).
    pub fn new(scores: &[f64], features: &[(FeatureName, &[f64])]) -> Self {
        let features = features.iter().map(|(feature, values)| (feature.clone(), Bands::new(values))).collect();
        Self { score: Bands::new(scores), features }
    }

    /// Compares a scoring run: its scores and feature columns, NaN where a value is not known.
    pub fn compare(&self, scores: &[f64], features: &[(FeatureName, &[f64])]) -> DriftReport {
        let compared = |(feature, bands): &(FeatureName, Bands)| {
            let (_, values) = features.iter().find(|(other, _)| other == feature)?;
            Some((feature.clone(), bands.compare(values)))
        };
        DriftReport {
            reference_rows: self.score.rows() as u32,
            rows: scores.len() as u32,
            score: self.score.compare(scores),
            features: self.features.iter().filter_map(compared).collect(),
        }
    }
}

/// The chi-square value with so many degrees of freedom that chance exceeds once in a million (E. Wilson and
/// M. Hilferty, PNAS 17 (1931)).
fn chi_square_bound(freedom: usize) -> f64 {
    let part = 2.0 / (9.0 * freedom.max(1) as f64);
    freedom as f64 * (1.0 - part + NORMAL_ONE_IN_A_MILLION * part.sqrt()).powi(3)
}

#[cfg(test)]
mod tests;
