//! Terms become offers and plans.

use super::rows::{instalment_row, kind_of, replace_instalments, times};
use super::{Settler, event, open, user_of};
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{loan, recovery_case, settlement};
use crate::error::{Result, StoreError};
use crate::loans::reached;
use crate::models::CHUNK;
use crate::{cases, policies};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Scope;
use domain::id::{LoanId, PortfolioId, SettlementId};
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::policy::version::PolicyBody;
use domain::settlement::{
    Affordability, Instalment, Interval, OfferTerms, PlanTerms, SettlementKind, SettlementState, TermsFault,
    expect_authority,
};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, NotSet, QueryFilter, QuerySelect, Set};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// An offer as a person asks for it. What is owed stands with the loan.
#[derive(Clone, Copy, Debug)]
pub struct NewOffer {
    pub haircut_percent: u8,
    pub first_payment: Money,
    pub expires_on: NaiveDate,
    pub pay_by: NaiveDate,
    /// Whether the borrower gets it at once; otherwise it waits for somebody with the authority to send it.
    pub is_sent: bool,
}

/// A plan as a person asks for it.
#[derive(Clone, Copy, Debug)]
pub struct NewPlan<'a> {
    /// All that is owed, where it is not told.
    pub amount: Option<Money>,
    pub count: u16,
    pub start_on: NaiveDate,
    pub interval: Interval,
    /// As it is told now; what was told before holds where it is left out.
    pub limitation_on: Option<NaiveDate>,
    /// Why it can be paid, where the figures do not say so.
    pub reason: &'a str,
}

/// What is written of a settlement, whatever its kind.
struct Terms<'a> {
    kind: SettlementKind,
    balance: Money,
    amount: Money,
    haircut_percent: u8,
    first_payment: Money,
    expires_on: NaiveDate,
    pay_by: Option<NaiveDate>,
    limitation_on: Option<NaiveDate>,
    reason: &'a str,
    instalments: Vec<Instalment>,
}

/// Makes an offer, and asks that its e-mail be decided on; or drafts one.
///
/// A conflict where the terms cannot be, the role may not let so much go, the loan is paid or not worked on, or something
/// else is open on it.
pub async fn make_offer(
    store: &Store,
    settler: Settler,
    id: LoanId,
    new: NewOffer,
    now: DateTime<Utc>,
) -> Result<SettlementId> {
    let change = store.change(settler.actor, now).await?;
    let loan = workable(&change, settler.scope, id).await?;
    let terms = OfferTerms {
        balance: balance(&loan)?,
        haircut_percent: new.haircut_percent,
        first_payment: new.first_payment,
        expires_on: new.expires_on,
        pay_by: new.pay_by,
    };
    terms.check(change.now.date_naive()).map_err(refused)?;
    if new.is_sent {
        expect_band(&change, settler, new.haircut_percent).await?;
    }
    make_room(&change, &loan).await?;
    let row = insert(&change, &loan, offer(terms), new.is_sent).await?;
    finish(change, &row, new.is_sent).await
}

/// Makes a plan, and asks that its e-mail be decided on.
///
/// A conflict as for offers, and where the instalments are more than the borrower can pay and nobody says why they can.
pub async fn make_plan(
    store: &Store,
    settler: Settler,
    id: LoanId,
    new: NewPlan<'_>,
    now: DateTime<Utc>,
) -> Result<SettlementId> {
    let basis = super::basis(store, settler.scope, id).await?;
    let change = store.change(settler.actor, now).await?;
    let loan = workable(&change, settler.scope, id).await?;
    let balance = balance(&loan)?;
    let amount = new.amount.unwrap_or(balance);
    let terms = PlanTerms { balance, amount, count: new.count, start_on: new.start_on, interval: new.interval };
    let limitation_on = new.limitation_on.or(basis.limitation_on);
    let instalments = terms.check(change.now.date_naive(), limitation_on).map_err(refused)?;
    expect_band(&change, settler, terms.haircut_percent()).await?;
    let affordability = Affordability { income: basis.income, others: basis.others, proposed: terms.a_month() };
    affordability.check(new.reason).map_err(refused)?;
    make_room(&change, &loan).await?;
    let terms = Terms {
        kind: SettlementKind::Plan,
        balance,
        amount,
        haircut_percent: terms.haircut_percent(),
        first_payment: Money::ZERO,
        expires_on: new.start_on,
        pay_by: None,
        limitation_on,
        reason: new.reason.trim(),
        instalments,
    };
    let row = insert(&change, &loan, terms, true).await?;
    finish(change, &row, true).await
}

/// Sends an offer that was drafted. Its days move by as many as it has lain, so that the borrower has as long as was meant.
pub async fn send(store: &Store, settler: Settler, id: SettlementId, now: DateTime<Utc>) -> Result<()> {
    let change = store.change(settler.actor, now).await?;
    let row = own(&change, settler.scope, id).await?;
    let loan = workable(&change, settler.scope, LoanId(row.loan_id)).await?;
    let today = change.now.date_naive();
    if times(&row).state(row.expires_on, today) != SettlementState::Drafted {
        return Err(StoreError::conflict("This is no draft any more. Look at the loan again."));
    }
    let (SettlementKind::Offer, Some(pay_by)) = (kind_of(&row)?, row.pay_by) else {
        return Err(StoreError::unreadable("settlement.pay_by"));
    };
    expect_band(&change, settler, row.haircut_percent as u8).await?;
    let terms = OfferTerms {
        // What is owed may have changed since.
        balance: balance(&loan)?,
        haircut_percent: row.haircut_percent as u8,
        first_payment: Money::from_minor(row.first_payment_minor),
        expires_on: row.expires_on,
        pay_by,
    };
    let terms = terms.later(today - row.drafted_at.date_naive());
    terms.check(today).map_err(refused)?;
    let update = settlement::ActiveModel {
        id: Set(row.id),
        balance_minor: Set(terms.balance.minor),
        amount_minor: Set(terms.amount().minor),
        expires_on: Set(terms.expires_on),
        pay_by: Set(Some(terms.pay_by)),
        offered_at: Set(Some(change.now)),
        offered_by: Set(user_of(settler.actor)),
        email_at: Set(Some(change.now)),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    replace_instalments(&change.tx, row.id, &terms.instalments()).await?;
    finish(change, &row, true).await.map(|_| ())
}

/// Drafts offers for plans of treatments, within the change that carries their steps out. Nothing where something is open on
/// a loan meanwhile.
pub(crate) async fn draft_all(change: &Change, drafts: &[(LoanId, OfferTerms)]) -> Result<()> {
    let (mut rows, mut instalments) = (Vec::new(), Vec::new());
    for some in drafts.chunks(CHUNK) {
        let ids = || some.iter().map(|(loan, _)| loan.0);
        let loans = loan::Entity::find()
            .filter(loan::Column::Id.is_in(ids()))
            .select_only()
            .columns([loan::Column::Id, loan::Column::PortfolioId]);
        let loans: HashMap<i64, i64> = loans.into_tuple().all(&change.tx).await?.into_iter().collect();
        let settled = settlement::Entity::find()
            .filter(settlement::Column::LoanId.is_in(ids()))
            .filter(open())
            .select_only()
            .column(settlement::Column::LoanId);
        let settled: HashSet<i64> = settled.into_tuple().all(&change.tx).await?.into_iter().collect();
        for (id, terms) in some.iter().filter(|(id, _)| !settled.contains(&id.0)) {
            let portfolio = loans.get(&id.0).ok_or(StoreError::NotFound("loan"))?;
            let terms = offer(*terms);
            rows.push(row(change, (*portfolio, id.0), &terms, false));
            instalments.push(terms.instalments);
        }
    }
    let ids = change.insert_numbered(rows).await?;
    let instalments = ids.iter().zip(&instalments);
    let instalments = instalments.flat_map(|(id, all)| all.iter().map(|instalment| instalment_row(*id, instalment)));
    change.insert_all(instalments.collect()).await
}

fn offer(terms: OfferTerms) -> Terms<'static> {
    Terms {
        kind: SettlementKind::Offer,
        balance: terms.balance,
        amount: terms.amount(),
        haircut_percent: terms.haircut_percent,
        first_payment: terms.first_payment,
        expires_on: terms.expires_on,
        pay_by: Some(terms.pay_by),
        limitation_on: None,
        reason: "",
        instalments: terms.instalments(),
    }
}

fn refused(fault: TermsFault) -> StoreError {
    StoreError::Conflict(fault.to_string())
}

fn balance(loan: &loan::Model) -> Result<Money> {
    loan.outstanding_minor.map(Money::from_minor).ok_or_else(|| refused(TermsFault::NothingOwed))
}

/// A loan of one's scope on which there is something to settle. It is held until the change ends, so that two people do not
/// make two settlements.
async fn workable(change: &Change, scope: Scope, id: LoanId) -> Result<loan::Model> {
    let query = loan::Entity::find_by_id(id.0).filter(reached(scope)).lock(LockType::NoKeyUpdate);
    let loan = query.one(&change.tx).await?.ok_or(StoreError::NotFound("loan"))?;
    expect_unpaid(&loan)?;
    let case = recovery_case::Entity::find()
        .filter(recovery_case::Column::LoanId.eq(loan.id))
        .filter(recovery_case::Column::ClosedAt.is_null());
    if case.one(&change.tx).await?.is_none() {
        return Err(StoreError::conflict(
            "This loan has no open case, so nobody works on it. A case is opened when the loan is decided on.",
        ));
    }
    Ok(loan)
}

pub(super) fn expect_unpaid(loan: &loan::Model) -> Result<()> {
    if loan.recovery_status == RecoveryStatus::FullyRecovered.code() {
        return Err(StoreError::conflict("This loan is paid in full, so there is nothing to settle."));
    }
    Ok(())
}

/// A settlement on a loan of one's scope.
pub(super) async fn own(change: &Change, scope: Scope, id: SettlementId) -> Result<settlement::Model> {
    let missing = || StoreError::NotFound("settlement");
    let row = settlement::Entity::find_by_id(id.0).one(&change.tx).await?.ok_or_else(missing)?;
    let loan = loan::Entity::find_by_id(row.loan_id).filter(reached(scope));
    loan.one(&change.tx).await?.map(|_| row).ok_or_else(missing)
}

async fn expect_band(change: &Change, settler: Settler, haircut_percent: u8) -> Result<()> {
    let held = policies::row_in_force(&change.tx, settler.scope.portfolio, change.now).await?;
    let body: PolicyBody = serde_json::from_str(&held.body)?;
    expect_authority(haircut_percent, settler.role, &body).map_err(refused)
}

async fn open_of(change: &Change, loan: i64) -> Result<Option<settlement::Model>> {
    let query = settlement::Entity::find().filter(settlement::Column::LoanId.eq(loan)).filter(open());
    Ok(query.one(&change.tx).await?)
}

/// Puts a draft away, or notes that an offer has expired, so that new terms can be made. A conflict where something is open.
async fn make_room(change: &Change, loan: &loan::Model) -> Result<()> {
    let Some(row) = open_of(change, loan.id).await? else { return Ok(()) };
    let mut update = settlement::ActiveModel { id: Set(row.id), email_at: Set(None), ..Default::default() };
    match times(&row).state(row.expires_on, change.now.date_naive()) {
        SettlementState::Drafted => {
            update.withdrawn_at = Set(Some(change.now));
            update.withdrawn_by = Set(user_of(change.actor));
            update.withdrawn_reason = Set("Other terms took its place.".to_owned());
        }
        SettlementState::Expired => update.expired_at = Set(Some(change.now)),
        state => {
            let kind = kind_of(&row)?.label().to_lowercase();
            return Err(StoreError::Conflict(format!(
                "There is a {kind} on this loan already ({}). Withdraw it first.",
                state.label().to_lowercase()
            )));
        }
    }
    update.update(&change.tx).await?;
    Ok(())
}

async fn insert(change: &Change, loan: &loan::Model, terms: Terms<'_>, is_sent: bool) -> Result<settlement::Model> {
    let row = row(change, (loan.portfolio_id, loan.id), &terms, is_sent).insert(&change.tx).await?;
    replace_instalments(&change.tx, row.id, &terms.instalments).await?;
    Ok(row)
}

fn row(change: &Change, (portfolio, loan): (i64, i64), terms: &Terms<'_>, is_sent: bool) -> settlement::ActiveModel {
    let rules = terms.kind.keeping_rules();
    let (person, sent_at) = (user_of(change.actor), is_sent.then_some(change.now));
    settlement::ActiveModel {
        id: NotSet,
        portfolio_id: Set(portfolio),
        loan_id: Set(loan),
        kind: Set(terms.kind.code().to_owned()),
        balance_minor: Set(terms.balance.minor),
        amount_minor: Set(terms.amount.minor),
        haircut_percent: Set(terms.haircut_percent.into()),
        first_payment_minor: Set(terms.first_payment.minor),
        expires_on: Set(terms.expires_on),
        pay_by: Set(terms.pay_by),
        limitation_on: Set(terms.limitation_on),
        reason: Set(terms.reason.to_owned()),
        grace_days: Set(rules.grace_days.into()),
        paid_from_percent: Set(rules.paid_from_percent.into()),
        missed_max: Set(rules.missed_max.into()),
        drafted_by: Set(person),
        drafted_at: Set(change.now),
        offered_by: Set(person.filter(|_| is_sent)),
        offered_at: Set(sent_at),
        withdrawn_reason: Set(String::new()),
        email_at: Set(sent_at),
        ..Default::default()
    }
}

async fn finish(mut change: Change, row: &settlement::Model, is_sent: bool) -> Result<SettlementId> {
    if is_sent {
        cases::ask_for_due(&mut change, PortfolioId(row.portfolio_id)).await?;
    }
    let action = if is_sent { "settlement.offered" } else { "settlement.drafted" };
    let details = json!({
        "balance_minor": row.balance_minor,
        "amount_minor": row.amount_minor,
        "haircut_percent": row.haircut_percent,
        "expires_on": row.expires_on,
        "reason": row.reason,
    });
    change.commit(event(row, action, details)).await?;
    Ok(SettlementId(row.id))
}
