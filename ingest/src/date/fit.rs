//! In which formats a column of dates may be written.

use super::{Century, read};
use chrono::{Datelike, NaiveDate};
use domain::mapping::DateFormat;

/// The formats in which all samples are dates, likelier ones first. More than one leaves the choice to a person.
///
/// Day numbers count only between 1970 and 2050, as any small number is one; and birth numbers only where a woman is
/// among them, as they do not differ from YYMMDD otherwise.
pub fn formats_that_fit<'a>(samples: impl Iterator<Item = &'a str> + Clone) -> Vec<DateFormat> {
    if samples.clone().next().is_none() {
        return Vec::new();
    }
    let fits = |format: &DateFormat| {
        let mut has_woman = false;
        let all = samples.clone().all(|sample| {
            has_woman |= super::is_womans_birth_number(sample) == Some(true);
            read(sample, *format, Century::Recent).is_some_and(|date| is_plausible(date, *format))
        });
        all && (has_woman || *format != DateFormat::BirthNumber)
    };
    DateFormat::ALL.into_iter().filter(fits).collect()
}

fn is_plausible(date: NaiveDate, format: DateFormat) -> bool {
    let years = match format {
        DateFormat::DaysSince1960 | DateFormat::SpreadsheetDays => 1970..=2050,
        DateFormat::YearMonth | DateFormat::MonthYear => 1950..=2069,
        _ => 1900..=2100,
    };
    years.contains(&date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use DateFormat::*;

    #[test]
    fn a_column_shows_its_format_or_stays_ambiguous() {
        let check = |samples: &[&str], expected: &[DateFormat]| {
            assert_eq!(formats_that_fit(samples.iter().copied()), expected, "{samples:?}");
        };
        check(&["2016-12-31"], &[Iso]);
        check(&["31.12.2016", "01.02.2016"], &[DayFirst]);
        check(&["12/31/16", "1/2/16"], &[MonthFirst]);
        check(&["1/2/2016", "3/4/2016"], &[DayFirst, MonthFirst]);
        check(&["20161231"], &[YearMonthDay]);
        check(&["930705", "930711"], &[ShortYearMonthDay]);
        check(&["706213", "450204"], &[BirthNumber]);
        check(&["201612", "201701"], &[YearMonth]);
        check(&["122016"], &[MonthYear]);
        check(&["Sep-2016"], &[MonthNameYear]);
        check(&["15074", "15130"], &[DaysSince1960]);
        check(&["42735"], &[SpreadsheetDays]);
        check(&["09:29.3"], &[]);
        check(&[], &[]);
    }
}
