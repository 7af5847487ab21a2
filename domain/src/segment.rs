//! Segments of borrowers: groups of alike loans, with a name and a risk level read off their centres.

use crate::feature::Feature;
use crate::track::RiskLevel;
use serde::{Deserialize, Serialize};

/// One segment of a segmentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Number within its segmentation, from 0.
    pub number: i32,
    /// What is high or low about the segment, in words.
    pub name: String,
    pub size: u32,
    pub risk: RiskLevel,
    /// The mean of each feature over the segment, in the feature's own unit.
    pub center: Vec<(Feature, f64)>,
}

/// The segments of a portfolio, from one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segmentation {
    /// Sum of squared distances to the nearest centre, in standard deviations.
    pub inertia: f64,
    pub segments: Vec<Segment>,
}
