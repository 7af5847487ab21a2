//! Taking back what an import stored.

use super::borrower_rows::{ATTRIBUTES, PROTECTED};
use super::chunk::clear_working_rows;
use super::files_in;
use super::loan_rows::{SOURCE, STATE};
use super::staging::execute;
use crate::change::Change;
use crate::error::{Result, StoreError};
use domain::decision::Occasion;
use domain::id::UploadId;
use sea_orm::{ConnectionTrait, Statement};

/// The files of the upload that is `$1`.
const FILES: &str = "(SELECT f.id FROM upload_file f WHERE f.upload_id = $1)";

/// The files of uploads of which nothing is stored any more, `$1` among them.
const FILES_GONE: &str = "(SELECT f.id FROM upload_file f JOIN upload u ON u.id = f.upload_id \
                          WHERE u.id = $1 OR u.undone_at IS NOT NULL OR u.refused_at IS NOT NULL)";

/// A table whose rows an import replaces, and how its history refers to it.
struct Kept {
    table: &'static str,
    key: &'static str,
    /// In the history.
    reference: &'static str,
}

const LOANS: Kept = Kept { table: "loan", key: "id", reference: "loan_id" };
const BORROWERS: Kept = Kept { table: "borrower", key: "id", reference: "borrower_id" };
const PROTECTED_ROWS: Kept = Kept { table: "borrower_protected", key: "borrower_id", reference: "borrower_id" };
const CONTACTS: Kept = Kept { table: "borrower_contact", key: "id", reference: "contact_id" };

impl Kept {
    /// Brings back what was there before. The oldest state that a file of the upload replaced is that.
    fn restore(&self, columns: &[&str]) -> String {
        let Self { table, key, reference } = self;
        let columns: Vec<String> = columns.iter().map(|column| format!("{column} = h.{column}")).collect();
        format!(
            "UPDATE {table} AS t SET {} FROM {table}_history h WHERE h.{reference} = t.{key} AND h.id IN \
             (SELECT MIN(o.id) FROM {table}_history o WHERE o.replaced_by_file_id IN {FILES} GROUP BY o.{reference})",
            columns.join(", ")
        )
    }

    fn forget_replaced(&self) -> String {
        format!("DELETE FROM {}_history WHERE replaced_by_file_id IN {FILES}", self.table)
    }

    fn delete_added(&self) -> String {
        format!("DELETE FROM {} WHERE upload_file_id IN {FILES}", self.table)
    }
}

/// Removes what the files of an upload added, and brings back what they replaced.
pub(super) async fn take_back(change: &Change, id: UploadId) -> Result<()> {
    refuse_if_rested_on(change, id).await?;
    for file in files_in(&change.tx, &[id.0]).await? {
        clear_working_rows(&change.tx, file.id).await?;
    }
    let run = async |sql: String| execute(&change.tx, &sql, [id.0.into()]).await;
    run(format!("DELETE FROM payment WHERE upload_file_id IN {FILES}")).await?;

    let state: Vec<&str> = SOURCE.split(", ").chain(STATE).collect();
    run(LOANS.restore(&state)).await?;
    run(LOANS.forget_replaced()).await?;
    run(format!("DELETE FROM loan_history WHERE upload_file_id IN {FILES}")).await?;
    run(LOANS.delete_added()).await?;

    for (kept, columns) in [
        (BORROWERS, [&ATTRIBUTES[..], &["as_of"]].concat()),
        (PROTECTED_ROWS, [&PROTECTED[..], &["as_of"]].concat()),
        (CONTACTS, vec!["has_consent", "as_of"]),
    ] {
        run(kept.restore(&columns)).await?;
        run(kept.forget_replaced()).await?;
    }
    run(PROTECTED_ROWS.delete_added()).await?;
    run(CONTACTS.delete_added()).await?;
    // A borrower of whom another file tells something stays; who told of them first does not matter then.
    let needed = [
        "loan",
        "loan_history",
        "borrower_protected",
        "borrower_contact",
        "borrower_history",
        "borrower_protected_history",
        "hold",
    ]
    .map(|other| format!("AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.borrower_id = borrower.id)"))
    .join(" ");
    run(format!("DELETE FROM borrower WHERE upload_file_id IN {FILES_GONE} {needed}")).await?;
    run(format!("DELETE FROM upload_chunk WHERE upload_file_id IN {FILES}")).await?;
    Ok(())
}

const HELD: &str = "Holds were recorded on loans of this file, so it cannot be undone.";

/// A hold on a loan or a borrower that the upload that is `$1` brought.
fn held() -> String {
    format!(
        "SELECT 1 FROM hold h JOIN loan l ON l.id = h.loan_id JOIN borrower b ON b.id = h.borrower_id \
         WHERE l.upload_file_id IN {FILES} OR b.upload_file_id IN {FILES} LIMIT 1"
    )
}

const DECIDED: &str = "Decisions were made on loans of this file, so it cannot be undone.";

/// What was built on an import holds it: decisions, holds, and files that were loaded after it. A file may rest on an earlier one
/// in many ways: by what it replaced, by what it told again and left as it was, by payments. So the last one goes first.
async fn refuse_if_rested_on(change: &Change, id: UploadId) -> Result<()> {
    let query = |sql: &str| Statement::from_sql_and_values(change.tx.get_database_backend(), sql, [id.0.into()]);
    if change.tx.query_one_raw(query(&decided())).await?.is_some() {
        return Err(StoreError::conflict(DECIDED));
    }
    if change.tx.query_one_raw(query(&held())).await?.is_some() {
        return Err(StoreError::conflict(HELD));
    }
    if let Some(row) = change.tx.query_one_raw(query(NEWEST)).await? {
        let title: String = row.try_get("", "title")?;
        return Err(StoreError::Conflict(format!("{title} was loaded after this file. Undo that one first.")));
    }
    Ok(())
}

/// The newest file that was loaded after the one that is `$1`. While one is being loaded no other is, so nothing comes
/// after one that has not ended.
const NEWEST: &str = "SELECT u.title FROM upload u JOIN upload mine ON mine.id = $1 AND mine.imported_at IS NOT NULL \
                      WHERE u.portfolio_id = mine.portfolio_id AND u.id <> mine.id AND u.undone_at IS NULL \
                      AND u.refused_at IS NULL AND u.started_at IS NOT NULL AND (u.imported_at > mine.imported_at \
                      OR (u.imported_at = mine.imported_at AND u.id > mine.id) OR (u.imported_at IS NULL AND EXISTS \
                      (SELECT 1 FROM upload_file f WHERE f.upload_id = u.id AND f.rows_done > 0))) \
                      ORDER BY CASE WHEN u.imported_at IS NULL THEN 0 ELSE 1 END, u.imported_at DESC, u.id DESC LIMIT 1";

/// Decisions since the import began, on loans that it stored or whose borrowers it told of. Those that alerts made by themselves do
/// not count: they come within seconds, and taking the file back is a change that raises alerts in its turn.
fn decided() -> String {
    let by_itself = Occasion::Event.code();
    format!(
        "SELECT 1 FROM decision d JOIN loan l ON l.id = d.loan_id JOIN upload u ON u.id = $1 \
         WHERE d.decided_at >= u.started_at AND d.occasion <> '{by_itself}' AND (l.upload_file_id IN {FILES} \
         OR EXISTS (SELECT 1 FROM loan_history h WHERE h.loan_id = l.id AND h.replaced_by_file_id IN {FILES}) \
         OR EXISTS (SELECT 1 FROM borrower b WHERE b.id = l.borrower_id AND b.upload_file_id IN {FILES}) \
         OR EXISTS (SELECT 1 FROM payment p WHERE p.loan_id = l.id AND p.upload_file_id IN {FILES}) \
         OR EXISTS (SELECT 1 FROM borrower_history h WHERE h.borrower_id = l.borrower_id \
         AND h.replaced_by_file_id IN {FILES})) LIMIT 1"
    )
}
