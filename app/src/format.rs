//! How figures are written: one way each, on every page.

use chrono::{DateTime, NaiveDate, Utc};
pub use domain::count::{count as counted, is_or_are};
use domain::money::{Currency, Money};

/// Stands where something is not known: never 0, which would be a claim.
pub const UNKNOWN: &str = "—";

/// What is known, written by `write`; a dash where nothing is.
pub fn known<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), write)
}

/// A word of a file; a dash where it is blank.
pub fn word(text: &str) -> String {
    if text.trim().is_empty() { UNKNOWN.to_owned() } else { text.to_owned() }
}

/// A whole number with thousands separators: `12,480`.
pub fn count(number: impl Into<i64>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A change of a whole number with its sign: `+281`, `−12`, `±0`.
pub fn change(by: i64) -> String {
    match by {
        0 => "±0".to_owned(),
        by if by > 0 => format!("+{}", count(by)),
        by => count(by),
    }
}

/// An address of which only its owner sees which one it is: `a…n@example.test`.
pub fn hidden_address(address: &str) -> String {
    let (name, domain) = address.split_once('@').unwrap_or((address, ""));
    let ends = name.chars().next().into_iter().chain(['…']).chain(name.chars().last());
    let hidden: String = ends.collect();
    if domain.is_empty() { hidden } else { format!("{hidden}@{domain}") }
}

/// The word for so many things; all nouns here take an s.
pub fn plural(number: impl Into<i64>, noun: &str) -> String {
    if number.into() == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// A number with `decimals` places and thousands separators; "—" where it is not finite.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return UNKNOWN.to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let sign = if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { "−" } else { "" };
    let whole = count(whole.parse::<i64>().unwrap_or(i64::MAX));
    if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The sign or code of a currency, as it stands before an amount.
pub fn currency_mark(currency: Currency) -> String {
    match currency.code() {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "INR" => "₹".to_owned(),
        "JPY" => "¥".to_owned(),
        code => format!("{code}\u{a0}"),
    }
}

/// An amount in full, without its currency: `291,413.01`.
pub fn amount(money: Money, currency: Currency) -> String {
    number(money.major(currency), usize::from(currency.decimals()))
}

/// An amount in full, with its currency: `$291,413.01`.
pub fn amount_with_mark(money: Money, currency: Currency) -> String {
    let sign = if money.minor < 0 { "−" } else { "" };
    format!("{sign}{}{}", currency_mark(currency), amount(Money::from_minor(money.minor.abs()), currency))
}

/// An amount shortened for a headline: its figure (`$14.72`) and its unit (`M`). A dash where it is not known.
pub fn headline(money: impl Into<Option<Money>>, currency: Currency) -> (String, &'static str) {
    let Some(money) = money.into() else { return (UNKNOWN.to_owned(), "") };
    let value = money.major(currency);
    let (scaled, unit) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, "B"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let decimals =
        if unit.is_empty() { 0 } else { 3_usize.saturating_sub(format!("{:.0}", scaled.abs()).len()).min(2) };
    (format!("{}{}", currency_mark(currency), number(scaled, decimals)), unit)
}

/// An amount shortened, in one text: `$14.7 M`.
pub fn short_amount(money: impl Into<Option<Money>>, currency: Currency) -> String {
    let (figure, unit) = headline(money, currency);
    if unit.is_empty() { figure } else { format!("{figure}\u{a0}{unit}") }
}

/// `part` of `whole` in percent: `17.0 %`; "—" where there is no whole.
pub fn percent(part: impl Into<f64>, whole: impl Into<f64>) -> String {
    let whole = whole.into();
    if whole == 0.0 { UNKNOWN.to_owned() } else { format!("{}\u{a0}%", number(100.0 * part.into() / whole, 1)) }
}

/// A risk score, with as many decimals as keep the highest ones apart: `0.996`.
pub fn score(score: f64) -> String {
    number(score, 3)
}

/// A moment in universal time: `19 Nov 2026, 18:00 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// A day: `19 Nov 2026`.
pub fn day(on: NaiveDate) -> String {
    on.format("%-d %b %Y").to_string()
}

/// A file's size: `77 kB`.
pub fn file_size(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", number(bytes as f64 / 1e3, 0)),
        1_000_000..1_000_000_000 => format!("{} MB", number(bytes as f64 / 1e6, 1)),
        _ => format!("{} GB", number(bytes as f64 / 1e9, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "−1,234,567")] {
            assert_eq!(count(value), text);
        }
    }

    #[test]
    fn what_is_not_known_is_no_zero() {
        assert_eq!(known(None::<u16>, count), "—");
        assert_eq!(known(Some(0_u16), count), "0");
        assert_eq!(word(" "), "—");
    }

    #[test]
    fn numbers_never_show_nan_or_minus_zero() {
        assert_eq!(number(f64::NAN, 2), "—");
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(number(-1234.5, 1), "−1,234.5");
    }

    #[test]
    fn headlines_keep_three_digits() {
        let check = |minor, text: &str| assert_eq!(short_amount(Money::from_minor(minor), Currency::USD), text);
        check(0, "$0");
        assert_eq!(short_amount(None, Currency::USD), "—");
        check(999_900, "$9,999");
        check(1_472_000_000, "$14.7\u{a0}M");
        check(147_200_000, "$1.47\u{a0}M");
        check(28_136_298_800, "$281\u{a0}M");
        check(12_340_000_000_000, "$123\u{a0}B");
    }

    #[test]
    fn shares_of_nothing_are_not_zero() {
        assert_eq!(percent(0, 0), "—");
        assert_eq!(percent(17, 100), "17.0\u{a0}%");
    }
}
