//! What a model is given of a loan, as one number: the same number means that nothing has changed for the model.

use crate::feature::FeatureMatrix;
use sha2::{Digest, Sha256};

/// A hash of each row, in the order of the rows: the first eight bytes of SHA-256 over the features' names and the bits
/// of the values. Two different rows share one in 1.8e19 times.
pub fn hashes(matrix: &FeatureMatrix) -> Vec<i64> {
    let mut names = Sha256::new();
    for feature in matrix.features() {
        names.update(feature.code());
        names.update([0]);
    }
    matrix.rows().map(|row| hash(names.clone(), row)).collect()
}

fn hash(mut hash: Sha256, row: &[f64]) -> i64 {
    // Adding 0 makes -0 and 0 one.
    for value in row {
        hash.update((value + 0.0).to_bits().to_le_bytes());
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::Feature;

    fn hashed(features: [Feature; 2], values: [f64; 4]) -> Vec<i64> {
        hashes(&FeatureMatrix::from_values(&features, values.to_vec()).expect("whole rows"))
    }

    #[test]
    fn every_change_shows() {
        let features = [Feature::Age, Feature::LoanAmount];
        let first = hashed(features, [1.0, 2.0, 3.0, 0.0]);
        assert_eq!(first, hashed(features, [1.0, 2.0, 3.0, -0.0]));
        assert_ne!(first[0], first[1]);
        assert_ne!(first[0], hashed(features, [1.0, 2.000_000_000_000_1, 0.0, 0.0])[0]);
        assert_ne!(first[0], hashed([Feature::Age, Feature::MonthlyIncome], [1.0, 2.0, 0.0, 0.0])[0]);
    }
}
