//! Rows that say otherwise of a borrower than another file does.

use super::{Facts, is_own};
use crate::error::Result;
use crate::uploads::loan_rows::{readable, words_of};
use crate::uploads::target::{Found, Into};
use domain::upload::{Finding, FindingKind};
use sea_orm::FromQueryResult;

#[derive(Debug, FromQueryResult)]
struct Contradiction {
    line: i64,
    borrower_ref: String,
    column_name: String,
    on_file: String,
    in_row: String,
}

/// Tells where a row says otherwise of a borrower than another file does for the same day, which is kept.
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
        "SELECT s.line, s.borrower_ref, {name} AS column_name, {on_file} AS on_file, {in_row} AS in_row \
         FROM {table} s JOIN {target} t ON t.{key} = s.borrower_id \
         WHERE s.is_borrower AND s.as_of = t.as_of AND NOT {own} AND ({differs}) ORDER BY s.line",
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
            reason: format!(
                "of borrower {} is {} on file for the same day; that one is kept",
                row.borrower_ref,
                readable(&row.column_name, Some(&row.on_file), currency),
            ),
        });
    }
    Ok(())
}
