//! Extra columns of a row `s` and of a state of the same loan: each is told for a day of its own, so that it makes no
//! difference which row comes first.
//!
//! Both databases walk through the pairs of a JSON object; only their words for it differ.

use sea_orm::DbBackend;

/// The days of the extra columns that a state carries, under this name in its `carried`.
const CARRIED: &str = "extras";

/// Pairs `key` and `value` of a JSON object of texts.
fn pairs(backend: DbBackend, text: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("jsonb_each_text(CAST({text} AS jsonb))"),
        _ => format!("json_each({text})"),
    }
}

/// The days of the extra columns that `told` carries, as pairs.
fn carried_pairs(backend: DbBackend, told: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("jsonb_each_text(CAST({told}.carried AS jsonb) -> '{CARRIED}')"),
        _ => format!("json_each({told}.carried, '$.{CARRIED}')"),
    }
}

/// A JSON object of what a query gives as `key` and `value`; nothing where it gives no row.
fn gathered(backend: DbBackend, query: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("(SELECT jsonb_object_agg(g.key, g.value) FROM ({query}) g)"),
        _ => format!("(SELECT NULLIF(json_group_object(g.key, g.value), '{{}}') FROM ({query}) g)"),
    }
}

/// The later of two objects over the first one; either may be nothing.
fn over(backend: DbBackend, first: &str, later: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            "CAST(COALESCE(CAST({first} AS jsonb) || CAST({later} AS jsonb), CAST({later} AS jsonb), CAST({first} AS jsonb)) AS text)"
        ),
        _ => format!("COALESCE(json_patch({first}, {later}), {later}, {first})"),
    }
}

/// What the row says that `told` knows for the day itself: the columns `said`, `known` and, where carried, `c`.
fn said_and_known(backend: DbBackend, told: &str) -> String {
    format!(
        "{} said LEFT JOIN {} known ON known.key = said.key LEFT JOIN {} c ON c.key = said.key",
        pairs(backend, "s.extras"),
        pairs(backend, &format!("{told}.extras")),
        carried_pairs(backend, told),
    )
}

/// Whether the row says otherwise than `told` does for the same day.
pub(super) fn contradict(backend: DbBackend, told: &str) -> String {
    format!(
        "(s.extras <> {told}.extras AND EXISTS (SELECT 1 FROM {} WHERE known.value <> said.value AND c.key IS NULL))",
        said_and_known(backend, told)
    )
}

/// Whether the row says what `told` does not know, or only of a day before.
pub(super) fn add(backend: DbBackend, told: &str) -> String {
    format!(
        "(s.extras IS NOT NULL AND (s.extras IS DISTINCT FROM {told}.extras OR {told}.carried LIKE '%\"{CARRIED}\":%') \
         AND EXISTS (SELECT 1 FROM {} WHERE known.key IS NULL OR c.key IS NOT NULL))",
        said_and_known(backend, told)
    )
}

/// What is known once the row has spoken after `told`.
pub(super) fn said_after(backend: DbBackend, told: &str) -> String {
    over(backend, &format!("{told}.extras"), "s.extras")
}

/// Whether a row may leave out what `told` knows. Quick to tell, and seldom wrong.
pub(super) fn may_leave_out(told: &str) -> String {
    format!("({told}.extras IS NOT NULL AND s.extras IS DISTINCT FROM {told}.extras)")
}

/// The days that a state carries once the row has spoken after `told`: of what the row leaves out.
pub(super) fn carried_after(backend: DbBackend, told: &str) -> String {
    let day = format!("COALESCE(c.value, CAST({told}.as_of AS text))");
    let left_out = format!(
        "SELECT known.key AS key, {day} AS value FROM {known} known LEFT JOIN {said} said ON said.key = known.key \
         LEFT JOIN {carried} c ON c.key = known.key WHERE said.key IS NULL AND {day} <> CAST(s.as_of AS text)",
        known = pairs(backend, &format!("{told}.extras")),
        said = pairs(backend, "s.extras"),
        carried = carried_pairs(backend, told),
    );
    format!("CASE WHEN {} THEN {} END", may_leave_out(told), gathered(backend, &left_out))
}

/// What a row of an earlier day says that the loan `l` does not know, or only of a day before.
fn fillings(backend: DbBackend, value: &str, corrects: bool) -> String {
    let before = if corrects { "<=" } else { "<" };
    format!(
        "SELECT said.key AS key, {value} AS value FROM {} WHERE known.key IS NULL OR c.value {before} CAST(s.as_of AS text)",
        said_and_known(backend, "l")
    )
}

/// Whether a row of an earlier day says what the loan `l` does not know, or only of a day before.
pub(super) fn fill_in(backend: DbBackend, corrects: bool) -> String {
    format!("(s.extras IS NOT NULL AND EXISTS ({}))", fillings(backend, "said.value", corrects))
}

/// What the loan `l` knows once a row of an earlier day has spoken.
pub(super) fn filled_in(backend: DbBackend, corrects: bool) -> String {
    let filled = gathered(backend, &fillings(backend, "said.value", corrects));
    format!("CASE WHEN s.extras IS NULL THEN l.extras ELSE {} END", over(backend, "l.extras", &filled))
}

/// The days that the loan `l` carries once a row of an earlier day has spoken.
pub(super) fn carried_with(backend: DbBackend, corrects: bool) -> String {
    let days = gathered(backend, &fillings(backend, "CAST(s.as_of AS text)", corrects));
    let carried = match backend {
        DbBackend::Postgres => format!("(CAST(l.carried AS jsonb) -> '{CARRIED}')"),
        _ => format!("(l.carried -> '$.{CARRIED}')"),
    };
    over(backend, &carried, &days)
}

/// The days as a part of a state's `carried`.
pub(super) fn part(backend: DbBackend, days: &str) -> (&'static str, String) {
    let days = match backend {
        DbBackend::Postgres => format!("CAST({days} AS jsonb)"),
        _ => format!("json({days})"),
    };
    (CARRIED, days)
}
