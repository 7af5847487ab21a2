//! Tracks that people choose in place of the policy's. Scorings go on deciding by the policy; while an override holds, each
//! such decision is followed by one that keeps the loan on the chosen track, so that both stay on file.

use crate::audit::Event;
use crate::change::Change;
use crate::connection::{Store, moment_sql};
use crate::entity::{decision, loan, model, policy, scoring, track_override};
use crate::error::{Result, StoreError};
use crate::{cases, jobs, loans, portfolios, users};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::decision::{COUNTED_DAYS, Occasion, OverrideCounts, OverrideEnd, OverrideView};
use domain::id::{LoanId, PortfolioId};
use domain::job::Job;
use domain::loan::RecoveryStatus;
use domain::policy::Policy;
use domain::track::Track;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, NotSet, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set, Statement,
};
use serde_json::json;

/// Puts a loan of one's scope on another track, until somebody ends it. `reason` is not empty and is kept.
///
/// A conflict where the loan has no decision, is recovered, is on the track already, or where another override holds.
pub async fn set(
    store: &Store,
    actor: Actor,
    scope: Scope,
    (id, track): (LoanId, Track),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    loans::expect_within(store, scope, id).await?;
    let mut change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    let row = lock_loan(&change, id).await?;
    if row.current_decision_id.is_none() {
        return Err(StoreError::conflict("This loan has no decision yet that could be overridden."));
    }
    if row.recovery_status == RecoveryStatus::FullyRecovered.code() {
        return Err(StoreError::conflict("This loan is recovered in full: nothing is left to be done on any track."));
    }
    if find_open(&change, id).await?.is_some() {
        return Err(StoreError::conflict("Somebody has chosen the track of this loan already. End that first."));
    }
    if row.current_track.as_deref() == Some(track.code()) {
        return Err(StoreError::conflict("The loan is on this track already."));
    }
    let new = track_override::ActiveModel {
        id: NotSet,
        portfolio_id: Set(scope.portfolio.0),
        loan_id: Set(id.0),
        track: Set(track.code().to_owned()),
        reason: Set(reason.to_owned()),
        made_by: Set(person(actor)),
        made_at: Set(change.now),
        ended_at: Set(None),
        ended_by: Set(None),
        ended_reason: Set(String::new()),
    };
    let made = new.insert(&change.tx).await?.id;
    enforce(&change, scope.portfolio).await?;
    follow(&mut change, scope.portfolio, id).await?;
    let details = json!({ "override": made, "from": row.current_track, "to": track, "reason": reason });
    let subject = format!("loan:{id}");
    change.commit(Event { portfolio: Some(scope.portfolio), action: "override.made", subject, details }).await
}

/// Ends an override: the loan goes back to the track that the policy of its decision chooses. A conflict where it was ended already.
pub async fn end(
    store: &Store,
    actor: Actor,
    scope: Scope,
    (loan, id): (LoanId, i64),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    loans::expect_within(store, scope, loan).await?;
    let mut change = store.change(actor, now).await?;
    portfolios::lock(&change.tx, scope.portfolio).await?;
    let row = lock_loan(&change, loan).await?;
    let known = track_override::Entity::find_by_id(id).filter(track_override::Column::LoanId.eq(loan.0));
    let found = known.one(&change.tx).await?.ok_or(StoreError::NotFound("override"))?;
    if found.ended_at.is_some() {
        return Err(StoreError::conflict("This override was ended already."));
    }
    let update = track_override::ActiveModel {
        id: Set(id),
        ended_at: Set(Some(change.now)),
        ended_by: Set(person(actor)),
        ended_reason: Set(reason.to_owned()),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    let track = give_back(&change, &row, id).await?;
    follow(&mut change, scope.portfolio, loan).await?;
    let details = json!({ "override": id, "from": found.track, "to": track, "reason": reason });
    let subject = format!("loan:{loan}");
    change.commit(Event { portfolio: Some(scope.portfolio), action: "override.ended", subject, details }).await
}

/// Decides on a loan by its policy again.
async fn give_back(change: &Change, row: &loan::Model, id: i64) -> Result<Track> {
    let held = row.current_decision_id.ok_or(StoreError::NotFound("decision"))?;
    let held = decision::Entity::find_by_id(held).one(&change.tx).await?.ok_or(StoreError::NotFound("decision"))?;
    let by = policy::Entity::find_by_id(held.policy_id).one(&change.tx).await?;
    let by = by.ok_or(StoreError::NotFound("policy"))?;
    let rule = Policy { version: by.version, legal_above: by.legal_above, settlement_from: by.settlement_from };
    let track = rule.track(held.score);
    let new = decision::ActiveModel {
        id: NotSet,
        scoring_id: Set(None),
        track: Set(track.code().to_owned()),
        occasion: Set(Occasion::OverrideEnded.code().to_owned()),
        override_id: Set(Some(id)),
        decided_at: Set(change.now),
        ..held.into_active_model().reset_all()
    };
    let new = new.insert(&change.tx).await?;
    let update = loan::ActiveModel {
        id: Set(row.id),
        current_decision_id: Set(Some(new.id)),
        current_track: Set(Some(new.track)),
        ..Default::default()
    };
    update.update(&change.tx).await?;
    Ok(track)
}

/// Keeps loans on the tracks that people chose: behind each decision that holds otherwise comes one that does.
pub(crate) async fn enforce(change: &Change, portfolio: PortfolioId) -> Result<()> {
    let backend = change.tx.get_database_backend();
    let occasion = Occasion::Override.code();
    let copy = format!(
        "INSERT INTO decision (loan_id, model_id, policy_id, score, score_source, segment, is_high_risk, track, propensity, \
         input_hash, reasons, occasion, override_id, decided_at) SELECT h.loan_id, h.model_id, h.policy_id, h.score, \
         h.score_source, h.segment, h.is_high_risk, o.track, h.propensity, h.input_hash, h.reasons, '{occasion}', o.id, {} \
         FROM track_override o JOIN loan l ON l.id = o.loan_id JOIN decision h ON h.id = l.current_decision_id \
         WHERE o.portfolio_id = $1 AND o.ended_at IS NULL AND NOT (h.occasion = '{occasion}' AND h.override_id = o.id) \
         ORDER BY o.id",
        moment_sql(backend, "$2"),
    );
    let values = [portfolio.0.into(), change.now.into()];
    let copied = change.tx.execute_raw(Statement::from_sql_and_values(backend, copy, values)).await?.rows_affected();
    if copied == 0 {
        return Ok(());
    }
    let hold = format!(
        "UPDATE loan SET (current_decision_id, current_score, current_segment, current_track) = \
         (SELECT d.id, d.score, d.segment, d.track FROM decision d WHERE d.loan_id = loan.id AND d.occasion = '{occasion}' \
         ORDER BY d.id DESC LIMIT 1) WHERE current_decision_id IS NOT NULL AND id IN \
         (SELECT o.loan_id FROM track_override o WHERE o.portfolio_id = $1 AND o.ended_at IS NULL)"
    );
    change.tx.execute_raw(Statement::from_sql_and_values(backend, hold, [portfolio.0.into()])).await?;
    Ok(())
}

/// Lets the loan's case follow, and asks for the figures.
async fn follow(change: &mut Change, portfolio: PortfolioId, loan: LoanId) -> Result<()> {
    cases::follow_one(change, portfolio, loan).await?;
    jobs::add(change, portfolio, &Job::Summarise { portfolio }).await?;
    Ok(())
}

async fn lock_loan(change: &Change, id: LoanId) -> Result<loan::Model> {
    let row = loan::Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&change.tx).await?;
    row.ok_or(StoreError::NotFound("loan"))
}

async fn find_open(change: &Change, loan: LoanId) -> Result<Option<track_override::Model>> {
    let open = track_override::Entity::find()
        .filter(track_override::Column::LoanId.eq(loan.0))
        .filter(track_override::Column::EndedAt.is_null());
    Ok(open.one(&change.tx).await?)
}

fn person(actor: Actor) -> Option<i64> {
    match actor {
        Actor::User(id) => Some(id.0),
        _ => None,
    }
}

/// The overrides of a loan of one's scope, the newest first.
pub async fn of_loan(store: &Store, scope: Scope, loan: LoanId) -> Result<Vec<OverrideView>> {
    loans::expect_within(store, scope, loan).await?;
    let rows = track_override::Entity::find()
        .filter(track_override::Column::LoanId.eq(loan.0))
        .order_by_desc(track_override::Column::Id)
        .all(&store.db)
        .await?;
    let names = users::names(&store.db, scope.portfolio).await?;
    let name = |id: Option<i64>| id.map(|id| names.of(Some(id)));
    let view = |row: track_override::Model| {
        let end = |at| OverrideEnd { at, by: name(row.ended_by), reason: row.ended_reason.clone() };
        Ok(OverrideView {
            id: row.id,
            track: Track::find(&row.track).ok_or_else(|| StoreError::unreadable("track_override.track"))?,
            ended: row.ended_at.map(end),
            made_by: name(row.made_by),
            made_at: row.made_at,
            reason: row.reason,
        })
    };
    rows.into_iter().map(view).collect()
}

/// How often people decided in place of the policy. Decisions of models that never decided do not count.
pub async fn counts(store: &Store, scope: Scope, now: DateTime<Utc>) -> Result<OverrideCounts> {
    if scope.reach != Reach::Portfolio {
        return Ok(OverrideCounts::default());
    }
    let since = now - TimeDelta::days(COUNTED_DAYS);
    let all = || track_override::Entity::find().filter(track_override::Column::PortfolioId.eq(scope.portfolio.0));
    let made = all().filter(track_override::Column::MadeAt.gte(since)).count(&store.db).await?;
    let deciding = model::Entity::find()
        .filter(model::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(model::Column::PromotedAt.is_not_null())
        .select_only()
        .column(model::Column::Id);
    let runs = scoring::Entity::find()
        .filter(scoring::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(scoring::Column::ScoredAt.gte(since))
        .filter(scoring::Column::ModelId.in_subquery(deciding.into_query()))
        .select_only()
        .column(scoring::Column::Id);
    let by_policy = decision::Entity::find().filter(decision::Column::ScoringId.in_subquery(runs.into_query()));
    Ok(OverrideCounts {
        in_force: all().filter(track_override::Column::EndedAt.is_null()).count(&store.db).await?,
        made,
        decisions: by_policy.count(&store.db).await? + made,
    })
}
