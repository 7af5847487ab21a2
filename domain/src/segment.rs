//! Segments of borrowers: groups of alike loans, with a name and a risk level read off their centres.

use crate::count::count;
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
    /// The mean of each feature over those loans of the segment of which it is known, in the feature's own unit. A feature
    /// that is known of none is not in the list: 0 would be a made-up number.
    pub center: Vec<(Feature, f64)>,
    /// The segment of the model that decided before, which this one goes on with.
    #[serde(default)]
    pub continues: Option<Continued>,
}

/// A segment of an earlier model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continued {
    pub model_version: i32,
    pub number: i32,
    pub name: String,
}

/// The segments of a portfolio, from one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segmentation {
    /// Sum of squared distances to the nearest centre, in standard deviations.
    pub inertia: f64,
    pub segments: Vec<Segment>,
    /// Mean and standard deviation of each feature over the loans of which it is known, in its own unit; the deviation is 1
    /// where all are the same. A feature that is known of no loan is not in the list.
    #[serde(default)]
    pub spread: Vec<(Feature, f64, f64)>,
    /// How good the segments are, where it was looked at.
    #[serde(default)]
    pub quality: Option<SegmentQuality>,
}

impl Segment {
    /// The mean of a feature over the segment; nothing where it is not known of any of its loans.
    pub fn mean_of(&self, feature: Feature) -> Option<f64> {
        self.center.iter().find(|(other, _)| *other == feature).map(|(_, mean)| *mean)
    }
}

/// How well segments tell loans apart, and whether they would come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentQuality {
    /// How many loans the refits drew from.
    pub loans: u32,
    /// How many of them the silhouettes are the mean of; nothing where that was not kept.
    #[serde(default)]
    pub silhouette_loans: Option<u32>,
    /// Mean silhouette by number of segments, -1..=1; near 0 where segments run into each other.
    pub silhouettes: Vec<(u32, Option<f64>)>,
    pub stability: Option<Stability>,
}

/// How far refits on bootstrap samples agree with the segments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// Mean adjusted Rand index of the refits, at most 1.
    pub mean_ari: f64,
    /// The least of them.
    pub least_ari: f64,
    /// Mean share of loans that a refit puts into another segment, after the segments are matched; 0..=1.
    pub moved: f64,
    pub refits: usize,
}

/// Segments whose refits agree with them at least so well on average are called stable. Blobs that lie apart reach 1;
/// on the reference file of the original analysis good optima already differ by 0.82 to 0.93 from each other.
pub const STABLE_ARI: f64 = 0.9;

impl Stability {
    pub fn is_stable(&self) -> bool {
        self.mean_ari >= STABLE_ARI
    }

    /// The verdict in words, without its full stop.
    pub fn words(&self) -> String {
        let verdict = if self.is_stable() { "Stable" } else { "Unstable" };
        let (refits, moved) = (count(self.refits, "refit"), self.moved * 100.0);
        format!(
            "{verdict}: {refits} on resampled loans agree with these segments by {:.2} on average (1 is the same, 0 is \
             chance) and move {moved:.1} % of loans",
            self.mean_ari
        )
    }
}

impl SegmentQuality {
    /// The number of segments with the best silhouette.
    pub fn best_count(&self) -> Option<u32> {
        let known = self.silhouettes.iter().filter_map(|(segments, width)| Some((*segments, (*width)?)));
        known.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(segments, _)| segments)
    }
}
