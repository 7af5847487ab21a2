//! A simulated loan as a lender's file tells it.

use super::account::{Account, money};
use super::draws::pick_at;
use super::product::{METHODS_EARLY, METHODS_LATE, balance};
use chrono::NaiveDate;
use domain::borrower::{BorrowerRecord, ProtectedAttributes};
use domain::loan::{LoanOutcome, LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::Money;

/// How a loan ended before anybody did anything about it, if it did.
///
/// `risk` is the chance that it is written off; what is not, is fully recovered more often where the risk was low.
pub(super) fn ending(account: &Account, risk: impl FnOnce() -> f64, closed_share: f64) -> RecoveryStatus {
    let [is_open, is_lost, is_partial, ..] = account.ending;
    if is_open >= closed_share {
        return RecoveryStatus::Open;
    }
    let risk = risk();
    if is_lost < risk {
        RecoveryStatus::WrittenOff
    } else if is_partial < 0.2 + 0.6 * risk {
        RecoveryStatus::PartiallyRecovered
    } else {
        RecoveryStatus::FullyRecovered
    }
}

/// The row of a loan as of a day on which `paid` has been paid and the monthly income is `income`; `tries` counts what
/// was done about it since the snapshot.
pub(super) fn record(
    account: &Account,
    as_of: NaiveDate,
    (paid, income): (Money, f64),
    status: RecoveryStatus,
    tries: u16,
) -> LoanRecord {
    let arrears = account.schedule.arrears(paid, as_of);
    let missed = arrears.missed_payments;
    let covered = (arrears.due.minor / account.instalment.minor) as u16 - missed;
    let credit = paid - Money::from_minor(account.instalment.minor * i64::from(covered));
    let outstanding = money(balance(account.amount, account.rate, account.tenure, covered)) - credit;
    let [.., attempts, method, legal, _] = account.ending;
    let attempts = match status {
        RecoveryStatus::FullyRecovered => (attempts * 4.0) as u16,
        _ => 1 + (attempts * 9.0) as u16,
    };
    let methods = if missed < 3 { &METHODS_EARLY } else { &METHODS_LATE };
    LoanRecord {
        loan_ref: account.loan_ref(),
        borrower: BorrowerRecord {
            borrower_ref: format!("BRW-{:06}", account.number),
            employment_type: Some(account.employment.to_owned()),
            monthly_income: Some(money(income)),
            protected: ProtectedAttributes {
                age: Some(account.age),
                gender: Some(account.gender.to_owned()),
                dependants: Some(account.dependants),
                ..ProtectedAttributes::default()
            },
            ..BorrowerRecord::default()
        },
        as_of: Some(as_of),
        loan_type: account.product.name.to_owned(),
        loan_amount: Some(money(account.amount)),
        originated_on: Some(account.originated_on),
        tenure_months: Some(account.tenure),
        interest_rate: Some(account.rate),
        collateral_value: Some(money(account.collateral)),
        outstanding_amount: Some(outstanding.max(Money::ZERO)),
        monthly_instalment: Some(account.instalment),
        payment_history: Some(match missed {
            0 => PaymentHistory::OnTime,
            1..=2 => PaymentHistory::Delayed,
            _ => PaymentHistory::Missed,
        }),
        missed_payments: Some(missed),
        days_past_due: Some(arrears.days_past_due),
        recovery_status: status,
        is_said_open: status == RecoveryStatus::Open,
        outcome: LoanOutcome {
            collection_attempts: Some(attempts + tries),
            collection_method: pick_at(method, methods, |method| method.1).0.to_owned(),
            legal_action_taken: Some(status == RecoveryStatus::WrittenOff && legal < 0.4),
            ..LoanOutcome::default()
        },
        ..LoanRecord::default()
    }
}
