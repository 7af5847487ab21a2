//! What payments leave unpaid and how they came in, loan by loan, as of the day that the loan's file speaks for. All of it is computed from
//! what files said, so it can be made anew at any time.

use crate::connection::Store;
use crate::entity::{loan, loan_arrears, loan_paying};
use crate::error::Result;
use crate::jobs::{self, Lease};
use crate::loans;
use crate::models;
use crate::paid::{self, Paid};
use chrono::NaiveDate;
use domain::access::{Reach, Scope};
use domain::arrears::{Arrears, Schedule};
use domain::id::{PortfolioId, UploadId};
use domain::money::Money;
use domain::paying::Paying;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, Set, Statement};

/// Loans whose ids lie within such a range are computed together, in one transaction.
const RANGE: i64 = 5_000;

/// Loans that have payments, with what their schedules are made of.
const LOANS: &str = "SELECT l.id, l.as_of, l.originated_on, l.monthly_instalment_minor, l.tenure_months, l.missed_payments, \
    l.days_past_due FROM loan l WHERE +l.portfolio_id = $1 AND l.id >= $2 AND l.id < $3 \
    AND EXISTS (SELECT 1 FROM payment p WHERE p.loan_id = l.id)";

#[derive(Debug, FromQueryResult)]
struct LoanWithPayments {
    id: i64,
    as_of: NaiveDate,
    originated_on: Option<NaiveDate>,
    monthly_instalment_minor: Option<i64>,
    tenure_months: Option<i32>,
    missed_payments: Option<i32>,
    days_past_due: Option<i64>,
}

impl LoanWithPayments {
    fn schedule(&self) -> Option<Schedule> {
        let instalment = Money::from_minor(self.monthly_instalment_minor?);
        Schedule::new(self.originated_on?, instalment, u16::try_from(self.tenure_months?).ok()?)
    }

    /// Nothing where the schedule is not known, or the payments on file are not all there were.
    fn arrears(&self, paid: &[(NaiveDate, Money)]) -> Option<loan_arrears::ActiveModel> {
        let (first_paid_on, _) = paid.first()?;
        let schedule = self.schedule().filter(|schedule| schedule.is_told_from(*first_paid_on))?;
        let amounts = paid.iter().take_while(|(on, _)| *on <= self.as_of).map(|(_, amount)| amount.minor);
        let sum = amounts.fold(0, i64::saturating_add);
        let arrears = schedule.arrears(Money::from_minor(sum), self.as_of);
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

    fn paying(&self, paid: &[(NaiveDate, Money)]) -> Option<loan_paying::ActiveModel> {
        let paying = Paying::of(paid, self.schedule().as_ref(), self.as_of)?;
        let [over_3_months, over_6_months, over_12_months] = paying.paid_to_due;
        Some(loan_paying::ActiveModel {
            loan_id: Set(self.id),
            as_of: Set(self.as_of),
            paid_to_due_3m: Set(over_3_months),
            paid_to_due_6m: Set(over_6_months),
            paid_to_due_12m: Set(over_12_months),
            days_since_payment: Set(paying.days_since_payment.into()),
            longest_late_run: Set(paying.longest_late_run.map(i32::from)),
        })
    }
}

/// Computes the arrears of all loans of a portfolio that have payments, and how these were paid. What an earlier attempt left is
/// replaced.
pub async fn refresh(store: &Store, lease: &Lease, portfolio: PortfolioId) -> Result<()> {
    let Some((first, last)) = loans::first_and_last(store, portfolio).await? else { return Ok(()) };
    for from in (first..=last).step_by(RANGE as usize) {
        refresh_range(store, lease, portfolio, from).await?;
    }
    Ok(())
}

async fn refresh_range(store: &Store, lease: &Lease, portfolio: PortfolioId, from: i64) -> Result<()> {
    let backend = store.db.get_database_backend();
    let range = [portfolio.0.into(), from.into(), (from + RANGE).into()];
    let loans = LoanWithPayments::find_by_statement(Statement::from_sql_and_values(backend, LOANS, range.clone()));
    let loans = loans.all(&store.db).await?;
    let paid =
        if loans.is_empty() { Paid::new() } else { paid::of_loans(store, portfolio, from..from + RANGE).await? };
    let with_payments = || loans.iter().filter_map(|loan| Some((loan, paid.get(&loan.id)?)));
    let arrears: Vec<_> = with_payments().filter_map(|(loan, paid)| loan.arrears(paid)).collect();
    let paying: Vec<_> = with_payments().filter_map(|(loan, paid)| loan.paying(paid)).collect();
    let tx = store.begin().await?;
    jobs::held_by(&tx, lease).await?;
    for table in ["loan_arrears", "loan_paying"] {
        let clear = format!(
            "DELETE FROM {table} WHERE loan_id IN (SELECT l.id FROM loan l WHERE +l.portfolio_id = $1 AND l.id >= $2 \
             AND l.id < $3)"
        );
        tx.execute_raw(Statement::from_sql_and_values(backend, clear, range.clone())).await?;
    }
    for chunk in arrears.chunks(models::CHUNK) {
        loan_arrears::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(&tx).await?;
    }
    for chunk in paying.chunks(models::CHUNK) {
        loan_paying::Entity::insert_many(chunk.iter().cloned()).exec_without_returning(&tx).await?;
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
