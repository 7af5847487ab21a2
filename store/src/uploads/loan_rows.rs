//! Staged loans become loans: new ones are added, newer states replace older ones, contradictions are told.

use super::chunk::{Found, Into};
use super::staging::{Cell, Shape, execute};
use crate::error::Result;
use chrono::NaiveDate;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::upload::{Finding, FindingKind};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use std::collections::HashMap;

/// What a file says of a loan as of a day, besides its day and its borrower.
pub(super) const STATE: [&str; 18] = [
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
];

/// Where a state comes from.
pub(super) const SOURCE: &str = "borrower_id, upload_file_id, source_line, imported_at, as_of";

pub(super) const SHAPE: Shape = Shape {
    noun: "loan",
    columns: &[
        ("line", "bigint"),
        // The place among the rows of its loan: one statement must not touch a loan twice. 0 for a row that is left out,
        // or that came after a newer one was known.
        ("wave", "integer"),
        // The loan that was on file, once it is looked up.
        ("loan_id", "bigint"),
        ("loan_ref", "text"),
        ("as_of", "date"),
        ("loan_type", "text"),
        ("loan_amount_minor", "bigint"),
        ("originated_on", "date"),
        ("tenure_months", "integer"),
        ("interest_rate", "double precision"),
        ("collateral_value_minor", "bigint"),
        ("outstanding_minor", "bigint"),
        ("monthly_instalment_minor", "bigint"),
        ("payment_history", "text"),
        ("missed_payments", "integer"),
        ("days_past_due", "bigint"),
        ("recovery_status", "text"),
        ("charged_off_on", "date"),
        ("charged_off_amount_minor", "bigint"),
        ("recovered_amount_minor", "bigint"),
        ("collection_attempts", "integer"),
        ("collection_method", "text"),
        ("legal_action_taken", "boolean"),
        ("borrower_ref", "text"),
        ("is_borrower", "boolean"),
        ("name", "text"),
        ("employment_type", "text"),
        ("monthly_income_minor", "bigint"),
        ("age", "integer"),
        ("birth_date", "date"),
        ("gender", "text"),
        ("marital_status", "text"),
        ("dependants", "integer"),
    ],
};

/// The rows of a chunk as they are staged.
pub(super) fn staged(
    records: &[(u64, LoanRecord)],
    as_of: NaiveDate,
    tells_status: bool,
) -> impl Iterator<Item = [Cell<'_>; 33]> {
    let mut waves: HashMap<&str, i64> = HashMap::with_capacity(records.len());
    let speakers = speakers(records, as_of);
    records.iter().map(move |(line, record)| {
        let wave = waves.entry(&record.loan_ref).or_default();
        *wave += 1;
        let (borrower, outcome) = (&record.borrower, &record.outcome);
        let money = |amount: Option<domain::money::Money>| Cell::integer(amount.map(|amount| amount.minor));
        let is_speaker = speakers.get(borrower.borrower_ref.as_str()).is_some_and(|(_, speaker)| speaker == line);
        let status = Cell::Text(record.recovery_status.code());
        [
            Cell::Integer(*line as i64),
            Cell::Integer(*wave),
            Cell::Nothing,
            Cell::Text(&record.loan_ref),
            Cell::Date(record.as_of.unwrap_or(as_of)),
            Cell::text(&record.loan_type),
            money(record.loan_amount),
            Cell::date(record.originated_on),
            Cell::integer(record.tenure_months),
            record.interest_rate.map_or(Cell::Nothing, Cell::Number),
            money(record.collateral_value),
            money(record.outstanding_amount),
            money(record.monthly_instalment),
            record.payment_history.map_or(Cell::Nothing, |history| Cell::Text(history.code())),
            Cell::integer(record.missed_payments),
            Cell::integer(record.days_past_due),
            if tells_status { status } else { Cell::Nothing },
            Cell::date(outcome.charged_off_on),
            money(outcome.charged_off_amount),
            money(outcome.recovered_amount),
            Cell::integer(outcome.collection_attempts),
            Cell::text(&outcome.collection_method),
            outcome.legal_action_taken.map_or(Cell::Nothing, Cell::Flag),
            Cell::text(&borrower.borrower_ref),
            Cell::Flag(is_speaker),
            Cell::text(borrower.name.as_deref().unwrap_or_default()),
            Cell::text(borrower.employment_type.as_deref().unwrap_or_default()),
            money(borrower.monthly_income),
            Cell::integer(borrower.protected.age),
            Cell::date(borrower.protected.birth_date),
            Cell::text(borrower.protected.gender.as_deref().unwrap_or_default()),
            Cell::text(borrower.protected.marital_status.as_deref().unwrap_or_default()),
            Cell::integer(borrower.protected.dependants),
        ]
    })
}

/// The day and the line of the row that speaks for each borrower: the last one of the newest day.
fn speakers(records: &[(u64, LoanRecord)], as_of: NaiveDate) -> HashMap<&str, (NaiveDate, u64)> {
    let mut speakers = HashMap::with_capacity(records.len());
    for (line, record) in records {
        let row = (record.as_of.unwrap_or(as_of), *line);
        let speaker = speakers.entry(record.borrower.borrower_ref.as_str()).or_insert(row);
        *speaker = (*speaker).max(row);
    }
    speakers
}

/// How many waves the rows of a chunk need.
pub(super) fn waves(records: &[(u64, LoanRecord)]) -> Vec<u64> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    let mut rows = Vec::new();
    for (_, record) in records {
        let wave = seen.entry(&record.loan_ref).or_default();
        if rows.len() == *wave {
            rows.push(0);
        }
        rows[*wave] += 1;
        *wave += 1;
    }
    rows
}

/// Gives loans without a borrower's id the borrower that they have, or one of their own.
pub(super) async fn name_borrowers(into: &Into<'_>, table: &str) -> Result<()> {
    let sql = format!(
        "UPDATE {table} SET borrower_ref = COALESCE((SELECT b.borrower_ref FROM loan l JOIN borrower b ON b.id = l.borrower_id \
         WHERE l.portfolio_id = $1 AND l.loan_ref = {table}.loan_ref), loan_ref) WHERE borrower_ref IS NULL",
        table = unqualified(table),
    );
    execute(into.tx, &sql, [into.portfolio.into()]).await?;
    Ok(())
}

/// Stores the loans of one wave of `rows` rows.
pub(super) async fn store(into: &Into<'_>, table: &str, wave: i64, rows: u64, found: &mut Found) -> Result<()> {
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
         SELECT $1, s.loan_ref, b.id, $2, s.line, {now}, s.as_of, {values} \
         FROM {table} s JOIN borrower b ON b.portfolio_id = $1 AND b.borrower_ref = s.borrower_ref \
         WHERE s.wave = $3 ORDER BY s.line ON CONFLICT (portfolio_id, loan_ref) DO NOTHING",
        now = into.now_sql("$4"),
        values = values.join(", "),
    );
    execute(into.tx, &sql, [into.portfolio.into(), into.file.into(), wave.into(), into.now.into()]).await
}

/// Finds the loans that were on file before their row.
async fn look_up(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let sql = format!(
        "UPDATE {table} SET loan_id = (SELECT l.id FROM loan l WHERE l.portfolio_id = $1 AND l.loan_ref = {table}.loan_ref \
         AND (l.upload_file_id IS DISTINCT FROM $2 OR l.source_line IS DISTINCT FROM {table}.line)) WHERE wave = $3",
        table = unqualified(table),
    );
    execute(into.tx, &sql, [into.portfolio.into(), into.file.into(), wave.into()]).await?;
    Ok(())
}

#[derive(Debug, FromQueryResult)]
struct Doubled {
    line: i64,
    loan_ref: String,
    first_line: i64,
}

/// A loan that stands twice in one file, for one day: the first row is kept, whether it is the loan's state or in its
/// history by now, or said what was known.
async fn reject_doubled(into: &Into<'_>, table: &str, wave: i64, found: &mut Found) -> Result<()> {
    for (kept, key) in [("loan", "id"), ("loan_history", "loan_id"), ("upload_known_row", "loan_id")] {
        let same = format!("{kept} k ON k.{key} = s.loan_id AND k.upload_file_id = $1 AND k.as_of = s.as_of");
        let sql = format!(
            "SELECT s.line, s.loan_ref, COALESCE(MIN(k.source_line), 0) AS first_line FROM {table} s JOIN {same} \
             WHERE s.wave = $2 GROUP BY s.line, s.loan_ref ORDER BY s.line"
        );
        let statement = into.statement(&sql, [into.file.into(), wave.into()]);
        let doubled = Doubled::find_by_statement(statement).all(into.tx).await?;
        if doubled.is_empty() {
            continue;
        }
        for row in doubled {
            found.add(Finding {
                kind: FindingKind::Rejected,
                line: row.line as u64,
                column: into.column_of_loan_id.map(str::to_owned),
                value: row.loan_ref,
                reason: format!("stands on line {} already; the first one is kept", row.first_line),
            });
        }
        let lines = format!("SELECT s.line FROM {table} s JOIN {same} WHERE s.wave = $2");
        leave_out(into, table, &lines, [into.file.into(), wave.into()]).await?;
    }
    Ok(())
}

/// Remembers rows of days that were told of before: the loan does not say that this file told of them too.
async fn remember_known(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO upload_known_row (upload_file_id, loan_id, as_of, source_line) \
         SELECT $1, l.id, s.as_of, s.line FROM {table} s JOIN loan l ON l.id = s.loan_id \
         WHERE s.wave = $2 AND s.as_of <= l.as_of ORDER BY l.id"
    );
    execute(into.tx, &sql, [into.file.into(), wave.into()]).await?;
    Ok(())
}

/// Leaves out the rows whose lines a query gives.
async fn leave_out<const N: usize>(into: &Into<'_>, table: &str, lines: &str, values: [Value; N]) -> Result<()> {
    execute(into.tx, &format!("UPDATE {} SET wave = 0 WHERE line IN ({lines})", unqualified(table)), values).await?;
    Ok(())
}

/// The state of a loan that was told last of an earlier day, for the staged row `s`.
const TOLD_BEFORE: &str = "(SELECT MAX(h.id) FROM loan_history h WHERE h.loan_id = s.loan_id AND h.as_of = s.as_of)";

#[derive(Debug, FromQueryResult)]
struct Conflicting {
    line: i64,
    loan_ref: String,
    column_name: String,
    on_file: Option<String>,
    in_row: Option<String>,
    file_name: Option<String>,
}

/// A loan of which another file says something else for the same day: what is on file stays.
async fn list_conflicts(into: &Into<'_>, table: &str, wave: i64, found: &mut Found) -> Result<()> {
    let present = "loan l ON l.id = s.loan_id AND l.as_of = s.as_of".to_owned();
    let earlier = format!(
        "loan present ON present.id = s.loan_id AND present.as_of > s.as_of JOIN loan_history l ON l.id = {TOLD_BEFORE}"
    );
    for told in [present, earlier] {
        list_conflicts_with(into, table, wave, &told, found).await?;
    }
    Ok(())
}

/// Rows that disagree with states `l` of their day, which are joined as `told`.
async fn list_conflicts_with(into: &Into<'_>, table: &str, wave: i64, told: &str, found: &mut Found) -> Result<()> {
    let first_of = |value: &dyn Fn(&str) -> String| {
        let cases: Vec<String> =
            STATE.iter().map(|column| format!("WHEN {} THEN {}", differs_in("l", column), value(column))).collect();
        format!("CASE {} END", cases.join(" "))
    };
    let differs = differs("l");
    let sql = format!(
        "SELECT s.line, s.loan_ref, {name} AS column_name, {stored} AS on_file, {staged} AS in_row, f.name AS file_name \
         FROM {table} s JOIN {told} LEFT JOIN upload_file f ON f.id = l.upload_file_id \
         WHERE s.wave = $1 AND {differs} ORDER BY s.line",
        name = first_of(&|column| format!("'{column}'")),
        stored = first_of(&|column| format!("CAST(l.{column} AS text)")),
        staged = first_of(&|column| format!("CAST(s.{column} AS text)")),
    );
    let statement = into.statement(&sql, [wave.into()]);
    let conflicting = Conflicting::find_by_statement(statement).all(into.tx).await?;
    if conflicting.is_empty() {
        return Ok(());
    }
    for row in conflicting {
        found.add(row.finding());
    }
    let lines = format!("SELECT s.line FROM {table} s JOIN {told} WHERE s.wave = $1 AND {differs}");
    leave_out(into, table, &lines, [wave.into()]).await
}

impl Conflicting {
    fn finding(self) -> Finding {
        let other = self.file_name.unwrap_or_else(|| "another file".to_owned());
        Finding {
            kind: FindingKind::Conflict,
            line: self.line as u64,
            column: Some(words_of(&self.column_name)),
            value: readable(&self.column_name, self.in_row.as_deref()),
            reason: format!(
                "of loan {} is {} in {other} for the same day; that one is kept",
                self.loan_ref,
                readable(&self.column_name, self.on_file.as_deref()),
            ),
        }
    }
}

/// Newer states replace older ones, which are kept as history; states that come late become history at once.
async fn update(into: &Into<'_>, table: &str, wave: i64, found: &mut Found) -> Result<()> {
    let differs = differs("l");
    let replaces = if into.corrects {
        format!("(s.as_of > l.as_of OR (s.as_of = l.as_of AND {differs}))")
    } else {
        "s.as_of > l.as_of".to_owned()
    };
    let known = format!("SELECT COUNT(*) AS n FROM {table} s WHERE s.wave = $1 AND s.loan_id IS NOT NULL");
    let known = into.count(&known, wave).await?;
    let changed = format!(
        "SELECT COUNT(*) AS n FROM {table} s JOIN loan l ON l.id = s.loan_id WHERE s.wave = $1 AND {replaces} AND {differs}"
    );
    let changed = into.count(&changed, wave).await?;
    found.changed += changed;
    found.unchanged += known - changed;
    keep_late(into, table, wave).await?;
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
        "UPDATE loan AS l SET borrower_id = b.id, upload_file_id = $2, source_line = s.line, imported_at = {now}, \
         as_of = s.as_of, {values} \
         FROM {table} s JOIN borrower b ON b.portfolio_id = $4 AND b.borrower_ref = s.borrower_ref \
         WHERE l.id = s.loan_id AND s.wave = $1 AND {replaces}",
        values = STATE.map(|column| format!("{column} = COALESCE(s.{column}, l.{column})")).join(", "),
        now = into.now_sql("$3"),
    );
    let values = [wave.into(), into.file.into(), into.now.into(), into.portfolio.into()];
    execute(into.tx, &replace, values).await?;
    Ok(())
}

/// States of days before the loan's own become history at once. What was told of such a day before holds, unless the
/// file corrects it.
async fn keep_late(into: &Into<'_>, table: &str, wave: i64) -> Result<()> {
    let is_news =
        if into.corrects { format!("(told.id IS NULL OR {})", differs("told")) } else { "told.id IS NULL".to_owned() };
    let value_of = |column: &str| match column {
        "recovery_status" => format!("COALESCE(s.{column}, told.{column}, l.{column})"),
        column => format!("COALESCE(s.{column}, told.{column})"),
    };
    let sql = format!(
        "INSERT INTO loan_history (loan_id, {SOURCE}, {state}) \
         SELECT l.id, l.borrower_id, $2, s.line, {now}, s.as_of, {late} \
         FROM {table} s JOIN loan l ON l.id = s.loan_id LEFT JOIN loan_history told ON told.id = {TOLD_BEFORE} \
         WHERE s.wave = $1 AND s.as_of < l.as_of AND {is_news} ORDER BY s.line",
        state = STATE.join(", "),
        late = STATE.map(value_of).join(", "),
        now = into.now_sql("$3"),
    );
    execute(into.tx, &sql, [wave.into(), into.file.into(), into.now.into()]).await?;
    let late = "JOIN loan l ON l.id = s.loan_id WHERE s.wave = $1 AND s.as_of < l.as_of";
    leave_out(into, table, &format!("SELECT s.line FROM {table} s {late}"), [wave.into()]).await
}

/// Whether a row says of a column what is not on file. What it leaves out says nothing.
fn differs_in(told: &str, column: &str) -> String {
    format!("(s.{column} IS NOT NULL AND s.{column} IS DISTINCT FROM {told}.{column})")
}

fn differs(told: &str) -> String {
    format!("({})", STATE.map(|column| differs_in(told, column)).join(" OR "))
}

/// SQLite knows no schema before a column: a temporary table goes by its bare name there.
pub(super) fn unqualified(table: &str) -> &str {
    table.trim_start_matches("temp.")
}

fn words_of(column: &str) -> String {
    column.trim_end_matches("_minor").replace('_', " ")
}

/// A value as people read it: minor units become major ones.
fn readable(column: &str, value: Option<&str>) -> String {
    let value = value.unwrap_or("blank");
    match value.parse::<i64>() {
        Ok(minor) if column.ends_with("_minor") => format!("{}.{:02}", minor / 100, minor % 100),
        _ => value.to_owned(),
    }
}
