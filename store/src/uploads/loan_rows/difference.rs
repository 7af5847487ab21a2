//! How a row `s` and a state of the same loan differ: what it adds to what is not known, and what it contradicts. What
//! a row leaves out says nothing.
//!
//! A state may carry what was told for an earlier day. Its `carried` says so: a JSON object from column to day. That makes
//! the order of files and rows of no account.

use super::STATE;
use sea_orm::DbBackend;

/// Whether a row says what the state `told` does not.
pub(super) fn differs(backend: DbBackend, told: &str) -> String {
    format!("({} OR {})", adds(backend, told), contradicts(backend, told))
}

/// Whether a row says something of which `told` knows nothing.
pub(super) fn adds(backend: DbBackend, told: &str) -> String {
    let adds_column = |column: &str| match column {
        "extras" => adds_words(backend, told),
        column => format!(
            "(s.{column} IS NOT NULL AND ({told}.{column} IS NULL OR {} IS NOT NULL))",
            carried_day(backend, told, column)
        ),
    };
    format!("({} OR {})", STATE.map(adds_column).join(" OR "), names_another(told, true))
}

/// Whether a row says otherwise than `told`.
pub(super) fn contradicts(backend: DbBackend, told: &str) -> String {
    let columns = STATE.map(|column| contradicts_in(backend, told, column));
    format!("({} OR {})", columns.join(" OR "), names_another(told, false))
}

pub(super) fn contradicts_in(backend: DbBackend, told: &str, column: &str) -> String {
    if column != "extras" {
        return format!("(s.{column} <> {told}.{column} AND {} IS NULL)", carried_day(backend, told, column));
    }
    let words = |text: &str| match backend {
        DbBackend::Postgres => format!("jsonb_each_text(CAST({text} AS jsonb))"),
        _ => format!("json_each({text})"),
    };
    format!(
        "(s.extras <> {told}.extras AND EXISTS (SELECT 1 FROM {} said JOIN {} known ON known.key = said.key \
         WHERE known.value <> said.value))",
        words("s.extras"),
        words(&format!("{told}.extras")),
    )
}

/// The day of a column that was told for an earlier day than its state; nothing where it was told for the state's own.
fn carried_day(backend: DbBackend, told: &str, column: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("(CAST({told}.carried AS jsonb) ->> '{column}')"),
        _ => format!("({told}.carried ->> '$.{column}')"),
    }
}

/// A status that nobody told: any day is later.
const NEVER: &str = "0001-01-01";

/// What a state carries that a row makes of nothing.
pub(super) fn carried_at_first() -> String {
    format!(r#"CASE WHEN s.recovery_status IS NULL THEN '{{"recovery_status":"{NEVER}"}}' END"#)
}

/// What a state carries that a row makes of `told`.
pub(super) fn carried_after(backend: DbBackend, told: &str) -> String {
    let day_of = |column: &str| {
        let never = if column == "recovery_status" { format!("'{NEVER}'") } else { "NULL".to_owned() };
        format!(
            "CASE WHEN s.{column} IS NOT NULL THEN NULL WHEN {told}.{column} IS NOT NULL \
             THEN NULLIF(COALESCE({}, CAST({told}.as_of AS text)), CAST(s.as_of AS text)) ELSE {never} END",
            carried_day(backend, told, column)
        )
    };
    let leaves_out = told_one_by_one().map(|column| format!("s.{column} IS NULL")).collect::<Vec<_>>().join(" OR ");
    let built = object(backend, told_one_by_one().map(|column| (column, day_of(column))));
    format!("CASE WHEN {leaves_out} THEN NULLIF({built}, '{{}}') END")
}

/// Whether a row of an earlier day says of a column what the loan `l` knows nothing of, or only of a day before.
pub(super) fn fills_in(backend: DbBackend, column: &str, corrects: bool) -> String {
    if column == "extras" {
        return adds_words(backend, "l");
    }
    let before = if corrects { "<=" } else { "<" };
    format!(
        "(s.{column} IS NOT NULL AND (l.{column} IS NULL OR {} {before} CAST(s.as_of AS text)))",
        carried_day(backend, "l", column)
    )
}

/// What the loan `l` knows of a column once a row of an earlier day has spoken.
pub(super) fn filled_in(backend: DbBackend, column: &str, corrects: bool) -> String {
    match column {
        "extras" => format!("COALESCE({}, l.extras, s.extras)", both(backend, "s", "l")),
        column => format!("CASE WHEN {} THEN s.{column} ELSE l.{column} END", fills_in(backend, column, corrects)),
    }
}

/// What the loan `l` carries once a row of an earlier day has spoken.
pub(super) fn carried_with(backend: DbBackend, corrects: bool) -> String {
    let day_of = |column: &str| {
        let (fills, carried) = (fills_in(backend, column, corrects), carried_day(backend, "l", column));
        format!("CASE WHEN {fills} THEN CAST(s.as_of AS text) ELSE {carried} END")
    };
    let built = object(backend, told_one_by_one().map(|column| (column, day_of(column))));
    format!("NULLIF({built}, '{{}}')")
}

/// Columns whose days are kept apart: all but the extra ones.
fn told_one_by_one() -> impl Iterator<Item = &'static str> {
    STATE.into_iter().filter(|column| *column != "extras")
}

/// A JSON object of texts, without those that are nothing.
fn object<'a>(backend: DbBackend, parts: impl Iterator<Item = (&'a str, String)>) -> String {
    let parts = parts.map(|(name, value)| format!("'{name}', {value}")).collect::<Vec<_>>().join(", ");
    match backend {
        DbBackend::Postgres => format!("CAST(jsonb_strip_nulls(jsonb_build_object({parts})) AS text)"),
        _ => format!("json_patch('{{}}', json_object({parts}))"),
    }
}

/// What is known of a column once a row has spoken after `told`, or where `told` has said nothing.
pub(super) fn said_after(backend: DbBackend, told: &str, column: &str) -> String {
    match column {
        "extras" => format!("COALESCE({}, s.extras, {told}.extras)", both(backend, told, "s")),
        column => format!("COALESCE(s.{column}, {told}.{column})"),
    }
}

/// The extra columns of both; those of the later one hold.
fn both(backend: DbBackend, first: &str, later: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("CAST(CAST({first}.extras AS jsonb) || CAST({later}.extras AS jsonb) AS text)")
        }
        _ => format!("json_patch({first}.extras, {later}.extras)"),
    }
}

/// Whether a row has extra columns that are not in `told`.
fn adds_words(backend: DbBackend, told: &str) -> String {
    let names = |text: &str| match backend {
        DbBackend::Postgres => format!("SELECT jsonb_object_keys(CAST({text} AS jsonb))"),
        _ => format!("SELECT key FROM json_each({text})"),
    };
    format!(
        "(s.extras IS NOT NULL AND s.extras IS DISTINCT FROM {told}.extras AND ({told}.extras IS NULL \
         OR EXISTS ({} EXCEPT {})))",
        names("s.extras"),
        names(&format!("{told}.extras")),
    )
}

/// Whether a row names the borrower of a loan `l` whom no file named before.
pub(super) fn names_at_last() -> String {
    names_another("l", true)
}

/// Whether a row names a borrower where `told` has another: one whom a file named, or one without a name.
fn names_another(told: &str, is_unnamed: bool) -> String {
    let test = if is_unnamed { "" } else { "NOT " };
    format!(
        "(NOT s.is_unnamed AND s.borrower_id IS DISTINCT FROM {told}.borrower_id \
         AND {test}(SELECT known.is_unnamed FROM borrower known WHERE known.id = {told}.borrower_id))"
    )
}
