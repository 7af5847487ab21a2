//! What payments make of accepted settlements, computed from all payments of their loans, so that it can be made anew at
//! any time; and offers whose time is over.

use super::open;
use super::rows::{InstalmentRow, instalment_of, instalments_of, rules_of};
use crate::audit::{self, Event};
use crate::connection::Store;
use crate::entity::{loan, settlement, settlement_instalment};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::models::CHUNK;
use crate::uploads;
use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use domain::access::Actor;
use domain::id::PortfolioId;
use domain::money::Money;
use domain::payment::PaymentKind;
use domain::settlement::{Agreed, Outcome, Progress, ReceiptRow, follow, net_receipts};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Set, Statement,
};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// A payment may be taken back so long after a settlement has ended; then it is looked at again.
const TAKEN_BACK_DAYS: i64 = 100;

#[derive(Debug, FromQueryResult)]
struct PaymentColumns {
    loan_id: i64,
    paid_on: NaiveDate,
    amount_minor: i64,
    kind: String,
    payment_ref: String,
    reversal_of: Option<String>,
}

/// Notes which offers have expired, and follows the settlements that were accepted. Payments are known up to the day that the
/// loan or the latest file of payments speaks for.
pub async fn refresh(store: &Store, lease: &Lease, portfolio: PortfolioId, now: DateTime<Utc>) -> Result<()> {
    let now = now.trunc_subsecs(6);
    expire(store, lease, portfolio, now).await?;
    let told_to = uploads::payments_told_to(store, portfolio).await?;
    for loans in loans_to_follow(store, portfolio, now).await?.chunks(CHUNK) {
        refresh_some(store, lease, portfolio, loans, told_to, now).await?;
    }
    Ok(())
}

async fn expire(store: &Store, lease: &Lease, portfolio: PortfolioId, now: DateTime<Utc>) -> Result<()> {
    let over = open()
        .add(settlement::Column::PortfolioId.eq(portfolio.0))
        .add(settlement::Column::OfferedAt.is_not_null())
        .add(settlement::Column::AcceptedAt.is_null())
        .add(settlement::Column::ExpiresOn.lt(now.date_naive()));
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let update = settlement::Entity::update_many()
        .col_expr(settlement::Column::ExpiredAt, Expr::val(now))
        .col_expr(settlement::Column::EmailAt, Option::<DateTime<Utc>>::None.into())
        .filter(over);
    let expired = update.exec(&tx).await?.rows_affected;
    if expired > 0 {
        note(&tx, lease, portfolio, now, json!({ "expired": expired })).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn note(
    tx: &DatabaseTransaction,
    lease: &Lease,
    portfolio: PortfolioId,
    now: DateTime<Utc>,
    details: serde_json::Value,
) -> Result<()> {
    let subject = format!("portfolio:{portfolio}");
    let event = Event { portfolio: Some(portfolio), action: "settlements.followed", subject, details };
    audit::append(tx, Actor::Job(lease.job), now, event).await
}

/// Loans with a settlement that runs, or ended not long ago.
async fn loans_to_follow(store: &Store, portfolio: PortfolioId, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let since = now - TimeDelta::days(TAKEN_BACK_DAYS);
    let recently = Condition::any()
        .add(open())
        .add(settlement::Column::KeptAt.gte(since))
        .add(settlement::Column::PartlyKeptAt.gte(since))
        .add(settlement::Column::BrokenAt.gte(since));
    let query = settlement::Entity::find()
        .filter(settlement::Column::PortfolioId.eq(portfolio.0))
        .filter(settlement::Column::AcceptedAt.is_not_null())
        .filter(recently)
        .select_only()
        .column(settlement::Column::LoanId)
        .distinct()
        .order_by_asc(settlement::Column::LoanId);
    Ok(query.into_tuple().all(&store.db).await?)
}

/// The loans of one transaction with all that following them takes.
async fn refresh_some(
    store: &Store,
    lease: &Lease,
    portfolio: PortfolioId,
    loans: &[i64],
    told_to: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<()> {
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let mut accepted: BTreeMap<i64, Vec<settlement::Model>> = BTreeMap::new();
    let mut open_on: HashMap<i64, i64> = HashMap::new();
    let rows = settlement::Entity::find()
        .filter(settlement::Column::LoanId.is_in(loans.iter().copied()))
        .order_by_asc(settlement::Column::AcceptedAt)
        .order_by_asc(settlement::Column::Id)
        .all(&tx)
        .await?;
    for row in rows {
        if is_open(&row) {
            open_on.insert(row.loan_id, row.id);
        }
        if row.accepted_at.is_some() {
            accepted.entry(row.loan_id).or_default().push(row);
        }
    }
    let ids: Vec<i64> = accepted.values().flatten().map(|row| row.id).collect();
    let instalments = instalments_of(&tx, &ids).await?;
    let payments = payments_of(&tx, loans).await?;
    let days: HashMap<i64, NaiveDate> = loan::Entity::find()
        .filter(loan::Column::Id.is_in(loans.iter().copied()))
        .select_only()
        .columns([loan::Column::Id, loan::Column::AsOf])
        .into_tuple::<(i64, NaiveDate)>()
        .all(&tx)
        .await?
        .into_iter()
        .collect();
    let mut ends: BTreeMap<&'static str, Vec<i64>> = BTreeMap::new();
    for (loan, rows) in &accepted {
        let told_to = days.get(loan).copied().max(told_to).unwrap_or(now.date_naive()).min(now.date_naive());
        let paid: &[PaymentColumns] = payments.get(loan).map_or(&[], Vec::as_slice);
        let paid: Vec<ReceiptRow<'_>> = paid.iter().map(PaymentColumns::receipt).collect::<Result<_>>()?;
        let agreed: Vec<Agreed> = rows.iter().map(|row| agreed(row, instalments.get(&row.id))).collect();
        let found = follow(&agreed, &net_receipts(&paid, told_to), told_to);
        for (row, progress) in rows.iter().zip(found) {
            // What was withdrawn stays so. What has ended begins again only where nothing else was begun.
            let others = open_on.get(loan).is_some_and(|open| *open != row.id);
            if row.withdrawn_at.is_some() || (others && progress.outcome.is_none()) {
                continue;
            }
            let lines = instalments.get(&row.id).map_or(&[][..], Vec::as_slice);
            if let Some(end) = write(&tx, row, lines, &progress, told_to).await? {
                ends.entry(end).or_default().push(row.id);
            }
        }
    }
    if !ends.is_empty() {
        note(&tx, lease, portfolio, now, json!(ends)).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn is_open(row: &settlement::Model) -> bool {
    [row.withdrawn_at, row.expired_at, row.kept_at, row.partly_kept_at, row.broken_at].iter().all(Option::is_none)
}

fn agreed(row: &settlement::Model, instalments: Option<&Vec<InstalmentRow>>) -> Agreed {
    Agreed {
        accepted_on: row.accepted_at.unwrap_or(row.drafted_at).date_naive(),
        withdrawn_on: row.withdrawn_at.map(|at| at.date_naive()),
        rules: rules_of(row),
        instalments: instalments.into_iter().flatten().map(instalment_of).collect(),
    }
}

impl PaymentColumns {
    fn receipt(&self) -> Result<ReceiptRow<'_>> {
        Ok(ReceiptRow {
            paid_on: self.paid_on,
            amount: Money::from_minor(self.amount_minor),
            kind: PaymentKind::find(&self.kind).ok_or_else(|| StoreError::unreadable("payment.kind"))?,
            payment_ref: &self.payment_ref,
            reversal_of: self.reversal_of.as_deref(),
        })
    }
}

async fn payments_of(tx: &DatabaseTransaction, loans: &[i64]) -> Result<HashMap<i64, Vec<PaymentColumns>>> {
    let places: Vec<String> = (1..=loans.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT loan_id, paid_on, amount_minor, kind, payment_ref, reversal_of FROM payment WHERE loan_id IN ({}) \
         ORDER BY paid_on, id",
        places.join(", ")
    );
    let values = loans.iter().map(|id| (*id).into());
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let mut all: HashMap<i64, Vec<PaymentColumns>> = HashMap::new();
    for row in PaymentColumns::find_by_statement(statement).all(tx).await? {
        all.entry(row.loan_id).or_default().push(row);
    }
    Ok(all)
}

/// Writes down what changed of a settlement; gives the word for its new state, where that is another one.
async fn write(
    tx: &DatabaseTransaction,
    row: &settlement::Model,
    lines: &[InstalmentRow],
    progress: &Progress,
    told_to: NaiveDate,
) -> Result<Option<&'static str>> {
    for (line, (paid, covered_on, standing)) in lines.iter().zip(&progress.instalments) {
        if (line.paid_minor, line.covered_on, line.standing.as_str()) == (paid.minor, *covered_on, standing.code()) {
            continue;
        }
        let update = settlement_instalment::ActiveModel {
            id: Set(line.id),
            paid_minor: Set(paid.minor),
            covered_on: Set(*covered_on),
            standing: Set(standing.code().to_owned()),
            ..Default::default()
        };
        update.update(tx).await?;
    }
    // The moment at which the day began, but not before the yes of that day.
    let moment = |on: NaiveDate| on.and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc()).max(row.accepted_at);
    let (word, ended) = match progress.outcome {
        None => ("running", [None, None, None]),
        Some(Outcome::Kept { on }) => ("kept", [moment(on), None, None]),
        Some(Outcome::PartlyKept { on }) => ("partly_kept", [None, moment(on), None]),
        Some(Outcome::Broken { on }) => ("broken", [None, None, moment(on)]),
    };
    let is_same = ended == [row.kept_at, row.partly_kept_at, row.broken_at];
    if is_same && row.followed_to == Some(told_to) {
        return Ok(None);
    }
    let [kept_at, partly_kept_at, broken_at] = ended;
    let update = settlement::Entity::update_many()
        .col_expr(settlement::Column::KeptAt, kept_at.into())
        .col_expr(settlement::Column::PartlyKeptAt, partly_kept_at.into())
        .col_expr(settlement::Column::BrokenAt, broken_at.into())
        .col_expr(settlement::Column::FollowedTo, Some(told_to).into())
        .filter(settlement::Column::Id.eq(row.id))
        .filter(settlement::Column::WithdrawnAt.is_null());
    update.exec(tx).await?;
    Ok((!is_same).then_some(word))
}
