//! What the values of a column are like.

use crate::number::{self, Number, Style};
use crate::{date, word};
use domain::mapping::DateFormat;
use std::collections::HashMap;

/// More values that differ are not told apart; a column that has them is no category.
const DISTINCT_MAX: usize = 1_000;
/// Dates are looked for in this many values that differ.
const DATES_MAX: usize = 200;

/// What was seen of a column.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Rows that say something.
    pub(super) filled: u32,
    /// Rows that say nothing.
    pub(super) missing: u32,
    /// The values that differ, in the order of the file, and their rows.
    pub(super) distinct: Vec<(String, u32)>,
    /// Rows with numbers, as a dot and as a comma parts the decimals.
    pub(super) numbers: [u32; 2],
    pub(super) negative: u32,
    pub(super) fractions: u32,
    pub(super) formulas: u32,
    /// The numbers, in the style that more of them fit.
    pub(super) values: Vec<f64>,
    pub(super) formats: Vec<DateFormat>,
}

impl Facts {
    pub(super) fn new<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut facts = Self::default();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut pairs: Vec<[Option<f64>; 2]> = Vec::new();
        for cell in cells {
            if word::says_nothing(cell) {
                facts.missing += 1;
                continue;
            }
            facts.filled += 1;
            facts.formulas += u32::from(cell.starts_with('='));
            if let Some(place) = places.get(cell) {
                facts.distinct[*place].1 += 1;
            } else if facts.distinct.len() < DISTINCT_MAX {
                places.insert(cell, facts.distinct.len());
                facts.distinct.push((word::shortened(cell), 1));
            }
            let pair = [false, true].map(|decimal_comma| value(cell, decimal_comma));
            for (count, value) in facts.numbers.iter_mut().zip(pair) {
                *count += u32::from(value.is_some());
            }
            pairs.push(pair);
        }
        let style = usize::from(facts.has_decimal_comma());
        facts.values = pairs.iter().filter_map(|pair| pair[style]).collect();
        facts.negative = facts.values.iter().filter(|value| **value < 0.0).count() as u32;
        facts.fractions = facts.values.iter().filter(|value| value.fract() != 0.0).count() as u32;
        facts.formats = date::formats_that_fit(facts.distinct.iter().take(DATES_MAX).map(|(text, _)| text.as_str()));
        facts
    }

    /// Whether more numbers are read if a comma parts the decimals.
    pub(super) fn has_decimal_comma(&self) -> bool {
        self.numbers[1] > self.numbers[0]
    }

    /// The share of the filled rows that are numbers, in percent.
    pub(super) fn numeric(&self) -> u32 {
        share(self.numbers[0].max(self.numbers[1]), self.filled)
    }

    /// The share of the filled rows whose value no other row has, in percent.
    pub(super) fn unique(&self) -> u32 {
        share(self.distinct.len() as u32, self.filled)
    }

    pub(super) fn max(&self) -> f64 {
        self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The share of the filled rows whose text is as `is_it` asks, in percent.
    pub(super) fn texts(&self, is_it: impl Fn(&str) -> bool) -> u32 {
        let rows: u32 = self.distinct.iter().filter(|(text, _)| is_it(text)).map(|(_, rows)| rows).sum();
        let all: u32 = self.distinct.iter().map(|(_, rows)| rows).sum();
        share(rows, all)
    }

    /// Numbers that stand for "not known", as -7 and 9999 do: they are far from what else the column holds.
    pub(super) fn sentinels(&self) -> Vec<String> {
        const USUAL: [&str; 12] =
            ["-1", "-7", "-8", "-9", "-99", "-999", "-9999", "999", "9999", "99999", "999999", "9999999"];
        let of_text = |text: &str| self.distinct.iter().any(|(seen, _)| seen == text);
        let found: Vec<&str> = USUAL.into_iter().filter(|text| of_text(text)).collect();
        let value_of = |text: &str| text.parse().unwrap_or(f64::NAN);
        let others = |value: &&f64| !found.iter().any(|text| (value_of(text) - **value).abs() < f64::EPSILON);
        let largest = self.values.iter().filter(others).copied().fold(0.0, f64::max);
        let has_others_below_zero = self.values.iter().filter(others).any(|value| *value < 0.0);
        let stands_apart = |text: &&str| {
            let value = value_of(text);
            if value < 0.0 { !has_others_below_zero } else { largest > 0.0 && largest * 2.0 < value }
        };
        found.into_iter().filter(stands_apart).map(str::to_owned).collect()
    }
}

fn value(cell: &str, decimal_comma: bool) -> Option<f64> {
    let plain = if decimal_comma { None } else { number::plain(cell) };
    plain
        .or_else(|| Number::read(cell, Style { decimal_comma, counts: true }).map(|number| number.value()))
        .filter(|value| value.is_finite())
}

pub(super) fn share(part: u32, all: u32) -> u32 {
    (part * 100).checked_div(all).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_commas_and_sentinels_show_themselves() {
        let facts = |cells: &[&str]| Facts::new(cells.iter().copied());
        assert!(facts(&["1,5", "2,25", "3"]).has_decimal_comma());
        assert!(facts(&["1.234,50", "2"]).has_decimal_comma());
        assert!(!facts(&["1,234", "2"]).has_decimal_comma());
        assert!(!facts(&["1.5", "1,234.5"]).has_decimal_comma());
        assert_eq!(facts(&["1", "2", "-7", "9999"]).sentinels(), ["-7", "9999"]);
        assert_eq!(facts(&["-1", "-2", "5"]).sentinels(), [""; 0]);
        assert_eq!(facts(&["9000", "9999"]).sentinels(), [""; 0]);
    }
}
