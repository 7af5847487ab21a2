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
    /// Whether dots part thousands, if they part anything: all of them stand before three digits, and none alone would
    /// be missed, as in "10.000".
    pub(super) dots_may_group: bool,
    /// Whether other columns of the table part decimals by a comma, and this one does not say otherwise.
    comma_elsewhere: bool,
    /// The numbers, in the style that more of them fit.
    pub(super) values: Vec<f64>,
    /// The numbers as both styles read them.
    pairs: Vec<[Option<f64>; 2]>,
    pub(super) formats: Vec<DateFormat>,
}

impl Facts {
    pub(super) fn new<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut facts = Self::default();
        let mut places: HashMap<&str, usize> = HashMap::new();
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
            facts.pairs.push(pair);
        }
        let mut dotted =
            facts.distinct.iter().map(|(text, _)| text.as_str()).filter(|text| text.contains('.')).peekable();
        facts.dots_may_group = dotted.peek().is_some() && dotted.all(is_grouped);
        facts.read();
        facts.formats = date::formats_that_fit(facts.distinct.iter().take(DATES_MAX).map(|(text, _)| text.as_str()));
        facts
    }

    /// Reads the numbers in the style that suits them.
    fn read(&mut self) {
        let style = usize::from(self.has_decimal_comma());
        self.values = self.pairs.iter().filter_map(|pair| pair[style]).collect();
        self.negative = self.values.iter().filter(|value| **value < 0.0).count() as u32;
        self.fractions = self.values.iter().filter(|value| value.fract() != 0.0).count() as u32;
    }

    /// Takes note that other columns of the table part decimals by a comma.
    pub(super) fn beside_commas(&mut self) {
        self.comma_elsewhere = true;
        self.read();
    }

    /// Whether more numbers are read if a comma parts the decimals; or as many, where dots may part thousands and other
    /// columns have such commas.
    pub(super) fn has_decimal_comma(&self) -> bool {
        let is_tie = self.numbers[1] == self.numbers[0];
        self.numbers[1] > self.numbers[0] || (is_tie && self.comma_elsewhere && self.dots_may_group)
    }

    /// Whether nothing tells if "10.000" is ten or ten thousand.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.dots_may_group && self.numbers[1] == self.numbers[0] && !self.comma_elsewhere
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

/// Whether each dot of a number stands before three digits, as those that part thousands do: 10.000 and 1.234.567.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.trim_start_matches(['-', '+']).split('.');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && is_digits(first)
        && first != "0"
        && groups.all(|group| group.len() == 3 && is_digits(group))
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
        let ambiguous = facts(&["10.000", "11.000", "500"]);
        assert!(ambiguous.is_ambiguous() && !ambiguous.has_decimal_comma());
        let mut beside = ambiguous;
        beside.beside_commas();
        assert!(beside.has_decimal_comma() && !beside.is_ambiguous());
        assert_eq!((beside.max(), beside.fractions), (11_000.0, 0));
        for clear in [&["10.00", "11.000"][..], &["0.125", "0.500"], &["10000", "500"], &["1.2345"]] {
            let mut beside = facts(clear);
            beside.beside_commas();
            assert!(!beside.is_ambiguous() && !beside.has_decimal_comma(), "{clear:?}");
        }
        assert_eq!(facts(&["1", "2", "-7", "9999"]).sentinels(), ["-7", "9999"]);
        assert_eq!(facts(&["-1", "-2", "5"]).sentinels(), [""; 0]);
        assert_eq!(facts(&["9000", "9999"]).sentinels(), [""; 0]);
    }
}
