//! Staged loans become loans: new ones are added, newer states replace older ones, contradictions are told.

mod contradictions;
mod difference;
mod extras;
mod staged;

pub(super) use contradictions::{readable, words_of};
pub(super) use staged::{SHAPE, staged, waves};

use super::borrower_rows::{self, NAMED};
use super::staging::execute;
use super::target::{Found, Into};
use crate::error::Result;
use contradictions::{list_conflicts, reject_doubled, remember_known};
use difference::{
    adds, carried_after, carried_at_first, carried_with, differs, filled_in, fills_in, names_at_last, said_after,
};
use domain::loan::RecoveryStatus;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::Value;

/// What a file says of a loan as of a day, besides its day and its borrower.
pub(in crate::uploads) const STATE: [&str; 19] = [
    "loan_type",
    "loan_amount_minor",
    "originated_on",
    "tenure_months",
    "interest_rate",
    "collateral_value_minor",
    "outstanding_minor",
    "monthly_instalment_minor",
    "payment_history",
    "missed_payments",
    "days_past_due",
    "recovery_status",
    "charged_off_on",
    "charged_off_amount_minor",
    "recovered_amount_minor",
    "collection_attempts",
    "collection_method",
    "legal_action_taken",
    "extras",
];

/// Where a state comes from.
pub(in crate::uploads) const SOURCE: &str = "borrower_id, upload_file_id, source_line, imported_at, as_of, carried";

/// Gives rows without a borrower's id the borrower whom a row of the file names for a day before, else the one that their
/// loan has, else the one whom a row of the file names for a later day, else one of the loan's own, who has no name.
pub(in crate::uploads) async fn name_borrowers(into: &Into<'_>, table: &str) -> Result<()> {
    let table = unqualified(table);
    let on_file = |column: &str| {
        format!(
            "(SELECT b.{column} FROM loan l JOIN borrower b ON b.id = l.borrower_id \
             WHERE l.portfolio_id = $1 AND l.loan_ref = {table}.loan_ref)"
        )
    };
    let sql = format!(
        "UPDATE {table} SET borrower_ref = COALESCE({}, borrower_ref, loan_ref), \
         is_unnamed = COALESCE({}, borrower_ref IS NULL) \
         WHERE NOT names_borrower AND (named_on IS NULL OR named_on > as_of)",
        on_file("borrower_ref"),
        on_file("is_unnamed"),
    );
    execute(into.tx, &sql, [into.portfolio.into()]).await?;
    Ok(())
}

/// Stores the loans of one wave of `rows` rows.
pub(in crate::uploads) async fn store(
    into: &Into<'_>,
    table: &str,
    wave: i64,
    rows: u64,
    found: &mut Found,
) -> Result<()> {
    let added = insert_new(into, table, wave).await?;
    found.added += added;
    if added == rows {
        return Ok(());
    }
    look_up(into, table, wave).await?;
    reject_doubled(into, table, wave, found).await?;
    remember_known(into, table, wave).await?;
    if !into.corrects {
        list_conflicts(into, table, wave, found).await?;
    }
    borrower_rows::inherit(into, table, wave).await?;
    update(into, table, wave, found).await
}

async fn insert_new(into: &Into<'_>, table: &str, wave: i64) -> Result<u64> {
    let columns = STATE.join(", ");
    let values: Vec<String> = STATE
        .iter()
        .map(|column| match *column {
            "recovery_status" => format!("COALESCE(s.recovery_status, '{}')", RecoveryStatus::Open.code()),
            column => format!("s.{column}"),
        })
        .collect();
    let sql = format!(
        "INSERT INTO loan (portfolio_id, loan_ref, {SOURCE}, {columns}) \
         SELECT $1, s.loan_ref, b.id, $2, s.line, {now}, s.as_of, {carried}, {values} \
         FROM {table} s JOIN {NAMED} \
         WHERE s.wave = $3 ORDER BY s.line ON CONFLICT (portfolio_id, loan_ref) DO NOTHING",
        now = into.now_sql("$4"),
        carried = carried_at_first(into.tx.get_database_backend()),
        values = values.join(", "),
    );
    execute(into.tx, &sql, [into.portfolio.into(), into.file.into(), wave.into(), into.now.into()]).await
}

/// Finds the loans that were on file before their row, and their borrowers.
async fn look_up(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let sql = format!(
        "UPDATE {table} SET loan_id = (SELECT l.id FROM loan l WHERE l.portfolio_id = $1 AND l.loan_ref = {table}.loan_ref \
         AND (l.upload_file_id IS DISTINCT FROM $2 OR l.source_line IS DISTINCT FROM {table}.line)), \
         borrower_id = {} WHERE wave = $3",
        borrower_rows::of_row(table),
        table = unqualified(table),
    );
    execute(into.tx, &sql, [into.portfolio.into(), into.file.into(), wave.into()]).await?;
    Ok(())
}

/// The wave of rows that are left out.
const LEFT_OUT: i64 = 0;

/// The wave of rows of days before their loan's own: they are in its history, and speak of their borrower.
const LATE: i64 = -1;

/// Leaves out the rows whose lines a query gives.
async fn leave_out<const N: usize>(into: &Into<'_>, table: &str, lines: &str, values: [Value; N]) -> Result<()> {
    set_wave(into, table, LEFT_OUT, lines, values).await
}

async fn set_wave<const N: usize>(
    into: &Into<'_>,
    table: &str,
    wave: i64,
    lines: &str,
    values: [Value; N],
) -> Result<()> {
    execute(into.tx, &format!("UPDATE {} SET wave = {wave} WHERE line IN ({lines})", unqualified(table)), values)
        .await?;
    Ok(())
}

/// The state of a loan that was told last of an earlier day, for the staged row `s`.
const TOLD_BEFORE: &str = "(SELECT MAX(h.id) FROM loan_history h WHERE h.loan_id = s.loan_id AND h.as_of = s.as_of)";

/// Newer states replace older ones, which are kept as history, and so do rows that add to what was told of the same day;
/// states that come late become history at once.
async fn update(into: &Into<'_>, table: &str, wave: i64, found: &mut Found) -> Result<()> {
    let backend = into.tx.get_database_backend();
    let differs = differs(backend, "l");
    let replaces = format!("(s.as_of > l.as_of OR (s.as_of = l.as_of AND {}))", is_news(into, "l"));
    let known = format!("SELECT COUNT(*) AS n FROM {table} s WHERE s.wave = $1 AND s.loan_id IS NOT NULL");
    let known = into.count(&known, wave).await?;
    let changed = format!(
        "SELECT COUNT(*) AS n FROM {table} s JOIN loan l ON l.id = s.loan_id WHERE s.wave = $1 AND {replaces} AND {differs}"
    );
    let changed = into.count(&changed, wave).await? + keep_late(into, table, wave).await?;
    found.changed += changed;
    found.unchanged += known - changed;
    let keep = format!(
        "INSERT INTO loan_history (loan_id, replaced_by_file_id, {SOURCE}, {state}) \
         SELECT l.id, $2, {source}, {old} FROM {table} s JOIN loan l ON l.id = s.loan_id \
         WHERE s.wave = $1 AND {replaces} ORDER BY s.line",
        state = STATE.join(", "),
        source = SOURCE.split(", ").map(|column| format!("l.{column}")).collect::<Vec<_>>().join(", "),
        old = STATE.map(|column| format!("l.{column}")).join(", "),
    );
    execute(into.tx, &keep, [wave.into(), into.file.into()]).await?;
    let replace = format!(
        "UPDATE loan AS l SET borrower_id = CASE WHEN s.names_borrower THEN s.borrower_id ELSE l.borrower_id END, upload_file_id = $2, source_line = s.line, imported_at = {now}, \
         as_of = s.as_of, carried = {carried}, {values} FROM {table} s WHERE l.id = s.loan_id AND s.wave = $1 AND {replaces}",
        carried = carried_after(backend, "l"),
        values = STATE.map(|column| format!("{column} = {}", said_after(backend, "l", column))).join(", "),
        now = into.now_sql("$3"),
    );
    execute(into.tx, &replace, [wave.into(), into.file.into(), into.now.into()]).await?;
    Ok(())
}

/// Whether a row says of a day what the state `told` of it does not. What is on file holds, unless the file corrects it.
fn is_news(into: &Into<'_>, told: &str) -> String {
    let backend = into.tx.get_database_backend();
    if into.corrects { differs(backend, told) } else { adds(backend, told) }
}

/// The staged rows of a wave that speak for days before their loan's own.
fn late(table: &str) -> String {
    format!("{table} s JOIN loan l ON l.id = s.loan_id WHERE s.wave = $1 AND s.as_of < l.as_of")
}

/// States of days before the loan's own become history at once, and tell the loan what is known of no later day. Gives how
/// many loans that changed.
async fn keep_late(into: &Into<'_>, table: &str, wave: i64) -> Result<u64> {
    if into.count(&format!("SELECT COUNT(*) AS n FROM {}", late(table)), wave).await? == 0 {
        return Ok(0);
    }
    let filled = fill_in(into, table, wave).await?;
    let value_of = |column: &str| match column {
        "recovery_status" => format!("COALESCE(s.{column}, told.{column}, l.{column})"),
        column => said_after(into.tx.get_database_backend(), "told", column),
    };
    let sql = format!(
        "INSERT INTO loan_history (loan_id, {SOURCE}, {state}) \
         SELECT l.id, CASE WHEN s.names_borrower THEN s.borrower_id ELSE COALESCE(told.borrower_id, s.borrower_id, l.borrower_id) END, $2, s.line, {now}, s.as_of, {carried}, {late} \
         FROM {table} s JOIN loan l ON l.id = s.loan_id LEFT JOIN loan_history told ON told.id = {TOLD_BEFORE} \
         WHERE s.wave = $1 AND s.as_of < l.as_of AND (told.id IS NULL OR {is_news}) ORDER BY s.line",
        is_news = is_news(into, "told"),
        state = STATE.join(", "),
        carried = carried_after(into.tx.get_database_backend(), "told"),
        late = STATE.map(value_of).join(", "),
        now = into.now_sql("$3"),
    );
    execute(into.tx, &sql, [wave.into(), into.file.into(), into.now.into()]).await?;
    set_wave(into, table, LATE, &format!("SELECT s.line FROM {}", late(table)), [wave.into()]).await?;
    Ok(filled)
}

/// Tells loans what rows of earlier days say that is known of no later day. What stood there before is kept as history.
async fn fill_in(into: &Into<'_>, table: &str, wave: i64) -> Result<u64> {
    let backend = into.tx.get_database_backend();
    let fills: Vec<String> = STATE.iter().map(|column| fills_in(backend, column, into.corrects)).collect();
    let names = names_at_last(backend, into.corrects);
    let fills = format!("({} OR {names})", fills.join(" OR "));
    let rows = format!("{} AND {fills}", late(table));
    let keep = format!(
        "INSERT INTO loan_history (loan_id, replaced_by_file_id, {SOURCE}, {state}) \
         SELECT l.id, $2, {source}, {old} FROM {rows} ORDER BY s.line",
        state = STATE.join(", "),
        source = SOURCE.split(", ").map(|column| format!("l.{column}")).collect::<Vec<_>>().join(", "),
        old = STATE.map(|column| format!("l.{column}")).join(", "),
    );
    let filled = execute(into.tx, &keep, [wave.into(), into.file.into()]).await?;
    let update = format!(
        "UPDATE loan AS l SET borrower_id = CASE WHEN {names} THEN s.borrower_id ELSE l.borrower_id END, \
         carried = {carried}, {values} FROM {table} s \
         WHERE l.id = s.loan_id AND s.wave = $1 AND s.as_of < l.as_of AND {fills}",
        carried = carried_with(backend, into.corrects),
        values = STATE.map(|column| format!("{column} = {}", filled_in(backend, column, into.corrects))).join(", "),
    );
    execute(into.tx, &update, [wave.into()]).await?;
    Ok(filled)
}

/// SQLite knows no schema before a column: a temporary table goes by its bare name there.
pub(in crate::uploads) fn unqualified(table: &str) -> &str {
    table.trim_start_matches("temp.")
}
