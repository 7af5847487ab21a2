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
        PaidToDue3 = "paid_to_due_3m", "Paid to due over 3 months";
        PaidToDue6 = "paid_to_due_6m", "Paid to due over 6 months";
        PaidToDue12 = "paid_to_due_12m", "Paid to due over 12 months";
        DaysSincePayment = "days_since_payment", "Days since last payment";
        LongestLateRun = "longest_late_run", "Longest late run";
    }
);

words!(
    /// A named list of features.
    FeatureSet {
        Reference = "reference", "Reference (the ten of the original analysis, age among them)";
        Default = "default", "Default (no protected attribute, with ratios and what payments tell)";
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
                F::PaidToDue3,
                F::PaidToDue6,
                F::PaidToDue12,
                F::DaysSincePayment,
                F::LongestLateRun,
            ],
        }
    }
}

impl Feature {
    /// Protected attributes audit outcomes; they are model inputs only by explicit choice.
    pub fn is_protected(self) -> bool {
        self == Self::Age
    }

    /// Whether it is read off payments.
    pub fn is_of_payments(self) -> bool {
        use Feature as F;
        matches!(self, F::PaidToDue3 | F::PaidToDue6 | F::PaidToDue12 | F::DaysSincePayment | F::LongestLateRun)
    }

    /// The features without which it is not known: those that a ratio or a yes or no is computed from, and where payments tell
    /// it, the one that they tell of every loan that has some. Empty for a feature that stands for itself.
    pub fn made_of(self) -> &'static [Feature] {
        match self {
            Self::InstalmentToIncome => &[Self::MonthlyInstalment, Self::MonthlyIncome],
            Self::OutstandingToLoan => &[Self::OutstandingAmount, Self::LoanAmount],
            Self::LoanToCollateral => &[Self::CollateralValue, Self::LoanAmount],
            Self::Unsecured => &[Self::CollateralValue],
            Self::PaidToDue3 | Self::PaidToDue6 | Self::PaidToDue12 | Self::LongestLateRun => &[Self::DaysSincePayment],
            _ => &[],
        }
    }
}

/// What one column of a model's input holds: a feature, or what it was told of a column that is kept with the loans.
///
/// As JSON a feature is its code, and the others are objects as `{"number": "PAY_2"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureName {
    /// The number in a column of this name.
    Number(String),
    /// How often the target held for loans of the same category in a column of this name, 0..=1.
    Category(String),
    /// 1 where a column of this name says nothing, otherwise 0.
    Missing(String),
    /// 1 where a feature is not known, otherwise 0.
    Unknown(Feature),
    #[serde(untagged)]
    Standard(Feature),
}

impl FeatureName {
    /// The word that stands in JSON reports: a feature's code, or the name of the column.
    pub fn code(&self) -> String {
        match self {
            Self::Standard(feature) => feature.code().to_owned(),
            Self::Number(column) | Self::Category(column) => column.clone(),
            Self::Missing(column) => format!("{column} (missing)"),
            Self::Unknown(feature) => format!("{} (unknown)", feature.code()),
        }
    }

    /// The words that a person reads.
    pub fn label(&self) -> String {
        match self {
            Self::Standard(feature) => feature.label().to_owned(),
            Self::Number(column) | Self::Category(column) => format!("\"{column}\""),
            Self::Missing(column) => format!("Whether \"{column}\" is missing"),
            Self::Unknown(feature) => format!("{} is unknown", feature.label()),
        }
    }

    /// What a person knows the column by, from which it is made: a feature's label, or the column's name.
    pub fn column(&self) -> String {
        match self {
            Self::Standard(feature) | Self::Unknown(feature) => feature.label().to_owned(),
            Self::Number(column) | Self::Category(column) | Self::Missing(column) => column.clone(),
        }
    }

    /// The feature, where it is one.
    pub fn standard(&self) -> Option<Feature> {
        if let Self::Standard(feature) = self { Some(*feature) } else { None }
    }
}

impl From<Feature> for FeatureName {
    fn from(feature: Feature) -> Self {
        Self::Standard(feature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_kinds_come_back_from_json() {
        let check = |name: FeatureName, json: &str| {
            assert_eq!(serde_json::to_string(&name).expect("is written"), json);
            assert_eq!(serde_json::from_str::<FeatureName>(json).expect("is read"), name);
        };
        check(Feature::Age.into(), "\"age\"");
        check(FeatureName::Number("age".to_owned()), "{\"number\":\"age\"}");
        check(FeatureName::Category("State".to_owned()), "{\"category\":\"State\"}");
        check(FeatureName::Missing("PAY_2".to_owned()), "{\"missing\":\"PAY_2\"}");
        check(FeatureName::Unknown(Feature::Age), "{\"unknown\":\"age\"}");
        assert!(serde_json::from_str::<FeatureName>("\"PAY_2\"").is_err());
    }

    #[test]
    fn default_set_holds_no_protected_attribute() {
        assert!(FeatureSet::Default.features().iter().all(|feature| !feature.is_protected()));
        assert_eq!(FeatureSet::Reference.features().len(), 10);
    }
}
