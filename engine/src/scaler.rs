//! Standardisation: every feature to mean 0 and standard deviation 1.

use crate::feature::FeatureMatrix;
use domain::feature::FeatureName;
use serde::{Deserialize, Serialize};

/// Means and population standard deviations of features, in the features' own units
/// (as scikit-learn's `StandardScaler`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    pub mean: Vec<f64>,
    /// 1 where a feature is constant, so that it scales to 0 and weighs nothing.
    pub std: Vec<f64>,
    /// Features with the same value in every row.
    pub constant: Vec<FeatureName>,
}

impl Scaler {
    /// Learns the scale of a matrix with at least one row.
    pub fn fit(matrix: &FeatureMatrix) -> Self {
        let rows = matrix.row_count().max(1) as f64;
        let columns = matrix.columns();
        let mut mean = vec![0.0; columns];
        for row in matrix.rows() {
            add(&mut mean, row.iter().copied());
        }
        for sum in &mut mean {
            *sum /= rows;
        }
        let mut std = vec![0.0; columns];
        for row in matrix.rows() {
            add(&mut std, row.iter().zip(&mean).map(|(value, mean)| (value - mean).powi(2)));
        }
        let mut constant = Vec::new();
        for (column, sum) in std.iter_mut().enumerate() {
            let first = matrix.rows().next().map(|row| row[column]);
            if matrix.rows().all(|row| Some(row[column]) == first) {
                // The mean of equal numbers may miss them by a rounding error; the number itself does not.
                mean[column] = first.unwrap_or_default();
                *sum = 1.0;
                constant.push(matrix.features()[column].clone());
            } else {
                *sum = (*sum / rows).sqrt();
            }
        }
        Self { mean, std, constant }
    }

    /// The matrix in standard deviations from the mean, row by row.
    pub fn transform(&self, matrix: &FeatureMatrix) -> Vec<f64> {
        matrix.rows().flat_map(|row| self.transform_row(row)).collect()
    }

    /// One row in standard deviations from the mean.
    pub fn transform_row(&self, row: &[f64]) -> impl Iterator<Item = f64> {
        row.iter().zip(&self.mean).zip(&self.std).map(|((value, mean), std)| (value - mean) / std)
    }

    /// A row in the features' own units, from standard deviations.
    pub fn restore_row(&self, row: &[f64]) -> impl Iterator<Item = f64> {
        row.iter().zip(&self.mean).zip(&self.std).map(|((deviations, mean), std)| deviations * std + mean)
    }

    /// What was worked around, in words; of features of which nothing is known, the matrix tells.
    pub fn notes(&self, matrix: &FeatureMatrix) -> Vec<String> {
        self.constant
            .iter()
            .filter(|feature| !matrix.is_unknown(feature))
            .map(|feature| format!("{} is the same in every loan, so it tells nothing apart", feature.label()))
            .collect()
    }
}

fn add(sums: &mut [f64], values: impl Iterator<Item = f64>) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::Feature;

    fn matrix(columns: &[Feature], values: &[f64]) -> FeatureMatrix {
        FeatureMatrix::from_values(columns, values.to_vec()).expect("whole rows")
    }

    #[test]
    fn deviation_is_that_of_the_population() {
        let scaler = Scaler::fit(&matrix(&[Feature::Age], &[1.0, 2.0, 3.0, 4.0]));
        assert_eq!(scaler.mean, [2.5]);
        assert!((scaler.std[0] - 1.25_f64.sqrt()).abs() < 1e-15);
        assert!(scaler.constant.is_empty());
        let there: Vec<f64> = scaler.transform_row(&[7.0]).collect();
        assert!(scaler.restore_row(&there).all(|back| (back - 7.0).abs() < 1e-12));
    }

    #[test]
    fn constant_column_scales_to_zero_and_is_said() {
        let constant = matrix(&[Feature::Age, Feature::InterestRate], &[1.0, 0.1, 2.0, 0.1, 3.0, 0.1]);
        let scaler = Scaler::fit(&constant);
        assert_eq!(scaler.std[1].to_bits(), 1.0_f64.to_bits());
        assert!(scaler.transform(&constant).chunks(2).all(|row| row[1] == 0.0));
        assert_eq!(scaler.notes(&constant), ["Interest rate is the same in every loan, so it tells nothing apart"]);
    }
}
