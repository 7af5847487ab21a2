//! Hours, stated times and quiet days, by the clocks of all places where the person may be.

use super::super::clock::next_open;
use super::super::findings::Findings;
use super::super::{Ask, BusyTime, Pack, Rule};
use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

pub(super) fn times(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let person = ask.person;
    let stated = pack.stated_times.filter(|_| !person.busy_times.is_empty());
    let quiet = pack.quiet_days.filter(|_| !person.quiet_days.is_empty());
    if pack.hours.is_none() && stated.is_none() && quiet.is_none() {
        return;
    }
    if person.zones.is_empty() {
        return found.forbid(Rule::UnknownTimeZone, None);
    }
    if let Some(hours) = pack.hours {
        within(ask, found, hours.rule, |now| closed(now, hours.from_minute, hours.to_minute));
    }
    if let Some(rule) = stated {
        within(ask, found, rule, |now| person.busy_times.iter().filter_map(|time| busy(now, *time)).max());
    }
    if let Some(rule) = quiet {
        within(ask, found, rule, |now| {
            let is_quiet = person.quiet_days.iter().any(|quiet| quiet.day == now.date());
            is_quiet.then(|| at_minute(now, 1, 0)).flatten()
        });
    }
}

/// Forbids unless what all clocks show is open.
fn within(ask: &Ask<'_>, found: &mut Findings, rule: Rule, closed: impl Fn(NaiveDateTime) -> Option<NaiveDateTime>) {
    let next = next_open(ask.person.zones, found.at, closed);
    if next != Some(found.at) {
        found.forbid(rule, next);
    }
}

fn closed(now: NaiveDateTime, from_minute: u16, to_minute: u16) -> Option<NaiveDateTime> {
    let minute = minute_of(now);
    if minute < from_minute {
        at_minute(now, 0, from_minute)
    } else if minute >= to_minute {
        at_minute(now, 1, from_minute)
    } else {
        None
    }
}

/// Until when a busy time keeps the clock closed.
fn busy(now: NaiveDateTime, time: BusyTime) -> Option<NaiveDateTime> {
    let minute = minute_of(now);
    let begins = |days_ago: u64| {
        let day = now.date().checked_sub_days(Days::new(days_ago));
        day.is_some_and(|day| time.weekday.is_none_or(|weekday| weekday == day.weekday()))
    };
    if time.from_minute < time.to_minute {
        let is_busy = begins(0) && (time.from_minute..time.to_minute).contains(&minute);
        return is_busy.then(|| at_minute(now, 0, time.to_minute)).flatten();
    }
    if begins(0) && minute >= time.from_minute {
        at_minute(now, 1, time.to_minute)
    } else if begins(1) && minute < time.to_minute {
        at_minute(now, 0, time.to_minute)
    } else {
        None
    }
}

fn minute_of(now: NaiveDateTime) -> u16 {
    (now.hour() * 60 + now.minute()) as u16
}

/// A minute of a day from the one that the clock shows.
fn at_minute(now: NaiveDateTime, days_ahead: u64, minute: u16) -> Option<NaiveDateTime> {
    let midnight = now.date().checked_add_days(Days::new(days_ahead))?.and_time(NaiveTime::MIN);
    midnight.checked_add_signed(TimeDelta::minutes(i64::from(minute)))
}
