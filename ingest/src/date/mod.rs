//! Dates in the order that a column writes them.
//!
//! Years of two digits: 00 to 69 are 2000 to 2069, 70 to 99 are 1970 to 1999. Of dates of birth, 00 to 09 are 2000 to
//! 2009 and 10 to 99 are 1910 to 1999, as nobody who borrows was born later or earlier.

mod fit;
mod parts;

pub use fit::formats_that_fit;

use chrono::{Days, NaiveDate};
use domain::mapping::DateFormat;
use parts::{number, split, without_time};

/// Dates outside these years are faults of the file.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// What a column of dates tells, which decides on the century of a short year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Century {
    #[default]
    Recent,
    OfBirth,
}

impl Century {
    fn full(self, year: i32) -> i32 {
        let first_of_last_century = if self == Self::OfBirth { 10 } else { 70 };
        if year < first_of_last_century { 2000 + year } else { 1900 + year }
    }
}

/// Reads a date; nothing where the text is none in this format.
pub fn read(text: &str, format: DateFormat, century: Century) -> Option<NaiveDate> {
    let text = text.trim();
    let found = match format {
        DateFormat::Iso => iso(text),
        DateFormat::DayFirst => parted(text, century, [1, 0]),
        DateFormat::MonthFirst => parted(text, century, [0, 1]),
        DateFormat::YearMonthDay => digits(text, 8).and_then(|n| ymd(n / 10_000, n / 100 % 100, n % 100)),
        DateFormat::ShortYearMonthDay => short(text, century, 0),
        DateFormat::BirthNumber => birth_number(text),
        DateFormat::YearMonth => year_month(text),
        DateFormat::MonthYear => month_year(text),
        DateFormat::MonthNameYear => month_name_year(text, century),
        DateFormat::DaysSince1960 => day_number(text, 1960, 1, 1),
        DateFormat::SpreadsheetDays => day_number(text, 1899, 12, 30),
    };
    found.filter(|date| YEARS.contains(&chrono::Datelike::year(date)))
}

/// Whether a birth number is that of a woman: she has 50 added to the month.
pub fn is_womans_birth_number(text: &str) -> Option<bool> {
    birth_number(text)?;
    text.get(2..4)?.parse().ok().map(|month: u32| month > 50)
}

fn ymd(year: i32, month: i32, day: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

/// A number of exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<i32> {
    // Programs that take the column for a number write 20161231.0.
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text.len() == count { number(text) } else { None }
}

fn iso(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = split(without_time(text)?)?;
    if year.len() != 4 {
        return None;
    }
    ymd(number(year)?, parts::month(month)?, number(day)?)
}

/// A date whose year is last; `order` tells where the day and the month stand, unless a name tells the month.
fn parted(text: &str, century: Century, [month, day]: [usize; 2]) -> Option<NaiveDate> {
    let parts = split(without_time(text)?)?;
    let is_name = |part: &str| part.starts_with(|c: char| c.is_alphabetic());
    let (month, day) = match parts {
        [first, _, _] if is_name(first) => (0, 1),
        [_, second, _] if is_name(second) => (1, 0),
        _ => (month, day),
    };
    if parts[day].len() > 2 {
        return None;
    }
    let year = parts::year(parts[2], century)?;
    ymd(year, parts::month(parts[month])?, number(parts[day])?)
}

/// YYMMDD. A leading zero that a spreadsheet took away is put back.
fn short(text: &str, century: Century, added_to_month: i32) -> Option<NaiveDate> {
    let n = digits(text, 6).or_else(|| digits(text, 5))?;
    ymd(century.full(n / 10_000), n / 100 % 100 - added_to_month, n % 100)
}

/// Czech birth numbers have a slash and three or four digits behind the date, which files often leave out.
fn birth_number(text: &str) -> Option<NaiveDate> {
    let date = text.get(..6).filter(|_| text.len() > 6 && text[6..].bytes().all(|b| b.is_ascii_digit() || b == b'/'));
    let date = date.unwrap_or(text);
    short(date, Century::OfBirth, 50).or_else(|| short(date, Century::OfBirth, 0)).filter(|_| date.len() == 6)
}

fn year_month(text: &str) -> Option<NaiveDate> {
    if let Some(n) = digits(text, 6) {
        return ymd(n / 100, n % 100, 1);
    }
    let (year, month) = text.split_once(['-', '/', '.'])?;
    if year.len() == 4 && month.len() <= 2 { ymd(number(year)?, number(month)?, 1) } else { None }
}

fn month_year(text: &str) -> Option<NaiveDate> {
    if let Some(n) = digits(text, 6).or_else(|| digits(text, 5)) {
        return ymd(n % 10_000, n / 10_000, 1);
    }
    let (month, year) = text.split_once(['-', '/', '.'])?;
    if year.len() == 4 && month.len() <= 2 { ymd(number(year)?, number(month)?, 1) } else { None }
}

fn month_name_year(text: &str, century: Century) -> Option<NaiveDate> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = text.get(..letters).filter(|name| !name.is_empty())?;
    let year = text[letters..].trim_start_matches(['-', ' ', '/', ',', '.', '\'']);
    ymd(parts::year(year, century)?, parts::month(name)?, 1)
}

fn day_number(text: &str, year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let whole = text.split_once('.').filter(|(_, part)| part.bytes().all(|b| b.is_ascii_digit()));
    let days: i32 = number(whole.map_or(text, |(whole, _)| whole))?;
    NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(u64::try_from(days).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateFormat::*;
    use proptest::prelude::*;

    fn check(text: &str, format: DateFormat, expected: &str) {
        let found = read(text, format, Century::Recent).map(|date| date.to_string());
        assert_eq!(found.as_deref().unwrap_or("none"), expected, "{text} as {format:?}");
    }

    #[test]
    fn dates_are_read_in_the_order_of_their_column() {
        check("2016-12-31", Iso, "2016-12-31");
        check("2016/1/3", Iso, "2016-01-03");
        check("2007-08-26 19:09:29.263000000", Iso, "2007-08-26");
        check("2016-12-31T10:11:12.123456Z", Iso, "2016-12-31");
        check("2016-12-31T10:11:12+02:00", Iso, "2016-12-31");
        check("31.12.2016", DayFirst, "2016-12-31");
        check("31-12-2016", DayFirst, "2016-12-31");
        check("31-Dec-2016", DayFirst, "2016-12-31");
        check("3/1/69", DayFirst, "2069-01-03");
        check("3/1/70", DayFirst, "1970-01-03");
        check("12/31/16", MonthFirst, "2016-12-31");
        check("12/31/2016 0:00", MonthFirst, "2016-12-31");
        check("1/2/2016 12:00:00 AM", MonthFirst, "2016-01-02");
        check("Dec 31, 2016", MonthFirst, "2016-12-31");
        check("20161231", YearMonthDay, "2016-12-31");
        check("20161231.0", YearMonthDay, "2016-12-31");
        check("930705", ShortYearMonthDay, "1993-07-05");
        check("050102", ShortYearMonthDay, "2005-01-02");
        check("50102", ShortYearMonthDay, "2005-01-02");
        check("706213", BirthNumber, "1970-12-13");
        check("450204", BirthNumber, "1945-02-04");
        check("706213/1234", BirthNumber, "1970-12-13");
        check("201612", YearMonth, "2016-12-01");
        check("2016-12", YearMonth, "2016-12-01");
        check("122016", MonthYear, "2016-12-01");
        check("12016", MonthYear, "2016-01-01");
        check("01/2016", MonthYear, "2016-01-01");
        check("Sep-2016", MonthNameYear, "2016-09-01");
        check("September 2016", MonthNameYear, "2016-09-01");
        check("Sep-16", MonthNameYear, "2016-09-01");
        check("15074", DaysSince1960, "2001-04-09");
        check("42735", SpreadsheetDays, "2016-12-31");
        check("42735.5", SpreadsheetDays, "2016-12-31");
    }

    #[test]
    fn anything_else_is_refused() {
        for format in DateFormat::ALL {
            for text in
                ["", "09:29.3", "lots", "=1", "0000-00-00", "99999999999", "-5", "2016-13-45", "--", "31/02/2016"]
            {
                check(text, format, "none");
            }
        }
        check("12/31/2016", DayFirst, "none");
        check("31/12/2016", MonthFirst, "none");
        check("2016-12-31 lots", Iso, "none");
        check("16-12-31", Iso, "none");
        check("3000-01-01", Iso, "none");
        check("11-Dec", MonthNameYear, "none");
        check("11-Dec", DayFirst, "none");
    }

    #[test]
    fn a_birth_is_never_in_the_future() {
        assert_eq!(read("450204", ShortYearMonthDay, Century::OfBirth), NaiveDate::from_ymd_opt(1945, 2, 4));
        assert_eq!(read("1/2/09", DayFirst, Century::OfBirth), NaiveDate::from_ymd_opt(2009, 2, 1));
        assert_eq!(is_womans_birth_number("706213"), Some(true));
        assert_eq!(is_womans_birth_number("450204"), Some(false));
        assert_eq!(is_womans_birth_number("x"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            for format in DateFormat::ALL {
                let _ = read(&text, format, Century::Recent);
            }
            let _ = is_womans_birth_number(&text);
        }

        #[test]
        fn text_made_of_what_dates_hold_never_panics(text in "[-0-9/. :TZSepD]{0,20}") {
            for format in DateFormat::ALL {
                let _ = read(&text, format, Century::OfBirth);
            }
        }
    }
}
