//! Loans: lists, one loan, and all of them for training.

mod columns;

pub(crate) use columns::{FiguresColumns, select_figures};

use crate::arrears;
use crate::connection::Store;
use crate::entity::{borrower, decision, loan, loan_arrears, model, policy, upload_file};
use crate::error::{Result, StoreError};
use crate::models;
use chrono::NaiveDate;
use columns::{DecisionColumns, LoanColumns, PaymentColumns, RowColumns, select_record};
use domain::access::{Reach, Scope};
use domain::id::{LoanId, PortfolioId};
use domain::listing::{LoanDetail, LoanFilter, LoanPage, LoanSort, LoanState, PAGE_SIZE_MAX, PaymentView};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::money::Money;
use domain::track::Track;
use sea_orm::sea_query::{BinOper, Expr, Func, NullOrdering};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select, Statement,
};
use std::collections::HashSet;

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

/// How many loans a portfolio has.
pub async fn count(store: &Store, portfolio: PortfolioId) -> Result<u64> {
    Ok(loan::Entity::find().filter(loan::Column::PortfolioId.eq(portfolio.0)).count(&store.db).await?)
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

/// A page of the loans of one's scope.
pub async fn page(store: &Store, scope: Scope, filter: &LoanFilter) -> Result<LoanPage> {
    let mut query = within(scope);
    if let Some(track) = filter.track {
        query = query.filter(decision::Column::Track.eq(track.code()));
    }
    if let Some(segment) = filter.segment {
        query = query.filter(decision::Column::Segment.eq(segment));
    }
    if let Some(status) = filter.status {
        query = query.filter(loan::Column::RecoveryStatus.eq(status.code()));
    }
    if filter.disagrees {
        let disagreeing = "EXISTS (SELECT 1 FROM loan_arrears d WHERE d.loan_id = loan.id AND d.disagrees)";
        query = query.filter(Expr::cust(disagreeing));
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query = query.filter(mentions(text));
    }
    read_page(store, scope, query, (filter.sort, filter.descending), (filter.page, filter.page_size)).await
}

/// The loans to be worked next, highest score first: those with a decision and something left to recover. A
/// `track` narrows a scope that reaches further.
pub async fn queue(store: &Store, scope: Scope, track: Option<Track>, page: u32, page_size: u32) -> Result<LoanPage> {
    let mut query = within(scope)
        .filter(decision::Column::Id.is_not_null())
        .filter(loan::Column::RecoveryStatus.ne(RecoveryStatus::FullyRecovered.code()));
    if let Some(track) = track {
        query = query.filter(decision::Column::Track.eq(track.code()));
    }
    read_page(store, scope, query, (LoanSort::Score, true), (page, page_size)).await
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
        Some(decision) => decision_columns(decision).one(&store.db).await?.map(DecisionColumns::view).transpose()?,
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

async fn expect_within(store: &Store, scope: Scope, id: LoanId) -> Result<()> {
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
    let reach = match scope.reach {
        Reach::Portfolio => Condition::all(),
        Reach::Track(track) => Condition::all().add(decision::Column::Track.eq(track.code())),
        Reach::Nothing => Condition::all().add(Expr::val(false)),
    };
    with_decision(scope.portfolio).filter(reach)
}

pub(crate) fn with_decision(portfolio: PortfolioId) -> Select<loan::Entity> {
    loan::Entity::find()
        .join(JoinType::InnerJoin, loan::Relation::Borrower.def())
        .join(JoinType::LeftJoin, loan::Relation::Decision.def())
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
}

/// Loans whose own or whose borrower's reference contains a text, in any case. What means "anything" to LIKE
/// means itself here.
///
/// The database lowers both sides, so that they are lowered alike: `SQLite` knows the case of ASCII letters alone, and
/// finds any others only as they are written.
fn mentions(text: &str) -> Condition {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    let like = |column: Expr| {
        let escaped = Expr::from(Func::lower(Expr::val(&pattern))).binary(BinOper::Escape, Expr::Constant('\\'.into()));
        Expr::from(Func::lower(column)).binary(BinOper::Like, escaped)
    };
    Condition::any().add(like(loan::Column::LoanRef.into_expr())).add(like(borrower::Column::BorrowerRef.into_expr()))
}

async fn read_page(
    store: &Store,
    scope: Scope,
    query: Select<loan::Entity>,
    (sort, descending): (LoanSort, bool),
    (page, page_size): (u32, u32),
) -> Result<LoanPage> {
    let (total, outstanding): (i64, Option<i64>) = query
        .clone()
        .select_only()
        .column_as(loan::Column::Id.count(), "loans")
        .column_as(loan::Column::OutstandingMinor.sum().cast_as("bigint"), "outstanding")
        .into_tuple()
        .one(&store.db)
        .await?
        .unwrap_or_default();
    let page_size = u64::from(page_size.clamp(1, PAGE_SIZE_MAX));
    let query = query.join(JoinType::LeftJoin, loan::Relation::Arrears.def());
    let rows = in_order(query, sort, if descending { Order::Desc } else { Order::Asc })
        .offset(u64::from(page.saturating_sub(1)) * page_size)
        .limit(page_size)
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
        .column(borrower::Column::BorrowerRef)
        .columns([
            decision::Column::Score,
            decision::Column::Segment,
            decision::Column::IsHighRisk,
            decision::Column::Track,
        ])
        .into_model::<RowColumns>()
        .all(&store.db)
        .await?;
    let segments = models::champion_segments(&store.db, scope.portfolio).await?;
    Ok(LoanPage {
        rows: rows.into_iter().map(|row| row.view(&segments)).collect::<Result<_>>()?,
        total: total as u64,
        total_outstanding: outstanding.or((total == 0).then_some(0)).map(Money::from_minor),
    })
}

/// Ties are broken by the place in the file, so that pages neither repeat nor skip a loan.
fn in_order(query: Select<loan::Entity>, sort: LoanSort, order: Order) -> Select<loan::Entity> {
    let by = match sort {
        LoanSort::Score => decision::Column::Score.into_expr(),
        LoanSort::LoanRef => loan::Column::LoanRef.into_expr(),
        LoanSort::BorrowerRef => borrower::Column::BorrowerRef.into_expr(),
        LoanSort::LoanAmount => loan::Column::LoanAmountMinor.into_expr(),
        LoanSort::Outstanding => loan::Column::OutstandingMinor.into_expr(),
        LoanSort::DaysPastDue => arrears::days_past_due(),
        LoanSort::MissedPayments => arrears::missed_payments(),
        LoanSort::Status => loan::Column::RecoveryStatus.into_expr(),
        LoanSort::Segment => decision::Column::Segment.into_expr(),
        LoanSort::Track => decision::Column::Track.into_expr(),
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
