//! The numbers that a model looks at, computed from loans.

mod filling;
mod value;

pub use filling::Filling;
pub use value::RATIO_MAX;
pub(crate) use value::value;

use domain::feature::{Feature, FeatureName};
use domain::loan::LoanRecord;
use domain::money::Currency;

/// Values of features, one row per loan in the order of the loans, one column per feature.
///
/// Amounts are in major units of the currency, the rate in percent a year, tenure in months,
/// ratios and `Unsecured` without unit. All values are finite: one that is not known is the median of its feature. Columns
/// that say where a feature is not known, and encoded extra columns, may follow the features.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMatrix {
    features: Vec<FeatureName>,
    /// Row by row.
    values: Vec<f64>,
    /// How many values of each feature were not known.
    unknown: Vec<usize>,
}

impl FeatureMatrix {
    /// The features of loans; what is not known is filled with the median of what is.
    pub fn new(records: &[LoanRecord], features: &[Feature], currency: Currency) -> Self {
        Self::learn(records, features, currency).0
    }

    /// The features of loans, and what stands for those that are not known, learned of the same loans.
    pub fn learn(records: &[LoanRecord], features: &[Feature], currency: Currency) -> (Self, Filling) {
        let known = known_values(records, features, currency);
        let filling = Filling::learn(features, &known);
        (Self::filled(features, &known, &filling.medians), filling)
    }

    /// The features of loans; what is not known is filled with `fills`, one per feature, as a model learned them.
    pub fn with_fills(records: &[LoanRecord], features: &[Feature], currency: Currency, fills: &[f64]) -> Self {
        Self::filled(features, &known_values(records, features, currency), fills)
    }

    fn filled(features: &[Feature], known: &[Option<f64>], fills: &[f64]) -> Self {
        let mut unknown = vec![0; features.len()];
        let values = known
            .iter()
            .enumerate()
            .map(|(place, value)| {
                let column = place % features.len();
                unknown[column] += usize::from(value.is_none());
                value.unwrap_or(fills[column])
            })
            .collect();
        Self { features: features.iter().copied().map(FeatureName::from).collect(), values, unknown }
    }

    /// The matrix with more columns behind its own: their names, and the values of each, one per row.
    #[must_use]
    pub(crate) fn with_columns(self, names: Vec<FeatureName>, columns: &[Vec<f64>]) -> Self {
        if columns.is_empty() {
            return self;
        }
        let mut values = Vec::with_capacity(self.row_count() * (self.columns() + columns.len()));
        for (index, row) in self.rows().enumerate() {
            values.extend_from_slice(row);
            values.extend(columns.iter().map(|column| column[index]));
        }
        let unknown = [self.unknown, vec![0; columns.len()]].concat();
        Self { features: [self.features, names].concat(), values, unknown }
    }

    /// What was filled by `filling`, in words.
    pub fn notes(&self, filling: &Filling) -> Vec<String> {
        let rows = self.row_count();
        let described = |(feature, unknown): (&FeatureName, &usize)| match *unknown {
            0 => None,
            unknown if unknown == rows => {
                Some(format!("{} is not known of any loan, so it tells nothing apart", feature.label()))
            }
            unknown => {
                let is_marked = feature.standard().is_some_and(|feature| filling.marked.contains(&feature));
                let mark = if is_marked { ", and a column of its own says where" } else { "" };
                Some(format!(
                    "{} is not known of {unknown} of {rows} loans; the median of the others stands for it{mark}",
                    feature.label()
                ))
            }
        };
        self.features.iter().zip(&self.unknown).filter_map(described).collect()
    }

    /// Of how many rows each column is not known.
    pub fn unknown(&self) -> &[usize] {
        &self.unknown
    }

    /// Whether nothing at all is known of a feature.
    pub fn is_unknown(&self, feature: &FeatureName) -> bool {
        let column = self.features.iter().position(|other| other == feature);
        column.is_some_and(|column| self.unknown[column] == self.row_count())
    }

    /// A matrix of given values, row by row; nothing where they don't fill whole rows.
    pub fn from_values(features: &[impl Into<FeatureName> + Clone], values: Vec<f64>) -> Option<Self> {
        let fits = !features.is_empty() && values.len().is_multiple_of(features.len());
        let names = || features.iter().cloned().map(Into::into).collect();
        fits.then(|| Self { features: names(), values, unknown: vec![0; features.len()] })
    }

    pub fn features(&self) -> &[FeatureName] {
        &self.features
    }

    pub fn columns(&self) -> usize {
        self.features.len()
    }

    pub fn row_count(&self) -> usize {
        self.values.len() / self.features.len().max(1)
    }

    pub fn row(&self, index: usize) -> &[f64] {
        let columns = self.columns();
        &self.values[index * columns..(index + 1) * columns]
    }

    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.columns().max(1))
    }

    /// The rows of `indices`, in their order.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let values = indices.iter().flat_map(|index| self.row(*index)).copied().collect();
        Self { features: self.features.clone(), values, unknown: vec![0; self.columns()] }
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All values, column by column, as learners by columns want them.
    pub fn to_columns(&self) -> Vec<f64> {
        (0..self.columns()).flat_map(|column| self.rows().map(move |row| row[column])).collect()
    }
}

fn known_values(records: &[LoanRecord], features: &[Feature], currency: Currency) -> Vec<Option<f64>> {
    records.iter().flat_map(|record| features.iter().map(|feature| value(record, *feature, currency))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::simulate;
    use domain::feature::FeatureSet;
    use domain::money::Money;

    #[test]
    fn amounts_are_in_major_units_and_columns_in_the_order_of_the_set() {
        let records = simulate(1, 3);
        let (matrix, _) = FeatureMatrix::learn(&records, FeatureSet::Reference.features(), Currency::USD);
        assert_eq!((matrix.row_count(), matrix.columns()), (3, 10));
        let income = records[2].borrower.monthly_income.expect("is known");
        assert!((matrix.row(2)[1] - income.minor as f64 / 100.0).abs() < 1e-9);
        assert_eq!(matrix.to_columns()[3..6], [matrix.row(0)[1], matrix.row(1)[1], matrix.row(2)[1]]);
    }

    #[test]
    fn what_is_not_known_is_the_median_and_is_said() {
        let mut records = simulate(1, 4);
        let amounts = [Some(100), None, Some(900), Some(300)];
        for (record, amount) in records.iter_mut().zip(amounts) {
            record.loan_amount = amount.map(Money::from_minor);
            record.interest_rate = None;
        }
        let features = [Feature::LoanAmount, Feature::InterestRate];
        let (matrix, filling) = FeatureMatrix::learn(&records, &features, Currency::USD);
        assert_eq!(matrix.row(1), [3.0, 0.0]);
        assert!(matrix.is_unknown(&Feature::InterestRate.into()) && !matrix.is_unknown(&Feature::LoanAmount.into()));
        assert_eq!(filling, Filling { medians: vec![3.0, 0.0], marked: vec![Feature::LoanAmount] });
        assert_eq!(
            matrix.notes(&filling),
            [
                "Loan amount is not known of 1 of 4 loans; the median of the others stands for it, and a column of its own \
                 says where",
                "Interest rate is not known of any loan, so it tells nothing apart",
            ]
        );
        let filled = FeatureMatrix::with_fills(&records, &[Feature::LoanAmount], Currency::USD, &[7.0]);
        assert_eq!(filled.row(1), [7.0]);
    }
}
