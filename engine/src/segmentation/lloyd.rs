//! Lloyd's rounds: rows to the nearest centre, centres to the mean of their rows.

use super::Clusters;
use rayon::prelude::*;

/// Rows whose sums are added up together. The blocks, and so the rounding, are the same on any
/// number of threads.
const BLOCK_ROWS: usize = 4096;

/// Refines centres over all rows until no row changes its segment, in at most `rounds_max` rounds.
pub(super) fn refine(rows: &[f64], columns: usize, mut centers: Vec<Vec<f64>>, rounds_max: usize) -> Clusters {
    let mut members: Vec<usize> = Vec::new();
    for _ in 0..rounds_max {
        let round = assign(rows, columns, &centers);
        let is_settled = round.members == members;
        members = round.members;
        if is_settled {
            break;
        }
        for (center, (sum, size)) in centers.iter_mut().zip(round.sums.iter().zip(&round.sizes)) {
            if *size > 0 {
                *center = sum.iter().map(|sum| sum / *size as f64).collect();
            } else {
                // An empty segment starts anew at the row that is farthest from its own centre.
                *center = rows[round.farthest * columns..(round.farthest + 1) * columns].to_vec();
            }
        }
    }
    let round = assign(rows, columns, &centers);
    Clusters { centers, members: round.members, inertia: round.inertia }
}

/// The index of the centre that is nearest to a standardised row.
pub fn nearest(centers: &[Vec<f64>], row: &[f64]) -> usize {
    nearest_with_distance(centers, row).0
}

/// One assignment of rows to centres.
struct Round {
    members: Vec<usize>,
    sums: Vec<Vec<f64>>,
    sizes: Vec<usize>,
    inertia: f64,
    farthest: usize,
    farthest_distance: f64,
}

fn assign(rows: &[f64], columns: usize, centers: &[Vec<f64>]) -> Round {
    let blocks: Vec<Round> =
        rows.par_chunks(BLOCK_ROWS * columns).map(|block| assign_block(block, columns, centers)).collect();
    let mut whole = assign_block(&[], columns, centers);
    for block in blocks {
        if block.farthest_distance > whole.farthest_distance {
            whole.farthest = whole.members.len() + block.farthest;
            whole.farthest_distance = block.farthest_distance;
        }
        whole.members.extend(block.members);
        whole.inertia += block.inertia;
        for (sum, part) in whole.sums.iter_mut().zip(&block.sums) {
            add(sum, part);
        }
        whole.sizes.iter_mut().zip(block.sizes).for_each(|(size, part)| *size += part);
    }
    whole
}

fn assign_block(rows: &[f64], columns: usize, centers: &[Vec<f64>]) -> Round {
    let mut round = Round {
        members: Vec::with_capacity(rows.len() / columns),
        sums: vec![vec![0.0; columns]; centers.len()],
        sizes: vec![0; centers.len()],
        inertia: 0.0,
        farthest: 0,
        farthest_distance: -1.0,
    };
    for (index, row) in rows.chunks_exact(columns).enumerate() {
        let (center, distance) = nearest_with_distance(centers, row);
        round.members.push(center);
        round.inertia += distance;
        round.sizes[center] += 1;
        add(&mut round.sums[center], row);
        if distance > round.farthest_distance {
            round.farthest = index;
            round.farthest_distance = distance;
        }
    }
    round
}

fn nearest_with_distance(centers: &[Vec<f64>], row: &[f64]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (index, center) in centers.iter().enumerate() {
        let distance: f64 = center.iter().zip(row).map(|(a, b)| (a - b) * (a - b)).sum();
        if distance < best.1 {
            best = (index, distance);
        }
    }
    best
}

fn add(sums: &mut [f64], values: &[f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}
