//! From clusters to segments: numbered, named and with a risk level.

use crate::feature::{FeatureMatrix, value};
use crate::scaler::Scaler;
use crate::segment_name;
use crate::segment_risk::{self, Outcomes, SegmentRisk};
use crate::segmentation::Clusters;
use domain::feature::Feature;
use domain::loan::LoanRecord;
use domain::money::Currency;
use domain::segment::{Segment, Segmentation};
use domain::track::RiskLevel;

/// The loans that were segmented, as they are and as the clustering saw them.
#[derive(Clone, Copy)]
pub(super) struct Segmented<'a> {
    pub(super) records: &'a [LoanRecord],
    pub(super) features: &'a [Feature],
    pub(super) currency: Currency,
    /// Its columns are `features`.
    pub(super) matrix: &'a FeatureMatrix,
    pub(super) scaler: &'a Scaler,
}

/// Numbers clusters by risk, the highest first, so that numbers mean the same in each run; and classes them.
pub(super) fn in_order(clusters: Clusters, loans: Segmented<'_>) -> (Clusters, SegmentRisk) {
    let outcomes = Outcomes::of_segments(loans.records, &clusters.members, clusters.centers.len());
    let risk = segment_risk::classify(loans.features, &clusters.centers, &outcomes);
    let order = segment_risk::order(&risk, &clusters.centers);
    (clusters.reordered(&order), risk.reordered(&order))
}

/// Which segments a proxy learns, with a note where the reason is not plain.
///
/// Where `flagged` is given, they are those; otherwise those of high risk, or else what the centres let expect.
pub(super) fn proxied(risk: &SegmentRisk, flagged: Option<&[i32]>) -> (Vec<bool>, Option<String>) {
    if let Some(flagged) = flagged {
        return ((0..risk.levels.len()).map(|number| flagged.contains(&(number as i32))).collect(), None);
    }
    let proxied = risk.proxied();
    let is_by_centers = proxied.contains(&true) && !risk.levels.contains(&RiskLevel::High);
    let numbers = proxied.iter().enumerate().filter(|(_, is_proxied)| **is_proxied);
    let numbers: Vec<String> = numbers.map(|(number, _)| number.to_string()).collect();
    let note = is_by_centers.then(|| {
        format!(
            "No segment is high risk, so the proxy learns those whose centres let expect the highest losses: {}",
            numbers.join(", ")
        )
    });
    (proxied, note)
}

/// Describes ordered clusters of loans.
///
/// Where `flagged` is given, its segments are high risk in place of those that `risk` finds;
/// one that it finds high and that is not flagged becomes medium.
pub(super) fn describe(
    clusters: &Clusters,
    risk: &SegmentRisk,
    loans: Segmented<'_>,
    flagged: Option<&[i32]>,
) -> Segmentation {
    let names = segment_name::names(loans.features, &clusters.centers);
    let sizes = clusters.sizes();
    let means = Means::of(clusters, loans);
    let described = names.into_iter().zip(&risk.levels).zip(sizes).zip(means.by_segment);
    let segments = described
        .enumerate()
        .map(|(number, (((name, level), size), center))| Segment {
            number: number as i32,
            name,
            size: size as u32,
            risk: flagged.map_or(*level, |flagged| flag(*level, flagged.contains(&(number as i32)))),
            center,
            continues: None,
        })
        .collect();
    Segmentation { inertia: clusters.inertia, segments, spread: means.spread, quality: None }
}

fn flag(level: RiskLevel, is_flagged: bool) -> RiskLevel {
    match (is_flagged, level) {
        (true, _) => RiskLevel::High,
        (false, RiskLevel::High) => RiskLevel::Medium,
        (false, level) => level,
    }
}

/// Means of features over the loans of which they are known, in the features' own units; a feature that is known of none
/// is left out.
struct Means {
    by_segment: Vec<Vec<(Feature, f64)>>,
    /// With the standard deviation, over all loans.
    spread: Vec<(Feature, f64, f64)>,
}

impl Means {
    fn of(clusters: &Clusters, loans: Segmented<'_>) -> Self {
        let mut means = Self { by_segment: vec![Vec::new(); clusters.centers.len()], spread: Vec::new() };
        for (column, feature) in loans.features.iter().enumerate() {
            let is_filled = loans.matrix.unknown()[column] > 0;
            let known = |row: usize| {
                // What stands in the matrix for unknown values belongs to no mean.
                if is_filled {
                    value(&loans.records[row], *feature, loans.currency)
                } else {
                    Some(loans.matrix.row(row)[column])
                }
            };
            let mut sums = vec![(0.0, 0_usize); clusters.centers.len()];
            for (row, member) in clusters.members.iter().enumerate() {
                if let Some(value) = known(row) {
                    sums[*member] = (sums[*member].0 + value, sums[*member].1 + 1);
                }
            }
            for (means, (sum, count)) in means.by_segment.iter_mut().zip(&sums).filter(|(_, (_, count))| *count > 0) {
                means.push((*feature, sum / *count as f64));
            }
            let (sum, count) = sums.iter().fold((0.0, 0), |all, of| (all.0 + of.0, all.1 + of.1));
            let (mean, deviation) = if is_filled {
                let mean = sum / count.max(1) as f64;
                let squares = (0..clusters.members.len()).filter_map(known).map(|value| (value - mean).powi(2));
                (mean, (squares.sum::<f64>() / count.max(1) as f64).sqrt())
            } else {
                (loans.scaler.mean[column], loans.scaler.std[column])
            };
            if count > 0 {
                means.spread.push((*feature, mean, if deviation > 0.0 { deviation } else { 1.0 }));
            }
        }
        means
    }
}
