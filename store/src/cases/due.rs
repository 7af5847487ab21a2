//! Steps that are due, with all that deciding on them takes.

use crate::connection::{Store, moment_sql};
use crate::error::{Result, StoreError};
use crate::holds;
use crate::models::CHUNK;
use crate::settlements;
use chrono::{DateTime, NaiveDate, Utc};
use domain::borrower::ContactChannel;
use domain::contact::Channel;
use domain::gate::Promise;
use domain::hold::HoldRecord;
use domain::id::{LoanId, PolicyId, PortfolioId};
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::track::Track;
use sea_orm::{FromQueryResult, Statement, Value};
use std::collections::HashMap;

/// A way to reach a borrower.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    pub channel: ContactChannel,
    pub value: String,
    pub has_consent: Option<bool>,
    /// The day of which it was told.
    pub as_of: NaiveDate,
}

/// An open case with a step that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct DueCase {
    pub id: i64,
    pub loan: LoanId,
    pub borrower: i64,
    pub track: Track,
    pub policy: PolicyId,
    /// The place of the step in the plan, from 0.
    pub step: u16,
    pub loan_ref: String,
    pub loan_type: String,
    pub name: Option<String>,
    pub outstanding: Option<Money>,
    pub instalment: Option<Money>,
    pub days_past_due: Option<u32>,
    pub missed_payments: Option<u16>,
    pub originated_on: Option<NaiveDate>,
    pub segment: Option<i32>,
    pub is_recovered: bool,
    pub contacts: Vec<Contact>,
    /// Channel, address and moment of wishes for no more messages.
    pub opt_outs: Vec<(Channel, String, DateTime<Utc>)>,
    /// Moment, loan, channel and address of messages that went out to the borrower, or may have.
    pub sent: Vec<Sent>,
    /// When validation information about the loan went out, or was made to.
    pub validation_sent_at: Option<DateTime<Utc>>,
    /// The day of the loan's last payment.
    pub paid_on: Option<NaiveDate>,
    /// Whether an offer or a plan is open on the loan.
    pub has_settlement: bool,
    /// What is promised by it.
    pub promises: Vec<Promise>,
    /// Of the borrower, also those on other loans.
    pub holds: Vec<HoldRecord>,
}

/// Moment, loan, channel and address of a message.
pub type Sent = (DateTime<Utc>, LoanId, Channel, String);

#[derive(Debug, FromQueryResult)]
struct DueColumns {
    id: i64,
    loan_id: i64,
    borrower_id: i64,
    track: String,
    policy_id: i64,
    next_step: i32,
    loan_ref: String,
    loan_type: Option<String>,
    name: Option<String>,
    outstanding_minor: Option<i64>,
    monthly_instalment_minor: Option<i64>,
    days_past_due: Option<i64>,
    missed_payments: Option<i32>,
    originated_on: Option<NaiveDate>,
    current_segment: Option<i32>,
    recovery_status: String,
    paid_on: Option<NaiveDate>,
}

#[derive(Debug, FromQueryResult)]
struct ContactColumns {
    borrower_id: i64,
    channel: String,
    value: String,
    has_consent: Option<bool>,
    as_of: NaiveDate,
}

#[derive(Debug, FromQueryResult)]
struct OptOutColumns {
    borrower_id: i64,
    channel: String,
    address: String,
    from_at: DateTime<Utc>,
}

#[derive(Debug, FromQueryResult)]
struct SentColumns {
    borrower_id: i64,
    loan_id: i64,
    channel: String,
    recipient: String,
    carries_validation: bool,
    at: DateTime<Utc>,
}

/// Cases with a step that is due, the longest due first.
pub async fn due(store: &Store, portfolio: PortfolioId, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueCase>> {
    let wanted = format!(
        "c.portfolio_id = $1 AND c.closed_at IS NULL AND c.next_at <= {} AND c.next_step IS NOT NULL \
         ORDER BY c.next_at, c.id LIMIT $3",
        moment_sql(store.db.get_database_backend(), "$2"),
    );
    read(store, &wanted, vec![portfolio.0.into(), now.into(), (limit as i64).into()]).await
}

/// The open cases of loans, whatever is due on them.
pub(crate) async fn open_cases_of(store: &Store, loans: &[i64]) -> Result<Vec<DueCase>> {
    let mut cases = Vec::with_capacity(loans.len());
    for some in loans.chunks(CHUNK) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let wanted = format!("c.loan_id IN ({}) AND c.closed_at IS NULL ORDER BY c.id", places.join(", "));
        cases.extend(read(store, &wanted, some.iter().map(|id| (*id).into()).collect()).await?);
    }
    Ok(cases)
}

async fn read(store: &Store, wanted: &str, values: Vec<Value>) -> Result<Vec<DueCase>> {
    let backend = store.db.get_database_backend();
    let sql = format!(
        "SELECT c.id, c.loan_id, l.borrower_id, c.track, c.policy_id, COALESCE(c.next_step, 0) AS next_step, l.loan_ref, \
         l.loan_type, b.name, l.outstanding_minor, l.monthly_instalment_minor, \
         COALESCE(l.days_past_due, a.days_past_due) AS days_past_due, \
         COALESCE(l.missed_payments, a.missed_payments) AS missed_payments, l.originated_on, l.current_segment, \
         l.recovery_status, (SELECT MAX(p.paid_on) FROM payment p WHERE p.loan_id = l.id AND p.amount_minor > 0) AS paid_on \
         FROM recovery_case c JOIN loan l ON l.id = c.loan_id JOIN borrower b ON b.id = l.borrower_id \
         LEFT JOIN loan_arrears a ON a.loan_id = l.id WHERE {wanted}"
    );
    let rows =
        DueColumns::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(&store.db).await?;
    let loans: Vec<i64> = rows.iter().map(|row| row.loan_id).collect();
    let mut settled = settlements::open_on(store, &loans).await?;
    let mut ids: Vec<i64> = rows.iter().map(|row| row.borrower_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut contacts = by_borrower(contacts_of(store, &ids).await?);
    let mut opt_outs = by_borrower(opt_outs_of(store, &ids).await?);
    let mut sent = by_borrower(sent_to(store, &ids).await?);
    let holds = holds::of_borrowers(store, &ids).await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let track = Track::find(&row.track).ok_or_else(|| StoreError::unreadable("recovery_case.track"))?;
        let borrower = row.borrower_id;
        // A borrower may have several loans that are due.
        let mut of = |id: i64| {
            (
                contacts.entry(id).or_default().clone(),
                opt_outs.entry(id).or_default().clone(),
                sent.entry(id).or_default().clone(),
            )
        };
        let (contacts, opt_outs, sent) = of(borrower);
        let settled = settled.remove(&row.loan_id);
        cases.push(DueCase {
            id: row.id,
            loan: LoanId(row.loan_id),
            borrower,
            track,
            policy: PolicyId(row.policy_id),
            step: row.next_step as u16,
            loan_ref: row.loan_ref,
            loan_type: row.loan_type.unwrap_or_default(),
            name: row.name,
            outstanding: row.outstanding_minor.map(Money::from_minor),
            instalment: row.monthly_instalment_minor.map(Money::from_minor),
            days_past_due: row.days_past_due.map(|days| days as u32),
            missed_payments: row.missed_payments.map(|payments| payments as u16),
            originated_on: row.originated_on,
            segment: row.current_segment,
            is_recovered: row.recovery_status == RecoveryStatus::FullyRecovered.code(),
            contacts,
            opt_outs,
            validation_sent_at: sent.iter().find(|sent| sent.0 && sent.1.1.0 == row.loan_id).map(|sent| sent.1.0),
            sent: sent.into_iter().map(|(_, sent)| sent).collect(),
            paid_on: row.paid_on,
            has_settlement: settled.is_some(),
            promises: settled.flatten().into_iter().collect(),
            holds: holds.get(&borrower).cloned().unwrap_or_default(),
        });
    }
    Ok(cases)
}

fn by_borrower<T>(rows: Vec<(i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut all: HashMap<i64, Vec<T>> = HashMap::new();
    for (borrower, row) in rows {
        all.entry(borrower).or_default().push(row);
    }
    all
}

async fn rows_of<T: FromQueryResult>(store: &Store, select: &str, order: &str, ids: &[i64]) -> Result<Vec<T>> {
    let backend = store.db.get_database_backend();
    let mut rows = Vec::new();
    for some in ids.chunks(CHUNK) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let sql = format!("{select} WHERE borrower_id IN ({}) {order}", places.join(", "));
        let values = some.iter().map(|id| (*id).into());
        rows.extend(T::find_by_statement(Statement::from_sql_and_values(backend, sql, values)).all(&store.db).await?);
    }
    Ok(rows)
}

async fn contacts_of(store: &Store, ids: &[i64]) -> Result<Vec<(i64, Contact)>> {
    let select = "SELECT borrower_id, channel, value, has_consent, as_of FROM borrower_contact";
    let rows: Vec<ContactColumns> = rows_of(store, select, "ORDER BY id", ids).await?;
    let contact = |row: ContactColumns| {
        let channel =
            ContactChannel::find(&row.channel).ok_or_else(|| StoreError::unreadable("borrower_contact.channel"))?;
        Ok((row.borrower_id, Contact { channel, value: row.value, has_consent: row.has_consent, as_of: row.as_of }))
    };
    rows.into_iter().map(contact).collect()
}

async fn opt_outs_of(store: &Store, ids: &[i64]) -> Result<Vec<(i64, (Channel, String, DateTime<Utc>))>> {
    let select = "SELECT borrower_id, channel, address, from_at FROM opt_out";
    let rows: Vec<OptOutColumns> = rows_of(store, select, "ORDER BY id", ids).await?;
    let opt_out = |row: OptOutColumns| {
        let channel = Channel::find(&row.channel).ok_or_else(|| StoreError::unreadable("opt_out.channel"))?;
        Ok((row.borrower_id, (channel, row.address, row.from_at)))
    };
    rows.into_iter().map(opt_out).collect()
}

/// Messages by borrower, the earliest first: whether each carries validation information, and what the gate is asked with.
async fn sent_to(store: &Store, ids: &[i64]) -> Result<Vec<(i64, (bool, Sent))>> {
    // What waits counts as sent: it will be, and must not be sent beside another one.
    let select = "SELECT borrower_id, loan_id, channel, recipient, carries_validation, COALESCE(sent_at, claimed_at, created_at) AS at \
         FROM message";
    let rows: Vec<SentColumns> = rows_of(store, select, "AND failed_at IS NULL ORDER BY at, id", ids).await?;
    let sent = |row: SentColumns| {
        let channel = Channel::find(&row.channel).ok_or_else(|| StoreError::unreadable("message.channel"))?;
        Ok((row.borrower_id, (row.carries_validation, (row.at, LoanId(row.loan_id), channel, row.recipient))))
    };
    rows.into_iter().map(sent).collect()
}
