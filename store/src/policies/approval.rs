//! Approval by somebody who had no hand in a draft, and the way back to an earlier version.

use super::draft::{begin_change, open_with};
use super::{begin, event, in_force_in, within};
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{policy, policy_term};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::models::champion_id;
use chrono::{DateTime, Utc};
use domain::access::{Actor, Scope};
use domain::count::count;
use domain::id::{PolicyId, PortfolioId};
use domain::job::{Job, JobState};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

/// A word on a version that waits.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    pub policy: PolicyId,
    pub rationale: &'a str,
    /// When the version begins to hold; at once where it is not told.
    pub starts_at: Option<DateTime<Utc>>,
}

/// Lets a version hold from a moment on. All loans are decided on anew when it begins.
///
/// A conflict where it does not wait for approval, where the person had a hand in it, or where the moment has passed.
pub async fn approve(
    store: &Store,
    actor: Actor,
    scope: Scope,
    approval: Approval<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut change = begin_change(store, actor, scope, now).await?;
    let row = waiting(&change, scope.portfolio, approval.policy).await?;
    expect_no_hand(&row, actor)?;
    if approval.starts_at.is_some_and(|moment| moment < change.now) {
        return Err(StoreError::conflict(
            "A version cannot begin in the past. Choose a later day, or none for at once.",
        ));
    }
    let decided =
        policy::ActiveModel { approved_at: Set(Some(change.now)), ..decided_on(&row, actor, approval.rationale) };
    let row = decided.update(&change.tx).await?;
    begin_and_decide(&mut change, scope.portfolio, approval.policy, approval.starts_at).await?;
    let details = json!({ "rationale": approval.rationale, "starts_at": approval.starts_at });
    change.commit(event(scope.portfolio, &row, "policy.approved", details)).await
}

/// Turns a version down that waits for approval, or withdraws one that was approved and has not begun. It is kept, and never
/// holds.
pub async fn turn_down(
    store: &Store,
    actor: Actor,
    scope: Scope,
    approval: Approval<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let change = begin_change(store, actor, scope, now).await?;
    let to_come = to_come(&change, scope.portfolio, approval.policy).await?;
    let (row, action) = match to_come {
        Some(row) => (row, "policy.withdrawn"),
        None => (waiting(&change, scope.portfolio, approval.policy).await?, "policy.turned_down"),
    };
    policy_term::Entity::delete_many().filter(policy_term::Column::PolicyId.eq(row.id)).exec(&change.tx).await?;
    let decided = policy::ActiveModel {
        approved_at: Set(None),
        turned_down_at: Set(Some(change.now)),
        ..decided_on(&row, actor, approval.rationale)
    };
    let row = decided.update(&change.tx).await?;
    change.commit(event(scope.portfolio, &row, action, json!({ "rationale": approval.rationale }))).await
}

/// A version that was approved and begins later; nothing where it has begun, or waits.
async fn to_come(change: &Change, portfolio: PortfolioId, id: PolicyId) -> Result<Option<policy::Model>> {
    let row = within(portfolio).filter(policy::Column::Id.eq(id.0)).filter(policy::Column::ApprovedAt.is_not_null());
    let Some(row) = row.one(&change.tx).await? else { return Ok(None) };
    let begun = policy_term::Entity::find()
        .filter(policy_term::Column::PolicyId.eq(id.0))
        .filter(policy_term::Column::StartsAt.lte(change.now));
    Ok(if begun.one(&change.tx).await?.is_none() { Some(row) } else { None })
}

/// Lets an earlier version hold again, at once. It was approved when it first held, so one person is enough.
pub async fn roll_back(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: PolicyId,
    rationale: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut change = begin_change(store, actor, scope, now).await?;
    let query = within(scope.portfolio).filter(policy::Column::Id.eq(id.0));
    let row = query.one(&change.tx).await?.ok_or(StoreError::NotFound("policy"))?;
    if row.approved_at.is_none() {
        return Err(StoreError::conflict("Only a version that was approved can hold."));
    }
    let (held, _) = in_force_in(&change.tx, scope.portfolio, change.now).await?;
    if held == id {
        return Err(StoreError::conflict("This version is in force already."));
    }
    begin_and_decide(&mut change, scope.portfolio, id, None).await?;
    let details = json!({ "rationale": rationale, "replaces": held });
    change.commit(event(scope.portfolio, &row, "policy.rolled_back", details)).await
}

/// A policy begins to hold: asks that all loans be decided on by it, and ends the job.
pub async fn start(store: &Store, actor: Actor, lease: &Lease, id: PolicyId, now: DateTime<Utc>) -> Result<()> {
    let mut change = store.change(actor, now).await?;
    jobs::held_by(&change.tx, lease).await?;
    let row = policy::Entity::find_by_id(id.0).one(&change.tx).await?.ok_or(StoreError::NotFound("policy"))?;
    let portfolio = PortfolioId(row.portfolio_id);
    // Somebody may have withdrawn it since.
    let is_withdrawn = row.approved_at.is_none();
    let decides = !is_withdrawn && champion_id(&change.tx, portfolio).await?.is_some();
    if decides {
        jobs::add(&mut change, portfolio, &Job::Score { portfolio }).await?;
    }
    let told = if is_withdrawn {
        format!("Policy {} was withdrawn before it began.", row.version)
    } else if decides {
        format!("Policy {} holds. All loans are decided on by it.", row.version)
    } else {
        format!("Policy {} holds, for {} with a score.", row.version, count(0_u32, "loan"))
    };
    jobs::settle(&change.tx, lease, JobState::Succeeded, &told).await?;
    let action = if is_withdrawn { "policy.not_started" } else { "policy.started" };
    change.commit(event(portfolio, &row, action, json!({ "job": lease.job }))).await
}

async fn begin_and_decide(
    change: &mut Change,
    portfolio: PortfolioId,
    policy: PolicyId,
    starts_at: Option<DateTime<Utc>>,
) -> Result<()> {
    begin(change, policy, starts_at.unwrap_or(change.now)).await?;
    jobs::add_at(change, portfolio, &Job::StartPolicy { policy, portfolio }, starts_at).await?;
    Ok(())
}

async fn waiting(change: &Change, portfolio: PortfolioId, id: PolicyId) -> Result<policy::Model> {
    let row = open_with(change, portfolio, id).await?;
    if row.submitted_at.is_none() {
        return Err(StoreError::conflict("This version is a draft: it was not sent for approval yet."));
    }
    Ok(row)
}

fn expect_no_hand(row: &policy::Model, actor: Actor) -> Result<()> {
    let hands: Vec<i64> = serde_json::from_str(&row.drafted_by)?;
    match actor {
        Actor::User(person) if hands.contains(&person.0) => Err(StoreError::conflict(
            "You had a hand in this draft, so somebody else must approve it: another administrator or an executive.",
        )),
        _ => Ok(()),
    }
}

/// Who decided on a version, and why.
fn decided_on(row: &policy::Model, actor: Actor, rationale: &str) -> policy::ActiveModel {
    let decided_by = match actor {
        Actor::User(person) => Some(person.0),
        Actor::Job(_) | Actor::CommandLine | Actor::Schedule | Actor::Visitor => None,
    };
    policy::ActiveModel {
        id: Set(row.id),
        decided_by: Set(decided_by),
        rationale: Set(rationale.to_owned()),
        ..Default::default()
    }
}
