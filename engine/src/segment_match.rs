//! Segments across retrainings: which new one continues which old one, whether segments would come back if the loans
//! were drawn anew, and how many of them the loans suggest.

mod agreement;
mod assignment;
mod silhouette;
mod stability;

pub use agreement::adjusted_rand;
pub use silhouette::{SILHOUETTE_ROWS_MAX, ScanPoint, scan, silhouette};
pub use stability::{StabilityError, StabilityOptions, stability};

use crate::scaler::Scaler;

/// Segments that can be matched at most.
pub const SEGMENTS_MAX: usize = 12;

/// Why centres cannot be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentMatchError {
    #[error("the matching of segments takes 1 to {SEGMENTS_MAX} segments on either side, not {old} and {new}")]
    Segments { old: usize, new: usize },
    #[error("the matching of segments needs centres of {expected} features, but one has {found}")]
    Features { expected: usize, found: usize },
    #[error("the matching of segments was given a centre with a number that is not finite")]
    Value,
}

/// For each new centre the old one that it continues, so that the sum of squared distances is the least possible
/// (H. Kuhn 1955, J. Munkres 1957). Where there are more new than old centres, the ones left over continue none.
///
/// Centres (segments x features) are in the features' own units; distances in standard deviations of `scaler`, that of
/// the new segments.
pub fn match_centers(
    old: &[Vec<f64>],
    new: &[Vec<f64>],
    scaler: &Scaler,
) -> Result<Vec<Option<usize>>, SegmentMatchError> {
    let is_count = |count| (1..=SEGMENTS_MAX).contains(&count);
    if !is_count(old.len()) || !is_count(new.len()) {
        return Err(SegmentMatchError::Segments { old: old.len(), new: new.len() });
    }
    let expected = scaler.mean.len();
    if let Some(center) = old.iter().chain(new).find(|center| center.len() != expected) {
        return Err(SegmentMatchError::Features { expected, found: center.len() });
    }
    let scaled = |centers: &[Vec<f64>]| -> Vec<Vec<f64>> {
        centers.iter().map(|center| scaler.transform_row(center).collect()).collect()
    };
    let (old, new) = (scaled(old), scaled(new));
    if old.iter().chain(&new).flatten().any(|value| !value.is_finite()) {
        return Err(SegmentMatchError::Value);
    }
    Ok(continued(&old, &new))
}

/// As [`match_centers`], for centres that are standardised already.
fn continued(old: &[Vec<f64>], new: &[Vec<f64>]) -> Vec<Option<usize>> {
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    // Made-up partners fill up the smaller side; they are equally far from all, so that they sway nothing.
    let size = old.len().max(new.len());
    let cost = |row: usize, column: usize| match (new.get(row), old.get(column)) {
        (Some(new), Some(old)) => distance(new, old),
        _ => 0.0,
    };
    let costs: Vec<Vec<f64>> = (0..size).map(|row| (0..size).map(|column| cost(row, column)).collect()).collect();
    let partners = assignment::assign(&costs);
    partners.into_iter().take(new.len()).map(|partner| (partner < old.len()).then_some(partner)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaler(std: &[f64]) -> Scaler {
        Scaler { mean: vec![0.0; std.len()], std: std.to_vec(), constant: vec![] }
    }

    #[test]
    fn segments_keep_their_identity_in_the_new_scale() {
        let check = |old: &[[f64; 2]], new: &[[f64; 2]], std: [f64; 2], expected: &[Option<usize>]| {
            let centers = |centers: &[[f64; 2]]| centers.iter().map(|center| center.to_vec()).collect::<Vec<_>>();
            assert_eq!(match_centers(&centers(old), &centers(new), &scaler(&std)).expect("matches"), expected);
        };
        let (a, b, c) = ([0.0, 0.0], [10.0, 0.0], [0.0, 10.0]);
        check(&[a, b, c], &[[0.0, 9.0], [1.0, 1.0], [9.0, 0.0]], [1.0; 2], &[Some(2), Some(0), Some(1)]);
        check(&[a, b], &[[9.0, 1.0], [0.0, 90.0], [1.0, 0.0]], [1.0; 2], &[Some(1), None, Some(0)]);
        check(&[a, b, c], &[[9.0, 1.0]], [1.0; 2], &[Some(1)]);
        // The nearest of the first is taken by the second, which has no other near one.
        check(&[[0.0, 0.0], [4.0, 0.0]], &[[1.0, 0.0], [-3.0, 0.0]], [1.0; 2], &[Some(1), Some(0)]);
        // Where the first feature spreads widely, the second tells segments apart.
        check(&[[0.0, 0.0], [10.0, 5.0]], &[[0.0, 5.0], [10.0, 0.0]], [1.0; 2], &[Some(0), Some(1)]);
        check(&[[0.0, 0.0], [10.0, 5.0]], &[[0.0, 5.0], [10.0, 0.0]], [100.0, 1.0], &[Some(1), Some(0)]);
    }

    #[test]
    fn foreign_centres_are_refused() {
        let check = |old: usize, center: &[f64], expected| {
            let (old, new) = (vec![center.to_vec(); old], vec![vec![1.0, 2.0]; 3]);
            assert_eq!(match_centers(&old, &new, &scaler(&[1.0, 1.0])), Err(expected));
        };
        check(0, &[1.0, 2.0], SegmentMatchError::Segments { old: 0, new: 3 });
        check(13, &[1.0, 2.0], SegmentMatchError::Segments { old: 13, new: 3 });
        check(3, &[1.0], SegmentMatchError::Features { expected: 2, found: 1 });
        check(3, &[1.0, f64::NAN], SegmentMatchError::Value);
    }
}
