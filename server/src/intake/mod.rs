//! Files that come in, by browser or by command line: what they are, and their rows as chunks.

mod arrival;
mod chunks;
mod fault;
mod loan_file;
mod loan_reading;
mod mended;
mod mended_rows;
pub(crate) mod on_the_way;
mod payments_seen;
mod rejected;
mod rows;

pub(crate) use arrival::{ArrivedTable, Recognised, arrive, assign, check_numbers, recognise, refuse_twins};
pub(crate) use chunks::{is_mostly_unusable, read_chunks, read_links};
pub use fault::ImportFault;
pub(crate) use fault::{LOANS_MIN, describe};
pub(crate) use loan_file::{LoanFile, loan_rows, read_loans};
pub(crate) use loan_reading::{DEFAULT_PROFILE, LoanReading, loan_profiles};
pub(crate) use mended::{files_mended_in, id_mark, own_header};
pub(crate) use mended_rows::{MendedRows, Statement};
pub(crate) use payments_seen::{Kept, PaymentsSeen};
pub(crate) use rejected::{RejectedError, RejectedRow, rejected_rows};
pub(crate) use rows::{FileReading, Rows};
