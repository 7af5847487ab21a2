//! Taking back what an import stored.

use super::loan_rows::{SOURCE, STATE};
use super::staging::execute;
use crate::change::Change;
use crate::error::{Result, StoreError};
use domain::id::UploadId;
use sea_orm::{ConnectionTrait, Statement};

/// The files of the upload that is `$1`.
const FILES: &str = "(SELECT f.id FROM upload_file f WHERE f.upload_id = $1)";

/// Removes what the files of an upload added, and brings back what they replaced.
pub(super) async fn take_back(change: &Change, id: UploadId) -> Result<()> {
    refuse_if_rested_on(change, id).await?;
    let run = async |sql: String| execute(&change.tx, &sql, [id.0.into()]).await;
    run(format!("DELETE FROM payment WHERE upload_file_id IN {FILES}")).await?;

    // The oldest state that a file of the upload replaced is the one from before it.
    let oldest = |table: &str, key: &str| {
        format!(
            "(SELECT MIN(o.id) FROM {table} o WHERE o.replaced_by_file_id IN {FILES} AND o.{key} = t.{target})",
            target = if table == "loan_history" || table == "borrower_history" { "id" } else { key },
        )
    };
    let returned = |columns: &[&str]| {
        let columns: Vec<String> = columns.iter().map(|column| format!("{column} = h.{column}")).collect();
        columns.join(", ")
    };
    let state: Vec<&str> = SOURCE.split(", ").chain(STATE).collect();
    let restore = |target: &str, key: &str, columns: &[&str]| {
        let history = format!("{target}_history");
        format!(
            "UPDATE {target} AS t SET {} FROM {history} h WHERE h.id = {}",
            returned(columns),
            oldest(&history, key)
        )
    };
    run(restore("loan", "loan_id", &state)).await?;
    run(format!("DELETE FROM loan_history WHERE replaced_by_file_id IN {FILES} OR upload_file_id IN {FILES}")).await?;
    let added = format!("(SELECT l.id FROM loan l WHERE l.upload_file_id IN {FILES})");
    run(format!("DELETE FROM loan_history WHERE loan_id IN {added}")).await?;
    run(format!("DELETE FROM loan WHERE upload_file_id IN {FILES}")).await?;

    run(restore("borrower", "borrower_id", &["name", "employment_type", "monthly_income_minor"])).await?;
    let protected = ["age", "birth_date", "gender", "marital_status", "dependants"];
    run(restore("borrower_protected", "borrower_id", &protected)).await?;
    run(format!("DELETE FROM borrower_history WHERE replaced_by_file_id IN {FILES}")).await?;
    run(format!("DELETE FROM borrower_protected_history WHERE replaced_by_file_id IN {FILES}")).await?;
    run(format!("DELETE FROM borrower_protected WHERE upload_file_id IN {FILES}")).await?;
    run(format!("DELETE FROM borrower_contact WHERE upload_file_id IN {FILES}")).await?;
    // A borrower whom another file's loan or contact point still needs stays.
    let idle = format!(
        "upload_file_id IN {FILES} AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.borrower_id = borrower.id) \
         AND NOT EXISTS (SELECT 1 FROM loan_history h WHERE h.borrower_id = borrower.id) \
         AND NOT EXISTS (SELECT 1 FROM borrower_contact c WHERE c.borrower_id = borrower.id)"
    );
    let of_idle = format!("borrower_id IN (SELECT borrower.id FROM borrower WHERE {idle})");
    for table in ["borrower_protected", "borrower_history", "borrower_protected_history"] {
        run(format!("DELETE FROM {table} WHERE {of_idle}")).await?;
    }
    run(format!("DELETE FROM borrower WHERE {idle}")).await?;
    run(format!("DELETE FROM upload_chunk WHERE upload_file_id IN {FILES}")).await?;
    Ok(())
}

/// What was built on an import holds it.
async fn refuse_if_rested_on(change: &Change, id: UploadId) -> Result<()> {
    let touched = format!(
        "(l.upload_file_id IN {FILES} OR EXISTS (SELECT 1 FROM loan_history h WHERE h.loan_id = l.id AND h.replaced_by_file_id IN {FILES}))"
    );
    let rests = [
        (
            format!(
                "SELECT 1 FROM decision d JOIN loan l ON l.id = d.loan_id JOIN upload u ON u.id = $1 \
                 WHERE d.decided_at >= u.mapped_at AND {touched} LIMIT 1"
            ),
            "Decisions were made on loans of this file, so it cannot be undone.",
        ),
        (
            format!(
                "SELECT 1 FROM loan_history h WHERE h.upload_file_id IN {FILES} AND h.replaced_by_file_id IS NOT NULL \
                 AND h.replaced_by_file_id NOT IN {FILES} LIMIT 1"
            ),
            "A newer file replaced rows of this one. Undo the newer file first.",
        ),
        (
            format!(
                "SELECT 1 FROM payment p JOIN loan l ON l.id = p.loan_id WHERE l.upload_file_id IN {FILES} \
                 AND p.upload_file_id NOT IN {FILES} \
                 AND NOT EXISTS (SELECT 1 FROM loan_history h WHERE h.loan_id = l.id) LIMIT 1"
            ),
            "Payments of another file belong to loans of this one. Undo the payments first.",
        ),
    ];
    for (sql, message) in rests {
        let statement = Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [id.0.into()]);
        if change.tx.query_one_raw(statement).await?.is_some() {
            return Err(StoreError::conflict(message));
        }
    }
    Ok(())
}
