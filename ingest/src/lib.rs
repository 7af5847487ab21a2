//! Reads lenders' files: any format and any names in, checked rows out.
//!
//! Two kinds of fault, told apart everywhere: a fault of the *file* ([`error::FileError`]) refuses all of it; a fault of a
//! *row* ([`row::RowFault`]) rejects that row, which is counted and listed. Readers stream, and hold no more than one
//! row besides what the caller keeps, so that no file can exhaust memory.

pub mod date;
pub mod error;
pub mod links;
pub mod number;
pub mod preview;
pub mod profile;
pub mod raw;
pub mod record;
pub mod row;
pub mod source;
pub mod suggest;
pub mod table;
pub mod word;
pub mod write;

#[cfg(test)]
mod testing;
