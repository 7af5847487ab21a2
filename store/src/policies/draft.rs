//! Drafts: one at a time, changed until it is sent for approval.

use super::{event, new_row, row_in_force, view, within};
use crate::change::Change;
use crate::connection::Store;
use crate::entity::policy;
use crate::error::{Result, StoreError};
use crate::portfolios;
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::{PolicyId, PortfolioId};
use domain::policy::Policy;
use domain::policy::version::PolicyBody;
use sea_orm::{ActiveModelTrait, ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

/// What a draft is to say. What is left out stays as the draft has it, or else the policy in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DraftChange {
    /// The bounds: where settlement begins, and above which legal action is taken.
    pub bounds: Option<(f64, f64)>,
    pub body: Option<PolicyBody>,
}

/// Changes the draft, or begins one from the policy in force.
///
/// A conflict where the bounds or a plan cannot be, or where a version waits for approval.
pub async fn save_draft(
    store: &Store,
    actor: Actor,
    scope: Scope,
    draft: DraftChange,
    now: DateTime<Utc>,
) -> Result<PolicyId> {
    let change = begin_change(store, actor, scope, now).await?;
    let portfolio = scope.portfolio;
    let open = open_version(&change, portfolio).await?;
    if open.as_ref().is_some_and(|row| row.submitted_at.is_some()) {
        return Err(StoreError::conflict(
            "A version waits for approval. Discard it, or wait until it is decided on, before you draft another.",
        ));
    }
    let base = match &open {
        Some(row) => row.clone(),
        None => row_in_force(&change.tx, portfolio, change.now).await?,
    };
    let (settlement_from, legal_above) = draft.bounds.unwrap_or((base.settlement_from, base.legal_above));
    let version = match &open {
        Some(row) => row.version,
        None => newest_version(&change, portfolio).await? + 1,
    };
    let policy = Policy { version, legal_above, settlement_from };
    let body = match draft.body {
        Some(body) => body,
        None => serde_json::from_str(&base.body)?,
    };
    policy.check().and_then(|()| body.plans.check()).map_err(|fault| StoreError::Conflict(fault.to_string()))?;
    let row = if let Some(row) = open {
        let update = policy::ActiveModel {
            id: Set(row.id),
            legal_above: Set(legal_above),
            settlement_from: Set(settlement_from),
            body: Set(serde_json::to_string(&body)?),
            drafted_by: Set(with_hand(&row.drafted_by, actor)?),
            drafted_at: Set(change.now),
            ..Default::default()
        };
        update.update(&change.tx).await?
    } else {
        let row = new_row(&change, portfolio, &policy, &body)?;
        policy::ActiveModel { drafted_by: Set(with_hand("[]", actor)?), ..row }.insert(&change.tx).await?
    };
    let details = json!({ "settlement_from": settlement_from, "legal_above": legal_above, "body": body });
    let event = event(portfolio, &row, "policy.drafted", details);
    change.commit(event).await?;
    Ok(PolicyId(row.id))
}

/// What a draft says of treatments and authority. A conflict where the version is no draft any more.
pub async fn draft_body(store: &Store, scope: Scope, version: i32) -> Result<PolicyBody> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("policy"));
    }
    let found = within(scope.portfolio).filter(policy::Column::Version.eq(version)).one(&store.db).await?;
    let row = found.ok_or(StoreError::NotFound("policy"))?;
    let is_draft =
        [row.submitted_at, row.approved_at, row.turned_down_at, row.discarded_at].iter().all(Option::is_none);
    if !is_draft {
        return Err(StoreError::conflict("This version is no draft any more. Look at it again."));
    }
    Ok(serde_json::from_str(&row.body)?)
}

/// Sends the draft for approval, with a word on why.
pub async fn submit(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: PolicyId,
    note: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = begin_change(store, actor, scope, now).await?;
    let row = open_with(&change, scope.portfolio, id).await?;
    if row.submitted_at.is_some() {
        return Err(StoreError::conflict("This version waits for approval already."));
    }
    let base = row_in_force(&change.tx, scope.portfolio, change.now).await?;
    let (now_held, drafted) = (view(&base), view(&row));
    if (now_held.legal_above, now_held.settlement_from, &base.body)
        == (drafted.legal_above, drafted.settlement_from, &row.body)
    {
        return Err(StoreError::conflict("The draft says what the policy in force says. Change something first."));
    }
    let update = policy::ActiveModel {
        id: Set(row.id),
        note: Set(note.to_owned()),
        submitted_at: Set(Some(change.now)),
        drafted_by: Set(with_hand(&row.drafted_by, actor)?),
        ..Default::default()
    };
    let row = update.update(&change.tx).await?;
    change.commit(event(scope.portfolio, &row, "policy.submitted", json!({ "note": note }))).await
}

/// Puts a draft away, or a version that waits for approval. It is kept, and its number is not given again.
pub async fn discard(store: &Store, actor: Actor, scope: Scope, id: PolicyId, now: DateTime<Utc>) -> Result<()> {
    let change = begin_change(store, actor, scope, now).await?;
    let row = open_with(&change, scope.portfolio, id).await?;
    let update = policy::ActiveModel { id: Set(row.id), discarded_at: Set(Some(change.now)), ..Default::default() };
    let row = update.update(&change.tx).await?;
    change.commit(event(scope.portfolio, &row, "policy.discarded", json!({}))).await
}

/// One change of policies at a time, by who sees the whole portfolio.
pub(super) async fn begin_change(store: &Store, actor: Actor, scope: Scope, now: DateTime<Utc>) -> Result<Change> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("policy"));
    }
    let change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    Ok(change)
}

/// The version that is drafted or waits for approval.
async fn open_version(change: &Change, portfolio: PortfolioId) -> Result<Option<policy::Model>> {
    let open = within(portfolio)
        .filter(policy::Column::ApprovedAt.is_null())
        .filter(policy::Column::TurnedDownAt.is_null())
        .filter(policy::Column::DiscardedAt.is_null());
    Ok(open.one(&change.tx).await?)
}

/// The open version, if it is the one that is meant.
pub(super) async fn open_with(change: &Change, portfolio: PortfolioId, id: PolicyId) -> Result<policy::Model> {
    within(portfolio)
        .filter(policy::Column::Id.eq(id.0))
        .one(&change.tx)
        .await?
        .ok_or(StoreError::NotFound("policy"))?;
    let open = open_version(change, portfolio).await?.filter(|row| row.id == id.0);
    open.ok_or_else(|| StoreError::conflict("This version is decided on already, or was discarded."))
}

async fn newest_version(change: &Change, portfolio: PortfolioId) -> Result<i32> {
    let newest = within(portfolio).select_only().column(policy::Column::Version).order_by_desc(policy::Column::Version);
    Ok(newest.into_tuple::<i32>().one(&change.tx).await?.unwrap_or_default())
}

/// The hands of a draft, and this one.
fn with_hand(hands: &str, actor: Actor) -> Result<String> {
    let mut hands: Vec<i64> = serde_json::from_str(hands)?;
    if let Actor::User(person) = actor
        && !hands.contains(&person.0)
    {
        hands.push(person.0);
    }
    Ok(serde_json::to_string(&hands)?)
}
