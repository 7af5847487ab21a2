//! The order of segments' numbers, which is the same in each run that finds about the same segments.

use super::SegmentRisk;
use domain::track::RiskLevel;

/// Classes are whole numbers.
const LEVEL_GAP: f64 = 0.5;
/// Rates of loss that differ by less tell no segments apart.
const RATE_GAP: f64 = 0.02;
/// The same of expected-loss indices, and of features, in standard deviations.
const INDEX_GAP: f64 = 0.1;
const FEATURE_GAP: f64 = 0.25;

/// What segments are ordered by, and how far apart two of them must lie for it to count.
struct Key {
    gap: f64,
    /// One a segment; the highest goes first.
    values: Vec<f64>,
}

/// The segments with these `centers` (in standard deviations), the riskiest first: by class, then by the rate of loss, the
/// expected-loss index, and the features in their order. Each counts only where it differs clearly, so that the
/// last digits of two alike segments, which hang on the seed, don't change their places.
pub fn order(risk: &SegmentRisk, centers: &[Vec<f64>]) -> Vec<usize> {
    let rank = |level: &RiskLevel| match level {
        RiskLevel::High => 2.0,
        RiskLevel::Medium => 1.0,
        RiskLevel::Low => 0.0,
    };
    let mut keys = vec![Key { gap: LEVEL_GAP, values: risk.levels.iter().map(rank).collect() }];
    keys.extend(risk.rates.clone().map(|values| Key { gap: RATE_GAP, values }));
    keys.extend(risk.indices.clone().map(|values| Key { gap: INDEX_GAP, values }));
    let columns = centers.first().map_or(0, Vec::len);
    keys.extend(
        (0..columns)
            .map(|column| Key { gap: FEATURE_GAP, values: centers.iter().map(|center| center[column]).collect() }),
    );
    sorted((0..centers.len()).collect(), &keys)
}

/// Sorts segments by the first key, and those that it does not tell apart by the ones after it.
fn sorted(mut segments: Vec<usize>, keys: &[Key]) -> Vec<usize> {
    let Some((key, others)) = keys.split_first().filter(|_| segments.len() > 1) else { return segments };
    segments.sort_by(|a, b| key.values[*b].total_cmp(&key.values[*a]).then(a.cmp(b)));
    let groups = segments.chunk_by(|a, b| key.values[*a] - key.values[*b] < key.gap);
    groups.flat_map(|group| sorted(group.to_vec(), others)).collect()
}
