//! How well rows sit in their segments, and how many segments suit them.

use crate::random::{Stream, generator};
use rand::seq::SliceRandom;
use rayon::prelude::*;

/// Rows up to which the silhouette is exact; a seeded sample of so many stands for more.
pub const SILHOUETTE_ROWS_MAX: usize = 2000;

/// The mean silhouette (P. Rousseeuw, Journal of Computational and Applied Mathematics 20 (1987)), -1..=1: near 1
/// where rows are much nearer to their own segment than to the next, 0 where they lie in between. A row that is alone
/// in its segment counts 0. Nothing where fewer than two segments have rows.
///
/// `rows` are standardised (row by row, `columns` values each), `members` their segments.
pub fn silhouette(rows: &[f64], columns: usize, members: &[usize], seed: u64) -> Option<f64> {
    if columns == 0 || rows.len() != members.len() * columns {
        return None;
    }
    let mut sample: Vec<usize> = (0..members.len()).collect();
    if sample.len() > SILHOUETTE_ROWS_MAX {
        sample.shuffle(&mut generator(seed, Stream::SilhouetteSample));
        sample.truncate(SILHOUETTE_ROWS_MAX);
        sample.sort_unstable();
    }
    let segments = members.iter().max()? + 1;
    let mut sizes = vec![0_usize; segments];
    for row in &sample {
        sizes[members[*row]] += 1;
    }
    if sizes.iter().filter(|size| **size > 0).count() < 2 {
        return None;
    }
    let values = |row: usize| &rows[row * columns..(row + 1) * columns];
    let width = |row: &usize| {
        let own = members[*row];
        if sizes[own] < 2 {
            return 0.0;
        }
        let mut sums = vec![0.0; segments];
        for other in &sample {
            let square: f64 = values(*row).iter().zip(values(*other)).map(|(a, b)| (a - b).powi(2)).sum();
            sums[members[*other]] += square.sqrt();
        }
        let inside = sums[own] / (sizes[own] - 1) as f64;
        let outside = (0..segments)
            .filter(|segment| *segment != own && sizes[*segment] > 0)
            .map(|segment| sums[segment] / sizes[segment] as f64)
            .fold(f64::INFINITY, f64::min);
        let larger = inside.max(outside);
        if larger > 0.0 { (outside - inside) / larger } else { 0.0 }
    };
    // Added up in the order of the rows, so that the number of threads changes nothing.
    let widths: Vec<f64> = sample.par_iter().map(width).collect();
    Some(widths.iter().sum::<f64>() / widths.len() as f64)
}

/// One number of segments that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct ScanPoint<E> {
    pub segments: u32,
    /// The mean silhouette, or why there are no such segments.
    pub silhouette: Result<Option<f64>, E>,
}

/// Tries 2 to 8 segments: `fit` answers with the segment of each row for a number of segments.
pub fn scan<E>(
    rows: &[f64],
    columns: usize,
    seed: u64,
    fit: impl Fn(u32) -> Result<Vec<usize>, E>,
) -> Vec<ScanPoint<E>> {
    let point = |segments| {
        let silhouette = fit(segments).map(|members| silhouette(rows, columns, &members, seed));
        ScanPoint { segments, silhouette }
    };
    (2..=8).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segmentation::{SegmentationOptions, fit};
    use rand::Rng;

    #[test]
    fn silhouettes_of_known_segments() {
        let check = |rows: &[f64], members: &[usize], expected: Option<f64>| {
            let found = silhouette(rows, 1, members, 1);
            let is_near = found.zip(expected).is_some_and(|(a, b)| (a - b).abs() < 1e-12);
            assert!(found == expected || is_near, "{rows:?}: {found:?}");
        };
        // Inside 1, outside 9.5 or 10.5 on either side.
        check(&[0.0, 1.0, 10.0, 11.0], &[0, 0, 1, 1], Some(f64::midpoint(19.0 / 21.0, 17.0 / 19.0)));
        check(&[0.0, 1.0, 10.0], &[0, 0, 5], Some((0.9 + 8.0 / 9.0) / 3.0));
        check(&[1.0, 1.0, 1.0, 1.0], &[0, 0, 1, 1], Some(0.0));
        check(&[0.0, 1.0], &[0, 0], None);
        check(&[], &[], None);
        check(&[0.0, 1.0], &[0], None);
    }

    /// Rows about three places far apart.
    fn blobs(count: usize) -> Vec<f64> {
        let mut random = generator(1, Stream::Simulation);
        (0..count).flat_map(|row| [(row % 3) as f64 * 10.0 + random.random::<f64>(), random.random()]).collect()
    }

    #[test]
    fn scan_finds_the_number_of_blobs() {
        let rows = blobs(150);
        let points = scan(&rows, 2, 1, |segments| {
            fit(&rows, 2, SegmentationOptions::new(segments, 1)?, &|_| true).map(|clusters| clusters.members)
        });
        assert_eq!(points.iter().map(|point| point.segments).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8]);
        let value = |point: &&ScanPoint<_>| point.silhouette.clone().expect("fits").expect("segments");
        let best = points.iter().max_by(|a, b| value(a).total_cmp(&value(b))).expect("points");
        assert_eq!(best.segments, 3);
    }

    #[test]
    fn sample_is_near_the_whole() {
        let rows = blobs(3000);
        let members: Vec<usize> = (0..3000).map(|row| row % 3).collect();
        let (few, all) = (silhouette(&rows[..4000], 2, &members[..2000], 1), silhouette(&rows, 2, &members, 1));
        assert!(few.zip(all).is_some_and(|(few, all)| (few - all).abs() < 0.01 && few > 0.9), "{few:?} {all:?}");
        assert_eq!(all, silhouette(&rows, 2, &members, 1));
    }
}
