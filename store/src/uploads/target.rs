//! Where the rows of a chunk are stored, and what storing them found.

use crate::connection::moment_sql;
use crate::error::{Result, StoreError};
use crate::portfolios;
use chrono::{DateTime, Utc};
use domain::id::PortfolioId;
use domain::money::Currency;
use domain::upload::Finding;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};
use std::collections::HashSet;

/// What a chunk is stored into.
pub(super) struct Into<'a> {
    pub(super) tx: &'a DatabaseTransaction,
    pub(super) portfolio: i64,
    pub(super) file: i64,
    pub(super) corrects: bool,
    pub(super) column_of_loan_id: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

impl Into<'_> {
    pub(super) fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.tx.get_database_backend(), sql, values)
    }

    /// A moment that is bound as `$1`, `$2` …
    pub(super) fn now_sql(&self, bound: &str) -> String {
        moment_sql(self.tx.get_database_backend(), bound)
    }

    pub(super) async fn count(&self, sql: &str, wave: i64) -> Result<u64> {
        self.number(self.statement(sql, [wave.into()])).await
    }

    /// The ids that a query gives as `id`, each once.
    pub(super) async fn ids(&self, sql: &str, values: Vec<Value>) -> Result<HashSet<i64>> {
        let rows = self.tx.query_all_raw(self.statement(sql, values)).await?;
        rows.iter().map(|row| Ok(row.try_get::<i64>("", "id")?)).collect()
    }

    pub(super) async fn count_all(&self, sql: &str) -> Result<u64> {
        self.number(self.statement(sql, [])).await
    }

    pub(super) async fn currency(&self) -> Result<Currency> {
        let portfolio = portfolios::find_in(self.tx, PortfolioId(self.portfolio)).await?;
        Ok(portfolio.ok_or(StoreError::NotFound("portfolio"))?.currency)
    }

    async fn number(&self, statement: Statement) -> Result<u64> {
        let row = self.tx.query_one_raw(statement).await?.ok_or_else(|| StoreError::unreadable("count"))?;
        Ok(row.try_get::<i64>("", "n")? as u64)
    }
}

/// What storing a chunk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) borrowers_added: u64,
}

impl Found {
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
