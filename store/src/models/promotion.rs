//! Which model decides: the first that passes its gate at once, others when somebody else approves them.

use super::{CardColumns, cards, champion_card, is_champion};
use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::model;
use crate::error::{Result, StoreError};
use crate::{cases, jobs, overrides, portfolios, summaries};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::champion::reasons_needed;
use domain::id::{ModelId, PortfolioId};
use domain::job::Job;
use domain::model::{ModelCard, ModelState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use serde_json::json;

/// A written reason has at most so many characters.
pub const REASON_MAX: usize = 2_000;

/// Lets a model decide in place of the champion: one that waits, or one that was champion before, which takes the last
/// promotion back. Its decisions hold at once; a job is asked for that decides on loans which came or changed since.
///
/// `reason` is kept with the model and its audit event. It must not be empty where the model decided before, is clearly worse
/// than the one that decides now, or has leak alarms. A conflict where it is, or where the model did not pass its gate, decides
/// already, was turned down, or was trained by the person who approves it.
pub async fn promote(
    store: &Store,
    actor: Actor,
    scope: Scope,
    id: ModelId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<ModelCard> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("model"));
    }
    let mut change = store.change(actor, now).await?;
    let portfolio = portfolios::lock(&change.tx, scope.portfolio).await?;
    let card = async |change: &Change| -> Result<ModelCard> {
        let row = cards(portfolio.id).filter(model::Column::Id.eq(id.0)).into_model::<CardColumns>();
        row.one(&change.tx).await?.ok_or(StoreError::NotFound("model"))?.card()
    };
    let found = card(&change).await?;
    expect_approvable(&found, actor)?;
    let replaced = champion_card(&change.tx, portfolio.id).await?;
    let (reason, needed) = (reason.trim(), reasons_needed(&found, replaced.as_ref()));
    expect_reason(&found, &needed, reason)?;
    retire_champion(&change, portfolio.id).await?;
    let update = model::Entity::update_many()
        .col_expr(model::Column::PromotedAt, Expr::val(change.now))
        .col_expr(model::Column::Rationale, Expr::val(reason))
        .col_expr(model::Column::RetiredAt, Expr::val(None::<DateTime<Utc>>));
    update.filter(model::Column::Id.eq(id.0)).exec(&change.tx).await?;
    let_decide(&change, portfolio.id, id).await?;
    cases::follow(&mut change, portfolio.id).await?;
    summaries::refresh(&change.tx, &portfolio, change.now).await?;
    // Loans that came or changed since its decisions were made.
    jobs::add(&mut change, portfolio.id, &Job::Score { portfolio: portfolio.id }).await?;
    let card = card(&change).await?;
    let details = json!({
        "version": card.version,
        "replaces": replaced.map(|replaced| replaced.id),
        "again": found.state == ModelState::Retired,
        "needed_a_reason": needed,
        "leak_alarms": card.figures.leak_alarms,
        "rationale": reason,
    });
    let subject = format!("model:{id}");
    change.commit(Event { portfolio: Some(portfolio.id), action: "model.promoted", subject, details }).await?;
    Ok(card)
}

/// Turns a candidate down: nobody lets it decide any more. It is kept, with its decisions.
///
/// A conflict where it has decided, or was turned down before.
pub async fn reject(store: &Store, actor: Actor, scope: Scope, id: ModelId, now: DateTime<Utc>) -> Result<ModelCard> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("model"));
    }
    let change = store.change(actor, now).await?;
    let portfolio = portfolios::lock(&change.tx, scope.portfolio).await?;
    let query = model::Entity::find_by_id(id.0).filter(model::Column::PortfolioId.eq(portfolio.id.0));
    let found = query.one(&change.tx).await?.ok_or(StoreError::NotFound("model"))?;
    if found.promoted_at.is_some() || found.rejected_at.is_some() {
        return Err(StoreError::conflict("Only a candidate can be turned down."));
    }
    let update = model::Entity::update_many().col_expr(model::Column::RejectedAt, Expr::val(change.now));
    update.filter(model::Column::Id.eq(id.0)).exec(&change.tx).await?;
    let row = cards(portfolio.id).filter(model::Column::Id.eq(id.0)).into_model::<CardColumns>();
    let card = row.one(&change.tx).await?.ok_or(StoreError::NotFound("model"))?.card()?;
    let (subject, details) = (format!("model:{id}"), json!({ "version": card.version }));
    change.commit(Event { portfolio: Some(portfolio.id), action: "model.rejected", subject, details }).await?;
    Ok(card)
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

pub(super) async fn retire_champion(change: &Change, portfolio: PortfolioId) -> Result<()> {
    let update = model::Entity::update_many().col_expr(model::Column::RetiredAt, Expr::val(change.now));
    update.filter(is_champion(portfolio)).exec(&change.tx).await?;
    Ok(())
}

/// Makes the last decisions of a model the ones that hold, but on loans whose track people chose.
pub(super) async fn let_decide(change: &Change, portfolio: PortfolioId, model: ModelId) -> Result<()> {
    let hold = "UPDATE loan SET (current_decision_id, current_score, current_segment, current_track) = \
                (SELECT d.id, d.score, d.segment, d.track FROM decision d WHERE d.model_id = $1 AND d.loan_id = loan.id \
                AND d.occasion <> 'override' ORDER BY d.id DESC LIMIT 1) \
                WHERE portfolio_id = $2";
    let statement =
        Statement::from_sql_and_values(change.tx.get_database_backend(), hold, [model.0.into(), portfolio.0.into()]);
    change.tx.execute_raw(statement).await?;
    overrides::enforce(change, portfolio).await
}
