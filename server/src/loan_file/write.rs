//! Writes loans as a file that the reader takes.

use super::column::Column;
use domain::loan::{LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::{Currency, Money};

/// The loans as CSV with the 21 columns of the reference analysis.
///
/// # Errors
/// Where a value cannot be encoded.
pub fn write(loans: &[LoanRecord], currency: Currency) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(Column::ALL.map(Column::name))?;
    for loan in loans {
        writer.write_record(Column::ALL.map(|column| cell(loan, column, currency)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn cell(loan: &LoanRecord, column: Column, currency: Currency) -> String {
    let money = |amount: Money| format!("{:.*}", usize::from(currency.decimals()), amount.major(currency));
    match column {
        Column::BorrowerId => loan.borrower_ref.clone(),
        Column::Age => loan.age.to_string(),
        Column::Gender => loan.gender.clone(),
        Column::EmploymentType => loan.employment_type.clone(),
        Column::MonthlyIncome => money(loan.monthly_income),
        Column::Dependants => loan.dependants.to_string(),
        Column::LoanId => loan.loan_ref.clone(),
        Column::LoanAmount => money(loan.loan_amount),
        Column::LoanTenure => loan.tenure_months.to_string(),
        Column::InterestRate => loan.interest_rate.to_string(),
        Column::LoanType => loan.loan_type.clone(),
        Column::CollateralValue => money(loan.collateral_value),
        Column::OutstandingAmount => money(loan.outstanding_amount),
        Column::MonthlyInstalment => money(loan.monthly_instalment),
        Column::PaymentHistory => history(loan.payment_history).to_owned(),
        Column::MissedPayments => loan.missed_payments.to_string(),
        Column::DaysPastDue => loan.days_past_due.to_string(),
        Column::RecoveryStatus => status(loan.recovery_status).to_owned(),
        Column::CollectionAttempts => loan.collection_attempts.to_string(),
        Column::CollectionMethod => loan.collection_method.clone(),
        Column::LegalActionTaken => if loan.legal_action_taken { "Yes" } else { "No" }.to_owned(),
    }
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
    use super::super::{LoanFileOptions, ROWS_MAX, read};
    use super::*;
    use engine::simulation::simulate;

    #[test]
    fn what_was_written_is_read_back() {
        let loans = simulate(3, 300);
        let bytes = write(&loans, Currency::USD).expect("a file");
        let file = read(bytes.as_slice(), LoanFileOptions { currency: Currency::USD, rows_max: ROWS_MAX })
            .expect("a loan file");
        assert_eq!((file.rows, file.rejected_count), (300, 0));
        assert_eq!(file.records, loans);
    }
}
