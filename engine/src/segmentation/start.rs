//! Starts of k-means on a sample of many rows.

use super::Clusters;
use super::lloyd::{refine, squared_distance};
use crate::random::{Stream, generator};
use rand::RngCore;

/// A start on `rows`: centres by k-means++ (D. Arthur and S. Vassilvitskii, SODA 2007), refined until they move
/// by less than `tolerance`.
pub(super) fn run(
    rows: &[f64],
    columns: usize,
    segments: usize,
    seed: u64,
    rounds_max: usize,
    tolerance: f64,
) -> Clusters {
    let centers = spread(rows, columns, segments, seed);
    refine(rows, columns, centers, rounds_max, tolerance)
}

/// Draws rows as centres, each with a chance that grows with the squared distance to those drawn before.
fn spread(rows: &[f64], columns: usize, segments: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut random = generator(seed, Stream::Segmentation);
    // 53 random bits are a number in 0..1.
    let mut share = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let row = |place: usize| &rows[place * columns..(place + 1) * columns];
    let row_count = rows.len() / columns;
    let mut centers = vec![row((share() * row_count as f64) as usize).to_vec()];
    let mut distances = vec![f64::INFINITY; row_count];
    while centers.len() < segments {
        let newest = &centers[centers.len() - 1];
        for (distance, row) in distances.iter_mut().zip(rows.chunks_exact(columns)) {
            *distance = distance.min(squared_distance(newest, row));
        }
        let mut left = share() * distances.iter().sum::<f64>();
        let drawn = distances.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        // Rounding may leave a little at the end.
        centers.push(row(drawn.unwrap_or(row_count - 1)).to_vec());
    }
    centers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centres_are_drawn_from_far_apart_rows() {
        let rows: Vec<f64> = (0..300).flat_map(|row| [f64::from(row % 3) * 100.0, f64::from(row) * 1e-3]).collect();
        for seed in 0..20 {
            let mut groups: Vec<i64> = spread(&rows, 2, 3, seed).iter().map(|center| center[0] as i64).collect();
            groups.sort_unstable();
            assert_eq!(groups, [0, 100, 200], "seed {seed}");
        }
    }
}
