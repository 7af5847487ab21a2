//! Clocks of places: names of time zones, ends of days, and moments as a clock shows them.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A name that is no time zone's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone. Write it as America/New_York")]
pub struct UnknownZone(pub String);

/// The zone of a name as the IANA writes it.
pub fn find(name: &str) -> Result<Tz, UnknownZone> {
    name.trim().parse().map_err(|_| UnknownZone(name.trim().to_owned()))
}

/// Zones whose names stand between commas, blanks or line ends, each once.
pub fn find_all(names: &str) -> Result<Vec<Tz>, UnknownZone> {
    let mut zones = Vec::new();
    for name in names.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|name| !name.is_empty()) {
        let zone = find(name)?;
        if !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    Ok(zones)
}

/// The names of zones that people choose from: places, and universal time.
pub fn names() -> impl Iterator<Item = &'static str> {
    const REGIONS: [&str; 9] =
        ["Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/", "UTC"];
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| REGIONS.iter().any(|of| name.starts_with(of)))
}

/// The first moment at which the day is over; nothing past the end of the calendar.
pub fn end_of_day(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.checked_add_days(Days::new(1))?.and_hms_opt(0, 0, 0)?;
    Some(first_at(midnight, zone))
}

/// The first moment at which a clock shows the reading or, where it is put forward over it, a later one.
fn first_at(reading: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let east = |zone: Tz, at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
    let utc = reading.and_utc();
    // A gap begins by the clock as it was before it.
    let before = || utc - TimeDelta::seconds(i64::from(east(zone, utc - TimeDelta::days(1))));
    zone.from_local_datetime(&reading).earliest().map_or_else(before, |at| at.with_timezone(&Utc))
}

/// A moment as a clock in the zone shows it: `24 Nov 2026, 08:00 EST`.
pub fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %b %Y, %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_write_them() {
        let check = |names: &str, expected: &[&str]| {
            let zones = find_all(names).expect("zones");
            assert_eq!(zones.iter().map(|zone| zone.name()).collect::<Vec<_>>(), expected, "{names}");
        };
        check("", &[]);
        check(" , \n", &[]);
        check("America/New_York, America/Chicago\nAmerica/New_York", &["America/New_York", "America/Chicago"]);
        assert_eq!(find_all("UTC Mars/Phobos"), Err(UnknownZone("Mars/Phobos".to_owned())));
        assert!(names().all(|name| find(name).is_ok()) && names().any(|name| name == "Asia/Kolkata"));
    }

    #[test]
    fn days_end_where_the_clock_is() {
        let check = |day: &str, zone: &str, expected: &str| {
            let end = end_of_day(day.parse().expect("a day"), find(zone).expect("a zone")).expect("an end");
            assert_eq!(end.to_rfc3339(), expected, "{day} {zone}");
        };
        check("2026-11-24", "UTC", "2026-11-25T00:00:00+00:00");
        check("2026-11-24", "America/New_York", "2026-11-25T05:00:00+00:00");
        check("2026-11-24", "Asia/Kolkata", "2026-11-24T18:30:00+00:00");
        // The clock goes from midnight to one in the morning, and back at midnight to eleven.
        check("2026-09-05", "America/Santiago", "2026-09-06T04:00:00+00:00");
        check("2026-10-31", "America/Havana", "2026-11-01T04:00:00+00:00");
        assert_eq!(end_of_day(NaiveDate::MAX, Tz::UTC), None);
    }
}
