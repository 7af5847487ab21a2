//! Contact points, and consent to use them.

use super::look_up;
use crate::error::Result;
use crate::uploads::staging::execute;
use crate::uploads::target::Into;
use domain::borrower::{BorrowerRecord, ContactPoint};
use sea_orm::sea_query::Value;
use std::collections::HashSet;

/// Contact points per statement.
const CONTACT_ROWS: usize = 200;

/// Stores the contact points of the rows' borrowers. Consent that a file tells replaces what was known, which is kept.
pub(in crate::uploads) async fn store_contacts<'a>(
    into: &Into<'_>,
    table: &str,
    borrowers: impl Iterator<Item = (u64, &'a BorrowerRecord)>,
) -> Result<()> {
    let points: Vec<Point<'_>> =
        borrowers.flat_map(|(line, borrower)| borrower.contacts.iter().map(move |contact| (line, contact))).collect();
    if !points.is_empty() {
        look_up(into, table).await?;
    }
    for chunk in points.chunks(CONTACT_ROWS) {
        hear(into, &told_points(table, chunk.len()), values(into, chunk)).await?;
    }
    Ok(())
}

/// A contact point with the line that tells of it.
type Point<'a> = (u64, &'a ContactPoint);

/// What [`told_points`] binds, behind the file as `$1`.
fn values(into: &Into<'_>, points: &[Point<'_>]) -> Vec<Value> {
    let mut values: Vec<Value> = vec![into.file.into()];
    for (line, contact) in points {
        values.push((*line as i64).into());
        values.push(contact.channel.code().into());
        values.push(contact.value.as_str().into());
        values.push(contact.has_consent.into());
    }
    values
}

/// The borrowers on file of whom the rows tell a new contact point, or another word on consent.
pub(super) async fn changed(into: &Into<'_>, table: &str, borrowers: &[(u64, BorrowerRecord)]) -> Result<HashSet<i64>> {
    let points = borrowers.iter().flat_map(|(line, row)| row.contacts.iter().map(move |contact| (*line, contact)));
    let points: Vec<Point<'_>> = points.collect();
    let mut changed = HashSet::new();
    for chunk in points.chunks(CONTACT_ROWS) {
        let sql = format!(
            "SELECT p.borrower_id AS id FROM {told} p LEFT JOIN borrower_contact c \
             ON c.borrower_id = p.borrower_id AND c.channel = p.channel AND c.value = p.value \
             WHERE p.turn = 1 AND p.borrower_id IS NOT NULL AND CAST($1 AS bigint) IS NOT NULL AND (c.id IS NULL \
             OR (p.has_consent IS NOT NULL AND p.has_consent IS DISTINCT FROM c.has_consent AND (p.as_of > c.as_of OR {heard})))",
            told = told_points(table, chunk.len()),
            heard = is_heard(into.corrects, "p", "c"),
        );
        changed.extend(into.ids(&sql, values(into, chunk)).await?);
    }
    Ok(changed)
}

/// Gives borrowers whom rows name at last the contact points of those who stood for them: `named` and `nameless` of `rows`,
/// a part of a query with `$2`, the `wave`.
pub(super) async fn pass_on(into: &Into<'_>, rows: &str, wave: i64) -> Result<()> {
    let points = format!(
        "(SELECT named.id AS borrower_id, c.as_of, c.channel, c.value, c.has_consent, c.id AS place, {turn} AS turn \
         FROM {rows} JOIN borrower_contact c ON c.borrower_id = nameless.id WHERE s.wave = $2)",
        turn = turn("named.id, c.channel, c.value", "c.has_consent", "c.as_of", "c.id"),
    );
    hear(into, &points, vec![into.file.into(), wave.into()]).await
}

/// Writes down contact points: `told` is a query of them, whose `turn` tells of each point's words the one that holds. The day
/// of a point is that of its word on consent, and of its first mention where there is none.
async fn hear(into: &Into<'_>, told: &str, values: Vec<Value>) -> Result<()> {
    let keep = format!(
        "INSERT INTO borrower_contact_history (contact_id, replaced_by_file_id, has_consent, as_of) \
         SELECT c.id, $1, c.has_consent, c.as_of FROM {told} p JOIN borrower_contact c \
         ON c.borrower_id = p.borrower_id AND c.channel = p.channel AND c.value = p.value \
         WHERE p.turn = 1 AND p.has_consent IS NOT NULL AND (p.as_of > c.as_of OR {} ) \
         AND c.upload_file_id IS DISTINCT FROM $1 ORDER BY p.place",
        is_heard(into.corrects, "p", "c"),
    );
    let insert = format!(
        "INSERT INTO borrower_contact (borrower_id, upload_file_id, as_of, channel, value, has_consent) \
         SELECT p.borrower_id, $1, p.as_of, p.channel, p.value, p.has_consent FROM {told} p \
         WHERE p.turn = 1 ORDER BY p.place \
         ON CONFLICT (borrower_id, channel, value) DO UPDATE SET has_consent = excluded.has_consent, as_of = excluded.as_of \
         WHERE excluded.has_consent IS NOT NULL AND (excluded.as_of > borrower_contact.as_of OR {})",
        is_heard(into.corrects, "excluded", "borrower_contact"),
    );
    execute(into.tx, &keep, values.clone()).await?;
    execute(into.tx, &insert, values).await?;
    Ok(())
}

/// The place of a word among those on the same point: the last one on consent comes first, of one day a no before a yes.
fn turn(point: &str, consent: &str, day: &str, place: &str) -> String {
    format!(
        "ROW_NUMBER() OVER (PARTITION BY {point} ORDER BY CASE WHEN {consent} IS NULL THEN 1 ELSE 0 END, {day} DESC, \
         CASE WHEN {consent} THEN 1 ELSE 0 END, {place} DESC)"
    )
}

/// Whether a word on consent for the day that is on file is heard: where none is on file, where it corrects it, and a no.
fn is_heard(corrects: bool, said: &str, on_file: &str) -> String {
    let is_heard =
        if corrects { "TRUE".to_owned() } else { format!("{on_file}.has_consent AND NOT {said}.has_consent") };
    format!("({on_file}.has_consent IS NULL OR ({said}.as_of = {on_file}.as_of AND {is_heard}))")
}

/// Contact points that are bound from `$2` on, with their borrowers. One may stand in several rows: `turn` tells them
/// apart.
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
         v.column5 AS place, {turn} AS turn \
         FROM (VALUES {points}) AS v JOIN {table} s ON s.line = v.column1 AND s.wave <> 0)",
        turn = turn("s.borrower_id, v.column2, v.column3", "v.column4", "s.as_of", "v.column5"),
        points = points.join(", "),
    )
}
