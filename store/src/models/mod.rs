//! The registry of models. The first that passes its gate without a leak alarm becomes champion and decides on the loans; others
//! wait for approval with their decisions, and one that does not pass is kept, and changes nothing.

mod approval;
mod promotion;

pub use approval::{REASON_MAX, approve, promotion, reject};
pub use promotion::promote;

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{decision, model, model_training, user};
use crate::error::{Result, StoreError};
use crate::jobs::{self, Lease};
use crate::scorings::{self, NewDecision, Scoring};
use crate::{alerts, cases, portfolios, summaries};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::champion::compare;
use domain::id::{LoanId, ModelId, PolicyId, PortfolioId, UserId};
use domain::insight::Insight;
use domain::job::JobState;
use domain::model::{ModelCard, ModelFigures, ModelState, ScoreSource, TrainingOptions};
use domain::scoring_report::ScoringReport;
use domain::segment::{Segment, Segmentation};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, NotSet, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select, Set,
};
use serde_json::json;
use std::collections::HashSet;

/// Rows per statement: faster than one by one, and below the databases' limits of bound values.
pub(crate) const CHUNK: usize = 500;

#[derive(Clone, Debug)]
pub struct NewModel {
    pub options: TrainingOptions,
    pub figures: ModelFigures,
    pub segmentation: Segmentation,
    /// What scores, in the engine's own format.
    pub artifact: Vec<u8>,
    /// Which loans trained it and what scores those, in the engine's own format.
    pub training: Vec<u8>,
    /// SHA-256 over the loans that it was trained on.
    pub data_hash: String,
    /// How scores and features were spread, in the engine's own words; what drift of later runs is told from.
    pub reference: Option<String>,
    pub insight: Option<Insight>,
    pub notes: Vec<String>,
}

/// What training on a portfolio comes to.
#[derive(Clone, Debug)]
pub struct Analysis {
    pub portfolio: PortfolioId,
    pub model: NewModel,
    /// The policy that made the verdicts.
    pub policy: PolicyId,
    pub decisions: Vec<NewDecision>,
    pub report: Option<ScoringReport>,
}

/// Keeps a model, lets it decide where it passed its gate, and ends the job: all of it, or nothing where the lease
/// was lost.
pub async fn save_analysis(
    store: &Store,
    actor: Actor,
    lease: &Lease,
    analysis: &Analysis,
    now: DateTime<Utc>,
) -> Result<ModelCard> {
    let mut change = store.change(actor, now).await?;
    let gate = &analysis.model.figures.gate;
    let job = jobs::held_by(&change.tx, lease).await?;
    let portfolio = portfolios::lock(&change.tx, analysis.portfolio).await?;
    if job.portfolio_id != portfolio.id.0 {
        return Err(StoreError::conflict("This work belongs to another portfolio."));
    }
    let champion = champion_card(&change.tx, portfolio.id).await?;
    // Where nobody works by anything yet, there is nothing to compare with and nobody to ask; but a model that may know
    // outcomes beforehand waits until somebody has looked at what gives them away.
    let decides = gate.passed && champion.is_none() && analysis.model.figures.leak_alarms.is_empty();
    let (model, version) = insert(&change, analysis, job.requested_by, decides).await?;
    if gate.passed {
        let run = Scoring {
            portfolio: portfolio.id,
            model,
            policy: analysis.policy,
            loans: analysis.decisions.len() as u32,
            is_whole: true,
            decisions: analysis.decisions.clone(),
            report: analysis.report.clone(),
        };
        let scoring = scorings::write(&change, lease, &run).await?;
        if decides {
            alerts::answer(&change, scoring).await?;
        }
    }
    if decides {
        promotion::let_decide(&change, portfolio.id, model).await?;
        cases::follow(&mut change, portfolio.id).await?;
        summaries::refresh(&change.tx, &portfolio, change.now).await?;
    }
    let row = cards(portfolio.id).filter(model::Column::Id.eq(model.0)).into_model::<CardColumns>();
    let card = row.one(&change.tx).await?.ok_or(StoreError::NotFound("model"))?.card()?;
    let details = json!({
        "version": version,
        "gate_passed": gate.passed,
        "leak_alarms": analysis.model.figures.leak_alarms,
        "decides": decides,
        "decisions": if gate.passed { analysis.decisions.len() } else { 0 },
        "policy": analysis.policy,
        "data_hash": analysis.model.data_hash,
        "job": lease.job,
    });
    let told = told(&analysis.model.figures, champion.as_ref(), decides);
    jobs::settle(&change.tx, lease, JobState::Succeeded, &told).await?;
    let subject = format!("model:{model}");
    change.commit(Event { portfolio: Some(portfolio.id), action: "model.fitted", subject, details }).await?;
    Ok(card)
}

/// What the job says of a model at its end.
fn told(figures: &ModelFigures, champion: Option<&ModelCard>, decides: bool) -> String {
    let mut sentences = vec![figures.gate.reason.clone()];
    if figures.gate.passed && !decides {
        sentences.extend(figures.leak_alarms.iter().cloned());
        let beside = champion.and_then(|champion| compare(figures, &champion.figures, champion.version));
        sentences.extend(beside.map(|beside| beside.words));
        let until = champion.map_or("no model decides", |_| "the champion decides");
        sentences.push(format!("It waits for approval on the page Models; until then {until}"));
    }
    sentences.iter().map(|sentence| format!("{}.", sentence.trim_end_matches('.'))).collect::<Vec<_>>().join(" ")
}

async fn insert(change: &Change, analysis: &Analysis, fitted_by: Option<i64>, decides: bool) -> Result<(ModelId, i32)> {
    let new = &analysis.model;
    let latest: Option<Option<i32>> = model::Entity::find()
        .filter(model::Column::PortfolioId.eq(analysis.portfolio.0))
        .select_only()
        .column_as(model::Column::Version.max(), "version")
        .into_tuple()
        .one(&change.tx)
        .await?;
    let version = latest.flatten().unwrap_or(0) + 1;
    let row = model::ActiveModel {
        id: NotSet,
        portfolio_id: Set(analysis.portfolio.0),
        version: Set(version),
        options: Set(serde_json::to_string(&new.options)?),
        figures: Set(serde_json::to_string(&new.figures)?),
        segmentation: Set(serde_json::to_string(&new.segmentation)?),
        notes: Set(serde_json::to_string(&new.notes)?),
        artifact: Set(new.artifact.clone()),
        data_hash: Set(new.data_hash.clone()),
        reference: Set(new.reference.clone()),
        insight: Set(new.insight.as_ref().map(serde_json::to_string).transpose()?),
        fitted_by: Set(fitted_by),
        fitted_at: Set(change.now),
        promoted_at: Set(decides.then_some(change.now)),
        rationale: Set(String::new()),
        retired_at: Set(None),
        rejected_at: Set(None),
    };
    let id = model::Entity::insert(row).exec(&change.tx).await?.last_insert_id;
    let training = model_training::ActiveModel { model_id: Set(id), content: Set(new.training.clone()) };
    model_training::Entity::insert(training).exec_without_returning(&change.tx).await?;
    Ok((ModelId(id), version))
}

/// The model whose decisions hold. Everybody of the portfolio may see it: the segments of their loans are its.
pub async fn champion(store: &Store, scope: Scope) -> Result<Option<ModelCard>> {
    if scope.reach == Reach::Nothing {
        return Ok(None);
    }
    champion_card(&store.db, scope.portfolio).await
}

/// All models, the newest first.
pub async fn list(store: &Store, scope: Scope) -> Result<Vec<ModelCard>> {
    if scope.reach != Reach::Portfolio {
        return Ok(Vec::new());
    }
    let query = cards(scope.portfolio).order_by_desc(model::Column::Version).into_model::<CardColumns>();
    query.all(&store.db).await?.into_iter().map(CardColumns::card).collect()
}

pub async fn get(store: &Store, scope: Scope, id: ModelId) -> Result<ModelCard> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("model"));
    }
    let query = cards(scope.portfolio).filter(model::Column::Id.eq(id.0)).into_model::<CardColumns>();
    query.one(&store.db).await?.ok_or(StoreError::NotFound("model"))?.card()
}

/// What scores with a model, for jobs.
pub async fn artifact(store: &Store, portfolio: PortfolioId, id: ModelId) -> Result<Vec<u8>> {
    let query = model::Entity::find_by_id(id.0).filter(model::Column::PortfolioId.eq(portfolio.0));
    let found = query.select_only().column(model::Column::Artifact).into_tuple().one(&store.db).await?;
    found.ok_or(StoreError::NotFound("model"))
}

/// Which loans trained a model and what scores those, for jobs; nothing of a model that was made before this was kept.
pub async fn training(store: &Store, portfolio: PortfolioId, id: ModelId) -> Result<Option<Vec<u8>>> {
    let of_portfolio = model::Entity::find_by_id(id.0).filter(model::Column::PortfolioId.eq(portfolio.0));
    let found: Option<i64> = of_portfolio.select_only().column(model::Column::Id).into_tuple().one(&store.db).await?;
    let found = found.ok_or(StoreError::NotFound("model"))?;
    Ok(model_training::Entity::find_by_id(found).one(&store.db).await?.map(|row| row.content))
}

/// The loans that were ever decided on by the trees of a model that did not see them: those trained it.
pub async fn trained_by_decisions(store: &Store, portfolio: PortfolioId, id: ModelId) -> Result<HashSet<LoanId>> {
    let query = decision::Entity::find()
        .join(JoinType::InnerJoin, decision::Relation::Model.def())
        .filter(model::Column::PortfolioId.eq(portfolio.0))
        .filter(decision::Column::ModelId.eq(id.0))
        .filter(decision::Column::ScoreSource.eq(ScoreSource::OutOfBag.code()));
    let found: Vec<i64> = query.select_only().column(decision::Column::LoanId).into_tuple().all(&store.db).await?;
    Ok(found.into_iter().map(LoanId).collect())
}

/// What a model of one's scope leans on; nothing where nobody could tell.
pub async fn insight(store: &Store, scope: Scope, id: ModelId) -> Result<Option<Insight>> {
    get(store, scope, id).await?;
    let query = model::Entity::find_by_id(id.0).select_only().column(model::Column::Insight);
    let found: Option<Option<String>> = query.into_tuple().one(&store.db).await?;
    Ok(found.flatten().as_deref().map(serde_json::from_str).transpose()?)
}

/// How a model's scores and features were spread when it was made.
pub async fn reference(store: &Store, portfolio: PortfolioId, id: ModelId) -> Result<Option<String>> {
    let query = model::Entity::find_by_id(id.0).filter(model::Column::PortfolioId.eq(portfolio.0));
    let found: Option<Option<String>> =
        query.select_only().column(model::Column::Reference).into_tuple().one(&store.db).await?;
    found.ok_or(StoreError::NotFound("model"))
}

/// The segments of the champion; none before the first one.
pub(crate) async fn champion_segments(db: &impl ConnectionTrait, portfolio: PortfolioId) -> Result<Vec<Segment>> {
    let query = model::Entity::find().filter(is_champion(portfolio));
    let found: Option<String> = query.select_only().column(model::Column::Segmentation).into_tuple().one(db).await?;
    let Some(json) = found else { return Ok(Vec::new()) };
    Ok(serde_json::from_str::<Segmentation>(&json)?.segments)
}

pub(crate) async fn champion_id(db: &impl ConnectionTrait, portfolio: PortfolioId) -> Result<Option<i64>> {
    let query = model::Entity::find().filter(is_champion(portfolio));
    Ok(query.select_only().column(model::Column::Id).into_tuple().one(db).await?)
}

pub(crate) async fn champion_card(db: &impl ConnectionTrait, portfolio: PortfolioId) -> Result<Option<ModelCard>> {
    let query = cards(portfolio).filter(is_champion(portfolio)).into_model::<CardColumns>();
    query.one(db).await?.map(CardColumns::card).transpose()
}

fn is_champion(portfolio: PortfolioId) -> Condition {
    Condition::all()
        .add(model::Column::PortfolioId.eq(portfolio.0))
        .add(model::Column::PromotedAt.is_not_null())
        .add(model::Column::RetiredAt.is_null())
}

/// All but the artifact, which is large.
#[derive(Debug, FromQueryResult)]
struct CardColumns {
    id: i64,
    version: i32,
    options: String,
    figures: String,
    segmentation: String,
    notes: String,
    fitted_by: Option<String>,
    fitted_by_id: Option<i64>,
    fitted_at: DateTime<Utc>,
    promoted_at: Option<DateTime<Utc>>,
    rationale: String,
    retired_at: Option<DateTime<Utc>>,
    rejected_at: Option<DateTime<Utc>>,
}

fn cards(portfolio: PortfolioId) -> Select<model::Entity> {
    model::Entity::find()
        .join(JoinType::LeftJoin, model::Relation::User.def())
        .filter(model::Column::PortfolioId.eq(portfolio.0))
        .select_only()
        .columns([
            model::Column::Id,
            model::Column::Version,
            model::Column::Options,
            model::Column::Figures,
            model::Column::Segmentation,
            model::Column::Notes,
            model::Column::FittedAt,
            model::Column::PromotedAt,
            model::Column::Rationale,
            model::Column::RetiredAt,
            model::Column::RejectedAt,
        ])
        .column_as(user::Column::Name, "fitted_by")
        .column_as(model::Column::FittedBy, "fitted_by_id")
}

impl CardColumns {
    fn card(self) -> Result<ModelCard> {
        Ok(ModelCard {
            id: ModelId(self.id),
            version: self.version,
            state: match (self.promoted_at, self.retired_at) {
                (_, Some(_)) => ModelState::Retired,
                (Some(_), None) => ModelState::Champion,
                (None, None) if self.rejected_at.is_some() => ModelState::Rejected,
                (None, None) => ModelState::Candidate,
            },
            options: serde_json::from_str(&self.options)?,
            figures: serde_json::from_str(&self.figures)?,
            segmentation: serde_json::from_str(&self.segmentation)?,
            notes: serde_json::from_str(&self.notes)?,
            fitted_by: self.fitted_by.unwrap_or_else(|| Actor::CommandLine.to_string()),
            fitted_by_user: self.fitted_by_id.map(UserId),
            fitted_at: self.fitted_at,
            promoted_at: self.promoted_at,
            rationale: self.rationale,
        })
    }
}
