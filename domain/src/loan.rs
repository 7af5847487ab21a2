//! A loan as a lender's file tells it: the loan, its borrower, and what is known of its recovery.

use crate::money::Money;
use serde::{Deserialize, Serialize};

/// One checked row of a loan file: the 21 columns of the reference analysis.
///
/// Age, gender and number of dependants are protected attributes: they are kept apart in the
/// database and are no model inputs by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanRecord {
    /// The lender's own id of the borrower.
    pub borrower_ref: String,
    /// Age in years.
    pub age: u16,
    pub gender: String,
    pub employment_type: String,
    pub monthly_income: Money,
    pub dependants: u16,
    /// The lender's own id of the loan; unique within a portfolio.
    pub loan_ref: String,
    pub loan_amount: Money,
    pub tenure_months: u16,
    /// Percent a year.
    pub interest_rate: f64,
    pub loan_type: String,
    /// Zero means unsecured.
    pub collateral_value: Money,
    pub outstanding_amount: Money,
    pub monthly_instalment: Money,
    pub payment_history: PaymentHistory,
    pub missed_payments: u16,
    pub days_past_due: u32,
    pub recovery_status: RecoveryStatus,
    /// Known only after the outcome: never a feature.
    pub collection_attempts: u16,
    /// Known only after the outcome: never a feature.
    pub collection_method: String,
    /// Known only after the outcome: never a feature.
    pub legal_action_taken: bool,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $label:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

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
        match squeeze(text).as_str() {
            "ontime" | "regular" => Some(Self::OnTime),
            "delayed" | "late" => Some(Self::Delayed),
            "missed" => Some(Self::Missed),
            _ => None,
        }
    }
}

impl RecoveryStatus {
    /// Reads the words that files use, whatever their case, hyphens and blanks.
    pub fn read(text: &str) -> Option<Self> {
        match squeeze(text).as_str() {
            "fullyrecovered" | "recovered" => Some(Self::FullyRecovered),
            "partiallyrecovered" | "partlyrecovered" => Some(Self::PartiallyRecovered),
            "writtenoff" => Some(Self::WrittenOff),
            "open" | "current" => Some(Self::Open),
            _ => None,
        }
    }

    /// Whether there is still something to work on.
    pub fn is_workable(self) -> bool {
        self != Self::FullyRecovered
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
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
    fn codes_find_their_values_again() {
        for status in RecoveryStatus::ALL {
            assert_eq!(RecoveryStatus::find(status.code()), Some(status));
        }
        assert_eq!(RecoveryStatus::find("unknown"), None);
    }
}
