//! Loans: lists of them, one loan, and all of them for training.

mod columns;
mod list;

pub(crate) use columns::{FiguresColumns, LoanColumns, select_figures};
pub use list::{page, queue};

use crate::alerts;
use crate::connection::Store;
use crate::entity::{decision, loan, loan_arrears, model, policy, upload_file};
use crate::error::{Result, StoreError};
use crate::models;
use chrono::NaiveDate;
use columns::{DecisionColumns, PaymentColumns, select_record};
use domain::access::{Reach, Scope};
use domain::id::{LoanId, PortfolioId};
use domain::listing::{LoanDetail, LoanState, PaymentView};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::money::Money;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, RelationTrait, Select, Statement,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// All loans of a portfolio in the order of their files, with the attributes that a model may be given.
pub async fn all_for_training(store: &Store, portfolio: PortfolioId) -> Result<Vec<(LoanId, LoanRecord)>> {
    let query = loan::Entity::find().join(JoinType::InnerJoin, loan::Relation::Borrower.def());
    let rows = select_record(query)
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .order_by_asc(loan::Column::Id)
        .into_model::<LoanColumns>()
        .all(&store.db)
        .await?;
    rows.into_iter().map(|row| Ok((LoanId(row.id), row.record()?))).collect()
}

/// Some loans of a portfolio in the order of their files, as [`all_for_training`] gives them.
pub async fn some_for_training(
    store: &Store,
    portfolio: PortfolioId,
    ids: &[LoanId],
) -> Result<Vec<(LoanId, LoanRecord)>> {
    let mut all = Vec::with_capacity(ids.len());
    for some in ids.chunks(models::CHUNK) {
        let query = loan::Entity::find().join(JoinType::InnerJoin, loan::Relation::Borrower.def());
        let rows = select_record(query)
            .filter(loan::Column::PortfolioId.eq(portfolio.0))
            .filter(loan::Column::Id.is_in(some.iter().map(|id| id.0)))
            .into_model::<LoanColumns>()
            .all(&store.db)
            .await?;
        for row in rows {
            all.push((LoanId(row.id), row.record()?));
        }
    }
    all.sort_unstable_by_key(|(id, _)| *id);
    Ok(all)
}

/// How many loans a portfolio has.
pub async fn count(store: &Store, portfolio: PortfolioId) -> Result<u64> {
    Ok(loan::Entity::find().filter(loan::Column::PortfolioId.eq(portfolio.0)).count(&store.db).await?)
}

/// The lowest and the highest id of a portfolio's loans, for who goes through all of them in ranges; nothing where there are none.
pub(crate) async fn first_and_last(store: &Store, portfolio: PortfolioId) -> Result<Option<(i64, i64)>> {
    let ends: Option<(Option<i64>, Option<i64>)> = loan::Entity::find()
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .select_only()
        .column_as(loan::Column::Id.min(), "first")
        .column_as(loan::Column::Id.max(), "last")
        .into_tuple()
        .one(&store.db)
        .await?;
    Ok(ends.and_then(|(first, last)| first.zip(last)))
}

/// So many of the newest loans are asked for the extra columns of a portfolio.
const LOANS_ASKED_FOR_EXTRAS: u64 = 1_000;

/// The names of the extra columns that the newest loans of a portfolio have.
pub async fn extra_columns(store: &Store, portfolio: PortfolioId) -> Result<BTreeSet<String>> {
    let query = loan::Entity::find()
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .order_by_desc(loan::Column::Id)
        .limit(LOANS_ASKED_FOR_EXTRAS)
        .select_only()
        .column(loan::Column::Extras);
    let mut names = BTreeSet::new();
    for json in query.into_tuple::<Option<String>>().all(&store.db).await?.into_iter().flatten() {
        names.extend(serde_json::from_str::<BTreeMap<String, String>>(&json)?.into_keys());
    }
    Ok(names)
}

/// Which of these ids belong to loans of a portfolio.
pub async fn known_refs(store: &Store, portfolio: PortfolioId, refs: &[&str]) -> Result<HashSet<String>> {
    let mut known = HashSet::new();
    for some in refs.chunks(models::CHUNK) {
        let query = loan::Entity::find()
            .filter(loan::Column::PortfolioId.eq(portfolio.0))
            .filter(loan::Column::LoanRef.is_in(some.iter().copied()))
            .select_only()
            .column(loan::Column::LoanRef);
        known.extend(query.into_tuple::<String>().all(&store.db).await?);
    }
    Ok(known)
}

/// Everything that is known of a loan of one's scope.
pub async fn get(store: &Store, scope: Scope, id: LoanId) -> Result<LoanDetail> {
    let query = within(scope).filter(loan::Column::Id.eq(id.0));
    let row = select_record(query).into_model::<LoanColumns>().one(&store.db).await?;
    let record = row.ok_or(StoreError::NotFound("loan"))?.record()?;
    let (imported_at, decision_id, file_name) = loan::Entity::find_by_id(id.0)
        .join(JoinType::LeftJoin, loan::Relation::File.def())
        .select_only()
        .columns([loan::Column::ImportedAt, loan::Column::CurrentDecisionId])
        .column(upload_file::Column::Name)
        .into_tuple::<(_, Option<i64>, Option<String>)>()
        .one(&store.db)
        .await?
        .ok_or(StoreError::NotFound("loan"))?;
    let decision = match decision_id {
        Some(decision) => match decision_columns(decision).one(&store.db).await? {
            Some(columns) => Some(columns.view(alerts::findings_of(store, decision).await?)?),
            None => None,
        },
        None => None,
    };
    let arrears = loan_arrears::Entity::find_by_id(id.0).one(&store.db).await?;
    let disagrees = arrears.as_ref().is_some_and(|arrears| arrears.disagrees);
    let arrears = arrears.map(|arrears| arrears.view());
    Ok(LoanDetail { id, record, arrears, disagrees, decision, file_name, imported_at })
}

/// The newest payments of a loan of one's scope, and how many there are.
pub async fn payments(store: &Store, scope: Scope, id: LoanId, limit: u64) -> Result<(Vec<PaymentView>, u64)> {
    expect_within(store, scope, id).await?;
    let count = "SELECT COUNT(*) AS n FROM payment p WHERE p.loan_id = $1";
    let list = "SELECT p.paid_on, p.amount_minor, p.kind, p.payment_ref, p.reversal_of, f.name AS file_name \
                FROM payment p LEFT JOIN upload_file f ON f.id = p.upload_file_id WHERE p.loan_id = $1 \
                ORDER BY p.paid_on DESC, p.id DESC LIMIT $2";
    let backend = store.db.get_database_backend();
    let row = store.db.query_one_raw(Statement::from_sql_and_values(backend, count, [id.0.into()])).await?;
    let total = row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or_default() as u64;
    let values = [id.0.into(), (limit as i64).into()];
    let rows = PaymentColumns::find_by_statement(Statement::from_sql_and_values(backend, list, values));
    let rows = rows.all(&store.db).await?.into_iter().map(PaymentColumns::view).collect::<Result<_>>()?;
    Ok((rows, total))
}

pub(crate) async fn expect_within(store: &Store, scope: Scope, id: LoanId) -> Result<()> {
    let known = within(scope).filter(loan::Column::Id.eq(id.0)).select_only().column(loan::Column::Id);
    known.into_tuple::<i64>().one(&store.db).await?.map(|_| ()).ok_or(StoreError::NotFound("loan"))
}

#[derive(Debug, FromQueryResult)]
struct StateColumns {
    as_of: NaiveDate,
    outstanding_minor: Option<i64>,
    missed_payments: Option<i32>,
    days_past_due: Option<i64>,
    recovery_status: String,
    file_name: Option<String>,
}

/// What files said of a loan of one's scope, the newest day first.
pub async fn history(store: &Store, scope: Scope, id: LoanId) -> Result<Vec<LoanState>> {
    expect_within(store, scope, id).await?;
    let of = |table: &str, key: &str| {
        format!(
            "SELECT s.as_of, s.outstanding_minor, s.missed_payments, s.days_past_due, s.recovery_status, f.name AS file_name \
             FROM {table} s LEFT JOIN upload_file f ON f.id = s.upload_file_id WHERE s.{key} = $1"
        )
    };
    let sql = format!("{} UNION ALL {} ORDER BY as_of DESC", of("loan", "id"), of("loan_history", "loan_id"));
    let statement = Statement::from_sql_and_values(store.db.get_database_backend(), sql, [id.0.into()]);
    let rows = StateColumns::find_by_statement(statement).all(&store.db).await?;
    rows.into_iter()
        .map(|row| {
            let status = RecoveryStatus::find(&row.recovery_status);
            Ok(LoanState {
                as_of: row.as_of,
                outstanding_amount: row.outstanding_minor.map(Money::from_minor),
                missed_payments: row.missed_payments.map(|missed| missed as u16),
                days_past_due: row.days_past_due.map(|days| days as u32),
                recovery_status: status.ok_or_else(|| StoreError::unreadable("loan.recovery_status"))?,
                file_name: row.file_name,
            })
        })
        .collect()
}

fn decision_columns(id: i64) -> sea_orm::Selector<sea_orm::SelectModel<DecisionColumns>> {
    decision::Entity::find_by_id(id)
        .join(JoinType::InnerJoin, decision::Relation::Model.def())
        .join(JoinType::InnerJoin, decision::Relation::Policy.def())
        .columns([model::Column::Figures, model::Column::Segmentation])
        .column_as(model::Column::Version, "model_version")
        .column_as(policy::Column::Version, "policy_version")
        .columns([policy::Column::LegalAbove, policy::Column::SettlementFrom])
        .into_model()
}

/// The loans of a scope, with their borrower and the decision that holds.
fn within(scope: Scope) -> Select<loan::Entity> {
    with_decision(scope.portfolio).filter(reached(scope))
}

/// The ids of the loans of a scope, for reads of what hangs on loans.
pub(crate) fn ids_within(scope: Scope) -> Select<loan::Entity> {
    loan::Entity::find().select_only().column(loan::Column::Id).filter(reached(scope))
}

/// Which loans a scope reaches.
pub(crate) fn reached(scope: Scope) -> Condition {
    let of_portfolio = Condition::all().add(loan::Column::PortfolioId.eq(scope.portfolio.0));
    match scope.reach {
        Reach::Portfolio => of_portfolio,
        Reach::Track(track) => of_portfolio.add(loan::Column::CurrentTrack.eq(track.code())),
        Reach::Nothing => of_portfolio.add(Expr::val(false)),
    }
}

pub(crate) fn with_decision(portfolio: PortfolioId) -> Select<loan::Entity> {
    loan::Entity::find()
        .join(JoinType::InnerJoin, loan::Relation::Borrower.def())
        .join(JoinType::LeftJoin, loan::Relation::Decision.def())
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
}
