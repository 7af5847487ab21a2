//! Where the rows of a chunk stand before they become loans and payments: a table that only the import sees.
//!
//! PostgreSQL fills it by COPY, into a table without a log; SQLite by statements of many rows, into a temporary one
//! that needs no disk. What follows is the same SQL on both.

use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::jobs::Lease;
use chrono::NaiveDate;
use sea_orm::sea_query::Value;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A value of a staged row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    Nothing,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Date(NaiveDate),
    Flag(bool),
    Words(&'a BTreeMap<String, String>),
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    pub(super) fn integer(value: Option<impl Into<i64>>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Integer(value.into()))
    }

    pub(super) fn date(value: Option<NaiveDate>) -> Self {
        value.map_or(Self::Nothing, Self::Date)
    }

    /// As JSON, in the order of their names: the same words are the same text.
    pub(super) fn words(words: &'a BTreeMap<String, String>) -> Self {
        if words.is_empty() { Self::Nothing } else { Self::Words(words) }
    }

    fn value(self) -> Value {
        match self {
            Self::Nothing => Value::BigInt(None),
            Self::Text(text) => Value::String(Some(text.to_owned())),
            Self::Integer(value) => Value::BigInt(Some(value)),
            Self::Number(value) => Value::Double(Some(value)),
            Self::Date(date) => Value::ChronoDate(Some(date)),
            Self::Flag(flag) => Value::Bool(Some(flag)),
            Self::Words(words) => Value::String(Some(json(words))),
        }
    }

    /// As COPY's text format wants it.
    fn copy_into(self, line: &mut String) {
        // Writing to a string does not fail.
        let _ = match self {
            Self::Nothing => write!(line, "\\N"),
            Self::Text(text) => {
                escape_into(text, line);
                Ok(())
            }
            Self::Integer(value) => write!(line, "{value}"),
            Self::Number(value) => write!(line, "{value}"),
            Self::Date(date) => write!(line, "{date}"),
            Self::Flag(flag) => write!(line, "{flag}"),
            Self::Words(words) => {
                escape_into(&json(words), line);
                Ok(())
            }
        };
    }
}

fn json(words: &BTreeMap<String, String>) -> String {
    // Texts by text are JSON, whatever they say.
    serde_json::to_string(words).unwrap_or_default()
}

fn escape_into(text: &str, line: &mut String) {
    for letter in text.chars() {
        match letter {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            letter => line.push(letter),
        }
    }
}

/// A staging table: its columns with their types, which both databases know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) noun: &'static str,
    pub(super) columns: &'static [(&'static str, &'static str)],
}

impl Shape {
    fn definitions(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        columns.join(", ")
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

/// A staging table that is filled with the rows of one chunk.
#[derive(Debug)]
pub(super) struct Staged {
    /// The table's name.
    pub(super) table: String,
    shape: Shape,
}

/// Rows per statement on SQLite: below its limit of bound values, and few enough that the text stays short.
const SQLITE_ROWS: usize = 200;

/// COPY is sent in pieces of about this size.
const COPY_BYTES: usize = 1 << 18;

impl Staged {
    /// Names the table of a file and a lease. Nobody else writes to it: an earlier holder of the job has another number.
    pub(super) fn new(store: &Store, lease: &Lease, file: i64, shape: Shape) -> Self {
        let table = match store.db.get_database_backend() {
            DbBackend::Postgres => format!("staged_{}_{file}_{}_{}", shape.noun, lease.job, lease.attempts),
            _ => format!("temp.staged_{}", shape.noun),
        };
        Self { table, shape }
    }

    /// Brings the rows where the transaction will find them, before it begins: on PostgreSQL only.
    pub(super) async fn fill_before<'a, const N: usize>(
        &self,
        store: &Store,
        rows: impl Iterator<Item = [Cell<'a>; N]>,
    ) -> Result<()> {
        if store.db.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let (table, columns) = (&self.table, self.shape.definitions());
        store.db.execute_unprepared(&format!("CREATE UNLOGGED TABLE IF NOT EXISTS {table} ({columns})")).await?;
        store.db.execute_unprepared(&format!("TRUNCATE {table}")).await?;
        let pool = store.db.get_postgres_connection_pool();
        let mut connection = pool.acquire().await.map_err(copy_failed)?;
        let statement = format!("COPY {table} ({}) FROM STDIN", self.shape.names());
        let mut copy = connection.copy_in_raw(&statement).await.map_err(copy_failed)?;
        let mut text = String::with_capacity(COPY_BYTES + (1 << 12));
        for row in rows {
            for (place, cell) in row.into_iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                cell.copy_into(&mut text);
            }
            text.push('\n');
            if text.len() >= COPY_BYTES {
                copy.send(text.as_bytes()).await.map_err(copy_failed)?;
                text.clear();
            }
        }
        copy.send(text.as_bytes()).await.map_err(copy_failed)?;
        copy.finish().await.map_err(copy_failed)?;
        Ok(())
    }

    /// Brings the rows into the transaction: on SQLite only.
    pub(super) async fn fill_within<'a, const N: usize>(
        &self,
        tx: &DatabaseTransaction,
        rows: impl Iterator<Item = [Cell<'a>; N]>,
    ) -> Result<()> {
        let backend = tx.get_database_backend();
        if backend == DbBackend::Postgres {
            return Ok(());
        }
        let (table, columns) = (&self.table, self.shape.definitions());
        tx.execute_unprepared(&format!("CREATE TEMP TABLE IF NOT EXISTS {} ({columns})", self.name())).await?;
        tx.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        let sql_of = |rows: usize| {
            let row = format!("({})", vec!["?"; N].join(","));
            format!("INSERT INTO {table} VALUES {}", vec![row.as_str(); rows].join(","))
        };
        let whole = sql_of(SQLITE_ROWS);
        let mut values = Vec::with_capacity(SQLITE_ROWS * N);
        for row in rows {
            values.extend(row.into_iter().map(Cell::value));
            if values.len() == SQLITE_ROWS * N {
                let values = std::mem::replace(&mut values, Vec::with_capacity(SQLITE_ROWS * N));
                tx.execute_raw(Statement::from_sql_and_values(backend, whole.as_str(), values)).await?;
            }
        }
        if !values.is_empty() {
            let sql = sql_of(values.len() / N);
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
        Ok(())
    }

    /// Lets each wave be found without reading the others.
    pub(super) async fn index_waves(&self, tx: &DatabaseTransaction) -> Result<()> {
        let (table, name) = (&self.table, self.name());
        let index = match tx.get_database_backend() {
            DbBackend::Postgres => format!("CREATE INDEX IF NOT EXISTS {name}_by_wave ON {table} (wave)"),
            // The index of a temporary table lies in the schema that its name says, and its table is named without one.
            _ => format!("CREATE INDEX IF NOT EXISTS temp.{name}_by_wave ON {name} (wave)"),
        };
        tx.execute_unprepared(&index).await?;
        Ok(())
    }

    /// The name without its schema.
    fn name(&self) -> &str {
        self.table.trim_start_matches("temp.")
    }
}

/// Removes the tables of a file, those of attempts that died included.
pub(super) async fn remove_staged(tx: &DatabaseTransaction, file: i64, shape: Shape) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE $1";
    let pattern = format!("staged\\_{}\\_{file}\\_%", shape.noun);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [pattern.into()]);
    for row in tx.query_all_raw(statement).await? {
        tx.execute_unprepared(&format!("DROP TABLE IF EXISTS {}", row.try_get::<String>("", "name")?)).await?;
    }
    Ok(())
}

fn copy_failed(error: sea_orm::sqlx::Error) -> StoreError {
    StoreError::from(sea_orm::DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error.into())))
}

/// Runs one of our own statements. Its values are numbered `$1`, `$2` … on both databases.
pub(super) async fn execute(
    tx: &DatabaseTransaction,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_as_copy_reads_them() {
        let check = |cell: Cell<'_>, expected: &str| {
            let mut line = String::new();
            cell.copy_into(&mut line);
            assert_eq!(line, expected);
        };
        check(Cell::text(""), "\\N");
        check(Cell::text("a\tb\\c\nd\r"), "a\\tb\\\\c\\nd\\r");
        check(Cell::integer(Some(7)), "7");
        check(Cell::Number(1.5), "1.5");
        check(Cell::Flag(true), "true");
        let words = [("b".to_owned(), "1\t\"".to_owned()), ("a".to_owned(), "ö".to_owned())].into();
        check(Cell::words(&words), r#"{"a":"ö","b":"1\\t\\""}"#);
        check(Cell::words(&BTreeMap::new()), "\\N");
        check(Cell::date(NaiveDate::from_ymd_opt(2026, 11, 3)), "2026-11-03");
    }
}
