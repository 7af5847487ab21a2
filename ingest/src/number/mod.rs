//! Numbers as files write them: `1,234.50`, `8.90%`, `$25,000-49,999`, `(12)`, `10+ years`, `term_36`, `3.1k`.
//!
//! Plain digits never come here: callers try those first, and spend nothing on what most cells do not have.

mod scan;
mod sign;
mod words;

pub use sign::{Sign, values};

use domain::money::{Currency, Money, ParseMoneyError};
use scan::Scan;

/// How a column writes numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether a comma parts the decimals, and a dot the thousands.
    pub decimal_comma: bool,
    /// Whether `m` behind a number means months; it means millions otherwise.
    pub counts: bool,
}

/// What stands behind a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    #[default]
    None,
    Percent,
    BasisPoints,
    Days,
    Weeks,
    Months,
    Years,
}

/// Plain digits with a decimal point at most, kept without an allocation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Digits {
    const MAX: usize = 48;

    fn new() -> Self {
        Self { bytes: [0; Self::MAX], len: 0 }
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    fn value(&self) -> f64 {
        self.text().parse().unwrap_or(f64::NAN)
    }
}

/// A number that was read, or a range of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    low: Digits,
    /// The end of a range; its middle is taken.
    high: Option<Digits>,
    is_negative: bool,
    /// What `k` and its like multiply by.
    scale: f64,
    pub unit: Unit,
    /// What its sign or word for a currency may mean; nothing where it has none.
    currency: Option<Currencies>,
}

/// ISO 4217 codes that a sign may mean.
type Currencies = &'static [&'static str];

impl Number {
    /// Reads a number; nothing where the text is none.
    pub fn read(text: &str, style: Style) -> Option<Self> {
        Scan::new(text, style).number()
    }

    /// Whether its sign says that it is an amount of another currency.
    pub fn is_of_another(&self, currency: Currency) -> bool {
        self.currency.is_some_and(|codes| !codes.contains(&currency.code()))
    }

    pub fn is_range(&self) -> bool {
        self.high.is_some()
    }

    pub fn value(&self) -> f64 {
        let middle = self.high.map_or_else(|| self.low.value(), |high| f64::midpoint(self.low.value(), high.value()));
        // A negative zero would print as "-0".
        if self.is_negative { 0.0 - middle * self.scale } else { middle * self.scale }
    }

    /// As an amount, exact to the minor unit where nothing has to be computed.
    ///
    /// # Errors
    /// `TooLarge` beyond a trillion.
    pub fn money(&self, currency: Currency, times: f64) -> Result<Money, ParseMoneyError> {
        let factor = self.scale * times;
        let is_plain = (factor - 1.0).abs() < f64::EPSILON;
        if is_plain && self.high.is_none() {
            let amount = Money::parse(self.low.text(), currency)?;
            return Ok(if self.is_negative { Money::ZERO - amount } else { amount });
        }
        Money::from_major(self.value() * times, currency).ok_or(ParseMoneyError::TooLarge)
    }
}

/// A finite number of plain digits, or in scientific notation; nothing for anything else.
///
/// Rust reads "inf", "infinity" and "nan" as numbers too; those are refused.
pub fn plain(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    // Most cells: digits alone, few enough to be exact.
    if bytes.len() <= 15 && bytes.iter().all(u8::is_ascii_digit) && !bytes.is_empty() {
        return Some(bytes.iter().fold(0_u64, |sum, byte| sum * 10 + u64::from(byte - b'0')) as f64);
    }
    let has_word = bytes.iter().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
    text.parse().ok().filter(|_| !has_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DOT: Style = Style { decimal_comma: false, counts: false };
    const COMMA: Style = Style { decimal_comma: true, counts: false };
    const COUNT: Style = Style { decimal_comma: false, counts: true };

    fn check(text: &str, style: Style, value: f64, unit: Unit) {
        let number = Number::read(text, style).unwrap_or_else(|| panic!("{text} is a number"));
        assert!((number.value() - value).abs() < 1e-9, "{text}: {}", number.value());
        assert_eq!(number.unit, unit, "{text}");
    }

    #[test]
    fn numbers_are_read_as_files_write_them() {
        let none = Unit::None;
        check("1,234.50", DOT, 1234.5, none);
        check("12,34,567.5", DOT, 1_234_567.5, none);
        check("1.234,50", COMMA, 1234.5, none);
        check("0,5", COMMA, 0.5, none);
        check("1 234 567", DOT, 1_234_567.0, none);
        check("1\u{202f}234,5", COMMA, 1234.5, none);
        check("1'234.5", DOT, 1234.5, none);
        check("1\u{2019}234", DOT, 1234.0, none);
        check("$1,000", DOT, 1000.0, none);
        check("-$1,000.25", DOT, -1000.25, none);
        check("$-5", DOT, -5.0, none);
        check("(12.50)", DOT, -12.5, none);
        check("($1,200)", DOT, -1200.0, none);
        check("-0", DOT, 0.0, none);
        check("12-", DOT, -12.0, none);
        check("Rs. 5,000/-", DOT, 5000.0, none);
        check("INR 5000", DOT, 5000.0, none);
        check("5000 EUR", DOT, 5000.0, none);
        check("1.234,50 €", COMMA, 1234.5, none);
        check("10.000,-", COMMA, 10_000.0, none);
        check("10.000,– €", COMMA, 10_000.0, none);
        check("1'000.--", DOT, 1000.0, none);
        check("0,125", COMMA, 0.125, none);
        check("8.90%", DOT, 8.9, Unit::Percent);
        check("8.90 % p.a.", DOT, 8.9, Unit::Percent);
        check("250 bps", DOT, 250.0, Unit::BasisPoints);
        check("3.1k", DOT, 3100.0, none);
        check("2m", DOT, 2_000_000.0, none);
        check("1.5 lakh", DOT, 150_000.0, none);
        check("2 cr", DOT, 20_000_000.0, none);
        check("1.5e3 USD", DOT, 1500.0, none);
        check("36 months", COUNT, 36.0, Unit::Months);
        check("36 Monate", COUNT, 36.0, Unit::Months);
        check("36 mois", COUNT, 36.0, Unit::Months);
        check("24 meses", COUNT, 24.0, Unit::Months);
        check("3 Jahre", COUNT, 3.0, Unit::Years);
        check("36m", COUNT, 36.0, Unit::Months);
        check("10+ years", COUNT, 10.0, Unit::Years);
        check("< 1 year", COUNT, 0.5, Unit::Years);
        check("term_36", COUNT, 36.0, none);
        check("90+", COUNT, 90.0, none);
        check("> 90 days", COUNT, 90.0, Unit::Days);
    }

    #[test]
    fn of_a_range_the_middle_is_taken() {
        check("$25,000-49,999", DOT, 37_499.5, Unit::None);
        check("735-739", COUNT, 737.0, Unit::None);
        check("31 - 60 days", COUNT, 45.5, Unit::Days);
        check("$1 to $3", DOT, 2.0, Unit::None);
        assert!(Number::read("735-739", COUNT).expect("a range").is_range());
        assert!(!Number::read("735", COUNT).expect("a number").is_range());
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            " ",
            "lots",
            "inf",
            "-inf",
            "nan",
            "NaN",
            "infinity",
            "1,5",
            "1,23,4",
            "12,3456",
            "2016-12-31",
            "9-3",
            "09:29.3",
            "1.2.3",
            "--1",
            "$",
            "%",
            "()",
            "(5",
            "12 apples",
            "=1+1",
            "0x10",
            "1e",
            "€$5x",
            "5 5",
            "1_000x",
            "0,125",
            "00,500",
            "10.000,-",
        ] {
            assert!(Number::read(text, DOT).is_none(), "{text}");
        }
        assert!(Number::read(&"9".repeat(60), DOT).is_none());
    }

    #[test]
    fn amounts_are_exact() {
        let check = |text, times, expected| {
            let number = Number::read(text, DOT).expect(text);
            assert_eq!(number.money(Currency::USD, times).map(|money| money.minor), expected, "{text}");
        };
        check("$1,234.565", 1.0, Ok(123_457));
        check("($0.01)", 1.0, Ok(-1));
        check("$1,200", 0.5, Ok(60_000));
        check("3.1k", 1.0, Ok(310_000));
        check("$9,999,999,999,999", 1.0, Err(ParseMoneyError::TooLarge));
        check("9999999 cr", 1.0, Err(ParseMoneyError::TooLarge));
    }

    #[test]
    fn plain_numbers_are_read_and_words_refused() {
        let check = |text, expected| assert_eq!(plain(text), expected, "{text}");
        check("0", Some(0.0));
        check("-1.5", Some(-1.5));
        check("1e3", Some(1000.0));
        check("123456789012345678", Some(123_456_789_012_345_680.0));
        check("nan", None);
        check("inf", None);
        check("", None);
        check("1,5", None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}", decimal_comma: bool, counts: bool) {
            let _ = Number::read(&text, Style { decimal_comma, counts });
            let _ = plain(&text);
        }

        #[test]
        fn text_made_of_what_numbers_hold_never_panics(text in "[-+0-9.,'% $()<>_ekm€]{0,60}", decimal_comma: bool) {
            if let Some(number) = Number::read(&text, Style { decimal_comma, counts: true }) {
                prop_assert!(number.value().is_finite() || text.contains('e'), "{} {}", text, number.value());
            }
        }
    }
}
