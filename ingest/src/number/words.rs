//! The words and signs that stand around numbers.

use super::Unit;

/// Signs and words of currencies; the longer ones stand before those that they begin with.
pub(super) const CURRENCIES: [&str; 38] = [
    "us$", "nt$", "r$", "c$", "a$", "$", "€", "£", "₹", "¥", "usd", "eur", "gbp", "inr", "chf", "czk", "cad", "aud",
    "twd", "jpy", "rs.", "rs", "kč", "kc", "fr.", "ntd", "pln", "zł", "huf", "ft", "sek", "nok", "dkk", "kr.", "kr",
    "brl", "zar", "mxn",
];

/// What multiplies a number. A lone `m` stands in [`super::scan::Scan`], as it may mean months.
pub(super) const SCALES: [(&str, f64); 12] = [
    ("thousand", 1e3),
    ("million", 1e6),
    ("billion", 1e9),
    ("crore", 1e7),
    ("lakhs", 1e5),
    ("lakh", 1e5),
    ("lacs", 1e5),
    ("lac", 1e5),
    ("mn", 1e6),
    ("bn", 1e9),
    ("cr", 1e7),
    ("k", 1e3),
];

pub(super) const UNITS: [(&str, Unit); 23] = [
    ("%", Unit::Percent),
    ("percent", Unit::Percent),
    ("pct", Unit::Percent),
    ("bps", Unit::BasisPoints),
    ("bp", Unit::BasisPoints),
    ("days", Unit::Days),
    ("day", Unit::Days),
    ("d", Unit::Days),
    ("weeks", Unit::Weeks),
    ("week", Unit::Weeks),
    ("months", Unit::Months),
    ("month", Unit::Months),
    ("mths", Unit::Months),
    ("mth", Unit::Months),
    ("mons", Unit::Months),
    ("mon", Unit::Months),
    ("mos", Unit::Months),
    ("mo", Unit::Months),
    ("years", Unit::Years),
    ("year", Unit::Years),
    ("yrs", Unit::Years),
    ("yr", Unit::Years),
    ("y", Unit::Years),
];
