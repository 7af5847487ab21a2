//! Drafts, and their end.

use crate::change::Change;
use crate::connection::moment_sql;
use crate::entity::legal_notice;
use crate::error::{Result, StoreError};
use crate::portfolios;
use chrono::NaiveDate;
use domain::id::{LoanId, PortfolioId};
use domain::money::Money;
use domain::notice::{self, NoticeLoan, NoticeText};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, NotSet, Set, Statement};

#[derive(Debug, FromQueryResult)]
struct Known {
    loan_amount_minor: Option<i64>,
    outstanding_minor: Option<i64>,
    monthly_instalment_minor: Option<i64>,
    missed_payments: Option<i32>,
    days_past_due: Option<i64>,
    as_of: NaiveDate,
    name: Option<String>,
    address: Option<String>,
    paid_minor: Option<i64>,
    payments: i64,
    paid_on: Option<NaiveDate>,
}

/// Writes the draft of a notice with the action that asked for it.
pub(crate) async fn draft(
    change: &Change,
    portfolio: PortfolioId,
    (case, action): (i64, i64),
    loan: LoanId,
    (subject, body): (&str, &str),
) -> Result<()> {
    let sql = "SELECT l.loan_amount_minor, l.outstanding_minor, l.monthly_instalment_minor, \
               COALESCE(l.missed_payments, a.missed_payments) AS missed_payments, \
               COALESCE(l.days_past_due, a.days_past_due) AS days_past_due, l.as_of, b.name, \
               (SELECT c.value FROM borrower_contact c WHERE c.borrower_id = b.id AND c.channel = 'address' \
               ORDER BY c.as_of DESC, c.id DESC LIMIT 1) AS address, \
               (SELECT CAST(SUM(p.amount_minor) AS bigint) FROM payment p WHERE p.loan_id = l.id) AS paid_minor, \
               (SELECT COUNT(*) FROM payment p WHERE p.loan_id = l.id AND p.amount_minor > 0) AS payments, \
               (SELECT MAX(p.paid_on) FROM payment p WHERE p.loan_id = l.id AND p.amount_minor > 0) AS paid_on \
               FROM loan l JOIN borrower b ON b.id = l.borrower_id LEFT JOIN loan_arrears a ON a.loan_id = l.id \
               WHERE l.id = $1 AND l.portfolio_id = $2";
    let backend = change.tx.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [loan.0.into(), portfolio.0.into()]);
    let known = Known::find_by_statement(statement).one(&change.tx).await?.ok_or(StoreError::NotFound("loan"))?;
    let found = portfolios::find_in(&change.tx, portfolio).await?;
    let currency = found.ok_or(StoreError::NotFound("portfolio"))?.currency;
    let facts = NoticeLoan {
        loan_amount: known.loan_amount_minor.map(Money::from_minor),
        outstanding: known.outstanding_minor.map(Money::from_minor),
        instalment: known.monthly_instalment_minor.map(Money::from_minor),
        missed_payments: known.missed_payments.map(|missed| missed as u16),
        days_past_due: known.days_past_due.map(|days| days as u32),
        paid: known.paid_minor.map(|sum| (Money::from_minor(sum), known.payments as u64)),
        paid_on: known.paid_on,
        as_of: Some(known.as_of),
        borrower: known.name.as_deref(),
        address: known.address.as_deref(),
    };
    let text = NoticeText {
        subject: subject.to_owned(),
        body: body.to_owned(),
        recipient: notice::recipient(facts),
        items: notice::items(facts),
        reasons: notice::reasons(facts, currency),
    };
    let row = legal_notice::ActiveModel {
        id: NotSet,
        portfolio_id: Set(portfolio.0),
        loan_id: Set(loan.0),
        case_id: Set(case),
        action_id: Set(action),
        content: Set(serde_json::to_string(&text)?),
        drafted_at: Set(change.now),
        edited_by: Set("[]".to_owned()),
        edited_at: Set(None),
        approved_at: Set(None),
        turned_down_at: Set(None),
        decided_by: Set(None),
        rationale: Set(String::new()),
        limitation_on: Set(None),
        served_at: Set(None),
        served_by: Set(None),
        served_on: Set(None),
        service_method: Set(None),
        service_proof: Set(String::new()),
        withdrawn_at: Set(None),
    };
    legal_notice::Entity::insert(row).exec_without_returning(&change.tx).await?;
    Ok(())
}

/// Withdraws notices whose case has ended before they were served.
pub(crate) async fn withdraw_needless(change: &Change, portfolio: PortfolioId) -> Result<()> {
    let backend = change.tx.get_database_backend();
    let sql = format!(
        "UPDATE legal_notice SET withdrawn_at = {} WHERE portfolio_id = $1 AND served_at IS NULL AND turned_down_at IS NULL \
         AND withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM recovery_case c WHERE c.id = legal_notice.case_id \
         AND c.closed_at IS NOT NULL)",
        moment_sql(backend, "$2"),
    );
    let values = [portfolio.0.into(), change.now.into()];
    change.tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}
