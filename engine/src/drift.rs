//! Whether the loans that are scored today are still like those that the model learned from.
//!
//! The measure is the population stability index (PSI) over fixed deciles of the reference. Without drift the PSI of n
//! rows against m is about (bins − 1) · (1/n + 1/m), and n·m/(n+m) times it follows a chi-square distribution; so an
//! alarm asks for a PSI that is both large enough to matter and beyond what chance makes of so few rows.

mod bands;
mod rate;

use crate::drift::bands::Bands;
use domain::feature::FeatureName;
use serde::{Deserialize, Serialize};

pub use bands::BandsError;
pub use rate::{RateDrift, rate_drift};

/// A PSI below this raises no alarm however many rows stand behind it. The usual 0.1 would miss a shift of 0.3
/// standard deviations, whose PSI is near 0.09; undisturbed books of 2,000 loans stay below 0.04.
pub const PSI_ALARM: f64 = 0.05;

/// The point of the standard normal distribution that chance exceeds once in a million.
const NORMAL_ONE_IN_A_MILLION: f64 = 4.753_424;

/// How scores and features were spread over the loans that a model was made with; kept with the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReference {
    score: Bands,
    features: Vec<(FeatureName, Bands)>,
}

/// How far one quantity has moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Population stability index, at least 0.
    pub psi: f64,
    /// The PSI that this many rows reach by chance once in a million.
    pub chance_bound: f64,
    /// Rows whose value is not known.
    pub unknown: usize,
    /// Rows whose value lies outside all that the reference holds.
    pub unseen: usize,
}

/// How far one scoring run has moved from the reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    pub reference_rows: usize,
    pub rows: usize,
    /// Nothing where the run or the reference has no rows.
    pub score: Option<Drift>,
    /// Features of the reference that the run has.
    pub features: Vec<(FeatureName, Option<Drift>)>,
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
            reference_rows: self.score.rows(),
            rows: scores.len(),
            score: self.score.compare(scores),
            features: self.features.iter().filter_map(compared).collect(),
        }
    }
}

impl Drift {
    /// Whether this is more than chance, and enough to matter.
    pub fn is_alarm(&self) -> bool {
        self.psi > PSI_ALARM.max(self.chance_bound)
    }
}

impl DriftReport {
    /// A sentence for each quantity that has drifted: the score first, then features by their PSI.
    pub fn alarms(&self) -> Vec<String> {
        let mut moved: Vec<(String, Drift)> =
            self.features.iter().filter_map(|(feature, drift)| Some((feature.label(), (*drift)?))).collect();
        moved.sort_by(|a, b| b.1.psi.total_cmp(&a.1.psi));
        let score = self.score.map(|drift| ("Risk score".to_owned(), drift));
        let sentence = |(name, drift): (String, Drift)| {
            format!("{name} has moved away from the loans that the model learned from (PSI {:.2})", drift.psi)
        };
        score.into_iter().chain(moved).filter(|(_, drift)| drift.is_alarm()).map(sentence).collect()
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
