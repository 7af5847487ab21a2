//! The one error of this crate. What went wrong for a person stands in the variant; what the database
//! said stands in its source, for the log: it may hold SQL and never reaches a page.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

pub type Result<T> = std::result::Result<T, StoreError>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// What is missing, as "loan". Also what is outside the caller's scope: nobody learns that it exists.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The change contradicts what is on file; a sentence for people.
    #[error("{0}")]
    Conflict(String),
    /// Trying again later may help; nothing was changed.
    #[error("the database does not answer")]
    Unavailable(#[source] Cause),
    /// Nothing can be written until somebody frees space; nothing was changed.
    #[error("the disk of the database is full")]
    DiskFull(#[source] Cause),
    /// A fault of this program or of the data on file.
    #[error("the database refused a request")]
    Database(#[source] Cause),
}

impl StoreError {
    pub(crate) fn conflict(message: &str) -> Self {
        Self::Conflict(message.to_owned())
    }

    /// A stored value that no version of this program writes.
    pub(crate) fn unreadable(column: &str) -> Self {
        Self::Database(format!("the column {column} holds an unknown value").into())
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => return Self::conflict("This is on file already."),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                return Self::conflict("Something that this refers to is no longer on file.");
            }
            _ => {}
        }
        if is_full(&error) {
            Self::DiskFull(error.into())
        } else if may_pass(&error) {
            Self::Unavailable(error.into())
        } else {
            Self::Database(error.into())
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Database(error.into())
    }
}

/// SQLite: full. PostgreSQL: disk full.
fn is_full(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    let code = cause.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(code.as_ref(), "13" | "53100"))
}

/// Whether the same request may succeed later.
fn may_pass(error: &DbErr) -> bool {
    let runtime = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
        _ => return false,
    };
    let RuntimeErr::SqlxError(cause) = runtime else { return false };
    match cause.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| is_passing_code(&code)),
        _ => false,
    }
}

/// SQLite: busy, locked, or a snapshot that another writer overtook. PostgreSQL: serialization, deadlock,
/// too many connections, shutting down, starting up.
fn is_passing_code(code: &str) -> bool {
    matches!(code, "5" | "6" | "261" | "262" | "517" | "40001" | "40P01" | "53300" | "57P01" | "57P02" | "57P03")
}
