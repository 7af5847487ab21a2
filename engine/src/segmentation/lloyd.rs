//! Lloyd's rounds: rows to the nearest centre, centres to the mean of their rows.

use super::Clusters;
use rayon::prelude::*;

/// Rows whose sums are added up together. The blocks, and so the rounding, are the same on any
/// number of threads.
const BLOCK_ROWS: usize = 4096;

/// Refines centres over all rows until no row changes its segment, or the centres move by less than
/// `tolerance` (sum of squared ways), in at most `rounds_max` rounds.
pub(super) fn refine(
    rows: &[f64],
    columns: usize,
    mut centers: Vec<Vec<f64>>,
    rounds_max: usize,
    tolerance: f64,
) -> Clusters {
    let mut members: Vec<u8> = Vec::new();
    for _ in 0..rounds_max {
        let round = assign(rows, columns, &centers);
        let is_settled = round.members == members;
        members = round.members;
        if is_settled {
            break;
        }
        let mut way = 0.0;
        for (center, (sum, size)) in centers.iter_mut().zip(round.sums.iter().zip(&round.sizes)) {
            let moved = if *size > 0 {
                sum.iter().map(|sum| sum / *size as f64).collect()
            } else {
                // An empty segment starts anew at the row that is farthest from its own centre.
                rows[round.farthest * columns..(round.farthest + 1) * columns].to_vec()
            };
            way += squared_distance(center, &moved);
            *center = moved;
        }
        if way < tolerance {
            break;
        }
    }
    let round = assign(rows, columns, &centers);
    Clusters { centers, members: round.members.into_iter().map(usize::from).collect(), inertia: round.inertia }
}

/// One assignment of rows to centres.
struct Round {
    /// Segments are few: a byte holds their number.
    members: Vec<u8>,
    sums: Vec<Vec<f64>>,
    sizes: Vec<usize>,
    inertia: f64,
    farthest: usize,
    farthest_distance: f64,
}

fn assign(rows: &[f64], columns: usize, centers: &[Vec<f64>]) -> Round {
    let assign_block = match centers.len() {
        0..=4 => assign_block::<4>,
        5..=8 => assign_block::<8>,
        9..=12 => assign_block::<12>,
        _ => assign_block::<256>,
    };
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

/// Assigns a block of rows to at most `K` centres. The distances to all of them grow side by side, column by
/// column, which the processor does in few instructions; each is added up in the order of the columns.
fn assign_block<const K: usize>(rows: &[f64], columns: usize, centers: &[Vec<f64>]) -> Round {
    // Column by column; places without a centre are never the nearest.
    let turned: Vec<[f64; K]> = (0..columns)
        .map(|column| std::array::from_fn(|index| centers.get(index).map_or(f64::INFINITY, |center| center[column])))
        .collect();
    let mut round = Round {
        members: Vec::with_capacity(rows.len() / columns),
        sums: vec![vec![0.0; columns]; centers.len()],
        sizes: vec![0; centers.len()],
        inertia: 0.0,
        farthest: 0,
        farthest_distance: -1.0,
    };
    for (index, row) in rows.chunks_exact(columns).enumerate() {
        let mut distances = [0.0; K];
        for (value, column) in row.iter().zip(&turned) {
            for (distance, center) in distances.iter_mut().zip(column) {
                *distance += (center - value) * (center - value);
            }
        }
        let (center, distance) = least(&distances);
        round.members.push(center as u8);
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

/// The place of the least number, the first of them where there are several, and the number.
fn least(numbers: &[f64]) -> (usize, f64) {
    let mut least = (0, f64::INFINITY);
    for (place, number) in numbers.iter().enumerate() {
        if *number < least.1 {
            least = (place, *number);
        }
    }
    least
}

/// The index of the centre that is nearest to a standardised row.
pub fn nearest(centers: &[Vec<f64>], row: &[f64]) -> usize {
    let mut best = (0, f64::INFINITY);
    for (index, center) in centers.iter().enumerate() {
        let distance = squared_distance(center, row);
        if distance < best.1 {
            best = (index, distance);
        }
    }
    best.0
}

pub(super) fn squared_distance(some: &[f64], others: &[f64]) -> f64 {
    some.iter().zip(others).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn add(sums: &mut [f64], values: &[f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_assigned_to_the_nearest_centre(
            values in proptest::collection::vec(-3.0..3.0_f64, 3..300),
            centers in proptest::collection::vec(proptest::collection::vec(-3.0..3.0_f64, 3), 1..15),
        ) {
            let rows = &values[..values.len() / 3 * 3];
            let round = assign(rows, 3, &centers);
            let mut inertia = 0.0;
            for (row, member) in rows.chunks_exact(3).zip(&round.members) {
                prop_assert_eq!(usize::from(*member), nearest(&centers, row));
                inertia += squared_distance(&centers[usize::from(*member)], row);
            }
            prop_assert_eq!(round.inertia.to_bits(), inertia.to_bits());
            prop_assert_eq!(round.sizes.iter().sum::<usize>(), rows.len() / 3);
        }
    }
}
