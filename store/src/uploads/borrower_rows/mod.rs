//! Staged borrowers become borrowers: what a row leaves out stays as it is, and what it replaces is kept.

mod contacts;
mod contradictions;
mod named_at_last;

pub(super) use contacts::store_contacts;
pub(super) use contradictions::list_within;
pub(super) use named_at_last::inherit;

use super::loan_rows::unqualified;
use super::staging::execute;
use super::target::{Found, Into};
use crate::error::Result;
use contradictions::list_contradictions;
use domain::borrower::BorrowerRecord;

pub(super) const ATTRIBUTES: [&str; 3] = ["name", "employment_type", "monthly_income_minor"];
pub(super) const PROTECTED: [&str; 5] = ["age", "birth_date", "gender", "marital_status", "dependants"];

/// What is known of borrowers, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Facts {
    target: &'static str,
    /// The borrower's id there.
    key: &'static str,
    columns: &'static [&'static str],
}

const BORROWERS: Facts = Facts { target: "borrower", key: "id", columns: &ATTRIBUTES };
const PROTECTED_FACTS: Facts = Facts { target: "borrower_protected", key: "borrower_id", columns: &PROTECTED };

/// The borrower on file whom the staged row `s` names.
pub(super) const NAMED: &str =
    "borrower b ON b.portfolio_id = $1 AND b.borrower_ref = s.borrower_ref AND b.is_unnamed = s.is_unnamed";

/// The id of the borrower whom a staged row names. Joins go by ids: SQLite, which knows nothing of how many rows there are,
/// may else walk through all borrowers of a portfolio for each row.
pub(super) fn of_row(table: &str) -> String {
    let table = unqualified(table);
    format!(
        "(SELECT b.id FROM borrower b WHERE b.portfolio_id = $1 AND b.borrower_ref = {table}.borrower_ref \
         AND b.is_unnamed = {table}.is_unnamed)"
    )
}

/// Finds the borrowers of rows that have none yet.
async fn look_up(into: &Into<'_>, table: &str) -> Result<()> {
    let (target, of_row) = (unqualified(table), of_row(table));
    let sql = format!("UPDATE {target} SET borrower_id = {of_row} WHERE borrower_id IS NULL");
    execute(into.tx, &sql, [into.portfolio.into()]).await?;
    Ok(())
}

/// Adds the borrowers who were not on file before.
pub(super) async fn add(into: &Into<'_>, table: &str, found: &mut Found) -> Result<()> {
    let names = ATTRIBUTES.join(", ");
    let insert = format!(
        "INSERT INTO borrower (portfolio_id, borrower_ref, is_unnamed, upload_file_id, as_of, {names}) \
         SELECT $1, s.borrower_ref, s.is_unnamed, $2, s.as_of, {values} FROM {table} s WHERE s.is_borrower ORDER BY s.line \
         ON CONFLICT (portfolio_id, borrower_ref, is_unnamed) DO NOTHING",
        values = prefixed("s", &ATTRIBUTES),
    );
    found.borrowers_added = execute(into.tx, &insert, [into.portfolio.into(), into.file.into()]).await?;
    Ok(())
}

/// Chooses the row that speaks for each borrower: the last one of the newest day. Rows that are left out
/// say nothing.
pub(super) async fn choose_speakers(into: &Into<'_>, table: &str) -> Result<()> {
    let sql = format!(
        "UPDATE {target} SET is_borrower = (line IN (SELECT r.line FROM (SELECT s.line, ROW_NUMBER() OVER \
         (PARTITION BY s.borrower_ref, s.is_unnamed ORDER BY s.as_of DESC, s.line DESC) AS place FROM {table} s WHERE s.wave <> 0) r \
         WHERE r.place = 1))",
        target = unqualified(table),
    );
    execute(into.tx, &sql, []).await?;
    Ok(())
}

/// Removes borrowers again whom only rows name that are left out.
pub(super) async fn remove_needless(into: &Into<'_>, table: &str, found: &mut Found) -> Result<()> {
    let needed = ["loan", "loan_history", "borrower_protected", "borrower_contact"]
        .map(|other| format!("AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.borrower_id = borrower.id)"))
        .join(" ");
    let sql = format!(
        "DELETE FROM borrower WHERE upload_file_id = $1 \
         AND id IN (SELECT s.borrower_id FROM {table} s WHERE s.wave = 0) {needed}"
    );
    look_up(into, table).await?;
    found.borrowers_added -= execute(into.tx, &sql, [into.file.into()]).await?;
    Ok(())
}

/// How many borrowers on file the rows will change, and be it by a word on consent alone.
pub(super) async fn count_changed(into: &Into<'_>, table: &str, rows: &[(u64, BorrowerRecord)]) -> Result<u64> {
    let sql = format!(
        "SELECT s.borrower_id AS id FROM {table} s JOIN borrower b ON b.id = s.borrower_id \
         LEFT JOIN borrower_protected p ON p.borrower_id = b.id WHERE s.is_borrower AND ({} OR {})",
        tells_news(into, "b", BORROWERS),
        tells_news(into, "p", PROTECTED_FACTS),
    );
    look_up(into, table).await?;
    let known = into.count_all(&format!("SELECT COUNT(*) AS n FROM {table} WHERE borrower_id IS NOT NULL")).await?;
    if known == 0 {
        return Ok(0);
    }
    let mut changed = into.ids(&sql, vec![into.file.into()]).await?;
    changed.extend(contacts::changed(into, table, rows).await?);
    Ok(changed.len() as u64)
}

/// Writes what the rows say of borrowers who were on file before, and what they say that is protected.
pub(super) async fn tell(into: &Into<'_>, table: &str, rows: u64, found: &mut Found) -> Result<()> {
    if found.borrowers_added < rows {
        look_up(into, table).await?;
        list_contradictions(into, table, BORROWERS, found).await?;
        replace(into, table, BORROWERS).await?;
    }
    let some = PROTECTED.map(|column| format!("s.{column} IS NOT NULL")).join(" OR ");
    let told = into.count_all(&format!("SELECT COUNT(*) AS n FROM {table} s WHERE s.is_borrower AND ({some})")).await?;
    if told == 0 {
        return Ok(());
    }
    let insert = format!(
        "INSERT INTO borrower_protected (borrower_id, upload_file_id, as_of, {names}) \
         SELECT b.id, $2, s.as_of, {values} FROM {table} s JOIN {NAMED} \
         WHERE s.is_borrower AND ({some}) ORDER BY s.line ON CONFLICT (borrower_id) DO NOTHING",
        names = PROTECTED.join(", "),
        values = prefixed("s", &PROTECTED),
    );
    let added = execute(into.tx, &insert, [into.portfolio.into(), into.file.into()]).await?;
    if added < told {
        look_up(into, table).await?;
        list_contradictions(into, table, PROTECTED_FACTS, found).await?;
        replace(into, table, PROTECTED_FACTS).await?;
    }
    Ok(())
}

/// Writes what the rows say over what is on file of earlier days; of later days, and of the same day from another file,
/// they fill in what is not known. What another file said is kept as history.
async fn replace(into: &Into<'_>, table: &str, facts: Facts) -> Result<()> {
    let Facts { target, key, columns } = facts;
    let news = tells_news(into, "t", facts);
    let matching = format!("s.is_borrower AND t.{key} = s.borrower_id AND ({news} OR s.as_of > t.as_of)");
    let keep = format!(
        "INSERT INTO {target}_history (borrower_id, replaced_by_file_id, as_of, {names}) \
         SELECT s.borrower_id, $1, t.as_of, {old} FROM {table} s, {target} t \
         WHERE {matching} AND t.upload_file_id IS DISTINCT FROM $1 ORDER BY s.line",
        names = columns.join(", "),
        old = prefixed("t", columns),
    );
    execute(into.tx, &keep, [into.file.into()]).await?;
    let holds = holds(into, "t", facts);
    let value = |column: &&str| {
        format!(
            "{column} = CASE WHEN {holds} THEN COALESCE(s.{column}, t.{column}) ELSE COALESCE(t.{column}, s.{column}) END"
        )
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let update = format!(
        "UPDATE {target} AS t SET {}, as_of = CASE WHEN s.as_of > t.as_of THEN s.as_of ELSE t.as_of END \
         FROM {table} s WHERE {matching}",
        values.join(", ")
    );
    execute(into.tx, &update, [into.file.into()]).await?;
    Ok(())
}

/// Whether what the file that is `$1` says was written over what is on file before.
fn is_own(on_file: &str, facts: Facts) -> String {
    let Facts { target, .. } = facts;
    format!(
        "({on_file}.upload_file_id = $1 OR EXISTS (SELECT 1 FROM {target}_history own \
         WHERE own.borrower_id = s.borrower_id AND own.replaced_by_file_id = $1))"
    )
}

/// Whether a row's word holds against what is on file: it is of a later day, or its file's own, or corrects it.
fn holds(into: &Into<'_>, on_file: &str, facts: Facts) -> String {
    let same_day = if into.corrects { "CAST($1 AS bigint) IS NOT NULL".to_owned() } else { is_own(on_file, facts) };
    format!("(s.as_of > {on_file}.as_of OR (s.as_of = {on_file}.as_of AND {same_day}))")
}

/// Whether a row says what is not on file. What it leaves out says nothing, and where its word does not hold it counts
/// only where nothing is known.
fn tells_news(into: &Into<'_>, target: &str, facts: Facts) -> String {
    let any = |differs: &dyn Fn(&str) -> String| {
        let parts: Vec<String> =
            facts.columns.iter().map(|column| format!("(s.{column} IS NOT NULL AND {})", differs(column))).collect();
        parts.join(" OR ")
    };
    format!(
        "(({} AND ({})) OR {})",
        holds(into, target, facts),
        any(&|column| format!("s.{column} IS DISTINCT FROM {target}.{column}")),
        any(&|column| format!("{target}.{column} IS NULL")),
    )
}

fn prefixed(prefix: &str, columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("{prefix}.{column}")).collect();
    names.join(", ")
}
