//! Rows that say otherwise of a borrower than another file does, or than an earlier row of their own.

use super::{ATTRIBUTES, Facts, PROTECTED, is_own};
use crate::error::Result;
use crate::uploads::loan_rows::{readable, words_of};
use crate::uploads::target::{Found, Into};
use chrono::NaiveDate;
use domain::borrower::BorrowerRecord;
use domain::upload::{Finding, FindingKind};
use sea_orm::FromQueryResult;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

#[derive(Debug, FromQueryResult)]
struct Contradiction {
    line: i64,
    borrower_ref: String,
    column_name: String,
    on_file: String,
    in_row: String,
    /// Whether it stands there by an earlier row of the same file, which the row replaces.
    is_own: bool,
}

/// Tells where a row says otherwise of a borrower than another file does for the same day, which is kept, or than an earlier
/// chunk of its own file does, which is replaced.
pub(super) async fn list_contradictions(into: &Into<'_>, table: &str, facts: Facts, found: &mut Found) -> Result<()> {
    if into.corrects {
        return Ok(());
    }
    let Facts { target, key, columns } = facts;
    let case = |value: &dyn Fn(&str) -> String| {
        let cases = columns.iter().map(|column| format!("WHEN s.{column} <> t.{column} THEN {}", value(column)));
        format!("CASE {} END", cases.collect::<Vec<_>>().join(" "))
    };
    let sql = format!(
        "SELECT s.line, s.borrower_ref, {name} AS column_name, {on_file} AS on_file, {in_row} AS in_row, \
         {own} AS is_own FROM {table} s JOIN {target} t ON t.{key} = s.borrower_id \
         WHERE s.is_borrower AND s.as_of = t.as_of AND ({differs}) ORDER BY s.line",
        name = case(&|column| format!("'{column}'")),
        on_file = case(&|column| format!("CAST(t.{column} AS text)")),
        in_row = case(&|column| format!("CAST(s.{column} AS text)")),
        own = is_own("t", facts),
        differs = columns.iter().map(|column| format!("s.{column} <> t.{column}")).collect::<Vec<_>>().join(" OR "),
    );
    let rows = Contradiction::find_by_statement(into.statement(&sql, [into.file.into()])).all(into.tx).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let currency = into.currency().await?;
    for row in rows {
        found.add(Finding {
            kind: FindingKind::Warned,
            line: row.line as u64,
            column: Some(words_of(&row.column_name)),
            value: readable(&row.column_name, Some(&row.in_row), currency),
            reason: reason(&row.borrower_ref, &readable(&row.column_name, Some(&row.on_file), currency), row.is_own),
        });
    }
    Ok(())
}

fn reason(borrower_ref: &str, known: &str, is_own: bool) -> String {
    if is_own {
        format!("of borrower {borrower_ref} is {known} in an earlier row for the same day; this one is kept")
    } else {
        format!("of borrower {borrower_ref} is {known} on file for the same day; that one is kept")
    }
}

type Told<'a> = [Option<Cow<'a, str>>; 8];

/// The columns of [`told`], in its order.
fn columns() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.into_iter().chain(PROTECTED)
}

fn told(record: &BorrowerRecord) -> Told<'_> {
    fn text(value: Option<&String>) -> Option<Cow<'_, str>> {
        value.map(|text| Cow::Borrowed(text.as_str()))
    }
    let number = |value: Option<i64>| value.map(|number| Cow::Owned(number.to_string()));
    let own = &record.protected;
    [
        text(record.name.as_ref()),
        text(record.employment_type.as_ref()),
        number(record.monthly_income.map(|income| income.minor)),
        number(own.age.map(i64::from)),
        own.birth_date.map(|day| Cow::Owned(day.to_string())),
        text(own.gender.as_ref()),
        text(own.marital_status.as_ref()),
        number(own.dependants.map(i64::from)),
    ]
}

/// Tells where a row of a chunk says otherwise of a borrower than an earlier one does for the same day, which it replaces.
pub(in crate::uploads) async fn list_within<'a>(
    into: &Into<'_>,
    rows: impl Iterator<Item = (u64, &'a BorrowerRecord, NaiveDate)> + Clone,
    found: &mut Found,
) -> Result<()> {
    let mut seen: HashSet<&str> = HashSet::new();
    let is_named = |record: &BorrowerRecord| !record.borrower_ref.is_empty();
    let named = rows.filter(|(_, record, _)| is_named(record));
    let again: HashSet<&str> = named
        .clone()
        .map(|(_, record, _)| record.borrower_ref.as_str())
        .filter(|borrower_ref| !seen.insert(borrower_ref))
        .collect();
    if again.is_empty() {
        return Ok(());
    }
    let mut known: HashMap<(&str, NaiveDate), Told<'_>> = HashMap::new();
    let mut odd = Vec::new();
    for (line, record, day) in named.filter(|(_, record, _)| again.contains(record.borrower_ref.as_str())) {
        let known = known.entry((&record.borrower_ref, day)).or_default();
        for ((column, known), said) in columns().zip(known).zip(told(record)) {
            let Some(said) = said else { continue };
            if let Some(before) = known.replace(said.clone()).filter(|before| *before != said) {
                odd.push((line, &record.borrower_ref, column, before, said));
            }
        }
    }
    if odd.is_empty() {
        return Ok(());
    }
    let currency = into.currency().await?;
    for (line, borrower_ref, column, before, said) in odd {
        found.add(Finding {
            kind: FindingKind::Warned,
            line,
            column: Some(words_of(column)),
            value: readable(column, Some(&said), currency),
            reason: reason(borrower_ref, &readable(column, Some(&before), currency), true),
        });
    }
    Ok(())
}
