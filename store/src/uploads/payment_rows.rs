//! Staged payments become payments of loans that are on file.

use super::chunk::insert_findings;
use super::staging::{Cell, Shape, execute};
use super::target::{Found, Into};
use crate::error::Result;
use domain::payment::{PaymentKind, PaymentRecord};
use domain::upload::{Finding, FindingKind};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Statement};

pub(super) const SHAPE: Shape = Shape {
    noun: "payment",
    columns: &[
        ("line", "bigint"),
        ("loan_ref", "text"),
        ("payment_ref", "text"),
        ("paid_on", "date"),
        ("amount_minor", "bigint"),
        ("kind", "text"),
        ("reversal_of", "text"),
        ("mended_row", "text"),
    ],
};

pub(super) fn staged(records: &[(u64, PaymentRecord)]) -> impl Iterator<Item = [Cell<'_>; 8]> {
    records.iter().map(|(line, record)| {
        [
            Cell::Integer(*line as i64),
            Cell::Text(&record.loan_ref),
            Cell::text(record.payment_ref.as_deref().unwrap_or_default()),
            Cell::Date(record.paid_on),
            Cell::Integer(record.amount.minor),
            Cell::Text(record.kind.code()),
            Cell::text(record.reversal_of.as_deref().unwrap_or_default()),
            Cell::text(record.mended_row.as_deref().unwrap_or_default()),
        ]
    })
}

#[derive(Debug, FromQueryResult)]
struct Lonely {
    line: i64,
    value: String,
    is_warned: bool,
}

#[derive(Debug, FromQueryResult)]
struct Told {
    line: i64,
    value: String,
}

/// Stores the payments of a chunk of `rows` rows.
pub(super) async fn store(into: &Into<'_>, table: &str, rows: u64, found: &mut Found) -> Result<()> {
    let loan = "JOIN loan l ON l.portfolio_id = $1 AND l.loan_ref = s.loan_ref";
    let insert = format!(
        "INSERT INTO payment (loan_id, upload_file_id, source_line, payment_ref, paid_on, amount_minor, kind, reversal_of, \
         mended_row) SELECT l.id, $2, s.line, s.payment_ref, s.paid_on, s.amount_minor, s.kind, s.reversal_of, s.mended_row \
         FROM {table} s {loan} WHERE true ORDER BY s.line ON CONFLICT (loan_id, payment_ref) DO NOTHING"
    );
    let added = execute(into.tx, &insert, [into.portfolio.into(), into.file.into()]).await?;
    found.added += added;
    if added == rows {
        return Ok(());
    }
    // A mended row may be on file as a row of the corrected file. It is known by either then.
    let known = "UPDATE payment AS p SET mended_row = s.mended_row FROM {table} s JOIN loan l ON l.portfolio_id = $1 \
                 AND l.loan_ref = s.loan_ref WHERE p.loan_id = l.id AND p.payment_ref = s.payment_ref \
                 AND p.mended_row IS NULL AND s.mended_row IS NOT NULL";
    execute(into.tx, &known.replace("{table}", table), [into.portfolio.into()]).await?;
    let orphans = format!(
        "SELECT s.line, s.loan_ref AS value FROM {table} s \
         WHERE NOT EXISTS (SELECT 1 FROM loan l WHERE l.portfolio_id = $1 AND l.loan_ref = s.loan_ref) ORDER BY s.line"
    );
    let orphans = Told::find_by_statement(into.statement(&orphans, [into.portfolio.into()])).all(into.tx).await?;
    let other = format!(
        "FROM {table} s {loan} JOIN payment p ON p.loan_id = l.id AND p.payment_ref = s.payment_ref \
         WHERE (p.upload_file_id IS DISTINCT FROM $2 OR p.source_line IS DISTINCT FROM s.line)"
    );
    let differs = "(p.paid_on <> s.paid_on OR p.amount_minor <> s.amount_minor OR p.kind <> s.kind \
                   OR (s.reversal_of IS NOT NULL AND p.reversal_of IS DISTINCT FROM s.reversal_of))";
    let value = "CASE WHEN s.mended_row IS NULL THEN s.payment_ref ELSE s.loan_ref END";
    let conflicts = format!("SELECT s.line, {value} AS value {other} AND {differs} ORDER BY s.line");
    let statement = into.statement(&conflicts, [into.portfolio.into(), into.file.into()]);
    let conflicts = Told::find_by_statement(statement).all(into.tx).await?;
    found.unchanged += rows - added - orphans.len() as u64 - conflicts.len() as u64;
    for row in orphans {
        found.add(Finding::orphan(row.line as u64, into.column_of_loan_id.map(str::to_owned), row.value));
    }
    for row in conflicts {
        found.add(Finding {
            kind: FindingKind::Conflict,
            line: row.line as u64,
            column: None,
            value: row.value,
            reason: "is on file with another date, amount, kind or payment that it takes back; that one is kept"
                .to_owned(),
        });
    }
    Ok(())
}

/// Warns of each payment of a file that takes back one that its loan does not have. Gives how many rows carry no other warning.
pub(super) async fn warn_of_lonely_reversals(tx: &DatabaseTransaction, file: i64) -> Result<i64> {
    let sql = "SELECT p.source_line AS line, p.reversal_of AS value, EXISTS (SELECT 1 FROM upload_finding f \
               WHERE f.upload_file_id = $1 AND f.line = p.source_line AND f.kind = $2) AS is_warned FROM payment p \
               WHERE p.upload_file_id = $1 AND p.reversal_of IS NOT NULL AND p.kind = $3 AND NOT EXISTS (SELECT 1 FROM payment o \
               WHERE o.loan_id = p.loan_id AND o.payment_ref = p.reversal_of AND o.id <> p.id) ORDER BY p.source_line";
    let values = [file.into(), FindingKind::Warned.code().into(), PaymentKind::Reversal.code().into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let lonely = Lonely::find_by_statement(statement).all(tx).await?;
    let warned = lonely.iter().filter(|row| !row.is_warned).count() as i64;
    let findings = lonely.into_iter().map(|row| Finding {
        kind: FindingKind::Warned,
        line: row.line as u64,
        column: None,
        value: row.value,
        reason: "takes back a payment that its loan does not have on file; it is taken off all the same".to_owned(),
    });
    insert_findings(tx, file, findings.collect()).await?;
    Ok(warned)
}
