//! From clusters to segments: numbered, named and with a risk level.

use crate::feature::FeatureMatrix;
use crate::scaler::Scaler;
use crate::segment_name;
use crate::segmentation::Clusters;
use domain::feature::Feature;
use domain::segment::{Segment, Segmentation};
use domain::track::RiskLevel;

/// Numbers clusters by expected loss, the highest first, so that numbers mean the same in each run.
pub(super) fn in_order(clusters: Clusters, features: &[Feature]) -> Clusters {
    let order = segment_name::order_by_expected_loss(features, &clusters.centers);
    clusters.reordered(&order)
}

/// Describes ordered clusters of `matrix`, whose columns are `features`.
///
/// Where `flagged` is given, its segments are high risk in place of those that the centres suggest;
/// one that the centres suggest and that is not flagged becomes medium.
pub(super) fn describe(
    clusters: &Clusters,
    features: &[Feature],
    matrix: &FeatureMatrix,
    scaler: &Scaler,
    flagged: Option<&[i32]>,
) -> Segmentation {
    let names = segment_name::names(features, &clusters.centers);
    let levels = segment_name::risk_levels(clusters.centers.len());
    let sizes = clusters.sizes();
    let centers = native_centers(clusters, matrix);
    let segments = names
        .into_iter()
        .zip(levels)
        .zip(sizes)
        .zip(centers)
        .enumerate()
        .map(|(number, (((name, level), size), center))| Segment {
            number: number as i32,
            name,
            size: size as u32,
            risk: flagged.map_or(level, |flagged| flag(level, flagged.contains(&(number as i32)))),
            center: features.iter().copied().zip(center).collect(),
            continues: None,
        })
        .collect();
    let spread = features.iter().zip(&scaler.mean).zip(&scaler.std);
    let spread = spread.map(|((feature, mean), deviation)| (*feature, *mean, *deviation)).collect();
    Segmentation { inertia: clusters.inertia, segments, spread, quality: None }
}

fn flag(level: RiskLevel, is_flagged: bool) -> RiskLevel {
    match (is_flagged, level) {
        (true, _) => RiskLevel::High,
        (false, RiskLevel::High) => RiskLevel::Medium,
        (false, level) => level,
    }
}

/// The mean of each feature in each cluster, in the feature's own unit.
fn native_centers(clusters: &Clusters, matrix: &FeatureMatrix) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; matrix.columns()]; clusters.centers.len()];
    for (row, member) in matrix.rows().zip(&clusters.members) {
        sums[*member].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    for (sum, size) in sums.iter_mut().zip(clusters.sizes()) {
        for value in sum {
            *value /= size.max(1) as f64;
        }
    }
    sums
}
