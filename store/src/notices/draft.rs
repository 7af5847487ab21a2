//! Drafts, and their end.

use crate::change::Change;
use crate::connection::moment_sql;
use crate::entity::legal_notice;
use crate::error::{Result, StoreError};
use crate::models::CHUNK;
use crate::portfolios;
use chrono::NaiveDate;
use domain::id::{LoanId, PortfolioId};
use domain::money::Money;
use domain::notice::{self, NoticeLoan, NoticeText};
use sea_orm::{ConnectionTrait, FromQueryResult, NotSet, Set, Statement};
use std::collections::HashMap;

/// A notice that a step asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewNotice<'a> {
    pub(crate) case: i64,
    pub(crate) action: i64,
    pub(crate) loan: LoanId,
    pub(crate) subject: &'a str,
    pub(crate) body: &'a str,
}

#[derive(Debug, FromQueryResult)]
struct Known {
    id: i64,
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

impl Known {
    async fn of(change: &Change, portfolio: PortfolioId, notices: &[NewNotice<'_>]) -> Result<HashMap<i64, Self>> {
        let backend = change.tx.get_database_backend();
        let mut all = HashMap::with_capacity(notices.len());
        for some in notices.chunks(CHUNK) {
            let places: Vec<String> = (2..some.len() + 2).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT l.id, l.loan_amount_minor, l.outstanding_minor, l.monthly_instalment_minor, \
                 COALESCE(l.missed_payments, a.missed_payments) AS missed_payments, \
                 COALESCE(l.days_past_due, a.days_past_due) AS days_past_due, l.as_of, b.name, \
                 (SELECT c.value FROM borrower_contact c WHERE c.borrower_id = b.id AND c.channel = 'address' \
                 ORDER BY c.as_of DESC, c.id DESC LIMIT 1) AS address, \
                 (SELECT CAST(SUM(p.amount_minor) AS bigint) FROM payment p WHERE p.loan_id = l.id) AS paid_minor, \
                 (SELECT COUNT(*) FROM payment p WHERE p.loan_id = l.id AND p.amount_minor > 0) AS payments, \
                 (SELECT MAX(p.paid_on) FROM payment p WHERE p.loan_id = l.id AND p.amount_minor > 0) AS paid_on \
                 FROM loan l JOIN borrower b ON b.id = l.borrower_id LEFT JOIN loan_arrears a ON a.loan_id = l.id \
                 WHERE +l.portfolio_id = $1 AND l.id IN ({})",
                places.join(", ")
            );
            let ids = some.iter().map(|notice| notice.loan.0.into());
            let statement = Statement::from_sql_and_values(backend, sql, [portfolio.0.into()].into_iter().chain(ids));
            let rows = Self::find_by_statement(statement).all(&change.tx).await?;
            all.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        Ok(all)
    }

    fn facts(&self) -> NoticeLoan<'_> {
        NoticeLoan {
            loan_amount: self.loan_amount_minor.map(Money::from_minor),
            outstanding: self.outstanding_minor.map(Money::from_minor),
            instalment: self.monthly_instalment_minor.map(Money::from_minor),
            missed_payments: self.missed_payments.map(|missed| missed as u16),
            days_past_due: self.days_past_due.map(|days| days as u32),
            paid: self.paid_minor.map(|sum| (Money::from_minor(sum), self.payments as u64)),
            paid_on: self.paid_on,
            as_of: Some(self.as_of),
            borrower: self.name.as_deref(),
            address: self.address.as_deref(),
        }
    }
}

/// Writes the drafts of notices with the actions that asked for them.
pub(crate) async fn draft_all(change: &Change, portfolio: PortfolioId, notices: &[NewNotice<'_>]) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let found = portfolios::find_in(&change.tx, portfolio).await?;
    let currency = found.ok_or(StoreError::NotFound("portfolio"))?.currency;
    let known = Known::of(change, portfolio, notices).await?;
    let row = |new: &NewNotice<'_>| {
        let facts = known.get(&new.loan.0).ok_or(StoreError::NotFound("loan"))?.facts();
        let text = NoticeText {
            subject: new.subject.to_owned(),
            body: new.body.to_owned(),
            recipient: notice::recipient(facts),
            items: notice::items(facts),
            reasons: notice::reasons(facts, currency),
        };
        Ok(legal_notice::ActiveModel {
            id: NotSet,
            portfolio_id: Set(portfolio.0),
            loan_id: Set(new.loan.0),
            case_id: Set(new.case),
            action_id: Set(new.action),
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
        })
    };
    change.insert_all(notices.iter().map(row).collect::<Result<_>>()?).await
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
