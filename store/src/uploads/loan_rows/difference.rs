//! How a row `s` and a state of the same loan differ: what it adds to what is not known, and what it contradicts. What
//! a row leaves out says nothing.

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
        column => format!("({told}.{column} IS NULL AND s.{column} IS NOT NULL)"),
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
        return format!("(s.{column} <> {told}.{column})");
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

/// What is known of a column once a row has spoken after `told`, or where `told` has said nothing.
pub(super) fn said_after(backend: DbBackend, told: &str, column: &str) -> String {
    match column {
        "extras" => format!("COALESCE({}, s.extras, {told}.extras)", both(backend, told)),
        column => format!("COALESCE(s.{column}, {told}.{column})"),
    }
}

/// The extra columns of both; those of the row hold.
fn both(backend: DbBackend, told: &str) -> String {
    match backend {
        DbBackend::Postgres => {
            format!("CAST(CAST({told}.extras AS jsonb) || CAST(s.extras AS jsonb) AS text)")
        }
        _ => format!("json_patch({told}.extras, s.extras)"),
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

/// Whether a row names a borrower where `told` has another: one whom a file named, or one without a name.
fn names_another(told: &str, is_unnamed: bool) -> String {
    let test = if is_unnamed { "" } else { "NOT " };
    format!(
        "(NOT s.is_unnamed AND s.borrower_id IS DISTINCT FROM {told}.borrower_id \
         AND {test}(SELECT known.is_unnamed FROM borrower known WHERE known.id = {told}.borrower_id))"
    )
}
