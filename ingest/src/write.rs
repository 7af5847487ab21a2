//! Writes loans and payments as files that profiles of the product read.

use crate::profile;
use domain::field::Field;
use domain::loan::{LoanRecord, PaymentHistory, RecoveryStatus};
use domain::mapping::MappedColumn;
use domain::money::{Currency, Money};
use domain::payment::PaymentRecord;

/// The loans as CSV with the 21 columns of the reference analysis. What is not known is left blank.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn loans(loans: &[LoanRecord], currency: Currency) -> Result<Vec<u8>, csv::Error> {
    rows("original-analysis", loans, |loan, field| cell(loan, field, currency))
}

/// The same with the day for which a row speaks and the day of the loan, without which payments tell no arrears.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn dated_loans(loans: &[LoanRecord], currency: Currency) -> Result<Vec<u8>, csv::Error> {
    rows("original-analysis-dated", loans, |loan, field| cell(loan, field, currency))
}

/// The payments as CSV.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn payments(payments: &[PaymentRecord], currency: Currency) -> Result<Vec<u8>, csv::Error> {
    rows("payments", payments, |payment, field| match field {
        Field::PaymentId => payment.payment_ref.clone().unwrap_or_default(),
        Field::LoanId => payment.loan_ref.clone(),
        Field::PaidOn => payment.paid_on.to_string(),
        Field::PaymentAmount => amount(payment.amount, currency),
        Field::PaymentKind => payment.kind.label().to_owned(),
        Field::ReversalOf => payment.reversal_of.clone().unwrap_or_default(),
        // The profile has no other columns.
        _ => String::new(),
    })
}

/// A file with the columns of a profile.
fn rows<T>(profile: &str, rows: &[T], cell: impl Fn(&T, Field) -> String) -> Result<Vec<u8>, csv::Error> {
    let file = profile::profile(profile).and_then(|profile| profile.files.first());
    let columns: &[MappedColumn] = file.map(|file| file.mapping.columns.as_slice()).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|mapped| mapped.column.as_str()))?;
    for row in rows {
        writer.write_record(columns.iter().map(|mapped| cell(row, mapped.field)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn cell(loan: &LoanRecord, field: Field, currency: Currency) -> String {
    let money = |known: Option<Money>| known.map(|known| amount(known, currency)).unwrap_or_default();
    let (borrower, outcome) = (&loan.borrower, &loan.outcome);
    match field {
        Field::BorrowerId => borrower.borrower_ref.clone(),
        Field::Age => number(borrower.protected.age),
        Field::Gender => borrower.protected.gender.clone().unwrap_or_default(),
        Field::EmploymentType => borrower.employment_type.clone().unwrap_or_default(),
        Field::MonthlyIncome => money(borrower.monthly_income),
        Field::Dependants => number(borrower.protected.dependants),
        Field::LoanId => loan.loan_ref.clone(),
        Field::AsOf => number(loan.as_of),
        Field::OriginatedOn => number(loan.originated_on),
        Field::LoanAmount => money(loan.loan_amount),
        Field::TenureMonths => number(loan.tenure_months),
        Field::InterestRate => number(loan.interest_rate),
        Field::LoanType => loan.loan_type.clone(),
        Field::CollateralValue => money(loan.collateral_value),
        Field::OutstandingAmount => money(loan.outstanding_amount),
        Field::MonthlyInstalment => money(loan.monthly_instalment),
        Field::PaymentHistory => loan.payment_history.map(history).unwrap_or_default().to_owned(),
        Field::MissedPayments => number(loan.missed_payments),
        Field::DaysPastDue => number(loan.days_past_due),
        Field::RecoveryStatus => status(loan.recovery_status).to_owned(),
        Field::CollectionAttempts => number(outcome.collection_attempts),
        Field::CollectionMethod => outcome.collection_method.clone(),
        Field::LegalActionTaken => {
            outcome.legal_action_taken.map(|taken| if taken { "Yes" } else { "No" }).unwrap_or_default().to_owned()
        }
        // The profiles have no other columns.
        _ => String::new(),
    }
}

fn amount(amount: Money, currency: Currency) -> String {
    format!("{:.*}", usize::from(currency.decimals()), amount.major(currency))
}

fn number<T: ToString>(number: Option<T>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn history(history: PaymentHistory) -> &'static str {
    match history {
        PaymentHistory::OnTime => "On-Time",
        PaymentHistory::Delayed => "Delayed",
        PaymentHistory::Missed => "Missed",
    }
}

fn status(status: RecoveryStatus) -> &'static str {
    match status {
        RecoveryStatus::FullyRecovered => "Fully Recovered",
        RecoveryStatus::PartiallyRecovered => "Partially Recovered",
        RecoveryStatus::WrittenOff => "Written Off",
        RecoveryStatus::Open => "Open",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::Links;
    use crate::row::{Plan, Taken};
    use crate::testing::{self, Row};

    /// What the profile reads of rows without quotes.
    fn read(profile: &str, rows_of_text: &str) -> Vec<Taken> {
        let mapping = &profile::profile(profile).expect("is there").files[0].mapping;
        let header = header(profile);
        let plan = Plan::new(mapping, Some(&header), Currency::USD, &Links::default()).expect("a plan");
        let read = |row: &Row| plan.read(&row.record(), 1, &mut Vec::new()).expect("is taken");
        testing::rows(rows_of_text).iter().map(read).collect()
    }

    fn header(profile: &str) -> Vec<String> {
        let columns = &profile::profile(profile).expect("is there").files[0].mapping.columns;
        columns.iter().map(|mapped| mapped.column.clone()).collect()
    }

    /// What `write` makes of what was read is the text again, under the header of the profile.
    fn check<T>(
        profile: &str,
        text: &str,
        of: fn(Taken) -> T,
        write: fn(&[T], Currency) -> Result<Vec<u8>, csv::Error>,
    ) {
        let read: Vec<T> = read(profile, text).into_iter().map(of).collect();
        let written = String::from_utf8(write(&read, Currency::USD).expect("a file")).expect("text");
        assert_eq!(written, format!("{}\n{text}\n", header(profile).join(",")));
    }

    fn loan(taken: Taken) -> LoanRecord {
        let Taken::Loan(loan) = taken else { panic!("{taken:?}") };
        *loan
    }

    fn payment(taken: Taken) -> PaymentRecord {
        let Taken::Payment(payment) = taken else { panic!("{taken:?}") };
        *payment
    }

    #[test]
    fn what_was_written_is_read_back() {
        let row = "BRW_1,59,Male,Salaried,215422.00,0,LN_1,1445796.00,60,12.39,Home,1727997.26,291413.01,4856.88,\
                   On-Time,0,0,Partially Recovered,1,Settlement Offer,No";
        check("original-analysis", row, loan, loans);
        check("original-analysis-dated", &format!("{row},2025-06-30,2021-02-09"), loan, dated_loans);
        let rows = "P1,LN_1,2021-03-09,4856.88,Instalment,\nP2,LN_1,2021-03-12,-4856.88,Reversal,P1";
        check("payments", rows, payment, payments);
        let blank = LoanRecord { loan_ref: "a".to_owned(), ..LoanRecord::default() };
        let text = String::from_utf8(loans(&[blank], Currency::USD).expect("a file")).expect("text");
        assert!(text.ends_with("\n,,,,,,a,,,,,,,,,,,Open,,,\n"), "{text}");
    }
}
