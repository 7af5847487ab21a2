//! A loan as a lender's file tells it: the loan, its borrower, and what is known of its recovery.

use crate::borrower::BorrowerRecord;
use crate::field::Field;
use crate::money::Money;
use crate::paying::Paying;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One checked row of a loan file, with what it says of the borrower.
///
/// What is `None` or blank is not known: a lender's file need not have every column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoanRecord {
    /// The lender's own id of the loan; unique within a portfolio.
    pub loan_ref: String,
    pub borrower: BorrowerRecord,
    /// The day for which the row speaks; nothing where that is the day of its file.
    pub as_of: Option<NaiveDate>,
    pub loan_type: String,
    pub loan_amount: Option<Money>,
    pub originated_on: Option<NaiveDate>,
    pub tenure_months: Option<u16>,
    /// Percent a year.
    pub interest_rate: Option<f64>,
    /// Zero means unsecured.
    pub collateral_value: Option<Money>,
    pub outstanding_amount: Option<Money>,
    pub monthly_instalment: Option<Money>,
    pub payment_history: Option<PaymentHistory>,
    pub missed_payments: Option<u16>,
    pub days_past_due: Option<u32>,
    /// How it was paid up to its day; nothing where no payments are on file.
    pub paying: Option<Paying>,
    pub recovery_status: RecoveryStatus,
    /// Whether a row says that the loan is open; one that says nothing of its status is open, too. Of rows of files alone.
    pub is_said_open: bool,
    /// What is known of the outcome: never a feature.
    pub outcome: LoanOutcome,
    /// Columns of the file that no field holds and somebody asked to keep, as they stood.
    pub extras: BTreeMap<String, String>,
}

impl LoanRecord {
    /// The amounts that control totals count.
    pub fn control_amounts(&self) -> Vec<(Field, Money)> {
        let amounts = [
            (Field::LoanAmount, self.loan_amount),
            (Field::OutstandingAmount, self.outstanding_amount),
            (Field::ChargedOffAmount, self.outcome.charged_off_amount),
            (Field::RecoveredAmount, self.outcome.recovered_amount),
        ];
        amounts.into_iter().filter_map(|(field, amount)| Some((field, amount?))).collect()
    }
}

/// What is known of a loan only after its outcome: stored for reports, and barred from every model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoanOutcome {
    pub charged_off_on: Option<NaiveDate>,
    pub charged_off_amount: Option<Money>,
    pub recovered_amount: Option<Money>,
    pub collection_attempts: Option<u16>,
    pub collection_method: String,
    pub legal_action_taken: Option<bool>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $code)] $variant),+ }

        impl $name {
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$variant),+];

            /// The word that stands in the database, in addresses and in JSON.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The word that a person reads.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The value whose code is `code`.
            pub fn find(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.code() == code)
            }
        }
    };
}
pub(crate) use words;

words!(
    /// How the borrower paid so far.
    PaymentHistory {
        OnTime = "on_time", "On time";
        Delayed = "delayed", "Delayed";
        Missed = "missed", "Missed";
    }
);

words!(
    /// What became of the debt.
    RecoveryStatus {
        FullyRecovered = "fully_recovered", "Fully recovered";
        PartiallyRecovered = "partially_recovered", "Partially recovered";
        WrittenOff = "written_off", "Written off";
        Open = "open", "Open";
    }
);

impl PaymentHistory {
    /// Reads the words that files use, whatever their case, hyphens and blanks.
    pub fn read(text: &str) -> Option<Self> {
        let is = |word| says(text, word);
        if is("ontime") || is("regular") {
            Some(Self::OnTime)
        } else if is("delayed") || is("late") {
            Some(Self::Delayed)
        } else if is("missed") {
            Some(Self::Missed)
        } else {
            None
        }
    }
}

impl Default for RecoveryStatus {
    /// Where no outcome is known, the loan is open.
    fn default() -> Self {
        Self::Open
    }
}

impl RecoveryStatus {
    /// Reads the words that files use, whatever their case, hyphens and blanks.
    pub fn read(text: &str) -> Option<Self> {
        let is = |word| says(text, word);
        if is("fullyrecovered") || is("recovered") {
            Some(Self::FullyRecovered)
        } else if is("partiallyrecovered") || is("partlyrecovered") {
            Some(Self::PartiallyRecovered)
        } else if is("writtenoff") {
            Some(Self::WrittenOff)
        } else if is("open") || is("current") {
            Some(Self::Open)
        } else {
            None
        }
    }

    /// Whether there is still something to work on.
    pub fn is_workable(self) -> bool {
        self != Self::FullyRecovered
    }
}

/// Whether `text` is `word` but for case and signs. It runs for each row of a file, so it keeps no copy.
fn says(text: &str, word: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    letters.eq(word.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_files_are_read_whatever_their_case() {
        let check = |text, expected| assert_eq!(RecoveryStatus::read(text), expected, "{text}");
        check("Fully Recovered", Some(RecoveryStatus::FullyRecovered));
        check("written-off", Some(RecoveryStatus::WrittenOff));
        check("PARTIALLY_RECOVERED", Some(RecoveryStatus::PartiallyRecovered));
        check("Current", Some(RecoveryStatus::Open));
        check("", None);
        check("x", None);
        assert_eq!(PaymentHistory::read("On-Time"), Some(PaymentHistory::OnTime));
        assert_eq!(PaymentHistory::read("never"), None);
    }

    #[test]
    fn codes_find_their_values_again_and_stand_in_json() {
        let json = serde_json::to_string(&crate::mapping::DateFormat::DaysSince1960).expect("is written");
        assert_eq!(json, "\"days_since_1960\"");
        for status in RecoveryStatus::ALL {
            assert_eq!(RecoveryStatus::find(status.code()), Some(status));
        }
        assert_eq!(RecoveryStatus::find("unknown"), None);
    }
}
