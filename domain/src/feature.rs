//! What a model may look at. The engine computes the values; everyone speaks of them by these names.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// A number that is computed from one loan.
    Feature {
        Age = "age", "Age";
        MonthlyIncome = "monthly_income", "Monthly income";
        LoanAmount = "loan_amount", "Loan amount";
        TenureMonths = "tenure_months", "Tenure";
        InterestRate = "interest_rate", "Interest rate";
        CollateralValue = "collateral_value", "Collateral";
        OutstandingAmount = "outstanding_amount", "Outstanding amount";
        MonthlyInstalment = "monthly_instalment", "Monthly instalment";
        MissedPayments = "missed_payments", "Missed payments";
        DaysPastDue = "days_past_due", "Days past due";
        InstalmentToIncome = "instalment_to_income", "Instalment to income";
        OutstandingToLoan = "outstanding_to_loan", "Outstanding to loan";
        LoanToCollateral = "loan_to_collateral", "Loan to collateral";
        Unsecured = "unsecured", "Unsecured";
    }
);

words!(
    /// A named list of features.
    FeatureSet {
        Reference = "reference", "Reference (the ten of the original analysis, age among them)";
        Default = "default", "Default (no protected attribute, with ratios)";
    }
);

impl FeatureSet {
    /// The features of the set, in the order of the columns that a model is given.
    pub fn features(self) -> &'static [Feature] {
        use Feature as F;
        match self {
            Self::Reference => &[
                F::Age,
                F::MonthlyIncome,
                F::LoanAmount,
                F::TenureMonths,
                F::InterestRate,
                F::CollateralValue,
                F::OutstandingAmount,
                F::MonthlyInstalment,
                F::MissedPayments,
                F::DaysPastDue,
            ],
            Self::Default => &[
                F::MonthlyIncome,
                F::LoanAmount,
                F::TenureMonths,
                F::InterestRate,
                F::CollateralValue,
                F::OutstandingAmount,
                F::MonthlyInstalment,
                F::MissedPayments,
                F::DaysPastDue,
                F::InstalmentToIncome,
                F::OutstandingToLoan,
                F::LoanToCollateral,
                F::Unsecured,
            ],
        }
    }
}

impl Feature {
    /// Protected attributes audit outcomes; they are model inputs only by explicit choice.
    pub fn is_protected(self) -> bool {
        self == Self::Age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_set_holds_no_protected_attribute() {
        assert!(FeatureSet::Default.features().iter().all(|feature| !feature.is_protected()));
        assert_eq!(FeatureSet::Reference.features().len(), 10);
    }
}
