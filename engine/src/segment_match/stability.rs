//! Whether segments would come back if the loans were drawn anew.

use super::{adjusted_rand, continued};
use crate::random::{Stream, generator, seeds};
use crate::segmentation::{Clusters, nearest};
use domain::count::count;
use domain::segment::Stability;
use rand::Rng;

/// Checked parameters of a stability check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StabilityOptions {
    refits: usize,
    seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StabilityError<E> {
    #[error("the stability check cannot have {}: choose 2 to 100", count(*.0, "refit"))]
    Refits(usize),
    #[error("the stability check was given {members} segments of loans for {values} values of {columns} features")]
    Shape { values: usize, columns: usize, members: usize },
    #[error("refit {refit} of the stability check failed: {error}")]
    Refit { refit: usize, error: E },
}

impl StabilityOptions {
    pub fn new<E>(refits: usize, seed: u64) -> Result<Self, StabilityError<E>> {
        if (2..=100).contains(&refits) { Ok(Self { refits, seed }) } else { Err(StabilityError::Refits(refits)) }
    }
}

/// Refits segments on bootstrap samples (C. Hennig, Computational Statistics & Data Analysis 52 (2007)) and compares
/// where all loans then fall with `clusters`, the fit on all loans.
///
/// `rows` are standardised (row by row, `columns` values each). `refit` is given the rows of a sample, as many as
/// there are loans, and a seed.
pub fn stability<E>(
    rows: &[f64],
    columns: usize,
    clusters: &Clusters,
    options: StabilityOptions,
    refit: impl Fn(&[f64], u64) -> Result<Clusters, E>,
) -> Result<Stability, StabilityError<E>> {
    let members = clusters.members.len();
    if columns == 0 || members == 0 || rows.len() != members * columns {
        return Err(StabilityError::Shape { values: rows.len(), columns, members });
    }
    let (mut indices, mut moved) = (Vec::with_capacity(options.refits), 0.0);
    for (place, seed) in seeds(options.seed, Stream::Bootstrap, options.refits).into_iter().enumerate() {
        let mut random = generator(seed, Stream::Bootstrap);
        let drawn = |_| {
            let row = random.random_range(0..members);
            rows[row * columns..(row + 1) * columns].iter().copied()
        };
        let sample: Vec<f64> = (0..members).flat_map(drawn).collect();
        let again = refit(&sample, seed).map_err(|error| StabilityError::Refit { refit: place + 1, error })?;
        let found: Vec<usize> = rows.chunks_exact(columns).map(|row| nearest(&again.centers, row)).collect();
        indices.extend(adjusted_rand(&clusters.members, &found));
        let continues = continued(&clusters.centers, &again.centers);
        let stayed = |(old, new): &(&usize, &usize)| continues[**new] == Some(**old);
        let stays = clusters.members.iter().zip(&found).filter(stayed).count();
        moved += 1.0 - stays as f64 / members as f64;
    }
    let refits = options.refits;
    Ok(Stability {
        mean_ari: indices.iter().sum::<f64>() / refits as f64,
        least_ari: indices.iter().copied().fold(1.0, f64::min),
        moved: moved / refits as f64,
        refits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::FeatureMatrix;
    use crate::scaler::Scaler;
    use crate::segmentation::{SegmentationError, SegmentationOptions, fit};
    use crate::simulation::simulate;
    use domain::feature::FeatureSet;
    use domain::money::Currency;
    use rand_distr::{Distribution, StandardNormal};
    use std::path::Path;

    fn check(rows: &[f64], columns: usize, segments: u32) -> Stability {
        check_by(10, rows, columns, segments)
    }

    fn check_by(refits: usize, rows: &[f64], columns: usize, segments: u32) -> Stability {
        let refit = |rows: &[f64], seed| fit(rows, columns, SegmentationOptions::new(segments, seed)?, &|_| true);
        let clusters = refit(rows, 1).expect("fits");
        let options = StabilityOptions::new::<SegmentationError>(refits, 7).expect("options");
        stability(rows, columns, &clusters, options, refit).expect("refits")
    }

    #[test]
    fn blobs_come_back_and_one_cloud_does_not() {
        let mut random = generator(1, Stream::Simulation);
        let blobs: Vec<f64> =
            (0..300).flat_map(|row| [f64::from(row % 3) * 10.0 + random.random::<f64>(), random.random()]).collect();
        let stable = check(&blobs, 2, 3);
        assert!(stable.is_stable() && stable.moved < 0.01, "{stable:?}");
        assert!(stable.words().starts_with("Stable: 10 refits on resampled loans"), "{}", stable.words());
        // A round cloud has no segments, so that each sample cuts it elsewhere.
        let cloud: Vec<f64> = (0..1500).map(|_| random.random()).collect();
        let unstable = check(&cloud, 5, 4);
        assert!(!unstable.is_stable() && unstable.least_ari <= unstable.mean_ari, "{unstable:?}");
        assert!(unstable.words().starts_with("Unstable: "), "{}", unstable.words());
    }

    #[test]
    fn simulated_loans_give_the_same_verdict_each_time() {
        let rows = FeatureMatrix::new(&simulate(1, 300), FeatureSet::Reference.features(), Currency::USD);
        let rows = Scaler::fit(&rows).transform(&rows);
        let found = check(&rows, 10, 4);
        assert_eq!(found, check(&rows, 10, 4));
        assert!((0.0..=1.0).contains(&found.moved) && found.mean_ari < 1.0, "{found:?}");
    }

    /// Four groups of normal deviates that lie eight of them apart.
    fn groups(per_group: usize) -> Vec<f64> {
        let mut random = generator(3, Stream::Simulation);
        let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
        let mut rows = Vec::new();
        for _ in 0..per_group {
            for (x, y) in [(0.0, 0.0), (8.0, 0.0), (0.0, 8.0), (8.0, 8.0)] {
                rows.extend([x + normal(), y + normal(), normal()]);
            }
        }
        rows
    }

    #[test]
    fn another_seed_moves_no_label_of_groups_that_lie_apart() {
        let rows = groups(400);
        let fit = |seed| fit(&rows, 3, SegmentationOptions::new(4, seed).expect("options"), &|_| true).expect("fits");
        let first = fit(1);
        for seed in 2..7 {
            let again = fit(seed);
            let continues = continued(&first.centers, &again.centers);
            let moved =
                first.members.iter().zip(&again.members).filter(|(old, new)| continues[**new] != Some(**old)).count();
            assert!(moved * 100 < first.members.len(), "seed {seed}: {moved} of {}", first.members.len());
        }
        let found = check_by(4, &rows, 3, 4);
        assert!(found.is_stable() && found.moved < 0.01, "{found:?}");
    }

    /// The original 500 loans, standardised; nothing in a stranger's clone. No cell of the file has a comma in it.
    fn reference_rows() -> Option<Vec<f64>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/notebook-loans.csv");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: {} is absent", path.display());
            return None;
        };
        // The columns of the reference set: age, income, amount, tenure, rate, collateral, outstanding, instalment,
        // missed payments, days past due.
        let columns = [1, 4, 7, 8, 9, 11, 12, 13, 15, 16];
        let cell = |line: &str, column: usize| -> f64 {
            line.split(',').nth(column).and_then(|cell| cell.trim().parse().ok()).expect("a number")
        };
        let values = text.lines().skip(1).flat_map(|line| columns.map(|column| cell(line, column))).collect();
        let rows = FeatureMatrix::from_values(FeatureSet::Reference.features(), values).expect("whole rows");
        assert_eq!(rows.row_count(), 500);
        Some(Scaler::fit(&rows).transform(&rows))
    }

    #[test]
    fn the_reference_file_is_called_unstable() {
        let Some(rows) = reference_rows() else { return };
        let found = check_by(4, &rows, 10, 4);
        println!("{}", found.words());
        assert!(!found.is_stable() && found.words().starts_with("Unstable: "), "{found:?}");
    }

    #[test]
    fn bad_parameters_and_failed_refits_are_said() {
        assert_eq!(StabilityOptions::new::<()>(1, 1), Err(StabilityError::Refits(1)));
        let clusters = Clusters { centers: vec![vec![0.0]], members: vec![0, 0], inertia: 0.0 };
        let options = StabilityOptions::new::<&str>(2, 1).expect("options");
        let run = |rows: &[f64]| stability(rows, 1, &clusters, options, |_, _| Err("no"));
        assert_eq!(run(&[0.0]), Err(StabilityError::Shape { values: 1, columns: 1, members: 2 }));
        assert_eq!(run(&[0.0, 1.0]), Err(StabilityError::Refit { refit: 1, error: "no" }));
    }
}
