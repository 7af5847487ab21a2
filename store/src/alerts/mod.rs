//! Alerts: changes of loans that matter. Each waits until its loan was decided on again.

mod watch;

pub use watch::refresh;

use crate::change::Change;
use crate::connection::Store;
use crate::entity::{alert, decision, loan};
use crate::error::{Result, StoreError};
use crate::models::CHUNK;
use crate::{jobs, loans};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Scope;
use domain::id::{LoanId, PortfolioId};
use domain::job::Job;
use domain::track::Track;
use domain::watch::{AlertKind, AlertPage, AlertView, Finding, PAGE_SIZE};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType, NotSet,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select, Set, Statement,
};

/// A finding on a loan, to be told.
#[derive(Clone, Debug)]
pub(crate) struct NewAlert {
    pub(crate) loan: LoanId,
    pub(crate) found: Finding,
    /// The day that the facts speak for.
    pub(crate) on: NaiveDate,
    /// Where a decision has been made for it already.
    pub(crate) decision: Option<i64>,
}

/// Writes alerts down: of a loan, one of a kind a day. A second one goes on with the first, and waits again.
pub(crate) async fn raise(
    tx: &DatabaseTransaction,
    portfolio: PortfolioId,
    alerts: &[NewAlert],
    now: DateTime<Utc>,
) -> Result<()> {
    let row = |new: &NewAlert| -> Result<alert::ActiveModel> {
        Ok(alert::ActiveModel {
            id: NotSet,
            portfolio_id: Set(portfolio.0),
            loan_id: Set(new.loan.0),
            kind: Set(new.found.kind.code().to_owned()),
            was: Set(serde_json::to_string(&new.found.was)?),
            became: Set(serde_json::to_string(&new.found.is)?),
            on_day: Set(new.on),
            raised_at: Set(now),
            decision_id: Set(new.decision),
        })
    };
    for chunk in alerts.chunks(CHUNK) {
        let rows = chunk.iter().map(row).collect::<Result<Vec<_>>>()?;
        let go_on = OnConflict::columns([alert::Column::LoanId, alert::Column::Kind, alert::Column::OnDay])
            .update_columns([alert::Column::Became, alert::Column::RaisedAt, alert::Column::DecisionId])
            .to_owned();
        alert::Entity::insert_many(rows).on_conflict(go_on).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Alerts that wait for a decision on their loan.
fn waiting(portfolio: PortfolioId) -> Select<alert::Entity> {
    alert::Entity::find()
        .filter(alert::Column::PortfolioId.eq(portfolio.0))
        .filter(alert::Column::DecisionId.is_null())
        .join(JoinType::InnerJoin, alert::Relation::Loan.def())
        .filter(loan::Column::CurrentDecisionId.is_not_null())
}

/// Decided loans with alerts on which no decision has been made yet.
pub async fn loans_waiting(store: &Store, portfolio: PortfolioId) -> Result<Vec<LoanId>> {
    let query = waiting(portfolio).select_only().column(alert::Column::LoanId).distinct();
    let ids: Vec<i64> = query.order_by_asc(alert::Column::LoanId).into_tuple().all(&store.db).await?;
    Ok(ids.into_iter().map(LoanId).collect())
}

/// Asks that loans with alerts be decided on again, where there are some.
pub(crate) async fn ask_for_decisions(change: &mut Change, portfolio: PortfolioId) -> Result<()> {
    if waiting(portfolio).one(&change.tx).await?.is_some() {
        jobs::add(change, portfolio, &Job::Redecide { portfolio }).await?;
    }
    Ok(())
}

/// Ties the alerts that wait to the decisions of a run on their loans.
pub(crate) async fn answer(change: &Change, scoring: i64) -> Result<()> {
    let sql = "UPDATE alert SET decision_id = (SELECT d.id FROM decision d WHERE d.scoring_id = $1 \
               AND d.loan_id = alert.loan_id) WHERE decision_id IS NULL AND loan_id IN \
               (SELECT d.loan_id FROM decision d WHERE d.scoring_id = $1)";
    let statement = Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [scoring.into()]);
    change.tx.execute_raw(statement).await?;
    Ok(())
}

#[derive(Debug, FromQueryResult)]
struct AlertColumns {
    loan_id: i64,
    loan_ref: String,
    kind: String,
    was: String,
    became: String,
    on_day: NaiveDate,
    raised_at: DateTime<Utc>,
    decided_at: Option<DateTime<Utc>>,
    track: Option<String>,
}

impl AlertColumns {
    fn view(self) -> Result<AlertView> {
        let decided = match (self.decided_at, self.track) {
            (Some(at), Some(track)) => {
                Some((at, Track::find(&track).ok_or_else(|| StoreError::unreadable("decision.track"))?))
            }
            _ => None,
        };
        let found = finding(&self.kind, &self.was, &self.became)?;
        let loan = LoanId(self.loan_id);
        Ok(AlertView { loan, loan_ref: self.loan_ref, found, on: self.on_day, raised_at: self.raised_at, decided })
    }
}

/// What a decision was made for.
pub(crate) async fn findings_of(store: &Store, decision: i64) -> Result<Vec<Finding>> {
    let rows = alert::Entity::find().filter(alert::Column::DecisionId.eq(decision)).order_by_asc(alert::Column::Id);
    rows.all(&store.db).await?.iter().map(|row| finding(&row.kind, &row.was, &row.became)).collect()
}

fn finding(kind: &str, was: &str, became: &str) -> Result<Finding> {
    let kind = AlertKind::find(kind).ok_or_else(|| StoreError::unreadable("alert.kind"))?;
    Ok(Finding { kind, was: serde_json::from_str(was)?, is: serde_json::from_str(became)? })
}

fn chosen(scope: Scope, condition: Condition) -> Select<alert::Entity> {
    alert::Entity::find()
        .join(JoinType::InnerJoin, alert::Relation::Loan.def())
        .filter(alert::Column::PortfolioId.eq(scope.portfolio.0))
        .filter(loans::reached(scope))
        .filter(condition)
}

async fn read(store: &Store, query: Select<alert::Entity>, (page, size): (u32, u32)) -> Result<Vec<AlertView>> {
    let rows = query
        .join(JoinType::LeftJoin, alert::Relation::Decision.def())
        .order_by_desc(alert::Column::RaisedAt)
        .order_by_desc(alert::Column::Id)
        .offset(u64::from(page.saturating_sub(1)) * u64::from(size))
        .limit(u64::from(size))
        .select_only()
        .columns([
            alert::Column::LoanId,
            alert::Column::Kind,
            alert::Column::Was,
            alert::Column::Became,
            alert::Column::OnDay,
            alert::Column::RaisedAt,
        ])
        .column(loan::Column::LoanRef)
        .columns([decision::Column::DecidedAt, decision::Column::Track])
        .into_model::<AlertColumns>()
        .all(&store.db)
        .await?;
    rows.into_iter().map(AlertColumns::view).collect()
}

/// A page, from 1, of the alerts of one's scope, the newest first; of one kind, or of all.
pub async fn page(store: &Store, scope: Scope, kind: Option<AlertKind>, page: u32) -> Result<AlertPage> {
    let of_kind = kind.map(|kind| alert::Column::Kind.eq(kind.code()));
    let query = chosen(scope, Condition::all().add_option(of_kind));
    let total = query.clone().count(&store.db).await?;
    Ok(AlertPage { rows: read(store, query, (page, PAGE_SIZE)).await?, total })
}

/// The newest alerts of a loan of one's scope.
pub async fn of_loan(store: &Store, scope: Scope, id: LoanId) -> Result<Vec<AlertView>> {
    loans::expect_within(store, scope, id).await?;
    let query = chosen(scope, Condition::all().add(alert::Column::LoanId.eq(id.0)));
    read(store, query, (1, PAGE_SIZE)).await
}
