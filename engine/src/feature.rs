//! The numbers that a model looks at, computed from loans.

use domain::feature::Feature;
use domain::loan::LoanRecord;
use domain::money::Currency;

/// Ratios end here: beyond ten times, more makes no loan look worse.
pub const RATIO_MAX: f64 = 10.0;

/// Values of features, one row per loan in the order of the loans, one column per feature.
///
/// Amounts are in major units of the currency, the rate in percent a year, tenure in months,
/// ratios and `Unsecured` without unit. All values are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMatrix {
    features: Vec<Feature>,
    /// Row by row.
    values: Vec<f64>,
}

impl FeatureMatrix {
    pub fn new(records: &[LoanRecord], features: &[Feature], currency: Currency) -> Self {
        let values = records
            .iter()
            .flat_map(|record| features.iter().map(|feature| value(record, *feature, currency)))
            .collect();
        Self { features: features.to_vec(), values }
    }

    /// A matrix of given values, row by row; nothing where they don't fill whole rows.
    pub fn from_values(features: &[Feature], values: Vec<f64>) -> Option<Self> {
        let fits = !features.is_empty() && values.len().is_multiple_of(features.len());
        fits.then(|| Self { features: features.to_vec(), values })
    }

    pub fn features(&self) -> &[Feature] {
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
        Self { features: self.features.clone(), values }
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

/// The value of one feature of one loan.
fn value(record: &LoanRecord, feature: Feature, currency: Currency) -> f64 {
    let income = record.monthly_income.major(currency);
    let loan = record.loan_amount.major(currency);
    let collateral = record.collateral_value.major(currency);
    let outstanding = record.outstanding_amount.major(currency);
    let instalment = record.monthly_instalment.major(currency);
    match feature {
        Feature::Age => f64::from(record.age),
        Feature::MonthlyIncome => income,
        Feature::LoanAmount => loan,
        Feature::TenureMonths => f64::from(record.tenure_months),
        Feature::InterestRate => record.interest_rate,
        Feature::CollateralValue => collateral,
        Feature::OutstandingAmount => outstanding,
        Feature::MonthlyInstalment => instalment,
        Feature::MissedPayments => f64::from(record.missed_payments),
        Feature::DaysPastDue => f64::from(record.days_past_due),
        Feature::InstalmentToIncome => ratio(instalment, income),
        Feature::OutstandingToLoan => ratio(outstanding, loan),
        // An unsecured loan has no such ratio; `Unsecured` tells it apart from one with a ratio near 0.
        Feature::LoanToCollateral if record.collateral_value.minor == 0 => 0.0,
        Feature::LoanToCollateral => ratio(loan, collateral),
        Feature::Unsecured => f64::from(u8::from(record.collateral_value.minor == 0)),
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
    use domain::money::Money;

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
        record.loan_amount = Money::from_minor(10_000);
        record.collateral_value = Money::ZERO;
        let check = |record: &LoanRecord, feature, expected: f64| {
            assert!((value(record, feature, Currency::USD) - expected).abs() < 1e-12, "{feature:?}");
        };
        check(&record, Feature::LoanToCollateral, 0.0);
        check(&record, Feature::Unsecured, 1.0);
        record.collateral_value = Money::from_minor(20_000);
        check(&record, Feature::LoanToCollateral, 0.5);
        check(&record, Feature::Unsecured, 0.0);
    }

    #[test]
    fn amounts_are_in_major_units_and_columns_in_the_order_of_the_set() {
        let records = simulate(1, 3);
        let matrix = FeatureMatrix::new(&records, FeatureSet::Reference.features(), Currency::USD);
        assert_eq!((matrix.row_count(), matrix.columns()), (3, 10));
        assert!((matrix.row(2)[1] - records[2].monthly_income.minor as f64 / 100.0).abs() < 1e-9);
        assert_eq!(matrix.to_columns()[3..6], [matrix.row(0)[1], matrix.row(1)[1], matrix.row(2)[1]]);
    }
}
