//! Letters by post: made by the program, printed and posted by a person.

use crate::id::{LetterId, LoanId};
use crate::loan::words;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The longest proof of posting, in characters.
pub const PROOF_LENGTH_MAX: usize = 200;

words!(
    /// How far a letter has come.
    LetterState {
        ToPrint = "to_print", "To print";
        Printed = "printed", "To post";
        Posted = "posted", "Posted";
        Withheld = "withheld", "Not sent";
    }
);

/// A letter as it is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterView {
    pub id: LetterId,
    pub state: LetterState,
    pub loan: LoanId,
    pub loan_ref: String,
    /// Name and address, a line each.
    pub recipient: Vec<String>,
    pub subject: String,
    pub body: String,
    pub made_at: DateTime<Utc>,
}

impl LetterView {
    /// Its paragraphs, which blank lines part.
    pub fn paragraphs(&self) -> Vec<&str> {
        self.body.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect()
    }
}

/// A line of the list of letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRow<At = DateTime<Utc>> {
    pub id: LetterId,
    pub loan: LoanId,
    pub loan_ref: String,
    pub recipient: Vec<String>,
    pub subject: String,
    pub made_at: At,
    /// Who printed it, who posted it with which proof, or why it does not go out.
    pub detail: String,
}

/// A page of letters in one state, and how many there are in each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterList<At = DateTime<Utc>> {
    pub state: LetterState,
    pub rows: Vec<LetterRow<At>>,
    /// In the order of [`LetterState::ALL`].
    pub counts: Vec<u64>,
    /// From 1.
    pub page: u32,
    pub page_size: u32,
    /// The day on which it is read, by the lender's clock.
    pub today: NaiveDate,
}

impl LetterList {
    /// The list with its moments in words.
    pub fn told(self, moment: impl Fn(DateTime<Utc>) -> String) -> LetterList<String> {
        let row = |row: LetterRow| LetterRow {
            id: row.id,
            loan: row.loan,
            loan_ref: row.loan_ref,
            recipient: row.recipient,
            subject: row.subject,
            made_at: moment(row.made_at),
            detail: row.detail,
        };
        LetterList {
            state: self.state,
            rows: self.rows.into_iter().map(row).collect(),
            counts: self.counts,
            page: self.page,
            page_size: self.page_size,
            today: self.today,
        }
    }
}

/// Lines of a letter's address.
pub fn recipient(name: Option<&str>, address: Option<&str>) -> Vec<String> {
    let name = name.unwrap_or("The borrower").to_owned();
    let address = address.unwrap_or_default();
    let lines = address.split([',', '\n', ';']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    [name].into_iter().chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_line_for_each_part() {
        assert_eq!(
            recipient(Some("Ana"), Some("1 High Street, Leeds\n LS1")),
            ["Ana", "1 High Street", "Leeds", "LS1"]
        );
        assert_eq!(recipient(None, None), ["The borrower"]);
    }
}
