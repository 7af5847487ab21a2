//! What names of segments may speak of, and its words.

use domain::feature::Feature as F;

/// Something that a name may speak of.
pub(super) struct Aspect {
    /// The features whose mean it is.
    pub(super) features: &'static [F],
    /// What is said where it is high and where it is low; nothing of what only tells alike segments apart.
    pub(super) words: Option<(&'static str, &'static str)>,
    /// Of alike segments, the one that has the most and the one that has the least of the noun.
    pub(super) more: &'static str,
    pub(super) less: &'static str,
    pub(super) noun: &'static str,
}

/// In the order in which a name speaks of them. Protected attributes are not among them.
pub(super) const ASPECTS: [Aspect; 13] = [
    Aspect {
        features: &[F::LoanAmount, F::OutstandingAmount],
        words: Some(("large loans", "small loans")),
        more: "larger",
        less: "smaller",
        noun: "loans",
    },
    Aspect {
        features: &[F::MissedPayments, F::DaysPastDue],
        words: Some(("high arrears", "low arrears")),
        more: "higher",
        less: "lower",
        noun: "arrears",
    },
    Aspect {
        features: &[F::MonthlyInstalment],
        words: Some(("heavy instalments", "light instalments")),
        more: "heavier",
        less: "lighter",
        noun: "instalments",
    },
    Aspect {
        features: &[F::MonthlyIncome],
        words: Some(("high income", "low income")),
        more: "higher",
        less: "lower",
        noun: "income",
    },
    Aspect {
        features: &[F::CollateralValue],
        words: Some(("well secured", "little collateral")),
        more: "larger",
        less: "smaller",
        noun: "collateral",
    },
    Aspect {
        features: &[F::TenureMonths],
        words: Some(("long terms", "short terms")),
        more: "longer",
        less: "shorter",
        noun: "terms",
    },
    Aspect {
        features: &[F::InterestRate],
        words: Some(("high rates", "low rates")),
        more: "higher",
        less: "lower",
        noun: "rates",
    },
    Aspect {
        features: &[F::InstalmentToIncome],
        words: None,
        more: "larger",
        less: "smaller",
        noun: "part of the income to pay",
    },
    Aspect {
        features: &[F::OutstandingToLoan],
        words: None,
        more: "larger",
        less: "smaller",
        noun: "part of the loan outstanding",
    },
    Aspect {
        features: &[F::LoanToCollateral],
        words: None,
        more: "larger",
        less: "smaller",
        noun: "loans for their collateral",
    },
    Aspect { features: &[F::Unsecured], words: None, more: "larger", less: "smaller", noun: "part unsecured" },
    Aspect {
        features: &[F::LongestLateRun, F::DaysSincePayment],
        words: None,
        more: "longer",
        less: "shorter",
        noun: "times without payment",
    },
    Aspect {
        features: &[F::PaidToDue3, F::PaidToDue6, F::PaidToDue12],
        words: None,
        more: "larger",
        less: "smaller",
        noun: "part of what fell due paid",
    },
];
