//! Staged borrowers become borrowers: what a row leaves out stays as it is, and what it replaces is kept.

use super::chunk::{Found, Into};
use super::loan_rows::unqualified;
use super::staging::execute;
use crate::error::Result;
use domain::borrower::{BorrowerRecord, ContactPoint};
use sea_orm::sea_query::Value;

pub(super) const ATTRIBUTES: [&str; 3] = ["name", "employment_type", "monthly_income_minor"];
pub(super) const PROTECTED: [&str; 5] = ["age", "birth_date", "gender", "marital_status", "dependants"];

/// Contact points per statement.
const CONTACT_ROWS: usize = 200;

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

/// How many borrowers on file the rows will change.
pub(super) async fn count_changed(into: &Into<'_>, table: &str) -> Result<u64> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM {table} s JOIN borrower b ON b.id = s.borrower_id \
         LEFT JOIN borrower_protected p ON p.borrower_id = b.id WHERE s.is_borrower AND ({} OR {})",
        tells_news("b", &ATTRIBUTES),
        tells_news("p", &PROTECTED),
    );
    look_up(into, table).await?;
    into.count_all(&sql).await
}

/// Writes what the rows say of borrowers who were on file before, and what they say that is protected.
pub(super) async fn tell(into: &Into<'_>, table: &str, rows: u64, found: &Found) -> Result<()> {
    if found.borrowers_added < rows {
        look_up(into, table).await?;
        replace(into, table, "borrower", "id", &ATTRIBUTES).await?;
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
        replace(into, table, "borrower_protected", "borrower_id", &PROTECTED).await?;
    }
    Ok(())
}

/// Writes what the rows say over what is on file of earlier days; of later days, they fill in what is not known. What
/// another file said is kept as history.
async fn replace(into: &Into<'_>, table: &str, target: &str, key: &str, columns: &[&str]) -> Result<()> {
    let news = tells_news("t", columns);
    let matching = format!("s.is_borrower AND t.{key} = s.borrower_id AND ({news} OR s.as_of > t.as_of)");
    let keep = format!(
        "INSERT INTO {target}_history (borrower_id, replaced_by_file_id, as_of, {names}) \
         SELECT s.borrower_id, $1, t.as_of, {old} FROM {table} s, {target} t \
         WHERE {matching} AND t.upload_file_id IS DISTINCT FROM $1 ORDER BY s.line",
        names = columns.join(", "),
        old = prefixed("t", columns),
    );
    execute(into.tx, &keep, [into.file.into()]).await?;
    let value = |column: &&str| {
        format!(
            "{column} = CASE WHEN s.as_of >= t.as_of THEN COALESCE(s.{column}, t.{column}) \
             ELSE COALESCE(t.{column}, s.{column}) END"
        )
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let update = format!(
        "UPDATE {target} AS t SET {}, as_of = CASE WHEN s.as_of > t.as_of THEN s.as_of ELSE t.as_of END \
         FROM {table} s WHERE {matching}",
        values.join(", ")
    );
    execute(into.tx, &update, []).await?;
    Ok(())
}

/// Borrowers whom rows name at last, each with the one without a name who stood for them: `named` and `nameless`.
const NAMED_AT_LAST: &str = "loan l ON l.id = s.loan_id JOIN borrower nameless ON nameless.id = l.borrower_id \
                             AND nameless.is_unnamed JOIN borrower named ON named.id = s.borrower_id AND NOT named.is_unnamed";

/// What was known of a borrower without a name fills in what is not known of the one who is named at last.
pub(super) async fn inherit(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let some =
        format!("SELECT COUNT(*) AS n FROM {table} s JOIN {NAMED_AT_LAST} WHERE s.wave = $1 AND s.as_of >= l.as_of");
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
                 WHERE s.wave = $1 AND s.as_of >= l.as_of ORDER BY s.line ON CONFLICT (borrower_id) DO NOTHING",
                values = prefixed("p", columns),
            );
            execute(into.tx, &copy, [wave.into(), into.file.into()]).await?;
        }
        let fills: Vec<String> =
            columns.iter().map(|column| format!("(t.{column} IS NULL AND o.{column} IS NOT NULL)")).collect();
        let pairs = format!(
            "{rows} JOIN {target} t ON t.{key} = named.id JOIN {target} o ON o.{key} = nameless.id \
             WHERE s.wave = $1 AND s.as_of >= l.as_of AND ({})",
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
    let contacts = format!(
        "INSERT INTO borrower_contact (borrower_id, upload_file_id, as_of, channel, value, has_consent) \
         SELECT named.id, $2, c.as_of, c.channel, c.value, c.has_consent FROM {rows} \
         JOIN borrower_contact c ON c.borrower_id = nameless.id WHERE s.wave = $1 AND s.as_of >= l.as_of ORDER BY s.line, c.id \
         ON CONFLICT (borrower_id, channel, value) DO NOTHING"
    );
    execute(into.tx, &contacts, [wave.into(), into.file.into()]).await?;
    Ok(())
}

/// Stores the contact points of the rows' borrowers. Consent that a file tells replaces what was known, which is kept.
pub(super) async fn store_contacts<'a>(
    into: &Into<'_>,
    table: &str,
    borrowers: impl Iterator<Item = (u64, &'a BorrowerRecord)>,
) -> Result<()> {
    let points: Vec<(u64, &ContactPoint)> =
        borrowers.flat_map(|(line, borrower)| borrower.contacts.iter().map(move |contact| (line, contact))).collect();
    if !points.is_empty() {
        look_up(into, table).await?;
    }
    for chunk in points.chunks(CONTACT_ROWS) {
        let told = told_points(table, chunk.len());
        let keep = format!(
            "INSERT INTO borrower_contact_history (contact_id, replaced_by_file_id, has_consent, as_of) \
             SELECT c.id, $1, c.has_consent, c.as_of FROM {told} p JOIN borrower_contact c \
             ON c.borrower_id = p.borrower_id AND c.channel = p.channel AND c.value = p.value \
             WHERE p.turn = 1 AND {} AND c.upload_file_id IS DISTINCT FROM $1 ORDER BY p.place",
            "p.has_consent IS NOT NULL AND (p.as_of >= c.as_of OR c.has_consent IS NULL) \
             AND (p.has_consent IS DISTINCT FROM c.has_consent OR p.as_of > c.as_of)",
        );
        let insert = format!(
            "INSERT INTO borrower_contact (borrower_id, upload_file_id, as_of, channel, value, has_consent) \
             SELECT p.borrower_id, $1, p.as_of, p.channel, p.value, p.has_consent FROM {told} p \
             WHERE p.turn = 1 ORDER BY p.place \
             ON CONFLICT (borrower_id, channel, value) DO UPDATE SET has_consent = excluded.has_consent, \
             as_of = CASE WHEN excluded.as_of > borrower_contact.as_of THEN excluded.as_of ELSE borrower_contact.as_of END \
             WHERE excluded.has_consent IS NOT NULL \
             AND (excluded.as_of >= borrower_contact.as_of OR borrower_contact.has_consent IS NULL)",
        );
        let mut values: Vec<Value> = vec![into.file.into()];
        for (line, contact) in chunk {
            values.push((*line as i64).into());
            values.push(contact.channel.code().into());
            values.push(contact.value.as_str().into());
            values.push(contact.has_consent.into());
        }
        execute(into.tx, &keep, values.clone()).await?;
        execute(into.tx, &insert, values).await?;
    }
    Ok(())
}

/// Contact points that are bound from `$2` on, with their borrowers. One may stand in several rows: its last word on
/// consent comes first.
fn told_points(table: &str, count: usize) -> String {
    let point = |place: usize| {
        let [line, channel, value, consent] = [2, 3, 4, 5].map(|part| place * 4 + part);
        format!(
            "(CAST(${line} AS bigint), CAST(${channel} AS text), CAST(${value} AS text), CAST(${consent} AS boolean), {place})"
        )
    };
    let points: Vec<String> = (0..count).map(point).collect();
    format!(
        "(SELECT s.borrower_id, s.as_of, v.column2 AS channel, v.column3 AS value, v.column4 AS has_consent, \
         v.column5 AS place, ROW_NUMBER() OVER (PARTITION BY s.borrower_id, v.column2, v.column3 \
         ORDER BY CASE WHEN v.column4 IS NULL THEN 1 ELSE 0 END, s.as_of DESC, v.column5 DESC) AS turn \
         FROM (VALUES {points}) AS v JOIN {table} s ON s.line = v.column1 AND s.wave <> 0)",
        points = points.join(", "),
    )
}

/// Whether a row says what is not on file. What it leaves out says nothing, and what it says of a day before the one
/// that is on file counts only where nothing is known.
fn tells_news(target: &str, columns: &[&str]) -> String {
    let any = |differs: &dyn Fn(&str) -> String| {
        let parts: Vec<String> =
            columns.iter().map(|column| format!("(s.{column} IS NOT NULL AND {})", differs(column))).collect();
        parts.join(" OR ")
    };
    format!(
        "((s.as_of >= COALESCE({target}.as_of, s.as_of) AND ({})) OR {})",
        any(&|column| format!("s.{column} IS DISTINCT FROM {target}.{column}")),
        any(&|column| format!("{target}.{column} IS NULL")),
    )
}

fn prefixed(prefix: &str, columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("{prefix}.{column}")).collect();
    names.join(", ")
}
