//! What treatments cost: by kind, as a setting of the portfolio, and booked with each one when it is carried out. What is booked
//! stays as it is where the setting changes.

use crate::audit::Event;
use crate::connection::Store;
use crate::entity::action_cost;
use crate::error::{Result, StoreError};
use crate::portfolios;
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::cost::ActionCosts;
use domain::id::PortfolioId;
use domain::money::Money;
use domain::policy::plan::TreatmentKind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set, Statement};
use serde_json::json;

/// What treatments of a portfolio cost from now on.
pub async fn get(store: &Store, portfolio: PortfolioId) -> Result<ActionCosts> {
    read(&store.db, portfolio).await
}

async fn read(db: &impl ConnectionTrait, portfolio: PortfolioId) -> Result<ActionCosts> {
    let rows = action_cost::Entity::find().filter(action_cost::Column::PortfolioId.eq(portfolio.0));
    let mut costs = ActionCosts::default();
    for row in rows.all(db).await? {
        let kind = TreatmentKind::find(&row.kind).ok_or_else(|| StoreError::unreadable("action_cost.kind"))?;
        costs.set(kind, Money::from_minor(row.cost_minor));
    }
    Ok(costs)
}

/// Books treatments by these costs from now on.
pub async fn set(store: &Store, actor: Actor, scope: Scope, costs: &ActionCosts, now: DateTime<Utc>) -> Result<()> {
    if scope.reach != Reach::Portfolio {
        return Err(StoreError::NotFound("portfolio"));
    }
    let change = store.change(actor, now).await?;
    let portfolio = portfolios::lock(&change.tx, scope.portfolio).await?.id;
    let before = read(&change.tx, portfolio).await?;
    let old = action_cost::Entity::delete_many().filter(action_cost::Column::PortfolioId.eq(portfolio.0));
    old.exec(&change.tx).await?;
    let row = |(kind, cost): (TreatmentKind, Money)| action_cost::ActiveModel {
        portfolio_id: Set(portfolio.0),
        kind: Set(kind.code().to_owned()),
        cost_minor: Set(cost.minor),
    };
    let rows: Vec<_> = costs.all().map(row).collect();
    if !rows.is_empty() {
        action_cost::Entity::insert_many(rows).exec_without_returning(&change.tx).await?;
    }
    let event = Event {
        portfolio: Some(portfolio),
        action: "portfolio.costs_changed",
        subject: format!("portfolio:{portfolio}"),
        details: json!({ "from": before, "to": costs }),
    };
    change.commit(event).await
}

/// Books the cost of an action that has been carried out, once.
pub(crate) async fn book(db: &impl ConnectionTrait, action: i64) -> Result<()> {
    let sql = "UPDATE action SET cost_minor = (SELECT k.cost_minor FROM action_cost k JOIN recovery_case c \
               ON c.portfolio_id = k.portfolio_id WHERE c.id = action.case_id AND k.kind = action.kind) \
               WHERE id = $1 AND cost_minor IS NULL";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [action.into()])).await?;
    Ok(())
}
