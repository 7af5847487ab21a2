//! One row: text in, a checked loan out, or the first fault.

use super::column::Column;
use super::header::Header;
use super::record::Record;
use domain::count::{count, grouped};
use domain::loan::{LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::{Currency, Money, ParseMoneyError};

/// Longest id, and longest word of a category, in characters.
const TEXT_CHARS_MAX: usize = 100;

const AGE_MAX: u32 = 120;
const DEPENDANTS_MAX: u32 = 50;
const TENURE_MONTHS_MAX: u32 = 1200;
const MISSED_PAYMENTS_MAX: u32 = 1200;
const DAYS_PAST_DUE_MAX: u32 = 36_525;
const ATTEMPTS_MAX: u32 = 10_000;
const RATE_MAX: f64 = 1000.0;

/// What is wrong with a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RowFault {
    /// Nothing where the whole row is at fault.
    pub(super) column: Option<Column>,
    pub(super) value: String,
    /// As a sentence without its subject.
    pub(super) reason: String,
}

impl RowFault {
    pub(super) fn of(column: Column, value: &str, reason: impl Into<String>) -> Self {
        Self { column: Some(column), value: value.to_owned(), reason: reason.into() }
    }
}

/// Reads a row; the first fault in the order of the columns ends it.
pub(super) fn read(record: &Record<'_>, header: &Header, currency: Currency) -> Result<LoanRecord, RowFault> {
    if record.width() != header.width() {
        return Err(wrong_width(record, header));
    }
    let row = Row { record, header, currency };
    Ok(LoanRecord {
        borrower_ref: row.id(Column::BorrowerId)?,
        age: row.count(Column::Age, AGE_MAX)? as u16,
        gender: row.word(Column::Gender)?,
        employment_type: row.word(Column::EmploymentType)?,
        monthly_income: row.amount(Column::MonthlyIncome)?,
        dependants: row.count(Column::Dependants, DEPENDANTS_MAX)? as u16,
        loan_ref: row.id(Column::LoanId)?,
        loan_amount: row.amount(Column::LoanAmount)?,
        tenure_months: row.count(Column::LoanTenure, TENURE_MONTHS_MAX)? as u16,
        interest_rate: row.rate(Column::InterestRate)?,
        loan_type: row.word(Column::LoanType)?,
        collateral_value: row.amount(Column::CollateralValue)?,
        outstanding_amount: row.amount(Column::OutstandingAmount)?,
        monthly_instalment: row.amount(Column::MonthlyInstalment)?,
        payment_history: row.one_of(Column::PaymentHistory, PaymentHistory::read, "On-Time, Delayed or Missed")?,
        missed_payments: row.count(Column::MissedPayments, MISSED_PAYMENTS_MAX)? as u16,
        days_past_due: row.count(Column::DaysPastDue, DAYS_PAST_DUE_MAX)?,
        recovery_status: row.one_of(
            Column::RecoveryStatus,
            RecoveryStatus::read,
            "Fully Recovered, Partially Recovered, Written Off or Open",
        )?,
        collection_attempts: row.count(Column::CollectionAttempts, ATTEMPTS_MAX)? as u16,
        collection_method: row.word(Column::CollectionMethod)?,
        legal_action_taken: row.one_of(Column::LegalActionTaken, yes_or_no, "Yes or No")?,
    })
}

fn wrong_width(record: &Record<'_>, header: &Header) -> RowFault {
    let (has, needs) = (record.width(), header.width());
    let over_lines = match record.further_lines() {
        0 => String::new(),
        further => {
            format!(", and reaches over {}: check for a quotation mark that is not closed", count(further + 1, "line"))
        }
    };
    RowFault {
        column: None,
        value: record.field(0).to_owned(),
        reason: format!("the row has {}, but the header has {}{over_lines}", count(has, "field"), grouped(needs)),
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

struct Row<'a> {
    record: &'a Record<'a>,
    header: &'a Header,
    currency: Currency,
}

impl<'a> Row<'a> {
    fn text(&self, column: Column) -> &'a str {
        self.record.field(self.header.place(column))
    }

    fn id(&self, column: Column) -> Result<String, RowFault> {
        let text = self.word(column)?;
        if text.is_empty() { Err(RowFault::of(column, "", "is blank: every loan needs an id here")) } else { Ok(text) }
    }

    /// A word of a category; it may be blank.
    fn word(&self, column: Column) -> Result<String, RowFault> {
        let text = self.text(column);
        if text.chars().count() > TEXT_CHARS_MAX {
            Err(RowFault::of(column, text, format!("is longer than {TEXT_CHARS_MAX} characters")))
        } else if text.chars().any(char::is_control) {
            Err(RowFault::of(column, text, "holds a line end or another control character: remove it"))
        } else {
            Ok(text.to_owned())
        }
    }

    fn amount(&self, column: Column) -> Result<Money, RowFault> {
        let text = self.text(column);
        let amount = Money::parse(text, self.currency).map_err(|error| match error {
            ParseMoneyError::NotANumber => not_a_number(column, text),
            ParseMoneyError::TooLarge => RowFault::of(column, text, "is larger than a trillion: check the unit"),
        })?;
        if amount < Money::ZERO {
            Err(RowFault::of(column, text, "is negative: amounts are 0 or more"))
        } else {
            Ok(amount)
        }
    }

    fn rate(&self, column: Column) -> Result<f64, RowFault> {
        let number = self.number(column)?;
        if number > RATE_MAX {
            Err(RowFault::of(column, self.text(column), format!("is above {RATE_MAX} percent a year")))
        } else {
            Ok(number)
        }
    }

    /// A whole number; `3.0`, which some programs write for 3, is one.
    fn count(&self, column: Column, max: u32) -> Result<u32, RowFault> {
        let number = self.number(column)?;
        if number.fract() != 0.0 {
            Err(RowFault::of(column, self.text(column), "is not a whole number"))
        } else if number > f64::from(max) {
            Err(RowFault::of(column, self.text(column), format!("is above {max}, which cannot be right")))
        } else {
            Ok(number as u32)
        }
    }

    /// A finite number, 0 or more.
    fn number(&self, column: Column) -> Result<f64, RowFault> {
        let text = self.text(column);
        // Rust reads "inf", "infinity" and "nan" as numbers.
        let has_word = text.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
        let number: f64 = text.parse().ok().filter(|_| !has_word).ok_or_else(|| not_a_number(column, text))?;
        if !number.is_finite() {
            Err(RowFault::of(column, text, "is too large to be a number here"))
        } else if number < 0.0 {
            Err(RowFault::of(column, text, "is negative: it must be 0 or more"))
        } else {
            Ok(number + 0.0)
        }
    }

    fn one_of<T>(&self, column: Column, read: fn(&str) -> Option<T>, choices: &str) -> Result<T, RowFault> {
        let text = self.text(column);
        read(text).ok_or_else(|| {
            let is = if text.is_empty() { "is blank" } else { "is not known" };
            RowFault::of(column, text, format!("{is}: write {choices}"))
        })
    }
}

fn not_a_number(column: Column, text: &str) -> RowFault {
    let reason = if text.is_empty() {
        "is blank: a number is needed"
    } else {
        match text.to_ascii_lowercase().trim_start_matches(['+', '-']) {
            "inf" | "infinity" => "is infinite: write the real number",
            _ => "is not a number: write digits with a decimal point at most, as 1234.50",
        }
    };
    RowFault::of(column, text, reason)
}
