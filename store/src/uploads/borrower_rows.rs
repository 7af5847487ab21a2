//! Staged borrowers become borrowers: what a row leaves out stays as it is, and what it replaces is kept.

use super::chunk::{Found, Into};
use super::staging::execute;
use crate::error::Result;
use domain::borrower::{BorrowerRecord, ContactPoint};
use sea_orm::sea_query::Value;

const ATTRIBUTES: [&str; 3] = ["name", "employment_type", "monthly_income_minor"];
const PROTECTED: [&str; 5] = ["age", "birth_date", "gender", "marital_status", "dependants"];

/// Contact points per statement.
const CONTACT_ROWS: usize = 200;

/// Stores the borrowers of a chunk, of which `rows` are staged as such.
pub(super) async fn store(into: &Into<'_>, table: &str, rows: u64, found: &mut Found) -> Result<()> {
    let names = ATTRIBUTES.join(", ");
    let insert = format!(
        "INSERT INTO borrower (portfolio_id, borrower_ref, upload_file_id, {names}) \
         SELECT $1, s.borrower_ref, $2, {values} FROM {table} s WHERE s.is_borrower ORDER BY s.line \
         ON CONFLICT (portfolio_id, borrower_ref) DO NOTHING",
        values = prefixed("s", &ATTRIBUTES),
    );
    let added = execute(into.tx, &insert, [into.portfolio.into(), into.file.into()]).await?;
    found.borrowers_added += added;
    if added < rows {
        found.borrowers_changed += replace(into, table, "borrower", "t.id", &ATTRIBUTES).await?;
    }
    store_protected(into, table, found).await
}

async fn store_protected(into: &Into<'_>, table: &str, found: &mut Found) -> Result<()> {
    let some = PROTECTED.map(|column| format!("s.{column} IS NOT NULL")).join(" OR ");
    let told = into.count_all(&format!("SELECT COUNT(*) AS n FROM {table} s WHERE s.is_borrower AND ({some})")).await?;
    if told == 0 {
        return Ok(());
    }
    let insert = format!(
        "INSERT INTO borrower_protected (borrower_id, upload_file_id, {names}) \
         SELECT b.id, $2, {values} FROM {table} s JOIN borrower b ON b.portfolio_id = $1 AND b.borrower_ref = s.borrower_ref \
         WHERE s.is_borrower AND ({some}) ORDER BY s.line ON CONFLICT (borrower_id) DO NOTHING",
        names = PROTECTED.join(", "),
        values = prefixed("s", &PROTECTED),
    );
    let added = execute(into.tx, &insert, [into.portfolio.into(), into.file.into()]).await?;
    if added < told {
        found.borrowers_changed += replace(into, table, "borrower_protected", "t.borrower_id", &PROTECTED).await?;
    }
    Ok(())
}

/// Writes what the rows say over what is on file, which is kept as history. Gives how many rows of `target` changed.
async fn replace(into: &Into<'_>, table: &str, target: &str, key: &str, columns: &[&str]) -> Result<u64> {
    let differs: Vec<String> = columns
        .iter()
        .map(|column| format!("(s.{column} IS NOT NULL AND s.{column} IS DISTINCT FROM t.{column})"))
        .collect();
    let differs = differs.join(" OR ");
    let matching = format!(
        "s.is_borrower AND b.portfolio_id = $1 AND b.borrower_ref = s.borrower_ref AND {key} = b.id AND ({differs})"
    );
    let keep = format!(
        "INSERT INTO {target}_history (borrower_id, replaced_by_file_id, {names}) \
         SELECT b.id, $2, {old} FROM {table} s, borrower b, {target} t WHERE {matching} ORDER BY s.line",
        names = columns.join(", "),
        old = prefixed("t", columns),
    );
    let changed = execute(into.tx, &keep, [into.portfolio.into(), into.file.into()]).await?;
    if changed > 0 {
        let values: Vec<String> =
            columns.iter().map(|column| format!("{column} = COALESCE(s.{column}, t.{column})")).collect();
        let update = format!(
            "UPDATE {target} AS t SET {values} FROM {table} s, borrower b WHERE {matching}",
            values = values.join(", "),
        );
        execute(into.tx, &update, [into.portfolio.into()]).await?;
    }
    Ok(changed)
}

/// Stores the contact points of borrowers that are on file. Consent that a file tells replaces what was known.
pub(super) async fn store_contacts<'a>(
    into: &Into<'_>,
    borrowers: impl Iterator<Item = &'a BorrowerRecord>,
) -> Result<()> {
    let points: Vec<(&str, &ContactPoint)> = borrowers
        .flat_map(|borrower| borrower.contacts.iter().map(|contact| (borrower.borrower_ref.as_str(), contact)))
        .collect();
    for chunk in points.chunks(CONTACT_ROWS) {
        let rows: Vec<String> = (0..chunk.len())
            .map(|place| {
                let at = |part: usize| place * 4 + part + 3;
                format!(
                    "(CAST(${} AS text), CAST(${} AS text), CAST(${} AS text), CAST(${} AS boolean), {place})",
                    at(0), at(1), at(2), at(3)
                )
            })
            .collect();
        let sql = format!(
            "INSERT INTO borrower_contact (borrower_id, upload_file_id, channel, value, has_consent) \
             SELECT b.id, $2, v.column2, v.column3, v.column4 FROM (VALUES {rows}) AS v \
             JOIN borrower b ON b.portfolio_id = $1 AND b.borrower_ref = v.column1 WHERE true ORDER BY v.column5 \
             ON CONFLICT (borrower_id, channel, value) DO UPDATE SET \
             has_consent = COALESCE(excluded.has_consent, borrower_contact.has_consent)",
            rows = rows.join(", "),
        );
        let mut values: Vec<Value> = vec![into.portfolio.into(), into.file.into()];
        for (borrower, contact) in chunk {
            values.push((*borrower).into());
            values.push(contact.channel.code().into());
            values.push(contact.value.as_str().into());
            values.push(contact.has_consent.into());
        }
        execute(into.tx, &sql, values).await?;
    }
    Ok(())
}

fn prefixed(prefix: &str, columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("{prefix}.{column}")).collect();
    names.join(", ")
}
