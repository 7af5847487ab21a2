//! What was sent, and what became of its rows.

use crate::field::{Field, FileKind};
use crate::id::{JobId, UploadId};
use crate::loan::words;
use crate::money::Money;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// Where an upload is in its life.
    UploadState {
        // Its columns wait for somebody to say what they hold.
        Received = "received", "To be mapped";
        Checking = "checking", "Checking";
        // Read once without storing anything; somebody may look at what was found before it is loaded.
        Checked = "checked", "Checked";
        Importing = "importing", "Importing";
        Imported = "imported", "Imported";
        Refused = "refused", "Refused";
        Undone = "undone", "Undone";
    }
);

/// One or more files that were sent together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    pub id: UploadId,
    /// The name of its file, or of the first of several.
    pub title: String,
    /// The day for which the files speak, where their rows don't say it.
    pub as_of: NaiveDate,
    /// Whether its rows replace others of the same day instead of being listed as conflicts.
    pub corrects: bool,
    pub state: UploadState,
    /// The profile that it is read by, if it is one.
    pub profile: Option<String>,
    pub files: Vec<UploadFile>,
    /// Why it was refused or undone.
    pub message: Option<String>,
    /// What was worked around, one sentence each.
    pub notes: Vec<String>,
    pub job: Option<JobId>,
    pub uploaded_by: String,
    pub uploaded_at: DateTime<Utc>,
}

impl Upload {
    /// What became of the rows of all files together.
    pub fn counts(&self) -> RowCounts {
        self.files.iter().fold(RowCounts::default(), |sum, file| sum.plus(&file.counts))
    }

    pub fn size_bytes(&self) -> i64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }
}

/// One file of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadFile {
    pub id: i64,
    pub name: String,
    pub size_bytes: i64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// Nothing before it is mapped.
    pub kind: Option<FileKind>,
    pub rows_done: i64,
    pub counts: RowCounts,
}

/// What became of the rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowCounts {
    /// Data rows: `accepted + rejected + conflicts + passed_over`.
    pub rows: i64,
    /// Rows that are stored, or say what is stored already.
    pub accepted: i64,
    /// Of the accepted: those with something odd about them.
    pub warned: i64,
    pub rejected: i64,
    /// Rows that disagree with another file about the same day, and were left out.
    pub conflicts: i64,
    /// Rows that the mapping leaves out.
    pub passed_over: i64,
    /// Of the accepted: loans, payments or borrowers that were not on file before.
    pub added: i64,
    /// Of the accepted: those that were, and are different now.
    pub changed: i64,
    /// Of the accepted: those that say what was known already, or what a newer file has replaced.
    pub unchanged: i64,
    pub totals: Vec<ControlTotal>,
}

/// A sum over a file, and over what of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlTotal {
    pub field: Field,
    /// Over all rows whose cell could be read.
    pub in_file: Money,
    /// Over the accepted rows.
    pub accepted: Money,
    /// What rounding each amount of the file to the minor unit added to `in_file`, in millionths of a minor unit.
    pub rounding: i64,
}

impl ControlTotal {
    /// The sum as whoever adds up the file's own figures finds it.
    pub fn before_rounding(&self) -> Money {
        let minor = self.in_file.minor as f64 - self.rounding as f64 / 1e6;
        Money::from_minor(minor.round() as i64)
    }
}

impl RowCounts {
    /// Counts an amount of a row into its control total: as it stands in the file, and what of it is accepted.
    pub fn add_amount(&mut self, field: Field, in_file: Money, accepted: Money) {
        match self.totals.iter_mut().find(|total| total.field == field) {
            Some(total) => {
                total.in_file = total.in_file + in_file;
                total.accepted = total.accepted + accepted;
            }
            None => self.totals.push(ControlTotal { field, in_file, accepted, rounding: 0 }),
        }
    }

    /// Counts what rounding added to an amount that is counted already, in millionths of a minor unit.
    pub fn add_rounding(&mut self, field: Field, rounding: i64) {
        if let Some(total) = self.totals.iter_mut().find(|total| total.field == field) {
            total.rounding += rounding;
        }
    }

    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        self.rows += other.rows;
        self.accepted += other.accepted;
        self.warned += other.warned;
        self.rejected += other.rejected;
        self.conflicts += other.conflicts;
        self.passed_over += other.passed_over;
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        for total in &other.totals {
            match self.totals.iter_mut().find(|mine| mine.field == total.field) {
                Some(mine) => {
                    mine.in_file = mine.in_file + total.in_file;
                    mine.accepted = mine.accepted + total.accepted;
                    mine.rounding += total.rounding;
                }
                None => self.totals.push(total.clone()),
            }
        }
        self
    }
}

words!(
    /// What was found in a row.
    FindingKind {
        Rejected = "rejected", "Rejected";
        Warned = "warned", "Warning";
        Conflict = "conflict", "Conflict";
    }
);

/// The column of handed-out rows that tells why a row was rejected.
pub const REJECTED_BECAUSE: &str = "Rejected because";
/// The column of handed-out rows by which a row is known when it comes back.
pub const REJECTED_ROW: &str = "Rejected row";

/// So many rejected rows of a file are handed out at once.
pub const REJECTED_PER_PART: usize = 200_000;

/// What is wrong, odd or contradictory in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: FindingKind,
    /// Line in the file, from 1.
    pub line: u64,
    /// The column at fault; nothing where the whole row is.
    pub column: Option<String>,
    /// The value at fault, shortened to at most 80 characters.
    pub value: String,
    /// What is wrong and what to do, as a sentence without its subject: "is not a number".
    pub reason: String,
}

impl Finding {
    /// A loan that stands in its file for the second time. `first_line` is where it stands first.
    pub fn repeated(line: u64, column: Option<String>, loan_ref: String, first_line: u64) -> Self {
        let reason = format!("stands on line {first_line} already; the first one is kept");
        Self { kind: FindingKind::Rejected, line, column, value: loan_ref, reason }
    }

    /// Why a payment of a loan that nobody knows is rejected.
    pub const ORPHAN: &str = "belongs to no loan on file: load the loans first, or correct the id";

    /// A payment of a loan that nobody knows.
    pub fn orphan(line: u64, column: Option<String>, loan_ref: String) -> Self {
        Self { kind: FindingKind::Rejected, line, column, value: loan_ref, reason: Self::ORPHAN.to_owned() }
    }
}

/// Findings of one kind, column and reason together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingGroup {
    pub kind: FindingKind,
    pub file_name: String,
    pub column: Option<String>,
    pub reason: String,
    pub rows: i64,
    pub first_line: i64,
    pub first_value: String,
}

/// Whether files can speak for a day. Somebody east of here may be a day ahead.
pub fn is_possible_day(day: NaiveDate, today: NaiveDate) -> bool {
    day.year() >= 1950 && day <= today.succ_opt().unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_totals_add_up_by_field() {
        let total = |field, minor| ControlTotal {
            field,
            in_file: Money::from_minor(minor),
            accepted: Money::from_minor(minor - 1),
            rounding: 400_000,
        };
        let loans =
            RowCounts { rows: 3, accepted: 2, totals: vec![total(Field::LoanAmount, 10)], ..RowCounts::default() };
        let more = RowCounts {
            rows: 5,
            rejected: 1,
            totals: vec![total(Field::LoanAmount, 5), total(Field::PaymentAmount, 7)],
            ..RowCounts::default()
        };
        let sum = loans.plus(&more);
        assert_eq!((sum.rows, sum.accepted, sum.rejected), (8, 2, 1));
        // Two amounts that were rounded up by 0.4 each.
        assert_eq!(sum.totals[0].before_rounding(), Money::from_minor(14));
        assert_eq!(sum.totals[0].in_file, Money::from_minor(15));
        assert_eq!(sum.totals[1], total(Field::PaymentAmount, 7));
    }
}
