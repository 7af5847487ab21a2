//! Clocks and calendars where a person may be.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How far ahead an open hour is looked for. Where none is found, zones and wishes leave none.
const SEARCHED: TimeDelta = TimeDelta::days(62);

/// Until when the last place on Earth keeps a date, and from when on the first one has it, in hours from UTC.
const LAST_PLACE: TimeDelta = TimeDelta::hours(12);
const FIRST_PLACE: TimeDelta = TimeDelta::hours(14);

/// What a clock in the zone shows.
pub(super) fn local(zone: Tz, at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc() + TimeDelta::seconds(seconds_east(zone, at))
}

fn seconds_east(zone: Tz, at: DateTime<Utc>) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
}

/// Whether the date is over in each zone; everywhere on Earth where no zone is known.
pub(super) fn is_over(date: NaiveDate, zones: &[Tz], at: DateTime<Utc>) -> bool {
    if zones.is_empty() {
        return (at.naive_utc() - LAST_PLACE).date() > date;
    }
    zones.iter().all(|zone| local(*zone, at).date() > date)
}

/// Whether the date may be over: it is in one of the zones, or somewhere on Earth where no zone is known.
pub(super) fn may_be_over(date: NaiveDate, zones: &[Tz], at: DateTime<Utc>) -> bool {
    if zones.is_empty() {
        return (at.naive_utc() + FIRST_PLACE).date() > date;
    }
    zones.iter().any(|zone| local(*zone, at).date() > date)
}

/// The first moment from `at` on at which the date is over in each zone; nothing past the end of the calendar.
pub(super) fn end_of(date: NaiveDate, zones: &[Tz], at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let midnight = date.succ_opt()?.and_time(NaiveTime::MIN);
    if zones.is_empty() {
        return Some(at.max(midnight.checked_add_signed(LAST_PLACE)?.and_utc()));
    }
    let mut ends = zones.iter().map(|zone| {
        let mut moment = at;
        while local(*zone, moment) < midnight {
            moment = step(*zone, moment, midnight)?;
        }
        Some(moment)
    });
    ends.try_fold(at, |latest, end| Some(latest.max(end?)))
}

/// The first moment from `at` on that is closed in no zone; nothing where none comes within two months.
/// `closed` gives, for what a clock shows, the later reading up to which it is closed, or nothing if it is open.
pub(super) fn next_open(
    zones: &[Tz],
    at: DateTime<Utc>,
    closed: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>,
) -> Option<DateTime<Utc>> {
    let mut moment = at;
    let mut open_in_a_row = 0;
    for zone in zones.iter().cycle() {
        if open_in_a_row >= zones.len() {
            break;
        }
        open_in_a_row += 1;
        while let Some(reading) = closed(local(*zone, moment)) {
            moment = step(*zone, moment, reading)?;
            open_in_a_row = 1;
            if moment - at > SEARCHED {
                return None;
            }
        }
    }
    Some(moment)
}

/// The moment at which the clock comes to a later reading, or is put forward or back before that. At a change the
/// caller looks again: the reading may have been skipped, or what was closed may be open once more.
fn step(zone: Tz, at: DateTime<Utc>, reading: NaiveDateTime) -> Option<DateTime<Utc>> {
    let east = seconds_east(zone, at);
    let arrival = reading.checked_sub_signed(TimeDelta::seconds(east))?.and_utc();
    if seconds_east(zone, arrival) == east {
        return Some(arrival);
    }
    let (mut before, mut after) = (at.timestamp(), arrival.timestamp());
    while after - before > 1 {
        let middle = before.midpoint(after);
        if DateTime::from_timestamp(middle, 0).is_some_and(|moment| seconds_east(zone, moment) == east) {
            before = middle;
        } else {
            after = middle;
        }
    }
    DateTime::from_timestamp(after, 0)
}
