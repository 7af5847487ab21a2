//! The figures of a portfolio: computed with the change that moves them, read by pages.

use crate::alerts;
use crate::arrears;
use crate::connection::Store;
use crate::entity::{loan, portfolio_summary};
use crate::error::Result;
use crate::follow_ups;
use crate::jobs::{self, Lease};
use crate::loans::{self, FiguresColumns};
use crate::models;
use crate::portfolios;
use crate::settlements;
use chrono::{DateTime, SubsecRound, Utc};
use domain::access::{Reach, Scope};
use domain::follow_up::FollowUp;
use domain::id::PortfolioId;
use domain::job::JobState;
use domain::policy::what_if::ScoreTable;
use domain::summary::{PortfolioSummary, summarise};
use domain::team::Portfolio;
use futures_util::TryStreamExt;
use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, StreamTrait};

/// The figures as of the last change; nothing before the first import, or for who sees only a part.
pub async fn get(store: &Store, scope: Scope) -> Result<Option<PortfolioSummary>> {
    if scope.reach != Reach::Portfolio {
        return Ok(None);
    }
    let row = portfolio_summary::Entity::find_by_id(scope.portfolio.0).one(&store.db).await?;
    row.map(|row| Ok(serde_json::from_str(&row.body)?)).transpose()
}

/// How many loans have which score, as of the last change; empty before the first decision, and for who sees only a part.
pub async fn scores(store: &Store, scope: Scope) -> Result<ScoreTable> {
    if scope.reach != Reach::Portfolio {
        return Ok(ScoreTable::default());
    }
    let scores: Option<String> = portfolio_summary::Entity::find_by_id(scope.portfolio.0)
        .select_only()
        .column(portfolio_summary::Column::Scores)
        .into_tuple()
        .one(&store.db)
        .await?;
    Ok(scores.map_or(Ok(ScoreTable::default()), |scores| serde_json::from_str(&scores))?)
}

/// What a model could learn of an earlier day, as of the last import; nothing where files tell too little.
pub async fn follow_up(store: &Store, scope: Scope) -> Result<Option<FollowUp>> {
    if scope.reach != Reach::Portfolio {
        return Ok(None);
    }
    let found: Option<Option<String>> = portfolio_summary::Entity::find_by_id(scope.portfolio.0)
        .select_only()
        .column(portfolio_summary::Column::FollowUp)
        .into_tuple()
        .one(&store.db)
        .await?;
    Ok(found.flatten().map(|json| serde_json::from_str(&json)).transpose()?)
}

/// When the figures of a portfolio were made; everybody in it may know.
pub async fn as_of(store: &Store, scope: Scope) -> Result<Option<DateTime<Utc>>> {
    let row = portfolio_summary::Entity::find_by_id(scope.portfolio.0)
        .select_only()
        .column(portfolio_summary::Column::AsOf)
        .into_tuple()
        .one(&store.db)
        .await?;
    Ok(row)
}

/// Computes the figures of a portfolio anew, from the arrears of its loans and their settlements on, and ends the job that was to do so.
pub async fn refresh_all(store: &Store, lease: &Lease, id: PortfolioId, now: DateTime<Utc>) -> Result<()> {
    arrears::refresh(store, lease, id).await?;
    settlements::refresh(store, lease, id, now).await?;
    alerts::refresh(store, lease, id, now).await?;
    let follow_up = follow_ups::find(store, id, None, None).await?;
    let tx = store.begin().await?;
    let portfolio = portfolios::lock(&tx, id).await?;
    refresh(&tx, &portfolio, now.trunc_subsecs(6)).await?;
    let follow_up = follow_up.map(|follow_up| serde_json::to_string(&follow_up)).transpose()?;
    portfolio_summary::Entity::update_many()
        .col_expr(portfolio_summary::Column::FollowUp, Expr::value(follow_up))
        .filter(portfolio_summary::Column::PortfolioId.eq(id.0))
        .exec(&tx)
        .await?;
    jobs::settle(&tx, lease, JobState::Succeeded, "The figures are up to date.").await?;
    tx.commit().await?;
    Ok(())
}

/// Computes the figures anew, within the change that moves them.
pub(crate) async fn refresh<C: ConnectionTrait + StreamTrait>(
    tx: &C,
    portfolio: &Portfolio,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows = loans::select_figures(loans::with_decision(portfolio.id))
        .order_by_asc(loan::Column::Id)
        .into_model::<FiguresColumns>()
        .stream(tx)
        .await?;
    // One by one, so that a large portfolio stands in memory once and small.
    let loans: Vec<_> = rows.err_into().and_then(async |row| row.figures()).try_collect().await?;
    let segments = models::champion_segments(tx, portfolio.id).await?;
    let scores = loans.iter().filter_map(|(loan, verdict)| Some((verdict.as_ref()?.score, loan.outstanding_amount)));
    let scores = ScoreTable::of(scores);
    let summary = summarise(&loans, &segments, portfolio.currency, now);
    let row = portfolio_summary::ActiveModel {
        portfolio_id: Set(portfolio.id.0),
        body: Set(serde_json::to_string(&summary)?),
        scores: Set(serde_json::to_string(&scores)?),
        as_of: Set(now),
        // Outcomes come with files; other changes keep what was found of them.
        follow_up: NotSet,
    };
    let replace = OnConflict::column(portfolio_summary::Column::PortfolioId)
        .update_columns([
            portfolio_summary::Column::Body,
            portfolio_summary::Column::Scores,
            portfolio_summary::Column::AsOf,
        ])
        .to_owned();
    portfolio_summary::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
