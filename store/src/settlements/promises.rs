//! Promises that stand in the way of outreach: the next payment of an agreement that runs.

use crate::connection::Store;
use crate::error::Result;
use crate::models::CHUNK;
use chrono::{DateTime, NaiveDate, Utc};
use domain::gate::Promise;
use sea_orm::{FromQueryResult, Statement};
use std::collections::HashMap;

#[derive(Debug, FromQueryResult)]
struct OpenColumns {
    loan_id: i64,
    accepted_at: Option<DateTime<Utc>>,
    grace_days: i32,
    due_on: Option<NaiveDate>,
}

/// The loans among these on which a settlement is open, with the promise that is open by it.
///
/// Only the first payment that has not come is a promise: where it is missed, the borrower may be reminded, although later
/// ones are not due yet.
pub(crate) async fn open_on(store: &Store, loans: &[i64]) -> Result<HashMap<i64, Option<Promise>>> {
    let backend = store.db.get_database_backend();
    let mut all = HashMap::new();
    for some in loans.chunks(CHUNK) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT s.loan_id, s.accepted_at, s.grace_days, (SELECT MIN(i.due_on) FROM settlement_instalment i \
             WHERE i.settlement_id = s.id AND i.covered_on IS NULL) AS due_on FROM settlement s WHERE s.loan_id IN ({}) \
             AND s.withdrawn_at IS NULL AND s.expired_at IS NULL AND s.kept_at IS NULL AND s.partly_kept_at IS NULL \
             AND s.broken_at IS NULL",
            places.join(", ")
        );
        let values = some.iter().map(|id| (*id).into());
        let rows = OpenColumns::find_by_statement(Statement::from_sql_and_values(backend, sql, values));
        for row in rows.all(&store.db).await? {
            let promise = row.accepted_at.zip(row.due_on).map(|(made_at, due_on)| Promise {
                made_at,
                due_on,
                grace_days: row.grace_days as u16,
                settled_at: None,
            });
            all.insert(row.loan_id, promise);
        }
    }
    Ok(all)
}
