//! Writes loans as a file that the profile of the original analysis reads.

use crate::profile;
use domain::field::Field;
use domain::loan::{LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::{Currency, Money};

/// The loans as CSV with the 21 columns of the reference analysis. What is not known is left blank.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn loans(loans: &[LoanRecord], currency: Currency) -> Result<Vec<u8>, csv::Error> {
    let columns = profile::profile("original-analysis").and_then(|profile| profile.files.first());
    let columns = columns.map(|file| file.mapping.columns.as_slice()).unwrap_or_default();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|mapped| mapped.column.as_str()))?;
    for loan in loans {
        writer.write_record(columns.iter().map(|mapped| cell(loan, mapped.field, currency)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn cell(loan: &LoanRecord, field: Field, currency: Currency) -> String {
    let money = |amount: Option<Money>| {
        let written = |amount: Money| format!("{:.*}", usize::from(currency.decimals()), amount.major(currency));
        amount.map(written).unwrap_or_default()
    };
    let (borrower, outcome) = (&loan.borrower, &loan.outcome);
    match field {
        Field::BorrowerId => borrower.borrower_ref.clone(),
        Field::Age => number(borrower.protected.age),
        Field::Gender => borrower.protected.gender.clone().unwrap_or_default(),
        Field::EmploymentType => borrower.employment_type.clone().unwrap_or_default(),
        Field::MonthlyIncome => money(borrower.monthly_income),
        Field::Dependants => number(borrower.protected.dependants),
        Field::LoanId => loan.loan_ref.clone(),
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
        // The reference analysis has no other columns.
        _ => String::new(),
    }
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
    use crate::testing::rows;

    #[test]
    fn what_was_written_is_read_back() {
        let row = "BRW_1,59,Male,Salaried,215422.00,0,LN_1,1445796.00,60,12.39,Home,1727997.26,291413.01,4856.88,\
                   On-Time,0,0,Partially Recovered,1,Settlement Offer,No";
        let mapping = &profile::profile("original-analysis").expect("is there").files[0].mapping;
        let header: Vec<String> = mapping.columns.iter().map(|mapped| mapped.column.clone()).collect();
        let plan = Plan::new(mapping, Some(&header), Currency::USD, &Links::default()).expect("a plan");
        let read = |row: &str| match plan.read(&rows(row)[0].record(), 1, &mut Vec::new()) {
            Ok(Taken::Loan(loan)) => *loan,
            other => panic!("{other:?}"),
        };
        let loan = read(row);
        let text = String::from_utf8(loans(std::slice::from_ref(&loan), Currency::USD).expect("a file")).expect("text");
        assert_eq!(text, format!("{}\n{row}\n", header.join(",")));
        let blank = LoanRecord { loan_ref: "a".to_owned(), ..LoanRecord::default() };
        let text = String::from_utf8(loans(&[blank], Currency::USD).expect("a file")).expect("text");
        assert!(text.ends_with("\n,,,,,,a,,,,,,,,,,,Open,,,\n"), "{text}");
    }
}
