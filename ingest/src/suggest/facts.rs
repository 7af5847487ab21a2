//! What the values of a column are like.

use super::marks::{Around, Contradiction, Marks, ambiguous};
use crate::number::{self, Sign};
use crate::{date, word};
use domain::mapping::DateFormat;
use domain::preview::{NumberKind, Objection};
use std::collections::HashMap;

/// More values that differ are not told apart; a column that has them is no category.
const DISTINCT_MAX: usize = 1_000;
/// A column is one of numbers if so many percent of its rows hold any.
const NUMERIC_MIN: u32 = 80;
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
    /// The numbers, in the style of the column's amounts.
    pub(super) values: Vec<f64>,
    /// The numbers as both styles read them.
    pairs: Vec<[Option<f64>; 2]>,
    marks: Marks,
    around: Around,
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
            let pair = number::values(cell);
            facts.marks.add(cell, pair);
            for (count, value) in facts.numbers.iter_mut().zip(pair) {
                *count += u32::from(value.is_some());
            }
            facts.pairs.push(pair);
        }
        facts.read();
        facts.formats = date::formats_that_fit(facts.distinct.iter().take(DATES_MAX).map(|(text, _)| text.as_str()));
        facts
    }

    /// Reads the numbers in the style that suits them.
    fn read(&mut self) {
        self.values = self.values_as(NumberKind::Amount);
        self.negative = self.values.iter().filter(|value| **value < 0.0).count() as u32;
        self.fractions = self.values.iter().filter(|value| value.fract() != 0.0).count() as u32;
    }

    /// Takes note of what the other columns of the table show.
    pub(super) fn stand_among(&mut self, around: Around) {
        self.around = around;
        self.read();
    }

    /// The numbers, as they are read for a kind of field.
    pub(super) fn values_as(&self, kind: NumberKind) -> Vec<f64> {
        let style = usize::from(self.has_decimal_comma(kind));
        self.pairs.iter().filter_map(|pair| pair[style]).collect()
    }

    /// How many of the filled rows are no numbers, as they are read for a kind of field.
    pub(super) fn not_numbers(&self, kind: NumberKind) -> u32 {
        self.filled - self.numbers[usize::from(self.has_decimal_comma(kind))]
    }

    pub(super) fn has_decimal_comma(&self, kind: NumberKind) -> bool {
        self.marks.decimal_comma(kind, &self.around)
    }

    /// Whether the column parts its decimals by a comma, as far as it tells so by itself.
    pub(super) fn vote(&self, kind: NumberKind) -> Option<bool> {
        self.marks.vote(kind, self.numbers[0].max(self.numbers[1]))
    }

    /// Whether the column holds numbers, and hardly anything else.
    pub(super) fn is_numeric(&self) -> bool {
        self.numeric() >= NUMERIC_MIN
    }

    /// Whether some numbers have both signs, as only amounts do.
    pub(super) fn has_both_signs(&self) -> bool {
        self.texts(|text| text.contains('.') && text.contains(',')) > 0
    }

    /// What a person must say of the numbers.
    pub(super) fn question(&self, kind: NumberKind) -> Option<String> {
        let (sign, is_decimals) = self.marks.question(kind, &self.around)?;
        let name = if sign == Sign::CommaOrThousands { "comma" } else { "dot" };
        let taken = if is_decimals { "decimals" } else { "thousands" };
        let example = self.example(sign);
        let other = self.around.column(!self.has_decimal_comma(kind));
        let though = other.map(|other| format!(", though column {other} is written otherwise")).unwrap_or_default();
        Some(format!(
            "Say whether the {name} in {example} parts decimals or thousands: it is taken for {taken}{though}"
        ))
    }

    /// What speaks against ways to read the numbers.
    pub(super) fn objections(&self) -> Vec<Objection> {
        let numbers = self.numbers[0].max(self.numbers[1]);
        let styles = NumberKind::ALL.into_iter().flat_map(|kind| [(kind, false), (kind, true)]);
        let found = styles.filter_map(|(kind, decimal_comma)| {
            let contradiction = self.marks.contradiction(kind, decimal_comma, &self.around, numbers)?;
            let is_of_units = contradiction == Contradiction::ThreeDecimals;
            Some(Objection {
                kind,
                decimal_comma,
                is_of_units,
                reason: self.reason(contradiction, kind, decimal_comma),
            })
        });
        found.collect()
    }

    fn reason(&self, contradiction: Contradiction, kind: NumberKind, decimal_comma: bool) -> String {
        let (sign, other) = if decimal_comma { ("comma", "dot") } else { ("dot", "comma") };
        let certain = if decimal_comma { Sign::Dot } else { Sign::Comma };
        let doubtful = [ambiguous(decimal_comma), ambiguous(!decimal_comma)];
        let first = |signs: &[Sign]| signs.iter().map(|sign| self.example(*sign)).find(|text| !text.is_empty());
        match contradiction {
            Contradiction::Own => {
                let signs =
                    if kind == NumberKind::Rate { vec![certain, ambiguous(!decimal_comma)] } else { vec![certain] };
                let example = first(&signs).unwrap_or_default();
                format!("A {sign} before decimals is expected, but {example} has a {other} there")
            }
            Contradiction::OtherColumns => {
                let (example, column) = (first(&doubtful).unwrap_or_default(), self.around.column(!decimal_comma));
                let column = column.unwrap_or_default();
                format!("A {sign} before decimals is expected in {example}, but column {column} has a {other} there")
            }
            Contradiction::ThreeDecimals => {
                let example = first(&doubtful).unwrap_or_default();
                format!(
                    "A {sign} before decimals is expected, but all stand before three digits, as in {example}: they may part thousands"
                )
            }
        }
    }

    /// The first value with a sign.
    fn example(&self, sign: Sign) -> &str {
        let has_it = |(text, _): &&(String, u32)| Sign::of(text) == Some(sign);
        self.distinct.iter().find(has_it).map_or("", |(text, _)| text)
    }

    /// The share of the filled rows that are numbers, in percent.
    pub(super) fn numeric(&self) -> u32 {
        share(self.numbers[0].max(self.numbers[1]), self.filled)
    }

    /// The share of the filled rows whose value no other row has, in percent.
    pub(super) fn unique(&self) -> u32 {
        share(self.distinct.len() as u32, self.filled)
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

pub(super) fn share(part: u32, all: u32) -> u32 {
    (part * 100).checked_div(all).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_commas_and_sentinels_show_themselves() {
        let facts = |cells: &[&str]| Facts::new(cells.iter().copied());
        let has_comma = |cells: &[&str]| facts(cells).has_decimal_comma(NumberKind::Amount);
        assert!(has_comma(&["1,5", "2,25", "3"]));
        assert!(has_comma(&["1.234,50", "2"]));
        assert!(!has_comma(&["1,234", "2"]));
        assert!(!has_comma(&["1.5", "1,234.5"]));
        assert_eq!(facts(&["1", "2", "-7", "9999"]).sentinels(), ["-7", "9999"]);
        assert_eq!(facts(&["-1", "-2", "5"]).sentinels(), [""; 0]);
        assert_eq!(facts(&["9000", "9999"]).sentinels(), [""; 0]);
    }
}
