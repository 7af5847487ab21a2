//! Versions of the decision rule with what is done on each track: drafted, approved by somebody else, in force from a
//! moment on, and never changed again.

mod approval;
mod draft;

pub use approval::{Approval, approve, roll_back, start, turn_down};
pub use draft::{DraftChange, discard, draft_body, save_draft, submit};

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{policy, policy_term};
use crate::error::{Result, StoreError};
use crate::users::{self, Names};
use chrono::{DateTime, Utc};
use domain::access::{Reach, Scope};
use domain::id::{PolicyId, PortfolioId, UserId};
use domain::policy::Policy;
use domain::policy::version::{PolicyBody, PolicyState, PolicyVersion};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};
use serde_json::json;

/// The policy by which decisions are made at a moment.
pub async fn in_force(store: &Store, portfolio: PortfolioId, now: DateTime<Utc>) -> Result<(PolicyId, Policy)> {
    in_force_in(&store.db, portfolio, now).await
}

pub(crate) async fn in_force_in(
    db: &impl ConnectionTrait,
    portfolio: PortfolioId,
    now: DateTime<Utc>,
) -> Result<(PolicyId, Policy)> {
    let row = row_in_force(db, portfolio, now).await?;
    Ok((PolicyId(row.id), view(&row)))
}

/// The treatments and bands of authority of a version, for jobs.
pub async fn body(store: &Store, id: PolicyId) -> Result<PolicyBody> {
    let row = policy::Entity::find_by_id(id.0).one(&store.db).await?.ok_or(StoreError::NotFound("policy"))?;
    Ok(serde_json::from_str(&row.body)?)
}

pub(crate) async fn row_in_force(
    db: &impl ConnectionTrait,
    portfolio: PortfolioId,
    now: DateTime<Utc>,
) -> Result<policy::Model> {
    let found = policy_term::Entity::find()
        .find_also_related(policy::Entity)
        .filter(policy::Column::PortfolioId.eq(portfolio.0))
        .filter(policy_term::Column::StartsAt.lte(now))
        .order_by_desc(policy_term::Column::StartsAt)
        .order_by_desc(policy_term::Column::Id)
        .one(db)
        .await?;
    found.and_then(|(_, policy)| policy).ok_or(StoreError::NotFound("portfolio"))
}

/// All versions with their story, the newest first.
pub async fn list(store: &Store, scope: Scope, now: DateTime<Utc>) -> Result<Vec<PolicyVersion>> {
    if scope.reach != Reach::Portfolio {
        return Ok(Vec::new());
    }
    let rows = within(scope.portfolio).order_by_desc(policy::Column::Version).all(&store.db).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let terms = policy_term::Entity::find()
        .filter(policy_term::Column::PolicyId.is_in(ids))
        .order_by_asc(policy_term::Column::StartsAt)
        .order_by_asc(policy_term::Column::Id)
        .all(&store.db)
        .await?;
    let names = users::names(&store.db, scope.portfolio).await?;
    rows.into_iter().map(|row| version(row, &terms, &names, now)).collect()
}

/// One version with its story.
pub async fn get(store: &Store, scope: Scope, version: i32, now: DateTime<Utc>) -> Result<PolicyVersion> {
    let all = list(store, scope, now).await?;
    all.into_iter().find(|found| found.policy.version == version).ok_or(StoreError::NotFound("policy"))
}

fn within(portfolio: PortfolioId) -> sea_orm::Select<policy::Entity> {
    policy::Entity::find().filter(policy::Column::PortfolioId.eq(portfolio.0))
}

pub(crate) fn view(row: &policy::Model) -> Policy {
    Policy { version: row.version, legal_above: row.legal_above, settlement_from: row.settlement_from }
}

fn version(
    row: policy::Model,
    terms: &[policy_term::Model],
    names: &Names,
    now: DateTime<Utc>,
) -> Result<PolicyVersion> {
    let name_of = |id: i64| names.of(Some(id));
    let hands: Vec<i64> = serde_json::from_str(&row.drafted_by)?;
    // A term lasts until the next one of the portfolio begins.
    let next = |place: usize| terms.get(place + 1).map(|term| term.starts_at);
    let own = terms.iter().enumerate().filter(|(_, term)| term.policy_id == row.id);
    let mut own: Vec<_> = own.map(|(place, term)| (term.starts_at, next(place))).collect();
    own.reverse();
    let has_begun = |start: DateTime<Utc>| start <= now;
    let holds = own.iter().any(|(start, end)| has_begun(*start) && end.is_none_or(|end| end > now));
    let state = if holds {
        PolicyState::InForce
    } else if own.iter().any(|(start, _)| !has_begun(*start)) {
        PolicyState::Approved
    } else if !own.is_empty() {
        PolicyState::Former
    } else if row.turned_down_at.is_some() {
        PolicyState::TurnedDown
    } else if row.discarded_at.is_some() {
        PolicyState::Discarded
    } else if row.submitted_at.is_some() {
        PolicyState::Submitted
    } else {
        PolicyState::Draft
    };
    Ok(PolicyVersion {
        id: PolicyId(row.id),
        policy: view(&row),
        body: serde_json::from_str(&row.body)?,
        state,
        note: row.note,
        drafted_by: hands.into_iter().map(|id| (UserId(id), name_of(id))).collect(),
        drafted_at: row.drafted_at,
        decided_by: row.decided_by.map(name_of),
        decided_at: row.approved_at.or(row.turned_down_at),
        rationale: row.rationale,
        terms: own,
    })
}

/// The policy that a portfolio begins with.
pub(crate) async fn add_first(change: &Change, portfolio: PortfolioId) -> Result<()> {
    let row = new_row(change, portfolio, &Policy::default(), &PolicyBody::default())?;
    let row = policy::ActiveModel { approved_at: Set(Some(change.now)), ..row }.insert(&change.tx).await?;
    begin(change, PolicyId(row.id), change.now).await
}

fn new_row(change: &Change, portfolio: PortfolioId, policy: &Policy, body: &PolicyBody) -> Result<policy::ActiveModel> {
    Ok(policy::ActiveModel {
        id: NotSet,
        portfolio_id: Set(portfolio.0),
        version: Set(policy.version),
        legal_above: Set(policy.legal_above),
        settlement_from: Set(policy.settlement_from),
        body: Set(serde_json::to_string(body)?),
        note: Set(String::new()),
        drafted_by: Set("[]".to_owned()),
        drafted_at: Set(change.now),
        submitted_at: Set(None),
        discarded_at: Set(None),
        approved_at: Set(None),
        turned_down_at: Set(None),
        decided_by: Set(None),
        rationale: Set(String::new()),
    })
}

/// Begins a term.
async fn begin(change: &Change, policy: PolicyId, starts_at: DateTime<Utc>) -> Result<()> {
    let term = policy_term::ActiveModel { id: NotSet, policy_id: Set(policy.0), starts_at: Set(starts_at) };
    term.insert(&change.tx).await?;
    Ok(())
}

fn event(portfolio: PortfolioId, row: &policy::Model, action: &'static str, mut details: serde_json::Value) -> Event {
    details["version"] = json!(row.version);
    Event { portfolio: Some(portfolio), action, subject: format!("policy:{}", row.id), details }
}
