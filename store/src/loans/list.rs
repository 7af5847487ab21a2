//! Lists of loans: chosen, ordered, totalled, and read a page at a time.
//!
//! A portfolio may hold millions. So a list is chosen, ordered and totalled on the loan's own columns, most of which one
//! index holds, and only the loans of the page are read with all that belongs to them.

use super::columns::{RowColumns, borrower_ref};
use super::reached;
use crate::arrears;
use crate::connection::Store;
use crate::entity::{borrower, decision, loan};
use crate::error::Result;
use crate::models;
use domain::access::Scope;
use domain::id::PortfolioId;
use domain::listing::{LoanFilter, LoanPage, LoanSort, PAGE_SIZE_MAX};
use domain::loan::RecoveryStatus;
use domain::money::Money;
use domain::track::Track;
use sea_orm::sea_query::extension::postgres::PgBinOper;
use sea_orm::sea_query::{BinOper, Expr, Func, NullOrdering, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, JoinType, Order, QueryFilter,
    QueryOrder, QuerySelect, RelationTrait, Select,
};

/// A page of the loans of one's scope.
pub async fn page(store: &Store, scope: Scope, filter: &LoanFilter) -> Result<LoanPage> {
    let mut chosen = reached(scope);
    if let Some(track) = filter.track {
        chosen = chosen.add(loan::Column::CurrentTrack.eq(track.code()));
    }
    if let Some(segment) = filter.segment {
        chosen = chosen.add(loan::Column::CurrentSegment.eq(segment));
    }
    if let Some(status) = filter.status {
        chosen = chosen.add(loan::Column::RecoveryStatus.eq(status.code()));
    }
    if filter.disagrees {
        let disagreeing = "EXISTS (SELECT 1 FROM loan_arrears d WHERE d.loan_id = loan.id AND d.disagrees)";
        chosen = chosen.add(Expr::cust(disagreeing));
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        chosen = chosen.add(mentions(store, scope, text).await?);
    }
    read_page(store, scope, chosen, (filter.sort, filter.descending), (filter.page, filter.page_size)).await
}

/// The loans to be worked next, highest score first: those with a decision, something left to recover, and arrears that are not
/// cleared. A `track` narrows a scope that reaches further.
pub async fn queue(store: &Store, scope: Scope, track: Option<Track>, page: u32, page_size: u32) -> Result<LoanPage> {
    let mut chosen = reached(scope)
        .add(loan::Column::CurrentScore.is_not_null())
        .add(loan::Column::RecoveryStatus.ne(RecoveryStatus::FullyRecovered.code()))
        .add(Expr::cust("loan.id NOT IN (SELECT w.loan_id FROM loan_watch w WHERE w.cleared_at IS NOT NULL)"));
    if let Some(track) = track {
        chosen = chosen.add(loan::Column::CurrentTrack.eq(track.code()));
    }
    read_page(store, scope, chosen, (LoanSort::Score, true), (page, page_size)).await
}

async fn read_page(
    store: &Store,
    scope: Scope,
    chosen: Condition,
    (sort, descending): (LoanSort, bool),
    (page, page_size): (u32, u32),
) -> Result<LoanPage> {
    let (total, outstanding): (i64, Option<i64>) = loan::Entity::find()
        .filter(chosen.clone())
        .select_only()
        .column_as(loan::Column::Id.count(), "loans")
        .column_as(loan::Column::OutstandingMinor.sum().cast_as("bigint"), "outstanding")
        .into_tuple()
        .one(&store.db)
        .await?
        .unwrap_or_default();
    let page_size = u64::from(page_size.clamp(1, PAGE_SIZE_MAX));
    let ids: Vec<i64> = in_order(loan::Entity::find().filter(chosen), sort, descending)
        .offset(u64::from(page.saturating_sub(1)) * page_size)
        .limit(page_size)
        .select_only()
        .column(loan::Column::Id)
        .into_tuple()
        .all(&store.db)
        .await?;
    let mut rows = read_rows(store, &ids).await?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    let segments = models::champion_segments(&store.db, scope.portfolio).await?;
    Ok(LoanPage {
        rows: rows.into_iter().map(|row| row.view(&segments)).collect::<Result<_>>()?,
        total: total as u64,
        total_outstanding: outstanding.or((total == 0).then_some(0)).map(Money::from_minor),
    })
}

async fn read_rows(store: &Store, ids: &[i64]) -> Result<Vec<RowColumns>> {
    let query = loan::Entity::find()
        .join(JoinType::InnerJoin, loan::Relation::Borrower.def())
        .join(JoinType::LeftJoin, loan::Relation::Decision.def())
        .join(JoinType::LeftJoin, loan::Relation::Arrears.def())
        .filter(loan::Column::Id.is_in(ids.iter().copied()))
        .select_only()
        .columns([
            loan::Column::Id,
            loan::Column::LoanRef,
            loan::Column::LoanType,
            loan::Column::LoanAmountMinor,
            loan::Column::OutstandingMinor,
            loan::Column::RecoveryStatus,
        ])
        .column_as(arrears::missed_payments(), "missed_payments")
        .column_as(arrears::days_past_due(), "days_past_due")
        .column_as(borrower_ref(), "borrower_ref")
        .columns([
            decision::Column::Score,
            decision::Column::Segment,
            decision::Column::IsHighRisk,
            decision::Column::Track,
        ]);
    Ok(query.into_model::<RowColumns>().all(&store.db).await?)
}

/// Ties are broken by the place in the file, so that pages neither repeat nor skip a loan.
fn in_order(query: Select<loan::Entity>, sort: LoanSort, descending: bool) -> Select<loan::Entity> {
    let order = if descending { Order::Desc } else { Order::Asc };
    let (query, by) = match sort {
        LoanSort::Score => (query, loan::Column::CurrentScore.into_expr()),
        LoanSort::LoanRef => (query, loan::Column::LoanRef.into_expr()),
        LoanSort::BorrowerRef => (query.join(JoinType::InnerJoin, loan::Relation::Borrower.def()), borrower_ref()),
        LoanSort::LoanAmount => (query, loan::Column::LoanAmountMinor.into_expr()),
        LoanSort::Outstanding => (query, loan::Column::OutstandingMinor.into_expr()),
        LoanSort::DaysPastDue => (with_arrears(query), arrears::days_past_due()),
        LoanSort::MissedPayments => (with_arrears(query), arrears::missed_payments()),
        LoanSort::Status => (query, loan::Column::RecoveryStatus.into_expr()),
        LoanSort::Segment => (query, loan::Column::CurrentSegment.into_expr()),
        LoanSort::Track => (query, loan::Column::CurrentTrack.into_expr()),
    };
    // References are mostly a word and a number: by length first, LN_9 comes before LN_10.
    let query = match sort {
        LoanSort::LoanRef | LoanSort::BorrowerRef => {
            query.order_by(Expr::from(Func::char_length(by.clone())), order.clone())
        }
        _ => query,
    };
    query.order_by_with_nulls(by, order, NullOrdering::Last).order_by_asc(loan::Column::Id)
}

fn with_arrears(query: Select<loan::Entity>) -> Select<loan::Entity> {
    query.join(JoinType::LeftJoin, loan::Relation::Arrears.def())
}

/// So many loans that a text finds are handed to the queries of the list; of more, each query looks for them itself.
const FOUND_MAX: u64 = 1_000;

/// Loans whose own or whose borrower's reference contains a text, in any case. What means "anything" to LIKE
/// means itself here.
///
/// `SQLite` knows the case of ASCII letters alone, and finds any others only as they are written.
async fn mentions(store: &Store, scope: Scope, text: &str) -> Result<Condition> {
    let matches = mentioning(store.db.get_database_backend(), scope.portfolio, text);
    let some = matches.clone().limit(FOUND_MAX + 1).take();
    let found = store.db.query_all(&some).await?;
    if found.len() as u64 > FOUND_MAX {
        return Ok(Condition::all().add(loan::Column::Id.in_subquery(matches)));
    }
    let ids = found.iter().map(|row| row.try_get_by_index::<i64>(0)).collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(Condition::all().add(loan::Column::Id.is_in(ids)))
}

/// The ids of such loans. Each half reads nothing but an index.
fn mentioning(backend: DbBackend, portfolio: PortfolioId, text: &str) -> SelectStatement {
    let pattern = pattern(text);
    let like = |column: Expr| {
        if backend == DbBackend::Postgres {
            // Its LIKE escapes by backslash as it is, and tells one case from another.
            return column.binary(PgBinOper::ILike, Expr::val(&pattern));
        }
        let escaped = Expr::val(&pattern).binary(BinOper::Escape, Expr::Constant('\\'.into()));
        column.binary(BinOper::Like, escaped)
    };
    let mut by_borrower = Query::select();
    by_borrower
        .column((loan::Entity, loan::Column::Id))
        .from(borrower::Entity)
        .inner_join(loan::Entity, loan::Column::BorrowerId.into_expr().eq(borrower::Column::Id.into_expr()))
        .and_where(borrower::Column::PortfolioId.eq(portfolio.0))
        .and_where(borrower::Column::IsUnnamed.eq(false))
        .and_where(like(borrower::Column::BorrowerRef.into_expr()));
    Query::select()
        .column((loan::Entity, loan::Column::Id))
        .from(loan::Entity)
        .and_where(loan::Column::PortfolioId.eq(portfolio.0))
        .and_where(like(loan::Column::LoanRef.into_expr()))
        .union(UnionType::All, by_borrower)
        .take()
}

/// A text anywhere, for LIKE.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
