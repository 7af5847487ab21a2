//! The value of one feature of one loan.

use domain::feature::Feature;
use domain::loan::LoanRecord;
use domain::money::{Currency, Money};

/// Ratios end here: beyond ten times, more makes no loan look worse.
pub const RATIO_MAX: f64 = 10.0;

/// The value of one feature of one loan, where it is known.
pub(crate) fn value(record: &LoanRecord, feature: Feature, currency: Currency) -> Option<f64> {
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
        Feature::PaidToDue3 => paid_to_due(record, 0),
        Feature::PaidToDue6 => paid_to_due(record, 1),
        Feature::PaidToDue12 => paid_to_due(record, 2),
        Feature::DaysSincePayment => record.paying.map(|paying| f64::from(paying.days_since_payment)),
        Feature::LongestLateRun => record.paying?.longest_late_run.map(f64::from),
    }
}

/// Of one of the windows of [`domain::paying::WINDOWS`].
fn paid_to_due(record: &LoanRecord, window: usize) -> Option<f64> {
    Some(record.paying?.paid_to_due[window]?.clamp(0.0, RATIO_MAX))
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
}
