//! What a column of a lender's file can hold.

use crate::loan::{PaymentHistory, RecoveryStatus, words};
use crate::payment::PaymentKind;
use serde::{Deserialize, Serialize};

words!(
    /// What the rows of a file are.
    FileKind {
        Loans = "loans", "Loans";
        Payments = "payments", "Payments";
        Borrowers = "borrowers", "Borrowers";
        // Says which id of one file belongs to which id of another one; stores nothing of its own.
        Links = "links", "Links between files";
    }
);

words!(
    /// A concept that a column holds.
    Field {
        LoanId = "loan_id", "Loan id";
        BorrowerId = "borrower_id", "Borrower id";
        AsOf = "as_of", "As-of date";
        LoanType = "loan_type", "Loan type";
        LoanAmount = "loan_amount", "Loan amount";
        OriginatedOn = "originated_on", "Date of origination";
        TenureMonths = "tenure_months", "Tenure";
        InterestRate = "interest_rate", "Interest rate";
        CollateralValue = "collateral_value", "Collateral value";
        OutstandingAmount = "outstanding_amount", "Outstanding amount";
        MonthlyInstalment = "monthly_instalment", "Monthly instalment";
        PaymentHistory = "payment_history", "Payment history";
        MissedPayments = "missed_payments", "Missed payments";
        DaysPastDue = "days_past_due", "Days past due";
        RecoveryStatus = "recovery_status", "Recovery status";
        ChargedOffOn = "charged_off_on", "Date of charge-off";
        ChargedOffAmount = "charged_off_amount", "Amount charged off";
        RecoveredAmount = "recovered_amount", "Amount recovered";
        CollectionAttempts = "collection_attempts", "Collection attempts";
        CollectionMethod = "collection_method", "Collection method";
        LegalActionTaken = "legal_action_taken", "Legal action taken";
        EmploymentType = "employment_type", "Employment type";
        MonthlyIncome = "monthly_income", "Monthly income";
        BorrowerName = "borrower_name", "Borrower's name";
        Age = "age", "Age";
        BirthDate = "birth_date", "Date of birth";
        Gender = "gender", "Gender";
        MaritalStatus = "marital_status", "Marital status";
        Dependants = "dependants", "Dependants";
        Email = "email", "E-mail address";
        EmailConsent = "email_consent", "Consent to e-mail";
        Phone = "phone", "Phone number";
        PhoneConsent = "phone_consent", "Consent to calls and SMS";
        Address = "address", "Postal address";
        PaymentId = "payment_id", "Payment id";
        PaidOn = "paid_on", "Date of payment";
        PaymentAmount = "payment_amount", "Amount paid";
        PaymentKind = "payment_kind", "Kind of payment";
        ReversalOf = "reversal_of", "Reverses payment";
        // Kept with its name, as text; a model may be given it later.
        Extra = "extra", "Keep as an extra column";
        LinkFrom = "link_from", "Id that stands in the other file";
        LinkTo = "link_to", "Id that it stands for";
    }
);

/// What the text of a field is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Kept letter by letter: leading zeros and long digits stay.
    Id,
    Word,
    /// Not negative.
    Amount,
    /// May be negative, as a reversal is.
    SignedAmount,
    /// A whole number, 0 or more, at most this.
    Count(u32),
    /// Percent a year.
    Rate,
    Date,
    YesNo,
    PaymentHistory,
    RecoveryStatus,
    PaymentKind,
}

impl Shape {
    /// The codes that a word of this shape must become; nothing where any word will do.
    pub fn codes(self) -> Option<Vec<&'static str>> {
        match self {
            Self::PaymentHistory => Some(PaymentHistory::ALL.map(PaymentHistory::code).to_vec()),
            Self::RecoveryStatus => Some(RecoveryStatus::ALL.map(RecoveryStatus::code).to_vec()),
            Self::PaymentKind => Some(PaymentKind::ALL.map(PaymentKind::code).to_vec()),
            Self::YesNo => Some(vec!["yes", "no"]),
            _ => None,
        }
    }
}

impl Field {
    pub fn shape(self) -> Shape {
        match self {
            Self::LoanId | Self::BorrowerId | Self::PaymentId | Self::ReversalOf | Self::LinkFrom | Self::LinkTo => {
                Shape::Id
            }
            Self::LoanAmount
            | Self::CollateralValue
            | Self::OutstandingAmount
            | Self::MonthlyInstalment
            | Self::ChargedOffAmount
            | Self::RecoveredAmount
            | Self::MonthlyIncome => Shape::Amount,
            Self::PaymentAmount => Shape::SignedAmount,
            Self::AsOf | Self::OriginatedOn | Self::ChargedOffOn | Self::BirthDate | Self::PaidOn => Shape::Date,
            Self::TenureMonths | Self::MissedPayments => Shape::Count(1_200),
            Self::DaysPastDue => Shape::Count(36_525),
            Self::CollectionAttempts => Shape::Count(10_000),
            Self::Age => Shape::Count(120),
            Self::Dependants => Shape::Count(50),
            Self::InterestRate => Shape::Rate,
            Self::LegalActionTaken | Self::EmailConsent | Self::PhoneConsent => Shape::YesNo,
            Self::PaymentHistory => Shape::PaymentHistory,
            Self::RecoveryStatus => Shape::RecoveryStatus,
            Self::PaymentKind => Shape::PaymentKind,
            Self::LoanType
            | Self::CollectionMethod
            | Self::EmploymentType
            | Self::BorrowerName
            | Self::Gender
            | Self::MaritalStatus
            | Self::Email
            | Self::Phone
            | Self::Address
            | Self::Extra => Shape::Word,
        }
    }

    /// Whether it is known only after the outcome: stored for reports, and barred from every model.
    pub fn is_known_after_outcome(self) -> bool {
        matches!(
            self,
            Self::RecoveryStatus
                | Self::ChargedOffOn
                | Self::ChargedOffAmount
                | Self::RecoveredAmount
                | Self::CollectionAttempts
                | Self::CollectionMethod
                | Self::LegalActionTaken
        )
    }

    /// Whether it is kept apart, and audits outcomes instead of feeding models.
    pub fn is_protected(self) -> bool {
        matches!(self, Self::Age | Self::BirthDate | Self::Gender | Self::MaritalStatus | Self::Dependants)
    }

    /// Whether a file of a kind can hold it.
    pub fn belongs_to(self, kind: FileKind) -> bool {
        let of_borrower = matches!(
            self,
            Self::BorrowerId
                | Self::EmploymentType
                | Self::MonthlyIncome
                | Self::BorrowerName
                | Self::Email
                | Self::EmailConsent
                | Self::Phone
                | Self::PhoneConsent
                | Self::Address
        ) || self.is_protected();
        let of_payment = matches!(
            self,
            Self::LoanId | Self::PaymentId | Self::PaidOn | Self::PaymentAmount | Self::PaymentKind | Self::ReversalOf
        );
        let of_link = matches!(self, Self::LinkFrom | Self::LinkTo);
        match kind {
            FileKind::Borrowers => of_borrower,
            FileKind::Payments => of_payment,
            FileKind::Links => of_link,
            // A loan file often carries its borrowers' columns too.
            FileKind::Loans => !of_link && (!of_payment || self == Self::LoanId),
        }
    }
}

impl FileKind {
    /// The fields without which a file of this kind is none.
    pub fn needs(self) -> &'static [Field] {
        match self {
            Self::Loans => &[],
            Self::Payments => &[Field::LoanId, Field::PaidOn, Field::PaymentAmount],
            Self::Borrowers => &[Field::BorrowerId],
            Self::Links => &[Field::LinkFrom, Field::LinkTo],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_belongs_somewhere() {
        for field in Field::ALL {
            assert!(FileKind::ALL.into_iter().any(|kind| field.belongs_to(kind)), "{field:?}");
        }
        for kind in FileKind::ALL {
            assert!(kind.needs().iter().all(|field| field.belongs_to(kind)), "{kind:?}");
        }
    }

    #[test]
    fn what_is_known_after_the_outcome_is_no_payment_and_no_person() {
        let barred = Field::ALL.into_iter().filter(|field| field.is_known_after_outcome());
        assert!(barred.clone().all(|field| field.belongs_to(FileKind::Loans) && !field.is_protected()));
        assert_eq!(barred.count(), 7);
    }
}
