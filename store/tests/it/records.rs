//! Rows as reading gives them.

use chrono::NaiveDate;
use domain::borrower::{BorrowerRecord, ContactChannel, ContactPoint, ProtectedAttributes};
use domain::loan::{LoanOutcome, LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::Money;
use domain::payment::{PaymentKind, PaymentRecord};

/// A day of the month for which most files of the tests speak; the tests' loans speak for the first.
pub(crate) fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "a record holds an amount or nothing")]
pub(crate) fn money(minor: i64) -> Option<Money> {
    Some(Money::from_minor(minor))
}

/// Loan number `number` of a file, with everything that a file can tell; the figures differ from loan to loan.
pub(crate) fn record(number: usize) -> LoanRecord {
    let statuses = RecoveryStatus::ALL;
    LoanRecord {
        loan_ref: format!("LN_{number}"),
        borrower: borrower(number),
        as_of: Some(day(1)),
        loan_type: "Auto".to_owned(),
        loan_amount: money(1_000_000 + 1_000 * number as i64),
        originated_on: NaiveDate::from_ymd_opt(2020, 2, 29),
        tenure_months: Some(36),
        interest_rate: Some(10.25),
        collateral_value: Some(Money::ZERO),
        outstanding_amount: money(500_000 + 100 * number as i64),
        monthly_instalment: money(33_333),
        payment_history: Some(PaymentHistory::ALL[number % 3]),
        missed_payments: Some((number % 7) as u16),
        days_past_due: Some((number * 13 % 180) as u32),
        paying: None,
        recovery_status: statuses[number % statuses.len()],
        is_said_open: false,
        outcome: LoanOutcome {
            charged_off_on: NaiveDate::from_ymd_opt(2025, 12, 31),
            charged_off_amount: money(5_000),
            recovered_amount: money(2_500),
            collection_attempts: Some(2),
            collection_method: "Calls".to_owned(),
            legal_action_taken: Some(number.is_multiple_of(5)),
        },
        extras: [("Branch".to_owned(), format!("North \"{number}\"\t\\"))].into(),
    }
}

pub(crate) fn records(count: usize) -> Vec<LoanRecord> {
    (1..=count).map(record).collect()
}

pub(crate) fn borrower(number: usize) -> BorrowerRecord {
    BorrowerRecord {
        borrower_ref: format!("BRW_{number}"),
        name: Some(format!("Person {number}")),
        employment_type: Some("Salaried".to_owned()),
        monthly_income: money(100_000 + number as i64),
        contacts: Vec::new(),
        protected: ProtectedAttributes {
            age: Some(20 + (number % 60) as u16),
            birth_date: NaiveDate::from_ymd_opt(1980, 1, 31),
            gender: Some(if number.is_multiple_of(2) { "Female" } else { "Male" }.to_owned()),
            marital_status: Some("Single".to_owned()),
            dependants: Some((number % 4) as u16),
        },
    }
}

/// A borrower of whom a file says nothing but the id.
pub(crate) fn only_borrower(reference: &str) -> BorrowerRecord {
    BorrowerRecord { borrower_ref: reference.to_owned(), ..BorrowerRecord::default() }
}

/// A loan of which a file says nothing but the ids and the amount that is left.
pub(crate) fn short(loan_ref: &str, borrower_ref: &str, outstanding: i64) -> LoanRecord {
    LoanRecord {
        loan_ref: loan_ref.to_owned(),
        borrower: only_borrower(borrower_ref),
        outstanding_amount: money(outstanding),
        ..LoanRecord::default()
    }
}

pub(crate) fn email(value: &str, has_consent: Option<bool>) -> ContactPoint {
    ContactPoint { channel: ContactChannel::Email, value: value.to_owned(), has_consent }
}

pub(crate) fn payment(loan_ref: &str, payment_ref: &str, minor: i64) -> PaymentRecord {
    PaymentRecord {
        loan_ref: loan_ref.to_owned(),
        payment_ref: Some(payment_ref.to_owned()),
        paid_on: day(3),
        amount: Money::from_minor(minor),
        kind: PaymentKind::Instalment,
        reversal_of: None,
        mended_row: None,
        is_unsigned: false,
    }
}
