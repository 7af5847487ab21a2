//! Borrowers whom a file names after their loans were on file.

use super::contacts::pass_on;
use super::{ATTRIBUTES, PROTECTED, prefixed};
use crate::error::Result;
use crate::uploads::staging::execute;
use crate::uploads::target::Into;

/// Borrowers whom rows name at last, each with the one without a name who stood for them: `named` and `nameless`.
const NAMED_AT_LAST: &str = "loan l ON l.id = s.loan_id JOIN borrower nameless ON nameless.id = l.borrower_id \
                             AND nameless.is_unnamed JOIN borrower named ON named.id = s.borrower_id AND NOT named.is_unnamed AND s.names_borrower";

/// What was known of a borrower without a name fills in what is not known of the one who is named at last.
pub(in crate::uploads) async fn inherit(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let some = format!("SELECT COUNT(*) AS n FROM {table} s JOIN {NAMED_AT_LAST} WHERE s.wave = $1");
    if into.count(&some, wave).await? == 0 {
        return Ok(());
    }
    let rows = format!("{table} s JOIN {NAMED_AT_LAST}");
    for (target, key, columns) in
        [("borrower", "id", &ATTRIBUTES[..]), ("borrower_protected", "borrower_id", &PROTECTED)]
    {
        let names = columns.join(", ");
        if target == "borrower_protected" {
            let copy = format!(
                "INSERT INTO borrower_protected (borrower_id, upload_file_id, as_of, {names}) \
                 SELECT named.id, $2, p.as_of, {values} FROM {rows} JOIN borrower_protected p ON p.borrower_id = nameless.id \
                 WHERE s.wave = $1 ORDER BY s.line ON CONFLICT (borrower_id) DO NOTHING",
                values = prefixed("p", columns),
            );
            execute(into.tx, &copy, [wave.into(), into.file.into()]).await?;
        }
        let fills: Vec<String> =
            columns.iter().map(|column| format!("(t.{column} IS NULL AND o.{column} IS NOT NULL)")).collect();
        let pairs = format!(
            "{rows} JOIN {target} t ON t.{key} = named.id JOIN {target} o ON o.{key} = nameless.id \
             WHERE s.wave = $1 AND ({})",
            fills.join(" OR ")
        );
        let keep = format!(
            "INSERT INTO {target}_history (borrower_id, replaced_by_file_id, as_of, {names}) \
             SELECT t.{key}, $2, t.as_of, {old} FROM {pairs} AND t.upload_file_id IS DISTINCT FROM $2 ORDER BY s.line",
            old = prefixed("t", columns),
        );
        execute(into.tx, &keep, [wave.into(), into.file.into()]).await?;
        let filled: Vec<String> =
            columns.iter().map(|column| format!("{column} = COALESCE(u.{column}, f.{column})")).collect();
        let fill = format!(
            "UPDATE {target} AS u SET {} FROM (SELECT t.{key} AS id, {} FROM {pairs}) f WHERE u.{key} = f.id",
            filled.join(", "),
            columns.iter().map(|column| format!("o.{column}")).collect::<Vec<_>>().join(", "),
        );
        execute(into.tx, &fill, [wave.into()]).await?;
    }
    pass_on(into, &rows, wave).await
}
