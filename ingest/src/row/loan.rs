//! A row of a loan file.

use super::RowFault;
use super::fields::Row;
use domain::borrower::{BorrowerRecord, ContactChannel, ContactPoint, ProtectedAttributes};
use domain::field::{Field, Shape};
use domain::loan::{LoanOutcome, LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::Money;
use domain::warning::Oddity;

impl Row<'_, '_> {
    /// The first fault in the order of the reference file's columns ends it.
    pub(super) fn loan(&mut self) -> Result<LoanRecord, RowFault> {
        self.refuse_closing(Field::LoanId)?;
        let borrower_ref = self.id(Field::BorrowerId)?;
        let borrower = self.person(borrower_ref)?;
        let status = self.one_of(
            Field::RecoveryStatus,
            read_status,
            "Fully Recovered, Partially Recovered, Written Off or Open, or map it to one of them",
        )?;
        let loan = LoanRecord {
            loan_ref: self.loan_id()?,
            borrower,
            as_of: self.date(Field::AsOf)?,
            loan_amount: self.amount(Field::LoanAmount)?,
            originated_on: self.date(Field::OriginatedOn)?,
            tenure_months: self.small_count_of(Field::TenureMonths)?,
            interest_rate: self.rate(Field::InterestRate)?,
            loan_type: self.word(Field::LoanType)?,
            collateral_value: self.amount(Field::CollateralValue)?,
            outstanding_amount: self.amount(Field::OutstandingAmount)?,
            monthly_instalment: self.amount(Field::MonthlyInstalment)?,
            payment_history: self.one_of(Field::PaymentHistory, read_history, "On-Time, Delayed or Missed")?,
            missed_payments: self.small_count_of(Field::MissedPayments)?,
            days_past_due: self.count_of(Field::DaysPastDue)?,
            paying: None,
            recovery_status: status.unwrap_or_default(),
            is_said_open: status == Some(RecoveryStatus::Open),
            outcome: self.outcome()?,
            extras: self.extras(),
        };
        self.look_at(&loan);
        Ok(loan)
    }

    /// What a row says of a borrower, whatever the kind of its file.
    pub(super) fn person(&mut self, borrower_ref: Option<String>) -> Result<BorrowerRecord, RowFault> {
        let age = self.small_count_of(Field::Age)?;
        if age.is_some_and(|age| age < 18)
            && let Some(cell) = self.cell(Field::Age)
        {
            self.warn(Oddity::MinorBorrower, &cell);
        }
        Ok(BorrowerRecord {
            borrower_ref: borrower_ref.unwrap_or_default(),
            name: self.known_word(Field::BorrowerName)?,
            employment_type: self.known_word(Field::EmploymentType)?,
            monthly_income: self.amount(Field::MonthlyIncome)?,
            protected: ProtectedAttributes {
                age,
                birth_date: self.date(Field::BirthDate)?,
                gender: self.gender()?,
                marital_status: self.known_word(Field::MaritalStatus)?,
                dependants: self.small_count_of(Field::Dependants)?,
            },
            contacts: self.contacts()?,
        })
    }

    fn contacts(&mut self) -> Result<Vec<ContactPoint>, RowFault> {
        let ways = [
            (ContactChannel::Email, Field::Email, Some(Field::EmailConsent)),
            (ContactChannel::Phone, Field::Phone, Some(Field::PhoneConsent)),
            (ContactChannel::Address, Field::Address, None),
        ];
        let mut contacts = Vec::new();
        for (channel, field, consent) in ways {
            let value = self.known_word(field)?;
            let has_consent = consent.map_or(Ok(None), |consent| self.yes_no(consent))?;
            if let Some(mut value) = value {
                // The same address in other letters is the same address.
                if channel == ContactChannel::Email {
                    value.make_ascii_lowercase();
                }
                contacts.push(ContactPoint { channel, value, has_consent });
            } else if has_consent == Some(false) {
                // A no without an address is meant for all of them.
                contacts.push(ContactPoint { channel, value: String::new(), has_consent });
            } else if let Some(cell) = consent.and_then(|consent| self.cell(consent)).filter(|_| has_consent.is_some())
            {
                self.warn(Oddity::ConsentToNothing, &cell);
            }
        }
        Ok(contacts)
    }

    fn outcome(&mut self) -> Result<LoanOutcome, RowFault> {
        Ok(LoanOutcome {
            charged_off_on: self.date(Field::ChargedOffOn)?,
            charged_off_amount: self.amount(Field::ChargedOffAmount)?,
            recovered_amount: self.amount(Field::RecoveredAmount)?,
            collection_attempts: self.small_count_of(Field::CollectionAttempts)?,
            collection_method: self.word(Field::CollectionMethod)?,
            legal_action_taken: self.yes_no(Field::LegalActionTaken)?,
        })
    }

    /// The loan's id, or one made of the row's number where no column holds it.
    fn loan_id(&mut self) -> Result<String, RowFault> {
        if self.plan.column(Field::LoanId).is_none() {
            return Ok(format!("{}-{:06}", self.plan.id_mark, self.number));
        }
        self.needed_id(Field::LoanId, "is blank: every loan needs an id here")
    }

    /// What is odd about a loan whose cells are all right.
    fn look_at(&mut self, loan: &LoanRecord) {
        let outcome = &loan.outcome;
        let is_charged_off = outcome.charged_off_on.is_some() || outcome.charged_off_amount > Some(Money::ZERO);
        if loan.recovery_status == RecoveryStatus::FullyRecovered
            && is_charged_off
            && let Some(cell) = self.cell(Field::RecoveryStatus)
        {
            self.warn(Oddity::PaidYetChargedOff, &cell);
        }
        if let (Some(amount), Some(outstanding)) = (loan.loan_amount, loan.outstanding_amount)
            && outstanding > amount + amount
            && let Some(cell) = self.cell(Field::OutstandingAmount)
        {
            self.warn(Oddity::OutstandingAboveLoan, &cell);
        }
    }

    fn count_of(&mut self, field: Field) -> Result<Option<u32>, RowFault> {
        let Shape::Count(max) = field.shape() else { return Ok(None) };
        self.count(field, max)
    }

    fn small_count_of(&mut self, field: Field) -> Result<Option<u16>, RowFault> {
        Ok(self.count_of(field)?.map(|count| count as u16))
    }
}

/// A code that the mapping has given, or a word of a file.
fn read_status(text: &str) -> Option<RecoveryStatus> {
    RecoveryStatus::find(text).or_else(|| RecoveryStatus::read(text))
}

fn read_history(text: &str) -> Option<PaymentHistory> {
    PaymentHistory::find(text).or_else(|| PaymentHistory::read(text))
}
