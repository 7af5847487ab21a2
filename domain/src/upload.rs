//! Files that were sent, and what was wrong with them.

use crate::id::{JobId, UploadId};
use crate::loan::{LoanRecord, words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// Where an upload is in its life.
    UploadState {
        Received = "received", "Received";
        Imported = "imported", "Imported";
        Refused = "refused", "Refused";
    }
);

/// A file that an admin sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Upload {
    pub id: UploadId,
    pub file_name: String,
    pub size_bytes: i64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    pub state: UploadState,
    /// Data rows in the file; accepted and rejected ones together.
    pub rows: i64,
    pub accepted: i64,
    pub rejected: i64,
    /// Why the file was refused, or what was worked around.
    pub message: Option<String>,
    pub job: Option<JobId>,
    pub uploaded_by: String,
    pub uploaded_at: DateTime<Utc>,
}

/// A row that could not be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Line in the file, from 1; the header is line 1.
    pub line: u64,
    /// The column at fault; nothing where the whole row is.
    pub column: Option<String>,
    /// The value at fault, shortened to at most 80 characters.
    pub value: String,
    /// What is wrong and what to do, as a sentence without its subject: "is not a number".
    pub reason: String,
}

/// How many rejected rows are kept and listed; the others are only counted.
pub const REJECTED_ROWS_LISTED: usize = 1000;

/// What was read from a loan file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoanImport {
    /// The rows that were taken, in the order of the file.
    pub records: Vec<LoanRecord>,
    /// Data rows in the file.
    pub rows: u64,
    pub rejected_count: u64,
    /// The first [`REJECTED_ROWS_LISTED`] of the rejected rows.
    pub rejected: Vec<RejectedRow>,
    /// What was worked around, one sentence each, without its full stop.
    pub notes: Vec<String>,
}
