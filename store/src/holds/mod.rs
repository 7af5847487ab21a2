//! Holds: reasons to leave a person, an address or a loan alone. They are recorded on the page of a loan and never deleted.

mod ends;

pub(crate) use ends::look_for_ends;

use crate::alerts::{self, NewAlert};
use crate::audit::Event;
use crate::change::Change;
use crate::connection::{Store, moment_sql};
use crate::entity::{hold, loan};
use crate::error::{Result, StoreError};
use crate::models::CHUNK;
use crate::{loans, portfolios};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Scope};
use domain::hold::{HoldCover, HoldKind, HoldRecord, HoldScope, HoldView};
use domain::id::{HoldId, LoanId, PortfolioId};
use domain::watch::{AlertKind, Finding, Reading};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, NotSet, QueryFilter,
    QuerySelect, Set, Statement, Value,
};
use serde_json::json;
use std::collections::HashMap;

/// A hold to be recorded. It begins at once.
#[derive(Clone, Copy, Debug)]
pub struct NewHold<'a> {
    /// The loan on whose page it is recorded.
    pub loan: LoanId,
    pub kind: HoldKind,
    /// Of this loan and its borrower alone.
    pub covers: HoldScope<'a>,
    /// The first moment at which it no longer holds; nothing where no end is known.
    pub until: Option<DateTime<Utc>>,
    pub note: &'a str,
}

/// Records a hold on a loan of one's scope, its borrower, or an address of theirs.
///
/// A conflict where it ends in the past or later than the law lets it last, where the address is not on file, and where the
/// same hold is recorded already.
pub async fn set(store: &Store, actor: Actor, scope: Scope, new: NewHold<'_>, now: DateTime<Utc>) -> Result<HoldId> {
    loans::expect_within(store, scope, new.loan).await?;
    let rules = portfolios::contact_rules(store, scope.portfolio).await?;
    let mut change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    if new.until.is_some_and(|until| until <= change.now) {
        return Err(StoreError::conflict("Until: choose a day that is not over."));
    }
    let rule = rules.pack.hold_rule(new.kind);
    if let Some((latest, days)) = rule.latest_end(change.now).zip(rule.longest_days)
        && new.until.is_some_and(|until| until > latest)
    {
        let kind = new.kind.label();
        return Err(StoreError::Conflict(format!("Until: {kind} lasts {days} days at most; record another one then.")));
    }
    // Of two who record the same at once, the second one finds it.
    let row = loan::Entity::find_by_id(new.loan.0)
        .lock(LockType::NoKeyUpdate)
        .one(&change.tx)
        .await?
        .ok_or(StoreError::NotFound("loan"))?;
    let (cover, address) = match new.covers {
        HoldScope::Person => (PERSON, None),
        HoldScope::Address(address) => (ADDRESS, Some(address.to_owned())),
        HoldScope::Loan(_) => (LOAN, None),
    };
    if let Some(address) = &address {
        expect_address(&change.tx, row.borrower_id, address).await?;
    }
    let same = hold::Entity::find()
        .filter(hold::Column::LoanId.eq(new.loan.0))
        .filter(hold::Column::Kind.eq(new.kind.code()))
        .filter(hold::Column::Scope.eq(cover))
        .filter(hold::Column::EndedAt.is_null());
    let same = same.all(&change.tx).await?;
    if same.iter().any(|known| known.address == address && known.until_at == new.until) {
        return Err(StoreError::conflict("This hold is recorded already."));
    }
    let added = hold::ActiveModel {
        id: NotSet,
        loan_id: Set(new.loan.0),
        borrower_id: Set(row.borrower_id),
        kind: Set(new.kind.code().to_owned()),
        scope: Set(cover.to_owned()),
        address: Set(address),
        from_at: Set(change.now),
        until_at: Set(new.until),
        note: Set(new.note.to_owned()),
        set_by: Set(person(actor)),
        ended_at: Set(None),
        ended_by: Set(None),
        ended_note: Set(String::new()),
        ran_out_at: Set(None),
    };
    let id = added.insert(&change.tx).await?.id;
    let words = format!("{}: hold set", new.kind.label());
    tell(&mut change, scope.portfolio, (row.id, row.borrower_id), cover, &words).await?;
    let event = Event {
        portfolio: Some(scope.portfolio),
        action: "hold.set",
        subject: format!("loan:{}", new.loan),
        details: json!({ "hold": id, "kind": new.kind, "scope": cover, "until": new.until, "note": new.note }),
    };
    change.commit(event).await?;
    Ok(HoldId(id))
}

/// Ends a hold that stands on the page of a loan of one's scope. A conflict where it was ended already.
pub async fn end(
    store: &Store,
    actor: Actor,
    scope: Scope,
    (loan, id): (LoanId, HoldId),
    note: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let known = of_loan(store, scope, loan).await?;
    let found = known.into_iter().find(|hold| hold.id == id).ok_or(StoreError::NotFound("hold"))?;
    let mut change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    let ended = hold::Entity::update_many()
        .set(hold::ActiveModel {
            ended_at: Set(Some(change.now)),
            ended_by: Set(person(actor)),
            ended_note: Set(note.to_owned()),
            ..Default::default()
        })
        .filter(hold::Column::Id.eq(id.0))
        .filter(hold::Column::EndedAt.is_null());
    if ended.exec(&change.tx).await?.rows_affected == 0 {
        return Err(StoreError::conflict("This hold was ended already."));
    }
    ask_again(&change, loan).await?;
    let cover = match found.record.cover {
        HoldCover::Person => PERSON,
        HoldCover::Address(_) => ADDRESS,
        HoldCover::Loan(_) => LOAN,
    };
    let words = format!("{}: hold ended", found.record.kind.label());
    let borrower = loan::Entity::find_by_id(loan.0).select_only().column(loan::Column::BorrowerId);
    let borrower = borrower.into_tuple::<i64>().one(&change.tx).await?.ok_or(StoreError::NotFound("loan"))?;
    tell(&mut change, scope.portfolio, (loan.0, borrower), cover, &words).await?;
    let event = Event {
        portfolio: Some(scope.portfolio),
        action: "hold.ended",
        subject: format!("loan:{loan}"),
        details: json!({ "hold": id, "note": note }),
    };
    change.commit(event).await
}

/// Raises alerts on the loans that a hold covers, and asks that they be decided on again.
async fn tell(
    change: &mut Change,
    portfolio: PortfolioId,
    (loan, borrower): (i64, i64),
    cover: &str,
    words: &str,
) -> Result<()> {
    let covered = if cover == LOAN { loan::Column::Id.eq(loan) } else { loan::Column::BorrowerId.eq(borrower) };
    let ids: Vec<i64> = loan::Entity::find()
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .filter(covered)
        .select_only()
        .column(loan::Column::Id)
        .into_tuple()
        .all(&change.tx)
        .await?;
    let alert = |id: i64| {
        let reading = |words: &str| Reading::Words(words.to_owned());
        let found = Finding { kind: AlertKind::Hold, was: reading("As it was before"), is: reading(words) };
        NewAlert { loan: LoanId(id), found, on: change.now.date_naive(), decision: None }
    };
    let alerts: Vec<NewAlert> = ids.into_iter().map(alert).collect();
    alerts::raise(&change.tx, portfolio, &alerts, change.now).await?;
    alerts::ask_for_decisions(change, portfolio).await
}

/// Makes steps due of all loans of a loan's borrower that were put off: the gate may allow them now, or puts them off again.
async fn ask_again(change: &Change, loan: LoanId) -> Result<()> {
    let backend = change.tx.get_database_backend();
    let now = moment_sql(backend, "$2");
    // Only of a step that was put off has the gate been asked before it is done.
    let sql = format!(
        "UPDATE recovery_case SET next_at = {now} WHERE closed_at IS NULL AND next_at > {now} AND loan_id IN \
         (SELECT o.id FROM loan o JOIN loan l ON l.borrower_id = o.borrower_id WHERE l.id = $1) AND EXISTS \
         (SELECT 1 FROM gate_check g WHERE g.case_id = recovery_case.id AND g.step = recovery_case.next_step)"
    );
    let values = [loan.0.into(), change.now.into()];
    change.tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

const PERSON: &str = "person";
const ADDRESS: &str = "address";
const LOAN: &str = "loan";

fn person(actor: Actor) -> Option<i64> {
    match actor {
        Actor::User(id) => Some(id.0),
        _ => None,
    }
}

async fn expect_address(tx: &impl ConnectionTrait, borrower: i64, address: &str) -> Result<()> {
    let sql = "SELECT 1 FROM borrower_contact WHERE borrower_id = $1 AND value = $2";
    let known = Statement::from_sql_and_values(tx.get_database_backend(), sql, [borrower.into(), address.into()]);
    let unknown = || StoreError::conflict("Covers: this address is not on file for the borrower.");
    tx.query_one_raw(known).await?.map(|_| ()).ok_or_else(unknown)
}

/// The addresses on file of the borrower of a loan of one's scope, which a hold may cover.
pub async fn addresses(store: &Store, scope: Scope, loan: LoanId) -> Result<Vec<String>> {
    loans::expect_within(store, scope, loan).await?;
    let sql = "SELECT DISTINCT c.value AS value FROM borrower_contact c JOIN loan l ON l.borrower_id = c.borrower_id \
               WHERE l.id = $1 AND c.value <> '' ORDER BY value";
    let rows = Statement::from_sql_and_values(store.db.get_database_backend(), sql, [loan.0.into()]);
    let rows = store.db.query_all_raw(rows).await?;
    rows.iter().map(|row| Ok(row.try_get("", "value")?)).collect()
}

#[derive(Debug, FromQueryResult)]
struct HoldColumns {
    id: i64,
    /// The borrower who is asked for.
    person: i64,
    loan_id: i64,
    kind: String,
    scope: String,
    address: Option<String>,
    from_at: DateTime<Utc>,
    until_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    note: String,
    ended_note: String,
    set_by_name: Option<String>,
    ended_by_name: Option<String>,
}

impl HoldColumns {
    fn record(&self) -> Result<HoldRecord> {
        let cover = cover_of(&self.scope, self.address.as_deref(), self.loan_id)?;
        let kind = HoldKind::find(&self.kind).ok_or_else(|| StoreError::unreadable("hold.kind"))?;
        Ok(HoldRecord { kind, cover, from: self.from_at, until: self.until_at, ended_at: self.ended_at })
    }
}

fn cover_of(scope: &str, address: Option<&str>, loan: i64) -> Result<HoldCover> {
    match (scope, address) {
        (PERSON, _) => Ok(HoldCover::Person),
        (ADDRESS, Some(address)) => Ok(HoldCover::Address(address.to_owned())),
        (LOAN, _) => Ok(HoldCover::Loan(LoanId(loan))),
        _ => Err(StoreError::unreadable("hold.scope")),
    }
}

fn record_of(row: &hold::Model) -> Result<HoldRecord> {
    let cover = cover_of(&row.scope, row.address.as_deref(), row.loan_id)?;
    let kind = HoldKind::find(&row.kind).ok_or_else(|| StoreError::unreadable("hold.kind"))?;
    Ok(HoldRecord { kind, cover, from: row.from_at, until: row.until_at, ended_at: row.ended_at })
}

/// Holds of persons who are `IN (…)` these places: those recorded for them, and those of loans that are theirs now.
fn of_persons(backend: DbBackend, places: &str, values: Vec<Value>) -> Statement {
    let select = |person: &str| {
        format!(
            "SELECT h.id AS id, {person} AS person, h.loan_id, h.kind, h.scope, h.address, h.from_at, h.until_at, h.ended_at, \
             h.note, h.ended_note, s.name AS set_by_name, e.name AS ended_by_name FROM hold h \
             JOIN loan l ON l.id = h.loan_id LEFT JOIN \"user\" s ON s.id = h.set_by \
             LEFT JOIN \"user\" e ON e.id = h.ended_by WHERE {person} IN ({places})"
        )
    };
    // Neither half says anything twice, but both may.
    let sql = format!("{} UNION {} ORDER BY id", select("h.borrower_id"), select("l.borrower_id"));
    Statement::from_sql_and_values(backend, sql, values)
}

/// The holds that stand on the page of a loan of one's scope: its own, its borrower's, and those of their addresses. The
/// newest first.
pub async fn of_loan(store: &Store, scope: Scope, loan: LoanId) -> Result<Vec<HoldView>> {
    loans::expect_within(store, scope, loan).await?;
    let backend = store.db.get_database_backend();
    let places = "SELECT b.borrower_id FROM loan b WHERE b.id = $1";
    let rows = HoldColumns::find_by_statement(of_persons(backend, places, vec![loan.0.into()])).all(&store.db).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows.into_iter().rev() {
        let record = row.record()?;
        if !matches!(record.cover, HoldCover::Loan(other) if other != loan) {
            let (set_by, ended_by) = (row.set_by_name, row.ended_by_name);
            let id = HoldId(row.id);
            views.push(HoldView { id, record, note: row.note, set_by, ended_by, ended_note: row.ended_note });
        }
    }
    Ok(views)
}

/// All holds of borrowers, with those on their loans.
pub(crate) async fn of_borrowers(store: &Store, ids: &[i64]) -> Result<HashMap<i64, Vec<HoldRecord>>> {
    let backend = store.db.get_database_backend();
    let mut all: HashMap<i64, Vec<HoldRecord>> = HashMap::new();
    for some in ids.chunks(CHUNK) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let values = some.iter().map(|id| (*id).into()).collect();
        let statement = of_persons(backend, &places.join(", "), values);
        for row in HoldColumns::find_by_statement(statement).all(&store.db).await? {
            all.entry(row.person).or_default().push(row.record()?);
        }
    }
    Ok(all)
}
