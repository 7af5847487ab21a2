//! The numbers that a model looks at, computed from loans.

use domain::feature::{Feature, FeatureName};
use domain::loan::LoanRecord;
use domain::money::{Currency, Money};

/// Ratios end here: beyond ten times, more makes no loan look worse.
pub const RATIO_MAX: f64 = 10.0;

/// Values of features, one row per loan in the order of the loans, one column per feature.
///
/// Amounts are in major units of the currency, the rate in percent a year, tenure in months,
/// ratios and `Unsecured` without unit. All values are finite: one that is not known is the mean of its feature. Encoded
/// extra columns may follow the features.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMatrix {
    features: Vec<FeatureName>,
    /// Row by row.
    values: Vec<f64>,
    /// How many values of each feature were not known.
    unknown: Vec<usize>,
}

impl FeatureMatrix {
    /// The features of loans; what is not known is filled with the mean of what is.
    pub fn new(records: &[LoanRecord], features: &[Feature], currency: Currency) -> Self {
        let known = known_values(records, features, currency);
        let means: Vec<f64> =
            (0..features.len()).map(|column| mean(known.chunks_exact(features.len()), column)).collect();
        Self::filled(features, &known, &means)
    }

    /// The features of loans; what is not known is filled with `means`, one per feature, as a model learned them.
    pub fn with_means(records: &[LoanRecord], features: &[Feature], currency: Currency, means: &[f64]) -> Self {
        Self::filled(features, &known_values(records, features, currency), means)
    }

    fn filled(features: &[Feature], known: &[Option<f64>], means: &[f64]) -> Self {
        let mut unknown = vec![0; features.len()];
        let values = known
            .iter()
            .enumerate()
            .map(|(place, value)| {
                let column = place % features.len();
                unknown[column] += usize::from(value.is_none());
                value.unwrap_or(means[column])
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

    /// What was filled, in words.
    pub fn notes(&self) -> Vec<String> {
        let rows = self.row_count();
        let described = |(feature, unknown): (&FeatureName, &usize)| match *unknown {
            0 => None,
            unknown if unknown == rows => {
                Some(format!("{} is not known of any loan, so it tells nothing apart", feature.label()))
            }
            unknown => Some(format!(
                "{} is not known of {unknown} of {rows} loans; the mean of the others stands for it",
                feature.label()
            )),
        };
        self.features.iter().zip(&self.unknown).filter_map(described).collect()
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

/// The mean of what is known of a column; 0 where nothing is.
fn mean<'a>(rows: impl Iterator<Item = &'a [Option<f64>]>, column: usize) -> f64 {
    let (count, sum) =
        rows.filter_map(|row| row[column]).fold((0.0_f64, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    sum / count.max(1.0)
}

/// The value of one feature of one loan, where it is known.
fn value(record: &LoanRecord, feature: Feature, currency: Currency) -> Option<f64> {
    let major = |amount: Option<Money>| amount.map(|amount| amount.major(currency));
    let income = major(record.borrower.monthly_income);
    let loan = major(record.loan_amount);
    let collateral = major(record.collateral_value);
    let outstanding = major(record.outstanding_amount);
    let instalment = major(record.monthly_instalment);
    match feature {
        Feature::Age => record.borrower.protected.age.map(f64::from),
        Feature::MonthlyIncome => income,
        Feature::LoanAmount => loan,
        Feature::TenureMonths => record.tenure_months.map(f64::from),
        Feature::InterestRate => record.interest_rate,
        Feature::CollateralValue => collateral,
        Feature::OutstandingAmount => outstanding,
        Feature::MonthlyInstalment => instalment,
        Feature::MissedPayments => record.missed_payments.map(f64::from),
        Feature::DaysPastDue => record.days_past_due.map(f64::from),
        Feature::InstalmentToIncome => Some(ratio(instalment?, income?)),
        Feature::OutstandingToLoan => Some(ratio(outstanding?, loan?)),
        // An unsecured loan has no such ratio; `Unsecured` tells it apart from one with a ratio near 0.
        Feature::LoanToCollateral if collateral? == 0.0 => Some(0.0),
        Feature::LoanToCollateral => Some(ratio(loan?, collateral?)),
        Feature::Unsecured => Some(f64::from(u8::from(collateral? == 0.0))),
    }
}

/// `part` ÷ `whole`, at most [`RATIO_MAX`], which also stands for something divided by nothing.
fn ratio(part: f64, whole: f64) -> f64 {
    if part <= 0.0 {
        0.0
    } else if whole <= 0.0 {
        RATIO_MAX
    } else {
        (part / whole).min(RATIO_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::simulate;
    use domain::feature::FeatureSet;

    #[test]
    fn ratios_are_guarded() {
        let check =
            |part, whole, expected: f64| assert!((ratio(part, whole) - expected).abs() < 1e-12, "{part}/{whole}");
        check(1.0, 4.0, 0.25);
        check(0.0, 0.0, 0.0);
        check(5.0, 0.0, RATIO_MAX);
        check(5000.0, 1.0, RATIO_MAX);
    }

    #[test]
    fn unsecured_loans_are_told_apart() {
        let mut record = simulate(1, 1).remove(0);
        record.loan_amount = Some(Money::from_minor(10_000));
        record.collateral_value = Some(Money::ZERO);
        let check = |record: &LoanRecord, feature, expected: f64| {
            let value = value(record, feature, Currency::USD).expect("is known");
            assert!((value - expected).abs() < 1e-12, "{feature:?}");
        };
        check(&record, Feature::LoanToCollateral, 0.0);
        check(&record, Feature::Unsecured, 1.0);
        record.collateral_value = Some(Money::from_minor(20_000));
        check(&record, Feature::LoanToCollateral, 0.5);
        check(&record, Feature::Unsecured, 0.0);
    }

    #[test]
    fn amounts_are_in_major_units_and_columns_in_the_order_of_the_set() {
        let records = simulate(1, 3);
        let matrix = FeatureMatrix::new(&records, FeatureSet::Reference.features(), Currency::USD);
        assert_eq!((matrix.row_count(), matrix.columns()), (3, 10));
        let income = records[2].borrower.monthly_income.expect("is known");
        assert!((matrix.row(2)[1] - income.minor as f64 / 100.0).abs() < 1e-9);
        assert_eq!(matrix.to_columns()[3..6], [matrix.row(0)[1], matrix.row(1)[1], matrix.row(2)[1]]);
    }

    #[test]
    fn what_is_not_known_is_the_mean_and_is_said() {
        let mut records = simulate(1, 4);
        let amounts = [Some(100), None, Some(300), Some(500)];
        for (record, amount) in records.iter_mut().zip(amounts) {
            record.loan_amount = amount.map(Money::from_minor);
            record.interest_rate = None;
        }
        let matrix = FeatureMatrix::new(&records, &[Feature::LoanAmount, Feature::InterestRate], Currency::USD);
        assert_eq!(matrix.row(1), [3.0, 0.0]);
        assert!(matrix.is_unknown(&Feature::InterestRate.into()) && !matrix.is_unknown(&Feature::LoanAmount.into()));
        assert_eq!(
            matrix.notes(),
            [
                "Loan amount is not known of 1 of 4 loans; the mean of the others stands for it",
                "Interest rate is not known of any loan, so it tells nothing apart",
            ]
        );
        let filled = FeatureMatrix::with_means(&records, &[Feature::LoanAmount], Currency::USD, &[7.0]);
        assert_eq!(filled.row(1), [7.0]);
    }
}
