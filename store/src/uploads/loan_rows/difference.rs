//! How a row `s` and a state of the same loan differ: what it adds to what is not known, and what it contradicts. What
//! a row leaves out says nothing.
//!
//! A state may carry what was told for an earlier day: a column, its borrower, extra columns. Its `carried` says so: a
//! JSON object from each to its day. That makes the order of files and rows of no account.

use super::{STATE, extras};
use sea_orm::DbBackend;

/// What a loan's borrower is called in `carried`, beside the columns.
const BORROWER: &str = "borrower";

/// Whether a row says what the state `told` does not.
pub(super) fn differs(backend: DbBackend, told: &str) -> String {
    format!("({} OR {})", adds(backend, told), contradicts(backend, told))
}

/// Whether a row says something of which `told` knows nothing, or only of a day before.
pub(super) fn adds(backend: DbBackend, told: &str) -> String {
    let adds_column = |column: &str| {
        let carried = carried_day(backend, told, column);
        format!("(s.{column} IS NOT NULL AND ({told}.{column} IS NULL OR {carried} IS NOT NULL))")
    };
    let columns = told_one_by_one().map(adds_column).collect::<Vec<_>>().join(" OR ");
    let borrower = format!("(s.names_borrower AND {} IS NOT NULL)", carried_day(backend, told, BORROWER));
    format!("({columns} OR {} OR {borrower})", extras::add(backend, told))
}

/// Whether a row says otherwise than `told` does for the same day.
pub(super) fn contradicts(backend: DbBackend, told: &str) -> String {
    let columns = STATE.map(|column| contradicts_in(backend, told, column));
    format!("({} OR {})", columns.join(" OR "), names_another(backend, told))
}

pub(super) fn contradicts_in(backend: DbBackend, told: &str, column: &str) -> String {
    match column {
        "extras" => extras::contradict(backend, told),
        column => format!("(s.{column} <> {told}.{column} AND {} IS NULL)", carried_day(backend, told, column)),
    }
}

/// Whether a row names a borrower where `told` was told for the same day that it has another.
fn names_another(backend: DbBackend, told: &str) -> String {
    format!(
        "(s.names_borrower AND s.borrower_id IS DISTINCT FROM {told}.borrower_id AND {} IS NULL)",
        carried_day(backend, told, BORROWER)
    )
}

/// The day of what was told for an earlier day than its state; nothing where it was told for the state's own.
fn carried_day(backend: DbBackend, told: &str, what: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("(CAST({told}.carried AS jsonb) ->> '{what}')"),
        _ => format!("({told}.carried ->> '$.{what}')"),
    }
}

/// The day of what nobody told, a status or a borrower: any day is later.
const NEVER: &str = "0001-01-01";

/// What a state carries that a row makes of nothing.
pub(super) fn carried_at_first(backend: DbBackend) -> String {
    let status = format!("CASE WHEN s.recovery_status IS NULL THEN '{NEVER}' END");
    let borrower = format!("CASE WHEN NOT s.names_borrower THEN {} END", day_named());
    let built = object(backend, [("recovery_status", status), (BORROWER, borrower)].into_iter());
    format!("CASE WHEN s.recovery_status IS NULL OR NOT s.names_borrower THEN {built} END")
}

/// The day for which another row of the file names the borrower of a row that leaves it out.
fn day_named() -> String {
    format!("CASE WHEN s.named_on < s.as_of THEN CAST(s.named_on AS text) ELSE '{NEVER}' END")
}

/// What a state carries that a row makes of `told`, or of nothing where there is no `told`.
pub(super) fn carried_after(backend: DbBackend, told: &str) -> String {
    let still = |what: &str| {
        format!(
            "NULLIF(COALESCE({}, CAST({told}.as_of AS text)), CAST(s.as_of AS text))",
            carried_day(backend, told, what)
        )
    };
    let day_of = |column: &str| {
        let never = if column == "recovery_status" { format!("'{NEVER}'") } else { "NULL".to_owned() };
        let still = still(column);
        format!(
            "CASE WHEN s.{column} IS NOT NULL THEN NULL WHEN {told}.{column} IS NOT NULL THEN {still} ELSE {never} END"
        )
    };
    let borrower = format!(
        "CASE WHEN s.names_borrower THEN NULL WHEN {told}.borrower_id IS NOT NULL THEN {} ELSE {} END",
        still(BORROWER),
        day_named()
    );
    let leaves_out = told_one_by_one().map(|column| format!("s.{column} IS NULL")).collect::<Vec<_>>().join(" OR ");
    let parts = told_one_by_one()
        .map(|column| (column, day_of(column)))
        .chain([(BORROWER, borrower), extras::part(backend, &extras::carried_after(backend, told))]);
    format!(
        "CASE WHEN {leaves_out} OR NOT s.names_borrower OR {} THEN NULLIF({}, '{{}}') END",
        extras::may_leave_out(told),
        object(backend, parts),
    )
}

/// Whether a row of an earlier day says of a column what the loan `l` knows nothing of, or only of a day before.
pub(super) fn fills_in(backend: DbBackend, column: &str, corrects: bool) -> String {
    match column {
        "extras" => extras::fill_in(backend, corrects),
        column => format!(
            "(s.{column} IS NOT NULL AND (l.{column} IS NULL OR {}))",
            carried_before(backend, column, corrects)
        ),
    }
}

/// Whether a row of an earlier day names the borrower of a loan `l` of whom nobody spoke since.
pub(super) fn names_at_last(backend: DbBackend, corrects: bool) -> String {
    format!("(s.names_borrower AND {})", carried_before(backend, BORROWER, corrects))
}

/// Whether the loan `l` carries something of a day before that of the row `s`. A correction is of the day that it corrects.
fn carried_before(backend: DbBackend, what: &str, corrects: bool) -> String {
    let before = if corrects { "<=" } else { "<" };
    format!("COALESCE({} {before} CAST(s.as_of AS text), FALSE)", carried_day(backend, "l", what))
}

/// What the loan `l` knows of a column once a row of an earlier day has spoken.
pub(super) fn filled_in(backend: DbBackend, column: &str, corrects: bool) -> String {
    match column {
        "extras" => extras::filled_in(backend, corrects),
        column => format!("CASE WHEN {} THEN s.{column} ELSE l.{column} END", fills_in(backend, column, corrects)),
    }
}

/// What the loan `l` carries once a row of an earlier day has spoken.
pub(super) fn carried_with(backend: DbBackend, corrects: bool) -> String {
    let day_of = |what: &str, fills: String| {
        format!("CASE WHEN {fills} THEN CAST(s.as_of AS text) ELSE {} END", carried_day(backend, "l", what))
    };
    let parts = told_one_by_one().map(|column| (column, day_of(column, fills_in(backend, column, corrects)))).chain([
        (BORROWER, day_of(BORROWER, names_at_last(backend, corrects))),
        extras::part(backend, &extras::carried_with(backend, corrects)),
    ]);
    format!("NULLIF({}, '{{}}')", object(backend, parts))
}

/// Columns whose days stand under their names: all but the extra ones, which have one each.
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
        "extras" => extras::said_after(backend, told),
        column => format!("COALESCE(s.{column}, {told}.{column})"),
    }
}
