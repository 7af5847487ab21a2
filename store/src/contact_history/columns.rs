//! What is read of borrowers, by their ids.

use crate::connection::Store;
use crate::error::Result;
use crate::models::CHUNK;
use chrono::{DateTime, NaiveDate, Utc};
use domain::loan::RecoveryStatus;
use sea_orm::{FromQueryResult, Statement};

/// When an upload was loaded: its end, or its beginning where that has not come.
const LOADED: &str = "COALESCE(u.imported_at, u.started_at)";

#[derive(Debug, FromQueryResult)]
pub(super) struct LoanColumns {
    pub(super) borrower_id: i64,
    pub(super) id: i64,
    pub(super) loan_ref: String,
    pub(super) originated_on: Option<NaiveDate>,
    pub(super) recovered_since: Option<DateTime<Utc>>,
}

impl LoanColumns {
    pub(super) async fn of(store: &Store, ids: &[i64]) -> Result<Vec<Self>> {
        let recovered = RecoveryStatus::FullyRecovered.code();
        // A status that was told twice holds since the first time.
        let since = format!(
            "CASE WHEN l.recovery_status = '{recovered}' THEN COALESCE((SELECT MIN(h.imported_at) FROM loan_history h \
             WHERE h.loan_id = l.id AND h.recovery_status = '{recovered}'), l.imported_at) END AS recovered_since"
        );
        let select = format!("SELECT l.borrower_id, l.id, l.loan_ref, l.originated_on, {since} FROM loan l");
        rows(store, &select, "l.borrower_id", "ORDER BY l.id", ids).await
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct PaymentColumns {
    pub(super) borrower_id: i64,
    pub(super) loan_id: i64,
    pub(super) paid_on: NaiveDate,
    pub(super) amount_minor: i64,
    pub(super) imported_at: Option<DateTime<Utc>>,
}

impl PaymentColumns {
    pub(super) async fn of(store: &Store, ids: &[i64]) -> Result<Vec<Self>> {
        let select = format!(
            "SELECT l.borrower_id, p.loan_id, p.paid_on, p.amount_minor, {LOADED} AS imported_at FROM payment p \
             JOIN loan l ON l.id = p.loan_id LEFT JOIN upload_file f ON f.id = p.upload_file_id \
             LEFT JOIN upload u ON u.id = f.upload_id"
        );
        rows(store, &select, "p.amount_minor <> 0 AND l.borrower_id", "ORDER BY p.paid_on, p.id", ids).await
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct OptOutColumns {
    pub(super) borrower_id: i64,
    pub(super) channel: String,
    pub(super) address: String,
    pub(super) from_at: DateTime<Utc>,
}

impl OptOutColumns {
    /// Those of the borrowers, and those that answered messages about loans that are theirs now. Both may say one.
    pub(super) async fn of(store: &Store, ids: &[i64]) -> Result<Vec<Self>> {
        let select = "SELECT l.borrower_id, o.channel, o.address, o.from_at FROM opt_out o \
                      JOIN message m ON m.id = o.message_id JOIN loan l ON l.id = m.loan_id";
        let later = Self::rows_of(store, select, "l.borrower_id", ids).await?;
        let select = "SELECT o.borrower_id, o.channel, o.address, o.from_at FROM opt_out o";
        let mut all = Self::rows_of(store, select, "o.borrower_id", ids).await?;
        all.extend(later);
        Ok(all)
    }

    async fn rows_of(store: &Store, select: &str, borrower: &str, ids: &[i64]) -> Result<Vec<Self>> {
        rows(store, select, borrower, "ORDER BY o.id", ids).await
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct MessageColumns {
    pub(super) borrower_id: i64,
    pub(super) id: i64,
    pub(super) loan_id: i64,
    pub(super) channel: String,
    pub(super) recipient: String,
    pub(super) claimed_at: DateTime<Utc>,
    pub(super) carries_opt_out: bool,
    pub(super) carries_validation: bool,
}

impl MessageColumns {
    pub(super) async fn of(store: &Store, ids: &[i64]) -> Result<Vec<Self>> {
        let select = "SELECT l.borrower_id, m.id, m.loan_id, m.channel, m.recipient, m.claimed_at, m.carries_validation, \
                      m.body LIKE '%' || m.opt_out_token || '%' AS carries_opt_out FROM message m JOIN loan l ON l.id = m.loan_id";
        let sent = "m.claimed_at IS NOT NULL AND m.failed_at IS NULL AND l.borrower_id";
        rows(store, select, sent, "ORDER BY m.claimed_at, m.id", ids).await
    }
}

/// An address with the latest word on it, and when it was brought.
#[derive(Debug, FromQueryResult)]
pub(super) struct AddressColumns {
    pub(super) borrower_id: i64,
    pub(super) id: i64,
    pub(super) channel: String,
    pub(super) value: String,
    pub(super) has_consent: Option<bool>,
    pub(super) as_of: NaiveDate,
    pub(super) brought_at: Option<DateTime<Utc>>,
}

impl AddressColumns {
    pub(super) async fn of(store: &Store, ids: &[i64]) -> Result<Vec<Self>> {
        let select = format!(
            "SELECT c.borrower_id, c.id, c.channel, c.value, c.has_consent, c.as_of, {LOADED} AS brought_at \
             FROM borrower_contact c LEFT JOIN upload_file f ON f.id = c.upload_file_id \
             LEFT JOIN upload u ON u.id = f.upload_id"
        );
        rows(store, &select, "c.borrower_id", "ORDER BY c.id", ids).await
    }
}

/// A word on an address that another one replaced, and when.
#[derive(Debug, FromQueryResult)]
pub(super) struct FormerWordColumns {
    pub(super) contact_id: i64,
    pub(super) has_consent: Option<bool>,
    pub(super) as_of: NaiveDate,
    pub(super) replaced_at: Option<DateTime<Utc>>,
}

impl FormerWordColumns {
    /// The earliest of each address first.
    pub(super) async fn of(store: &Store, ids: &[i64]) -> Result<Vec<Self>> {
        let select = format!(
            "SELECT h.contact_id, h.has_consent, h.as_of, {LOADED} AS replaced_at FROM borrower_contact c \
             JOIN borrower_contact_history h ON h.contact_id = c.id \
             LEFT JOIN upload_file f ON f.id = h.replaced_by_file_id LEFT JOIN upload u ON u.id = f.upload_id"
        );
        rows(store, &select, "c.borrower_id", "ORDER BY h.id", ids).await
    }
}

/// Rows of a query whose `borrower` is one of the ids.
async fn rows<T: FromQueryResult>(
    store: &Store,
    select: &str,
    borrower: &str,
    order: &str,
    ids: &[i64],
) -> Result<Vec<T>> {
    let backend = store.db.get_database_backend();
    let mut rows = Vec::new();
    for some in ids.chunks(CHUNK) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let sql = format!("{select} WHERE {borrower} IN ({}) {order}", places.join(", "));
        let values = some.iter().map(|id| (*id).into());
        rows.extend(T::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(&store.db).await?);
    }
    Ok(rows)
}
