//! What was paid on many loans, day by day, as the rules of arrears and of paying want it.

use crate::connection::Store;
use crate::error::Result;
use chrono::NaiveDate;
use domain::id::PortfolioId;
use domain::money::Money;
use futures_util::TryStreamExt;
use sea_orm::{FromQueryResult, Statement};
use std::collections::HashMap;
use std::ops::Range;

/// Payments of the loans whose ids lie within a range, in the order of their days. A fee pays no instalment, and neither does its
/// return. The sign before the portfolio keeps `SQLite` from reading an index of the whole portfolio for each range.
const PAID: &str = "SELECT p.loan_id, p.paid_on, p.amount_minor FROM loan l JOIN payment p ON p.loan_id = l.id \
    WHERE +l.portfolio_id = $1 AND l.id >= $2 AND l.id < $3 AND p.kind <> 'fee' AND NOT (p.kind = 'reversal' AND EXISTS \
    (SELECT 1 FROM payment f WHERE f.loan_id = p.loan_id AND f.payment_ref = p.reversal_of AND f.kind = 'fee')) \
    ORDER BY p.loan_id, p.paid_on, p.id";

#[derive(Debug, FromQueryResult)]
struct PaidRow {
    loan_id: i64,
    paid_on: NaiveDate,
    amount_minor: i64,
}

/// Days and amounts by loan; loans without payments are not in it.
pub(crate) type Paid = HashMap<i64, Vec<(NaiveDate, Money)>>;

pub(crate) async fn of_loans(store: &Store, portfolio: PortfolioId, ids: Range<i64>) -> Result<Paid> {
    let values = [portfolio.0.into(), ids.start.into(), ids.end.into()];
    let statement = Statement::from_sql_and_values(store.db.get_database_backend(), PAID, values);
    let mut rows = PaidRow::find_by_statement(statement).stream(&store.db).await?;
    let mut paid = Paid::new();
    // One by one, so that the payments of many loans stand in memory once and small.
    while let Some(row) = rows.try_next().await? {
        paid.entry(row.loan_id).or_default().push((row.paid_on, Money::from_minor(row.amount_minor)));
    }
    Ok(paid)
}
