//! A person's word on a model: that it may decide, which a job then sees to, or that it never will.

use super::{CardColumns, cards, champion_card};
use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::model;
use crate::error::{Result, StoreError};
use crate::{jobs, portfolios};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::champion::reasons_needed;
use domain::id::{JobId, ModelId, PortfolioId};
use domain::job::Job;
use domain::model::{ModelCard, ModelState, Promotion};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// A written reason has at most so many characters.
pub const REASON_MAX: usize = 2_000;

/// Approves a model: one that waits, or one that was champion before, which takes the last promotion back. A job lets it
/// decide; asked a second time for the same model meanwhile, that job is given back.
///
/// `reason` is kept with the model and its audit event. It must not be empty where the model decided before, is clearly worse
/// than the one that decides now, or has leak alarms. A conflict where it is, where the model did not pass its gate, decides
/// already, was turned down, or was trained by the person who approves it, or where another one is on its way to decide.
pub async fn approve(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: ModelId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<JobId> {
    let mut change = begin(store, actor, scope, now).await?;
    let found = card(&change.tx, scope.portfolio, id).await?;
    let reason = reason.trim();
    let (_, needed) = expect_promotable(&change, scope.portfolio, &found, actor, reason).await?;
    let under_way = promotion_in(&change.tx, scope).await?.filter(|promotion| !promotion.job.state.is_finished());
    match under_way {
        Some(promotion) if promotion.model == id => return Ok(promotion.job.id),
        Some(_) => return Err(StoreError::conflict("Another model is on its way to decide. Wait until it does.")),
        None => {}
    }
    let job = Job::Promote { portfolio: scope.portfolio, model: id, rationale: reason.to_owned() };
    let job = jobs::add(&mut change, scope.portfolio, &job).await?.id;
    let details = json!({
        "version": found.version,
        "again": found.state == ModelState::Retired,
        "needed_a_reason": needed,
        "leak_alarms": found.figures.leak_alarms,
        "rationale": reason,
        "job": job,
    });
    change.commit(event(scope.portfolio, id, "model.approved", details)).await?;
    Ok(job)
}

/// Turns a candidate down: nobody lets it decide any more. It is kept, with its decisions.
///
/// A conflict where it has decided, is on its way to decide, or was turned down before.
pub async fn reject(store: &Store, actor: Actor, scope: Scope, id: ModelId, now: DateTime<Utc>) -> Result<ModelCard> {
    let change = begin(store, actor, scope, now).await?;
    let query = model::Entity::find_by_id(id.0).filter(model::Column::PortfolioId.eq(scope.portfolio.0));
    let found = query.one(&change.tx).await?.ok_or(StoreError::NotFound("model"))?;
    if found.promoted_at.is_some() || found.rejected_at.is_some() {
        return Err(StoreError::conflict("Only a candidate can be turned down."));
    }
    let promotion = promotion_in(&change.tx, scope).await?;
    if promotion.is_some_and(|promotion| promotion.model == id && !promotion.job.state.is_finished()) {
        return Err(StoreError::conflict("This model was approved, and is on its way to decide."));
    }
    let update = model::Entity::update_many().col_expr(model::Column::RejectedAt, Expr::val(change.now));
    update.filter(model::Column::Id.eq(id.0)).exec(&change.tx).await?;
    let card = card(&change.tx, scope.portfolio, id).await?;
    let details = json!({ "version": card.version });
    change.commit(event(scope.portfolio, id, "model.rejected", details)).await?;
    Ok(card)
}

/// The last promotion that was asked for, with how far it is or how it ended.
pub async fn promotion(store: &Store, scope: Scope) -> Result<Option<Promotion>> {
    promotion_in(&store.db, scope).await
}

async fn promotion_in(db: &impl ConnectionTrait, scope: Scope) -> Result<Option<Promotion>> {
    Ok(match jobs::newest(db, scope, Job::PROMOTE).await? {
        Some((Job::Promote { model, .. }, job)) => Some(Promotion { model, job }),
        _ => None,
    })
}

/// Approvals of a portfolio come one after the other, and only from who sees the whole of it.
async fn begin(store: &Store, actor: Actor, scope: Scope, now: DateTime<Utc>) -> Result<Change> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("model"));
    }
    let change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    Ok(change)
}

pub(super) async fn card(db: &impl ConnectionTrait, portfolio: PortfolioId, id: ModelId) -> Result<ModelCard> {
    let row = cards(portfolio).filter(model::Column::Id.eq(id.0)).into_model::<CardColumns>();
    row.one(db).await?.ok_or(StoreError::NotFound("model"))?.card()
}

pub(super) fn event(portfolio: PortfolioId, id: ModelId, action: &'static str, details: serde_json::Value) -> Event {
    Event { portfolio: Some(portfolio), action, subject: format!("model:{id}"), details }
}

/// Gives the champion that the model replaces and what its approver had to say why to; a conflict where the model may not
/// decide, not for this person, or not without a reason.
pub(super) async fn expect_promotable(
    change: &Change,
    portfolio: PortfolioId,
    model: &ModelCard,
    approver: Actor,
    reason: &str,
) -> Result<(Option<ModelCard>, Vec<String>)> {
    expect_approvable(model, approver)?;
    let champion = champion_card(&change.tx, portfolio).await?;
    let needed = reasons_needed(model, champion.as_ref());
    expect_reason(model, &needed, reason)?;
    Ok((champion, needed))
}

fn expect_approvable(model: &ModelCard, actor: Actor) -> Result<()> {
    match model.state {
        ModelState::Champion => return Err(StoreError::conflict("This model decides already.")),
        ModelState::Rejected => return Err(StoreError::conflict("This model was turned down.")),
        ModelState::Candidate | ModelState::Retired => {}
    }
    let gate = &model.figures.gate;
    if !gate.passed {
        return Err(StoreError::conflict(&format!("This model did not pass its gate. {}", gate.reason)));
    }
    match actor {
        Actor::User(person) if model.fitted_by_user == Some(person) => Err(StoreError::conflict(
            "You had this model trained, so somebody else must approve it: another administrator or an executive.",
        )),
        _ => Ok(()),
    }
}

fn expect_reason(model: &ModelCard, needed: &[String], reason: &str) -> Result<()> {
    if reason.chars().count() > REASON_MAX {
        return Err(StoreError::conflict(&format!("A reason has at most {REASON_MAX} characters.")));
    }
    if needed.is_empty() || !reason.is_empty() {
        return Ok(());
    }
    let version = model.version;
    let words = format!("Letting model {version} decide needs a written reason. {}.", needed.join(". "));
    Err(StoreError::conflict(&words))
}
