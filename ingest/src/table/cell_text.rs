//! Cells of workbooks as the text that a CSV of the sheet would hold, dates as ISO 8601.

use super::filled::Filled;
use crate::record::Doubt;
use calamine::{DataRef, ExcelDateTime};
use std::fmt::Write;

/// From here on a number cell does not keep every whole number: two to the power of 53.
const EXACT_END: f64 = 9_007_199_254_740_992.0;

/// How a cell shows its number, as far as a text must follow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// As it is kept.
    #[default]
    Kept,
    /// In hundredths.
    Percent,
    /// Filled up with noughts, as ids are.
    Filled(Filled),
}

impl Shown {
    pub fn by(format: &str) -> Self {
        if is_percent(format) {
            return Self::Percent;
        }
        Filled::read(format).map_or(Self::Kept, Self::Filled)
    }
}

/// Appends what a cell says, and tells what the text cannot be trusted for.
pub fn append(value: &DataRef<'_>, shown: &Shown, text: &mut String) -> Option<Doubt> {
    let is_rounded = matches!(value, DataRef::Float(value) if value.is_finite() && value.abs() >= EXACT_END);
    // Writing to a string cannot fail.
    let _ = match value {
        DataRef::Empty => Ok(()),
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text.write_str(value),
        DataRef::SharedString(value) => text.write_str(value),
        DataRef::Int(value) => write!(text, "{value}"),
        DataRef::Float(value) if *shown == Shown::Percent && value.is_finite() => write_percent(*value, text),
        DataRef::Float(value) if is_rounded => write_rounded(*value, text),
        DataRef::Float(value) => match shown {
            Shown::Filled(filled) if *value >= 0.0 && value.fract() == 0.0 => {
                filled.write(*value as u64, text);
                Ok(())
            }
            _ => write_number(*value, text),
        },
        DataRef::Bool(value) => text.write_str(if *value { "TRUE" } else { "FALSE" }),
        DataRef::Error(error) => write!(text, "{error}"),
        DataRef::DateTime(moment) => write_moment(*moment, text),
    };
    is_rounded.then_some(Doubt::RoundedNumber)
}

/// Whether a number format shows hundredths: the part for numbers above zero has a percent sign that is no mere text.
fn is_percent(format: &str) -> bool {
    let (mut is_quoted, mut is_literal) = (false, false);
    for c in format.chars() {
        match c {
            _ if is_literal => is_literal = false,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\\' | '_' | '*' => is_literal = true,
            '%' => return true,
            ';' => return false,
            _ => {}
        }
    }
    false
}

/// As the cell shows it, with all of its digits: 0.089 is 8.9%. The point is moved, as multiplying would add errors.
fn write_percent(value: f64, text: &mut String) -> std::fmt::Result {
    let written = format!("{value:e}");
    let moved = written.split_once('e').and_then(|(digits, power)| {
        let power: i32 = power.parse().ok()?;
        format!("{digits}e{}", power + 2).parse::<f64>().ok()
    });
    write_number(moved.unwrap_or(value * 100.0), text)?;
    text.write_char('%')
}

/// As spreadsheets show it, 1.5E+16, so that nobody takes it for exact digits.
fn write_rounded(value: f64, text: &mut String) -> std::fmt::Result {
    let written = format!("{value:E}");
    let (digits, power) = written.split_once('E').unwrap_or((&written, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    write!(text, "{digits}{point}E+{power}")
}

/// Adding nought turns the negative one into the common one.
fn write_number(value: f64, text: &mut String) -> std::fmt::Result {
    write!(text, "{}", value + 0.0)
}

fn write_moment(moment: ExcelDateTime, text: &mut String) -> std::fmt::Result {
    /// The first day after the year 9999.
    const DAYS_END: f64 = 2_958_466.0;
    let days = moment.as_f64();
    if !(0.0..DAYS_END).contains(&days) {
        return write_number(days, text);
    }
    if moment.is_duration() {
        let seconds = (days * 86_400.0).round() as u64;
        return write!(text, "{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    if days >= 1.0 {
        write!(text, "{year:04}-{month:02}-{day:02}")?;
        if (hour, minute, second, milli) == (0, 0, 0, 0) {
            return Ok(());
        }
        text.push(' ');
    }
    write!(text, "{hour:02}:{minute:02}:{second:02}")?;
    if milli > 0 { write!(text, ".{milli:03}") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};

    #[test]
    fn cells_become_text() {
        let check = |value: DataRef<'_>, expected: &str| {
            let mut text = String::new();
            assert_eq!(append(&value, &Shown::Kept, &mut text), None, "{value:?}");
            assert_eq!(text, expected, "{value:?}");
        };
        let moment = |days, kind| DataRef::DateTime(ExcelDateTime::new(days, kind, false));
        let date = |days| moment(days, ExcelDateTimeType::DateTime);
        check(DataRef::Float(12.0), "12");
        check(DataRef::Float(-0.0), "0");
        check(DataRef::Float(0.089), "0.089");
        check(DataRef::Float(9_007_199_254_740_991.0), "9007199254740991");
        check(DataRef::Bool(true), "TRUE");
        check(DataRef::Error(CellErrorType::NA), "#N/A");
        check(date(45_943.0), "2025-10-13");
        check(date(45_943.5), "2025-10-13 12:00:00");
        check(date(0.75), "18:00:00");
        check(date(-1.0), "-1");
        check(date(f64::NAN), "NaN");
        check(date(1e300), &format!("{}", 1e300));
        check(moment(1.5, ExcelDateTimeType::TimeDelta), "36:00:00");
        check(DataRef::SharedString("a\nb"), "a\nb");
        check(DataRef::Empty, "");
    }

    #[test]
    fn percents_are_written_as_they_are_shown() {
        let check = |value, expected: &str| {
            let mut text = String::new();
            assert_eq!(append(&DataRef::Float(value), &Shown::Percent, &mut text), None, "{value}");
            assert_eq!(text, expected);
        };
        check(0.089, "8.9%");
        check(0.07, "7%");
        check(-0.125, "-12.5%");
        check(1.1, "110%");
        check(0.0, "0%");
        check(1e-9, "0.0000001%");
        let mut text = String::new();
        append(&DataRef::String("8.9".to_owned()), &Shown::Percent, &mut text);
        assert_eq!(text, "8.9", "a text is no number");
    }

    #[test]
    fn formats_of_percent_are_told_from_others() {
        let check = |format: &str, expected| assert_eq!(is_percent(format), expected, "{format}");
        for format in ["0%", "0.00%", "#,##0.0 %", "[Red]0.0%", "\"p.a. \"0.0%", "0%;\\-0%", "_-0.0%_-"] {
            check(format, true);
        }
        for format in ["General", "0.00", "0.00\"%\"", "0.00\\%", "0.00_%", "yyyy-mm-dd", "0.00;0%", ""] {
            check(format, false);
        }
    }

    #[test]
    fn whole_numbers_that_were_rounded_are_told() {
        let check = |value, expected: &str| {
            let mut text = String::new();
            assert_eq!(append(&DataRef::Float(value), &Shown::Kept, &mut text), Some(Doubt::RoundedNumber), "{value}");
            assert_eq!(text, expected);
        };
        check(12_345_678_901_234_561.0, "1.234567890123456E+16");
        check(9_007_199_254_740_992.0, "9.007199254740992E+15");
        check(-1e16, "-1.0E+16");
    }
}
