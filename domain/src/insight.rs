//! What a model leans on, and how honest its scores are, on loans that it was not trained on.

use crate::feature::FeatureName;
use serde::{Deserialize, Serialize};

/// A job computes it when a model is made; pages read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Insight {
    /// How many loans it was looked at on.
    pub loans: u32,
    /// By what each feature weighs, the heaviest first.
    pub features: Vec<FeatureWeight>,
    /// How the mean score moves with each of the heaviest features.
    pub dependence: Vec<Dependence>,
    /// Loans of about the same score and what became of them, by ascending score.
    pub reliability: Vec<Reliability>,
}

/// How much a model leans on a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureWeight {
    pub feature: FeatureName,
    /// By how much the AUC drops where the feature's values change places among the loans; near 0 where it tells nothing.
    pub auc_drop: f64,
    /// Its share in what all splits gain, 0..=1.
    pub split_share: f64,
}

/// The mean score if every loan had one value of a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dependence {
    pub feature: FeatureName,
    /// (value in the feature's own unit, mean score), by ascending value.
    pub points: Vec<(f64, f64)>,
}

/// Loans of about the same score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    pub mean_score: f64,
    /// Share of them of which the target holds, 0..=1.
    pub observed_rate: f64,
    pub loans: u32,
}
