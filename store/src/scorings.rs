//! Runs in which a model looks at all loans of a portfolio. A decision holds until what the model is given of the loan
//! changes, or the policy does; so a run decides on those loans alone.

use crate::alerts::NewAlert;
use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{decision, loan, scoring};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::models::{CHUNK, champion_id};
use crate::{alerts, cases, overrides, portfolios, summaries};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::count::count;
use domain::decision::Occasion;
use domain::id::{LoanId, ModelId, PolicyId, PortfolioId};
use domain::job::JobState;
use domain::model::ScoreSource;
use domain::reason::Reasons;
use domain::scoring_report::ScoringReport;
use domain::summary::Verdict;
use domain::track::Track;
use domain::watch::{THRESHOLDS, compare_scores};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, NotSet, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Set, Statement,
};
use serde_json::json;
use std::collections::HashMap;

/// No experiment draws tracks yet: the policy alone decides.
const PROPENSITY: f64 = 1.0;

/// A decision on a loan.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDecision {
    pub loan: LoanId,
    pub verdict: Verdict,
    pub source: ScoreSource,
    /// Tells what the model was given of the loan from what it will be given later.
    pub input_hash: i64,
    /// Where there are none, those of the decision that held are taken over, if the same model gave the same score to the same
    /// input.
    pub reasons: Option<Reasons>,
    pub occasion: Occasion,
    /// The day of the loan's state that the score speaks of.
    pub as_of: Option<NaiveDate>,
}

/// What a run comes to.
#[derive(Clone, Debug)]
pub struct Scoring {
    pub portfolio: PortfolioId,
    pub model: ModelId,
    pub policy: PolicyId,
    /// How many loans were looked at.
    pub loans: u32,
    /// Whether these are all loans on file, not only those that have alerts.
    pub is_whole: bool,
    /// On loans that changed.
    pub decisions: Vec<NewDecision>,
    /// Drift and fairness over all loans.
    pub report: Option<ScoringReport>,
}

/// A decision that holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    pub policy: PolicyId,
    pub verdict: Verdict,
    pub source: ScoreSource,
    pub input_hash: i64,
    pub has_reasons: bool,
}

#[derive(Debug, FromQueryResult)]
struct HeldColumns {
    loan_id: i64,
    policy_id: i64,
    score: f64,
    score_source: String,
    segment: i32,
    is_high_risk: bool,
    track: String,
    input_hash: i64,
    has_reasons: bool,
}

/// The decisions of a model that hold, by loan.
pub async fn held(store: &Store, portfolio: PortfolioId, model: ModelId) -> Result<HashMap<LoanId, Held>> {
    read_held(store, portfolio, model, Condition::all()).await
}

/// The decisions of a model that hold of some loans.
pub async fn held_of(
    store: &Store,
    portfolio: PortfolioId,
    model: ModelId,
    ids: &[LoanId],
) -> Result<HashMap<LoanId, Held>> {
    let mut all = HashMap::with_capacity(ids.len());
    for some in ids.chunks(CHUNK) {
        let some = Condition::all().add(loan::Column::Id.is_in(some.iter().map(|id| id.0)));
        all.extend(read_held(store, portfolio, model, some).await?);
    }
    Ok(all)
}

async fn read_held(
    store: &Store,
    portfolio: PortfolioId,
    model: ModelId,
    chosen: Condition,
) -> Result<HashMap<LoanId, Held>> {
    let rows = loan::Entity::find()
        .join(JoinType::InnerJoin, loan::Relation::Decision.def())
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .filter(decision::Column::ModelId.eq(model.0))
        .filter(chosen)
        .select_only()
        .columns([
            decision::Column::LoanId,
            decision::Column::PolicyId,
            decision::Column::Score,
            decision::Column::ScoreSource,
            decision::Column::Segment,
            decision::Column::IsHighRisk,
            decision::Column::Track,
            decision::Column::InputHash,
        ])
        .column_as(decision::Column::Reasons.is_not_null(), "has_reasons")
        .into_model::<HeldColumns>()
        .all(&store.db)
        .await?;
    let unreadable = |column| move || StoreError::unreadable(column);
    let held = |row: HeldColumns| -> Result<(LoanId, Held)> {
        let track = Track::find(&row.track).ok_or_else(unreadable("decision.track"))?;
        let verdict = Verdict { score: row.score, segment: row.segment, is_high_risk: row.is_high_risk, track };
        let source = ScoreSource::find(&row.score_source).ok_or_else(unreadable("decision.score_source"))?;
        let HeldColumns { loan_id, policy_id, input_hash, has_reasons, .. } = row;
        Ok((LoanId(loan_id), Held { policy: PolicyId(policy_id), verdict, source, input_hash, has_reasons }))
    };
    rows.into_iter().map(held).collect()
}

/// The last run of a model over all loans, with its moment and what it was watched for; nothing before the first.
pub async fn last_report(
    store: &Store,
    scope: Scope,
    model: ModelId,
) -> Result<Option<(DateTime<Utc>, Option<ScoringReport>)>> {
    if scope.reach != Reach::Portfolio {
        return Ok(None);
    }
    let query = scoring::Entity::find()
        .filter(scoring::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(scoring::Column::ModelId.eq(model.0))
        .filter(scoring::Column::IsWhole.eq(true))
        .order_by_desc(scoring::Column::Id);
    let Some(row) = query.one(&store.db).await? else { return Ok(None) };
    let report = row.report.as_deref().map(serde_json::from_str).transpose()?;
    Ok(Some((row.scored_at, report)))
}

/// Keeps what a run of the model that decides came to, and ends the job: all of it, or nothing where the lease was
/// lost. A conflict where another model decides by now.
pub async fn save(store: &Store, actor: Actor, lease: &Lease, run: &Scoring, now: DateTime<Utc>) -> Result<()> {
    let mut change = store.change(actor, now).await?;
    let job = jobs::held_by(&change.tx, lease).await?;
    let portfolio = portfolios::lock(&change.tx, run.portfolio).await?;
    if job.portfolio_id != portfolio.id.0 {
        return Err(StoreError::conflict("This work belongs to another portfolio."));
    }
    if champion_id(&change.tx, portfolio.id).await? != Some(run.model.0) {
        return Err(StoreError::conflict("Another model decides by now. Score the loans again."));
    }
    let id = write(&change, lease, run).await?;
    let jumps = jumps(&change, id).await?;
    keep_reasons(&change, id).await?;
    hold(&change, id).await?;
    overrides::enforce(&change, portfolio.id).await?;
    alerts::answer(&change, id).await?;
    alerts::raise(&change.tx, portfolio.id, &jumps, change.now).await?;
    cases::follow(&mut change, portfolio.id).await?;
    summaries::refresh(&change.tx, &portfolio, change.now).await?;
    let decided = run.decisions.len();
    let told = match decided {
        0 => format!("Looked at {}: none has changed since it was decided on.", count(run.loans, "loan")),
        _ => format!("Looked at {} and decided on {decided} that are new or have changed.", count(run.loans, "loan")),
    };
    jobs::settle(&change.tx, lease, JobState::Succeeded, &told).await?;
    // Of what came up while this ran.
    alerts::ask_for_decisions(&mut change, portfolio.id).await?;
    let details = json!({
        "model": run.model, "policy": run.policy, "loans": run.loans, "is_whole": run.is_whole, "decisions": decided,
        "score_jumps": jumps.len(), "job": lease.job,
    });
    let subject = format!("scoring:{id}");
    change.commit(Event { portfolio: Some(portfolio.id), action: "loans.scored", subject, details }).await
}

/// Writes a run and its decisions. They hold once somebody says so.
pub(crate) async fn write(change: &Change, lease: &Lease, run: &Scoring) -> Result<i64> {
    let row = scoring::ActiveModel {
        id: NotSet,
        portfolio_id: Set(run.portfolio.0),
        model_id: Set(run.model.0),
        policy_id: Set(run.policy.0),
        job_id: Set(lease.job.0),
        loans: Set(run.loans as i32),
        is_whole: Set(run.is_whole),
        report: Set(run.report.as_ref().map(serde_json::to_string).transpose()?),
        scored_at: Set(change.now),
    };
    let id = scoring::Entity::insert(row).exec(&change.tx).await?.last_insert_id;
    for chunk in run.decisions.chunks(CHUNK) {
        let row = |new: &NewDecision| -> Result<decision::ActiveModel> {
            Ok(decision::ActiveModel {
                id: NotSet,
                loan_id: Set(new.loan.0),
                scoring_id: Set(Some(id)),
                model_id: Set(run.model.0),
                policy_id: Set(run.policy.0),
                score: Set(new.verdict.score),
                score_source: Set(new.source.code().to_owned()),
                segment: Set(new.verdict.segment),
                is_high_risk: Set(new.verdict.is_high_risk),
                track: Set(new.verdict.track.code().to_owned()),
                propensity: Set(PROPENSITY),
                input_hash: Set(new.input_hash),
                reasons: Set(new.reasons.as_ref().map(serde_json::to_string).transpose()?),
                occasion: Set(new.occasion.code().to_owned()),
                as_of: Set(new.as_of),
                decided_at: Set(change.now),
                override_id: Set(None),
            })
        };
        let rows = chunk.iter().map(row).collect::<Result<Vec<_>>>()?;
        decision::Entity::insert_many(rows).exec_without_returning(&change.tx).await?;
    }
    Ok(id)
}

#[derive(Debug, FromQueryResult)]
struct JumpColumns {
    id: i64,
    loan_id: i64,
    was: f64,
    became: f64,
}

/// Scores of a run that are far from those of the decisions that hold. Another model's are of another kind.
async fn jumps(change: &Change, scoring: i64) -> Result<Vec<NewAlert>> {
    let sql = "SELECT d.id, d.loan_id, held.score AS was, d.score AS became FROM decision d \
               JOIN loan l ON l.id = d.loan_id JOIN decision held ON held.id = l.current_decision_id \
               WHERE d.scoring_id = $1 AND held.model_id = d.model_id AND d.score <> held.score ORDER BY d.id";
    let statement = Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [scoring.into()]);
    let rows = JumpColumns::find_by_statement(statement).all(&change.tx).await?;
    let jump = |row: JumpColumns| {
        let found = compare_scores(row.was, row.became, &THRESHOLDS)?;
        Some(NewAlert { loan: LoanId(row.loan_id), found, on: change.now.date_naive(), decision: Some(row.id) })
    };
    Ok(rows.into_iter().filter_map(jump).collect())
}

/// Takes the reasons of the decisions that held until now over to those that have none of their own, where the score is the same
/// and came about in the same way: another policy moves its bounds, and nothing else.
async fn keep_reasons(change: &Change, scoring: i64) -> Result<()> {
    let sql = "UPDATE decision SET reasons = \
               (SELECT held.reasons FROM loan JOIN decision AS held ON held.id = loan.current_decision_id \
               WHERE loan.id = decision.loan_id AND held.model_id = decision.model_id \
               AND held.input_hash = decision.input_hash AND held.score = decision.score) \
               WHERE scoring_id = $1 AND reasons IS NULL";
    let statement = Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [scoring.into()]);
    change.tx.execute_raw(statement).await?;
    Ok(())
}

/// Makes the decisions of a run the ones that hold of their loans.
async fn hold(change: &Change, scoring: i64) -> Result<()> {
    let sql = "UPDATE loan SET (current_decision_id, current_score, current_segment, current_track) = \
               (SELECT d.id, d.score, d.segment, d.track FROM decision d \
               WHERE d.scoring_id = $1 AND d.loan_id = loan.id) \
               WHERE id IN (SELECT d.loan_id FROM decision d WHERE d.scoring_id = $1)";
    let statement = Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [scoring.into()]);
    change.tx.execute_raw(statement).await?;
    Ok(())
}
