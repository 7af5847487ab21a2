//! Rows that repeat or contradict what is told of their loan and day. The first one stays, and the others are told.

use super::difference::{contradicts, contradicts_in};
use super::{STATE, TOLD_BEFORE, leave_out};
use crate::error::Result;
use crate::uploads::staging::execute;
use crate::uploads::target::{Found, Into};
use domain::money::{Currency, Money};
use domain::upload::{Finding, FindingKind};
use sea_orm::{ConnectionTrait, FromQueryResult};

#[derive(Debug, FromQueryResult)]
struct Doubled {
    line: i64,
    loan_ref: String,
    first_line: i64,
}

/// A loan that stands twice in one file, for one day: the first row is kept, whether it is the loan's state or in its
/// history by now, or said what was known.
pub(super) async fn reject_doubled(into: &Into<'_>, table: &str, wave: i64, found: &mut Found) -> Result<()> {
    for (kept, key) in [("loan", "id"), ("loan_history", "loan_id"), ("upload_known_row", "loan_id")] {
        let same = format!("{kept} k ON k.{key} = s.loan_id AND k.upload_file_id = $1 AND k.as_of = s.as_of");
        let sql = format!(
            "SELECT s.line, s.loan_ref, COALESCE(MIN(k.source_line), 0) AS first_line FROM {table} s JOIN {same} \
             WHERE s.wave = $2 GROUP BY s.line, s.loan_ref ORDER BY s.line"
        );
        let statement = into.statement(&sql, [into.file.into(), wave.into()]);
        let doubled = Doubled::find_by_statement(statement).all(into.tx).await?;
        if doubled.is_empty() {
            continue;
        }
        for row in doubled {
            let (column, first_line) = (into.column_of_loan_id.map(str::to_owned), row.first_line as u64);
            found.add(Finding::repeated(row.line as u64, column, row.loan_ref, first_line));
        }
        let lines = format!("SELECT s.line FROM {table} s JOIN {same} WHERE s.wave = $2");
        leave_out(into, table, &lines, [into.file.into(), wave.into()]).await?;
    }
    Ok(())
}

/// Remembers rows of days that were told of before: the loan does not say that this file told of them too.
pub(super) async fn remember_known(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO upload_known_row (upload_file_id, loan_id, as_of, source_line) \
         SELECT $1, l.id, s.as_of, s.line FROM {table} s JOIN loan l ON l.id = s.loan_id \
         WHERE s.wave = $2 AND s.as_of <= l.as_of ORDER BY s.line"
    );
    execute(into.tx, &sql, [into.file.into(), wave.into()]).await?;
    Ok(())
}

#[derive(Debug, FromQueryResult)]
struct Conflicting {
    line: i64,
    loan_ref: String,
    column_name: String,
    on_file: Option<String>,
    in_row: Option<String>,
    file_name: Option<String>,
}

/// A loan of which another file says something else for the same day: what is on file stays.
pub(super) async fn list_conflicts(into: &Into<'_>, table: &str, wave: i64, found: &mut Found) -> Result<()> {
    let present = "loan l ON l.id = s.loan_id AND l.as_of = s.as_of".to_owned();
    let earlier = format!(
        "loan present ON present.id = s.loan_id AND present.as_of > s.as_of JOIN loan_history l ON l.id = {TOLD_BEFORE}"
    );
    for told in [present, earlier] {
        list_conflicts_with(into, table, wave, &told, found).await?;
    }
    Ok(())
}

/// Rows that disagree with states `l` of their day, which are joined as `told`.
async fn list_conflicts_with(into: &Into<'_>, table: &str, wave: i64, told: &str, found: &mut Found) -> Result<()> {
    let backend = into.tx.get_database_backend();
    let first_of = |value: &dyn Fn(&str) -> String, of_borrower: &str| {
        let case = |column| format!("WHEN {} THEN {}", contradicts_in(backend, "l", column), value(column));
        let cases = STATE.map(case);
        format!("CASE {} ELSE {of_borrower} END", cases.join(" "))
    };
    let borrower_on_file = "(SELECT b.borrower_ref FROM borrower b WHERE b.id = l.borrower_id)";
    let contradicts = contradicts(backend, "l");
    let sql = format!(
        "SELECT s.line, s.loan_ref, {name} AS column_name, {stored} AS on_file, {staged} AS in_row, f.name AS file_name \
         FROM {table} s JOIN {told} LEFT JOIN upload_file f ON f.id = l.upload_file_id \
         WHERE s.wave = $1 AND {contradicts} ORDER BY s.line",
        name = first_of(&|column| format!("'{column}'"), "'borrower'"),
        stored = first_of(&|column| format!("CAST(l.{column} AS text)"), borrower_on_file),
        staged = first_of(&|column| format!("CAST(s.{column} AS text)"), "s.borrower_ref"),
    );
    let statement = into.statement(&sql, [wave.into()]);
    let conflicting = Conflicting::find_by_statement(statement).all(into.tx).await?;
    if conflicting.is_empty() {
        return Ok(());
    }
    let currency = into.currency().await?;
    for row in conflicting {
        found.add(row.finding(currency));
    }
    let lines = format!("SELECT s.line FROM {table} s JOIN {told} WHERE s.wave = $1 AND {contradicts}");
    leave_out(into, table, &lines, [wave.into()]).await
}

impl Conflicting {
    fn finding(self, currency: Currency) -> Finding {
        let other = self.file_name.unwrap_or_else(|| "another file".to_owned());
        Finding {
            kind: FindingKind::Conflict,
            line: self.line as u64,
            column: Some(words_of(&self.column_name)),
            value: readable(&self.column_name, self.in_row.as_deref(), currency),
            reason: format!(
                "of loan {} is {} in {other} for the same day; that one is kept",
                self.loan_ref,
                readable(&self.column_name, self.on_file.as_deref(), currency),
            ),
        }
    }
}

pub(in crate::uploads) fn words_of(column: &str) -> String {
    column.trim_end_matches("_minor").replace('_', " ")
}

/// A value as people read it: minor units become major ones.
pub(in crate::uploads) fn readable(column: &str, value: Option<&str>, currency: Currency) -> String {
    let value = value.unwrap_or("blank");
    match value.parse::<i64>() {
        Ok(minor) if column.ends_with("_minor") => {
            format!("{:.*}", usize::from(currency.decimals()), Money::from_minor(minor).major(currency))
        }
        _ => value.to_owned(),
    }
}
