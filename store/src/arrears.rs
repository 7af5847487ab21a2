//! What payments leave unpaid, loan by loan, as of the day that the loan's file speaks for. All of it is computed from
//! what files said, so it can be made anew at any time.

use crate::connection::Store;
use crate::entity::{loan, loan_arrears};
use crate::error::Result;
use crate::jobs::{self, Lease};
use crate::models;
use chrono::NaiveDate;
use domain::access::{Reach, Scope};
use domain::arrears::{Arrears, Schedule};
use domain::id::{PortfolioId, UploadId};
use domain::money::Money;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect, Set, Statement,
};

/// Loans whose ids lie within such a range are computed together, in one transaction.
const RANGE: i64 = 20_000;

/// A loan with what was paid on it up to its day. A fee pays no instalment, and neither does its return. The signs before
/// the portfolio keep `SQLite` from reading an index of the whole portfolio for each range of ids.
const PAID: &str = "SELECT l.id, l.as_of, l.originated_on, l.monthly_instalment_minor, l.tenure_months, l.missed_payments, \
    l.days_past_due, MIN(p.paid_on) AS first_paid_on, \
    CAST(SUM(CASE WHEN p.paid_on <= l.as_of THEN p.amount_minor ELSE 0 END) AS bigint) AS paid_minor \
    FROM loan l JOIN payment p ON p.loan_id = l.id \
    WHERE +l.portfolio_id = $1 AND l.id >= $2 AND l.id < $3 AND p.kind <> 'fee' AND NOT (p.kind = 'reversal' AND EXISTS \
    (SELECT 1 FROM payment f WHERE f.loan_id = p.loan_id AND f.payment_ref = p.reversal_of AND f.kind = 'fee')) \
    GROUP BY l.id";

#[derive(Debug, FromQueryResult)]
struct Paid {
    id: i64,
    as_of: NaiveDate,
    originated_on: Option<NaiveDate>,
    monthly_instalment_minor: Option<i64>,
    tenure_months: Option<i32>,
    missed_payments: Option<i32>,
    days_past_due: Option<i64>,
    first_paid_on: NaiveDate,
    paid_minor: i64,
}

impl Paid {
    /// Nothing where the schedule is not known, or the payments on file are not all there were.
    fn arrears(&self) -> Option<Arrears> {
        let instalment = Money::from_minor(self.monthly_instalment_minor?);
        let schedule = Schedule::new(self.originated_on?, instalment, u16::try_from(self.tenure_months?).ok()?)?;
        schedule
            .is_told_from(self.first_paid_on)
            .then(|| schedule.arrears(Money::from_minor(self.paid_minor), self.as_of))
    }

    fn row(&self) -> Option<loan_arrears::ActiveModel> {
        let arrears = self.arrears()?;
        let told = self.missed_payments.map(|missed| missed as u16);
        Some(loan_arrears::ActiveModel {
            loan_id: Set(self.id),
            as_of: Set(arrears.as_of),
            due_minor: Set(arrears.due.minor),
            paid_minor: Set(arrears.paid.minor),
            missed_payments: Set(arrears.missed_payments.into()),
            days_past_due: Set(arrears.days_past_due.into()),
            disagrees: Set(arrears.disagrees(told, self.days_past_due.map(|days| days as u32))),
        })
    }
}

/// Computes the arrears of all loans of a portfolio that have payments. What an earlier attempt left is replaced.
pub async fn refresh(store: &Store, lease: &Lease, portfolio: PortfolioId) -> Result<()> {
    let ends: Option<(Option<i64>, Option<i64>)> = loan::Entity::find()
        .filter(loan::Column::PortfolioId.eq(portfolio.0))
        .select_only()
        .column_as(loan::Column::Id.min(), "first")
        .column_as(loan::Column::Id.max(), "last")
        .into_tuple()
        .one(&store.db)
        .await?;
    let Some((Some(first), Some(last))) = ends else { return Ok(()) };
    for from in (first..=last).step_by(RANGE as usize) {
        refresh_range(store, lease, portfolio, from).await?;
    }
    Ok(())
}

async fn refresh_range(store: &Store, lease: &Lease, portfolio: PortfolioId, from: i64) -> Result<()> {
    let backend = store.db.get_database_backend();
    let range = [portfolio.0.into(), from.into(), (from + RANGE).into()];
    let paid = Paid::find_by_statement(Statement::from_sql_and_values(backend, PAID, range.clone()));
    let paid = paid.all(&store.db).await?;
    let rows: Vec<_> = paid.iter().filter_map(Paid::row).collect();
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    let clear = "DELETE FROM loan_arrears WHERE loan_id IN (SELECT l.id FROM loan l WHERE +l.portfolio_id = $1 \
                 AND l.id >= $2 AND l.id < $3)";
    tx.execute_raw(Statement::from_sql_and_values(backend, clear, range)).await?;
    for chunk in rows.chunks(models::CHUNK) {
        loan_arrears::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Of how many loans that an upload tells of, or whose payments it brought, a file says other arrears than the payments do.
pub async fn disagreeing(store: &Store, scope: Scope, upload: UploadId) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS n FROM loan_arrears a JOIN loan l ON l.id = a.loan_id WHERE a.disagrees \
               AND l.portfolio_id = $1 AND (l.upload_file_id IN (SELECT f.id FROM upload_file f WHERE f.upload_id = $2) \
               OR EXISTS (SELECT 1 FROM payment p JOIN upload_file f ON f.id = p.upload_file_id \
               WHERE p.loan_id = a.loan_id AND f.upload_id = $2))";
    if scope.reach != Reach::Portfolio {
        return Ok(0);
    }
    let values = [scope.portfolio.0.into(), upload.0.into()];
    let statement = Statement::from_sql_and_values(store.db.get_database_backend(), sql, values);
    let row = store.db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or_default() as u64)
}

/// What a file says of missed payments, or else what payments tell. For a query that has joined the arrears.
pub(crate) fn missed_payments() -> Expr {
    Expr::col((loan::Entity, loan::Column::MissedPayments))
        .if_null(Expr::col((loan_arrears::Entity, loan_arrears::Column::MissedPayments)))
}

/// What a file says of days past due, or else what payments tell. For a query that has joined the arrears.
pub(crate) fn days_past_due() -> Expr {
    Expr::col((loan::Entity, loan::Column::DaysPastDue))
        .if_null(Expr::col((loan_arrears::Entity, loan_arrears::Column::DaysPastDue)))
}

impl loan_arrears::Model {
    pub(crate) fn view(&self) -> Arrears {
        Arrears {
            as_of: self.as_of,
            due: Money::from_minor(self.due_minor),
            paid: Money::from_minor(self.paid_minor),
            missed_payments: self.missed_payments as u16,
            days_past_due: self.days_past_due as u32,
        }
    }
}
