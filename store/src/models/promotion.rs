//! Which model decides: the first that passes its gate at once, others when a job carries out their approval.

use super::approval::{card, event, expect_promotable};
use super::is_champion;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::model;
use crate::error::Result;
use crate::jobs::{self, Lease};
use crate::{cases, overrides, portfolios, summaries};
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::id::{ModelId, PortfolioId, UserId};
use domain::job::{Job, JobState};
use domain::model::{ModelCard, ModelState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use serde_json::json;

/// Lets an approved model decide in place of the champion, and ends the job: all of it, or nothing where the lease was lost. Its
/// decisions hold at once; another job is asked for that decides on loans which came or changed since they were made.
///
/// A conflict where what spoke for the approval no longer does, as another model may decide by now.
pub async fn promote(
    store: &Store,
    lease: &Lease,
    id: ModelId,
    rationale: &str,
    now: DateTime<Utc>,
) -> Result<ModelCard> {
    let mut change = store.change(Actor::Job(lease.job), now).await?;
    let job = jobs::held_by(&change.tx, lease).await?;
    let portfolio = portfolios::lock(&change.tx, PortfolioId(job.portfolio_id)).await?;
    let found = card(&change.tx, portfolio.id, id).await?;
    let approver = job.requested_by.map_or(Actor::CommandLine, |person| Actor::User(UserId(person)));
    let (replaced, needed) = expect_promotable(&change, portfolio.id, &found, approver, rationale).await?;
    retire_champion(&change, portfolio.id).await?;
    let update = model::Entity::update_many()
        .col_expr(model::Column::PromotedAt, Expr::val(change.now))
        .col_expr(model::Column::Rationale, Expr::val(rationale))
        .col_expr(model::Column::RetiredAt, Expr::val(None::<DateTime<Utc>>));
    update.filter(model::Column::Id.eq(id.0)).exec(&change.tx).await?;
    let_decide(&change, portfolio.id, id).await?;
    cases::follow(&mut change, portfolio.id).await?;
    summaries::refresh(&change.tx, &portfolio, change.now).await?;
    // Loans that came or changed since its decisions were made.
    jobs::add(&mut change, portfolio.id, &Job::Score { portfolio: portfolio.id }).await?;
    let card = card(&change.tx, portfolio.id, id).await?;
    jobs::settle(&change.tx, lease, JobState::Succeeded, &format!("Model {} decides.", card.version)).await?;
    let details = json!({
        "version": card.version,
        "approved_by": approver.to_string(),
        "replaces": replaced.map(|replaced| replaced.id),
        "again": found.state == ModelState::Retired,
        "needed_a_reason": needed,
        "leak_alarms": card.figures.leak_alarms,
        "rationale": rationale,
        "job": lease.job,
    });
    change.commit(event(portfolio.id, id, "model.promoted", details)).await?;
    Ok(card)
}

async fn retire_champion(change: &Change, portfolio: PortfolioId) -> Result<()> {
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
