//! One cell, and what its text means.

use super::RowFault;
use super::column::Column;
use super::doubt::UNSAVED_FORMULA;
use crate::date::{self, Century};
use crate::number::{self, Number, Sign, Style, Unit};
use crate::word;
use chrono::NaiveDate;
use domain::field::Field;
use domain::money::{Currency, Money, ParseMoneyError};

/// Longest id, and longest word of a category, in characters.
const TEXT_CHARS_MAX: usize = 100;

/// Longest postal address.
const ADDRESS_CHARS_MAX: usize = 300;

pub(super) struct Cell<'a> {
    pub(super) column: &'a Column,
    /// As it stands in the file.
    pub(super) written: &'a str,
    /// What the mapping says that it stands for; the same, mostly.
    pub(super) text: &'a str,
}

fn has_control(text: &str) -> bool {
    if text.is_ascii() { text.bytes().any(|byte| byte.is_ascii_control()) } else { text.chars().any(char::is_control) }
}

/// What is odd about an amount that was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AmountOddity {
    pub(super) is_range: bool,
    pub(super) is_foreign: bool,
}

impl<'a> Cell<'a> {
    pub(super) fn fault(&self, reason: impl Into<String>) -> RowFault {
        RowFault { column: Some(self.column.name.clone()), value: word::shortened(self.written), reason: reason.into() }
    }

    pub(super) fn word(&self) -> Result<&'a str, RowFault> {
        let max = if self.column.field == Field::Address { ADDRESS_CHARS_MAX } else { TEXT_CHARS_MAX };
        // A text has no more characters than bytes, so that most need no counting.
        if self.text.len() > max && self.text.chars().count() > max {
            Err(self.fault(format!("is longer than {max} characters")))
        } else if self.text == "=" {
            Err(self.fault(UNSAVED_FORMULA))
        } else if has_control(self.text) {
            Err(self.fault("holds a line end or another control character: remove it"))
        } else {
            Ok(self.text)
        }
    }

    /// The amount, and what is odd about it: that it is the middle of a range, or that its sign is of another currency.
    pub(super) fn amount(&self, currency: Currency) -> Result<(Money, AmountOddity), RowFault> {
        let plain = match self.column.times {
            _ if self.column.decimal_comma => Err(ParseMoneyError::NotANumber),
            None => Money::parse(self.text, currency),
            Some(times) => number::plain(self.text)
                .ok_or(ParseMoneyError::NotANumber)
                .and_then(|number| Money::from_major(number * times, currency).ok_or(ParseMoneyError::TooLarge)),
        };
        let found = match plain {
            Ok(amount) => Ok((amount, AmountOddity::default())),
            Err(ParseMoneyError::TooLarge) => Err(ParseMoneyError::TooLarge),
            Err(ParseMoneyError::NotANumber) => {
                let number = self.dressed(false)?;
                if !matches!(number.unit, Unit::None) {
                    return Err(self.not_a_number());
                }
                let amount = number.money(currency, self.column.times.unwrap_or(1.0));
                let odd = AmountOddity { is_range: number.is_range(), is_foreign: number.is_of_another(currency) };
                amount.map(|amount| (amount, odd))
            }
        };
        found.map_err(|error| match error {
            ParseMoneyError::NotANumber => self.not_a_number(),
            ParseMoneyError::TooLarge => self.fault("is larger than a trillion: check the unit"),
        })
    }

    /// Whether the cell would be a thousand times as much in the style of other columns: few amounts have three decimals.
    pub(super) fn may_be_in_other_style(&self) -> bool {
        let doubtful = if self.column.decimal_comma { Sign::CommaOrThousands } else { Sign::DotOrThousands };
        self.column.is_beside_other_style && Sign::of(self.text) == Some(doubtful)
    }

    /// A finite number, and whether it is the middle of a range.
    pub(super) fn number(&self) -> Result<(f64, bool), RowFault> {
        let times = self.column.times;
        let plain = if self.column.decimal_comma { None } else { number::plain(self.text) };
        let (number, is_range) = if let Some(number) = plain {
            (number * times.unwrap_or(1.0), false)
        } else {
            let number = self.dressed(true)?;
            let factor = self.factor(number.unit).ok_or_else(|| self.not_a_number())?;
            (number.value() * factor, number.is_range())
        };
        if number.is_finite() { Ok((number, is_range)) } else { Err(self.fault("is too large to be a number here")) }
    }

    /// What to multiply by where a unit stands behind the number. A unit in the cell outranks the mapping's factor,
    /// which is for the cells that have none. Nothing where the unit makes no sense.
    fn factor(&self, unit: Unit) -> Option<f64> {
        let times = self.column.times.unwrap_or(1.0);
        match (self.column.field, unit) {
            (_, Unit::None) => Some(times),
            (Field::InterestRate, Unit::Percent) => Some(1.0),
            (Field::InterestRate, Unit::BasisPoints) => Some(0.01),
            (Field::TenureMonths, Unit::Months) | (Field::Age, Unit::Years) | (Field::DaysPastDue, Unit::Days) => {
                Some(1.0)
            }
            (Field::TenureMonths, Unit::Years) => Some(12.0),
            (Field::DaysPastDue, Unit::Weeks) => Some(7.0),
            (Field::DaysPastDue, Unit::Months) => Some(30.0),
            _ => None,
        }
    }

    /// A number with more about it than digits.
    pub(super) fn dressed(&self, counts: bool) -> Result<Number, RowFault> {
        let style = Style { decimal_comma: self.column.decimal_comma, counts };
        Number::read(self.text, style).ok_or_else(|| self.not_a_number())
    }

    pub(super) fn date(&self) -> Result<NaiveDate, RowFault> {
        let century = if self.column.field == Field::BirthDate { Century::OfBirth } else { Century::Recent };
        date::read(self.text, self.column.date, century).ok_or_else(|| {
            if self.text.is_empty() {
                self.fault("is blank: a date is needed")
            } else if self.text.contains(':') && !self.text.contains(['-', '/', ' ', 'T']) {
                self.fault("is a time without a day: a spreadsheet has mangled it, so fetch the file again")
            } else {
                self.fault(format!("is not a date: {} is expected", self.column.date.label()))
            }
        })
    }

    fn not_a_number(&self) -> RowFault {
        let reason = match self.text.trim_start_matches(['+', '-']) {
            "" if self.text.is_empty() => "is blank: a number is needed",
            text if text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("infinity") => {
                "is infinite: write the real number"
            }
            text if text.starts_with('=') => "is a formula: write the number that it comes to",
            _ => "is not a number: write digits with a decimal point at most, as 1234.50",
        };
        self.fault(reason)
    }
}
