//! Looks at all loans of a portfolio and compares them with what was last seen.

use super::{NewAlert, ask_for_decisions, raise};
use crate::audit::Event;
use crate::cases;
use crate::connection::Store;
use crate::entity::loan_watch;
use crate::error::Result;
use crate::jobs::{self, Lease};
use crate::loans;
use crate::models::CHUNK;
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use domain::access::Actor;
use domain::id::{LoanId, PortfolioId};
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::watch::{AlertKind, Seen, THRESHOLDS, compare};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, FromQueryResult, Set, Statement};
use serde_json::json;
use std::collections::BTreeMap;

/// Loans whose ids lie within such a range are looked at together, in one transaction.
const RANGE: i64 = 5_000;

/// What is on file of loans, and what was last seen. The sign before the portfolio keeps `SQLite` from reading an index of
/// the whole portfolio for each range.
const FACTS: &str = "SELECT l.id, l.as_of, l.outstanding_minor, l.recovery_status, \
    COALESCE(l.missed_payments, a.missed_payments) AS missed_payments, \
    COALESCE(l.days_past_due, a.days_past_due) AS days_past_due, \
    (SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS bigint) FROM payment p WHERE p.loan_id = l.id AND p.kind <> 'fee') \
    AS paid_minor, \
    (SELECT MAX(p.paid_on) FROM payment p WHERE p.loan_id = l.id AND p.kind <> 'fee' AND p.amount_minor > 0) AS paid_on, \
    (SELECT COUNT(*) FROM settlement s WHERE s.loan_id = l.id AND s.broken_at IS NOT NULL) AS broken, \
    w.seen, w.cleared_at FROM loan l LEFT JOIN loan_arrears a ON a.loan_id = l.id \
    LEFT JOIN loan_watch w ON w.loan_id = l.id WHERE +l.portfolio_id = $1 AND l.id >= $2 AND l.id < $3 ORDER BY l.id";

#[derive(Debug, FromQueryResult)]
struct Facts {
    id: i64,
    as_of: NaiveDate,
    outstanding_minor: Option<i64>,
    recovery_status: String,
    missed_payments: Option<i32>,
    days_past_due: Option<i64>,
    paid_minor: i64,
    paid_on: Option<NaiveDate>,
    broken: i64,
    seen: Option<String>,
    cleared_at: Option<DateTime<Utc>>,
}

impl Facts {
    fn seen_now(&self) -> Seen {
        Seen {
            as_of: self.as_of,
            outstanding: self.outstanding_minor.map(Money::from_minor),
            missed_payments: self.missed_payments.map(|missed| missed as u16),
            days_past_due: self.days_past_due.map(|days| days as u32),
            is_recovered: self.recovery_status == RecoveryStatus::FullyRecovered.code(),
            paid: Money::from_minor(self.paid_minor),
            paid_on: self.paid_on,
            broken_promises: self.broken as u32,
        }
    }
}

/// How many alerts of which kind were raised.
type Counts = BTreeMap<&'static str, u64>;

/// Raises alerts on what has changed of the loans of a portfolio since they were last seen. Where some wait for it, cases
/// follow what has come about, and the loans are to be decided on again. A loan that is seen for the first time raises none.
pub async fn refresh(store: &Store, lease: &Lease, portfolio: PortfolioId, now: DateTime<Utc>) -> Result<()> {
    let Some((first, last)) = loans::first_and_last(store, portfolio).await? else { return Ok(()) };
    let mut counts = Counts::new();
    for from in (first..=last).step_by(RANGE as usize) {
        look(store, lease, portfolio, from, now.trunc_subsecs(6), &mut counts).await?;
    }
    // An attempt that was killed may have left alerts that nobody has acted on.
    if counts.is_empty() && super::loans_waiting(store, portfolio).await?.is_empty() {
        return Ok(());
    }
    let mut change = store.change(Actor::Job(lease.job), now).await?;
    jobs::held_by(&change.tx, lease).await?;
    cases::follow(&mut change, portfolio).await?;
    ask_for_decisions(&mut change, portfolio).await?;
    let subject = format!("portfolio:{portfolio}");
    change.commit(Event { portfolio: Some(portfolio), action: "alerts.raised", subject, details: json!(counts) }).await
}

async fn look(
    store: &Store,
    lease: &Lease,
    portfolio: PortfolioId,
    from: i64,
    now: DateTime<Utc>,
    counts: &mut Counts,
) -> Result<()> {
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let range = [portfolio.0.into(), from.into(), (from + RANGE).into()];
    let statement = Statement::from_sql_and_values(store.db.get_database_backend(), FACTS, range);
    let mut alerts = Vec::new();
    let mut seen = Vec::new();
    for facts in Facts::find_by_statement(statement).all(&tx).await? {
        let is = facts.seen_now();
        let json = serde_json::to_string(&is)?;
        if facts.seen.as_deref() == Some(json.as_str()) {
            continue;
        }
        let was: Option<Seen> = facts.seen.as_deref().map(serde_json::from_str).transpose()?;
        for found in was.iter().flat_map(|was| compare(was, &is, &THRESHOLDS)) {
            *counts.entry(AlertKind::code(found.kind)).or_default() += 1;
            alerts.push(NewAlert { loan: LoanId(facts.id), found, on: is.as_of, decision: None });
        }
        let cleared_at = is.cleared_at(was.as_ref(), facts.cleared_at, now);
        seen.push(loan_watch::ActiveModel { loan_id: Set(facts.id), seen: Set(json), cleared_at: Set(cleared_at) });
    }
    raise(&tx, portfolio, &alerts, now).await?;
    for chunk in seen.chunks(CHUNK) {
        let replace = OnConflict::column(loan_watch::Column::LoanId)
            .update_columns([loan_watch::Column::Seen, loan_watch::Column::ClearedAt])
            .to_owned();
        let rows = loan_watch::Entity::insert_many(chunk.iter().cloned()).on_conflict(replace);
        rows.exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(())
}
