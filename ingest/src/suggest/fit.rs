//! Whether the values of a column can be those of a field, and how they are read then.

use super::facts::{Facts, share};
use super::meaning::meaning;
use super::names::tokens;
use domain::field::{Field, Shape};
use domain::mapping::Reading;
use domain::preview::NumberKind;

/// How a column would be read as a field.
#[derive(Debug, Default)]
pub(super) struct Fit {
    /// From 0, impossible, to 100.
    pub(super) score: u8,
    pub(super) reading: Reading,
    pub(super) warning: Option<String>,
}

impl Fit {
    fn new(score: u32) -> Self {
        Self { score: score.min(100) as u8, ..Self::default() }
    }
}

pub(super) fn fit(field: Field, column: &str, facts: &Facts) -> Fit {
    if facts.filled == 0 {
        // Nothing speaks against the name, and nothing for it.
        return Fit::new(40);
    }
    match field.shape() {
        Shape::Id => id(field, facts),
        Shape::Word => word(field, facts),
        Shape::Amount | Shape::SignedAmount => amount(field, column, facts),
        Shape::Count(max) => count(field, column, facts, max),
        Shape::Rate => rate(facts),
        Shape::Date => date(facts),
        Shape::YesNo | Shape::PaymentHistory | Shape::RecoveryStatus | Shape::PaymentKind => {
            coded(field, column, facts)
        }
    }
}

fn id(field: Field, facts: &Facts) -> Fit {
    if share(facts.fractions, facts.filled) > 0 || facts.negative > 0 {
        return Fit::new(0);
    }
    let is_name = |text: &str| text.contains(' ') && !text.bytes().any(|byte| byte.is_ascii_digit());
    if facts.texts(is_name) > 50 {
        // Several words without a number are somebody's name.
        return Fit::new(20);
    }
    let is_own = matches!(field, Field::LoanId | Field::PaymentId);
    let mut fit = Fit::new(if is_own { 40 + facts.unique() * 6 / 10 } else { 100 });
    if facts.texts(|text| text.contains("E+")) > 0 {
        fit.warning =
            Some("Ids that a spreadsheet has shortened cannot be told apart: format the column as text".to_owned());
    }
    fit
}

fn word(field: Field, facts: &Facts) -> Fit {
    let letters = facts.texts(|text| text.chars().any(char::is_alphabetic));
    match field {
        Field::Email => Fit::new(facts.texts(|text| text.contains('@'))),
        Field::Phone => Fit::new(facts.texts(|text| text.bytes().filter(u8::is_ascii_digit).count() >= 7)),
        Field::BorrowerName | Field::Address => Fit::new(letters),
        // A category may be written as numbers, but then it has few.
        _ if letters < 50 => Fit::new(if facts.distinct.len() <= 20 && facts.fractions == 0 { 60 } else { 0 }),
        _ if facts.distinct.len() as u32 * 2 > facts.filled && facts.filled > 20 => Fit::new(40),
        _ => Fit::new(letters),
    }
}

/// Reads as numbers, unless too few are.
fn numbers(facts: &Facts, kind: NumberKind) -> Fit {
    let numeric = facts.numeric();
    let mut fit = Fit::new(if facts.is_numeric() { numeric } else { 0 });
    fit.reading.decimal_comma = facts.has_decimal_comma(kind);
    let bad = facts.not_numbers(kind);
    if bad > 0 && fit.score > 0 {
        fit.warning = Some(format!("{bad} of {} values are no numbers: their rows would be rejected", facts.filled));
    }
    fit
}

fn amount(field: Field, column: &str, facts: &Facts) -> Fit {
    let mut fit = numbers(facts, NumberKind::Amount);
    let words = tokens(column);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let unit: f64 = if has(&["thousand", "000"]) {
        1e3
    } else if has(&["lakh", "lac"]) {
        1e5
    } else if has(&["million", "mn"]) {
        1e6
    } else if has(&["crore", "cr"]) {
        1e7
    } else {
        1.0
    };
    let is_annual = field == Field::MonthlyIncome && has(&["annual", "yearly", "annum", "pa", "year"]);
    let times = if is_annual { unit / 12.0 } else { unit };
    fit.reading.times = ((times - 1.0).abs() > f64::EPSILON).then_some(times);
    if let Some(question) = facts.question(NumberKind::Amount).filter(|_| fit.score > 0) {
        fit.score = fit.score.saturating_sub(20);
        fit.warning = Some(joined(fit.warning, question));
    }
    if field != Field::PaymentAmount && facts.negative > 0 {
        fit.score = fit.score.saturating_sub(20);
        let below = format!(
            "{} values are below zero: their rows would be rejected, unless they are taken as 0 or as not known",
            facts.negative
        );
        fit.warning = Some(joined(fit.warning, below));
    }
    fit
}

fn count(field: Field, column: &str, facts: &Facts, max: u32) -> Fit {
    let mut fit = numbers(facts, NumberKind::Count);
    fit.reading.missing = facts.sentinels();
    let known = |value: &&f64| !fit.reading.missing.iter().any(|text| text.parse() == Ok(**value));
    let words = tokens(column);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let times = match field {
        Field::TenureMonths if has(&["year"]) => 12.0,
        Field::DaysPastDue if has(&["month", "status"]) => 30.0,
        _ => 1.0,
    };
    fit.reading.times = (times > 1.0).then_some(times);
    let values: Vec<f64> = facts.values.iter().filter(known).map(|value| value * times).collect();
    let wrong = values.iter().filter(|value| **value < 0.0 || **value > f64::from(max)).count() as u32;
    let broken = values.iter().filter(|value| value.fract() != 0.0).count() as u32;
    let all = values.len() as u32;
    if share(wrong + broken, all) > 20 {
        return Fit::new(0);
    }
    if wrong > 0 {
        fit.warning = Some(format!("{wrong} values are below zero or above {max}: their rows would be rejected"));
        fit.score = fit.score.saturating_sub(20);
    }
    fit
}

/// Two sentences, or the second one.
fn joined(first: Option<String>, second: String) -> String {
    first.map_or_else(|| second.clone(), |first| format!("{first}. {second}"))
}

fn rate(facts: &Facts) -> Fit {
    let mut fit = numbers(facts, NumberKind::Rate);
    let has_sign = facts.texts(|text| text.contains('%')) > 0;
    let largest = facts.values_as(NumberKind::Rate).into_iter().fold(f64::NEG_INFINITY, f64::max);
    if !has_sign && largest > 0.0 && largest <= 1.0 {
        fit.reading.times = Some(100.0);
        fit.warning = Some("The values are taken as fractions: 0.12 as 12 percent a year".to_owned());
    } else if largest > 100.0 {
        fit.score /= 3;
    }
    fit
}

fn date(facts: &Facts) -> Fit {
    if facts.formats.is_empty() {
        return Fit {
            warning: Some("The values are no dates that can be read for certain".to_owned()),
            ..Fit::default()
        };
    }
    let mut fit = Fit::new(100);
    fit.reading.date = facts.formats.first().copied();
    if facts.formats.len() > 1 {
        let names: Vec<&str> = facts.formats.iter().map(|format| format.label()).collect();
        fit.warning = Some(format!("The dates fit more than one format: choose {}", names.join(" or ")));
    }
    fit
}

fn coded(field: Field, column: &str, facts: &Facts) -> Fit {
    if facts.distinct.len() > 30 {
        return Fit::new(0);
    }
    let known = facts.texts(|text| meaning(field, column, text).is_some());
    let mut fit = Fit::new(60 + known * 4 / 10);
    let words =
        facts.distinct.iter().filter_map(|(text, _)| Some((text.clone(), meaning(field, column, text)?.to_owned())));
    fit.reading.words = words.collect();
    let open: Vec<&str> = facts
        .distinct
        .iter()
        .filter(|(text, _)| !fit.reading.words.contains_key(text))
        .map(|(text, _)| text.as_str())
        .take(5)
        .collect();
    if !open.is_empty() {
        fit.warning = Some(format!("Say what these words mean: {}", open.join(", ")));
    }
    fit
}
