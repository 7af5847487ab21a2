//! Money as whole minor units of one currency. Never a float.

use crate::count::grouped;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// An amount in minor units (cents, paise …) of the portfolio's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
}

/// The largest amount that a file may hold, in major units: a trillion.
pub const AMOUNT_MAX_MAJOR: i64 = 1_000_000_000_000;

impl Money {
    pub const ZERO: Self = Self { minor: 0 };

    pub fn from_minor(minor: i64) -> Self {
        Self { minor }
    }

    /// The amount in major units, for learning and drawing; never for bookkeeping.
    pub fn major(self, currency: Currency) -> f64 {
        self.minor as f64 / currency.minor_per_major() as f64
    }

    /// The nearest amount to `major` units, or nothing where it is not finite or too large to hold.
    pub fn from_major(major: f64, currency: Currency) -> Option<Self> {
        let minor = (major * currency.minor_per_major() as f64).round();
        let limit = AMOUNT_MAX_MAJOR as f64 * currency.minor_per_major() as f64;
        (minor.is_finite() && minor.abs() <= limit).then_some(Self { minor: minor as i64 })
    }

    /// The amount with its currency: `USD 1,234.50`.
    pub fn in_words(self, currency: Currency) -> String {
        let scale = 10_u64.pow(u32::from(currency.decimals()));
        let minor = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        let whole = grouped(minor / scale);
        match usize::from(currency.decimals()) {
            0 => format!("{currency} {sign}{whole}"),
            decimals => format!("{currency} {sign}{whole}.{:0decimals$}", minor % scale),
        }
    }

    /// Reads a plain decimal number (`1234.5`, `-3`, `1e6`) and rounds it half away from zero to
    /// the minor unit.
    ///
    /// # Errors
    /// `NotANumber` for anything else, `TooLarge` beyond [`AMOUNT_MAX_MAJOR`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, ParseMoneyError> {
        let text = text.trim();
        let (negative, digits) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Self::parse_scientific(text, currency);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 13 {
            return Err(ParseMoneyError::TooLarge);
        }
        let scale = currency.decimals as usize;
        let mut minor: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| ParseMoneyError::TooLarge)? };
        for place in 0..scale {
            let digit = fraction.as_bytes().get(place).map_or(0, |byte| i64::from(byte - b'0'));
            minor = minor * 10 + digit;
        }
        if fraction.as_bytes().get(scale).is_some_and(|byte| *byte >= b'5') {
            minor += 1;
        }
        if minor > AMOUNT_MAX_MAJOR * currency.minor_per_major() {
            return Err(ParseMoneyError::TooLarge);
        }
        Ok(Self { minor: if negative { -minor } else { minor } })
    }

    fn parse_scientific(text: &str, currency: Currency) -> Result<Self, ParseMoneyError> {
        let looks_numeric =
            text.contains(['e', 'E']) && text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
        let value: f64 = text.parse().map_err(|_| ParseMoneyError::NotANumber)?;
        if !looks_numeric {
            return Err(ParseMoneyError::NotANumber);
        }
        Self::from_major(value, currency).ok_or(ParseMoneyError::TooLarge)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    #[error("is not a number")]
    NotANumber,
    #[error("is larger than a trillion")]
    TooLarge,
}

/// Sums stop at the largest amount that there is. Files hold amounts up to [`AMOUNT_MAX_MAJOR`], so only nonsense
/// gets there, and a figure at the edge shows it, where a wrapped one would look like any other.
impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { minor: self.minor.saturating_add(other.minor) }
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { minor: self.minor.saturating_sub(other.minor) }
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// An ISO 4217 currency: its code and how many decimals it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

impl Currency {
    pub const USD: Self = Self { code: *b"USD", decimals: 2 };

    /// The currencies that a portfolio may be kept in.
    pub const ALL: [Self; 10] = [
        Self::USD,
        Self { code: *b"EUR", decimals: 2 },
        Self { code: *b"GBP", decimals: 2 },
        Self { code: *b"INR", decimals: 2 },
        Self { code: *b"CHF", decimals: 2 },
        Self { code: *b"CZK", decimals: 2 },
        Self { code: *b"CAD", decimals: 2 },
        Self { code: *b"AUD", decimals: 2 },
        Self { code: *b"TWD", decimals: 2 },
        Self { code: *b"JPY", decimals: 0 },
    ];

    /// The currency of an ISO 4217 code, if it is one of [`Self::ALL`].
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code() == code)
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    pub fn decimals(self) -> u8 {
        self.decimals
    }

    fn minor_per_major(self) -> i64 {
        10_i64.pow(u32::from(self.decimals))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::find(&code).ok_or_else(|| format!("\"{code}\" is not a currency that this product knows"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<i64, ParseMoneyError>) {
        assert_eq!(Money::parse(text, Currency::USD).map(|money| money.minor), expected, "{text}");
    }

    #[test]
    fn decimals_are_read_exactly_and_rounded_half_away_from_zero() {
        check("0", Ok(0));
        check("1445796", Ok(144_579_600));
        check("1727997.257896650", Ok(172_799_726));
        check(".5", Ok(50));
        check("5.", Ok(500));
        check("-0.005", Ok(-1));
        check("0.004999", Ok(0));
        check(" 12.30 ", Ok(1230));
        check("1e3", Ok(100_000));
        check("1000000000000", Ok(100_000_000_000_000));
    }

    #[test]
    fn anything_else_is_refused() {
        use ParseMoneyError::{NotANumber, TooLarge};
        for text in ["", "lots", "NaN", "inf", "-inf", "1,000", "0x10", "--1", "1.2.3", "-", "."] {
            check(text, Err(NotANumber));
        }
        check("1000000000001", Err(TooLarge));
        check(&"9".repeat(60), Err(TooLarge));
        check("1e300", Err(TooLarge));
    }

    #[test]
    fn sums_stop_at_the_largest_amount() {
        let (most, least, one) = (Money::from_minor(i64::MAX), Money::from_minor(i64::MIN), Money::from_minor(1));
        assert_eq!([most - one, one].into_iter().sum::<Money>(), most);
        assert_eq!([most, one, one].into_iter().sum::<Money>(), most);
        assert_eq!(least - one, least);
    }

    #[test]
    fn currencies_without_decimals_round_to_whole_units() {
        let yen = Currency::find("JPY").expect("yen is listed");
        assert_eq!(Money::parse("12.5", yen), Ok(Money::from_minor(13)));
        assert!(Currency::find("usd").is_none());
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(minor in -100_000_000_000_000_i64..=100_000_000_000_000) {
            let text = format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100);
            prop_assert_eq!(Money::parse(&text, Currency::USD), Ok(Money::from_minor(minor)));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = Money::parse(&text, Currency::USD);
        }
    }
}
