//! Hours, stated times and quiet days, across changes of the clocks.

use super::*;
use chrono::{TimeDelta, Timelike, Weekday};
use proptest::prelude::*;

fn at(pack: &'static str, zones: &[Tz], now: &str) -> Scene {
    Scene::new(pack, ActionKind::Letter).with(|scene| {
        scene.zones = zones.to_vec();
        scene.now = utc(now);
    })
}

#[test]
fn hours_follow_the_clock_where_the_person_is() {
    let us = |now, verdict, rules: &[&str]| check(at("us-reg-f", NEW_YORK, now), verdict, rules);
    let hours = &["us.hours-8-to-21"];
    us("2026-11-18 12:59", "2026-11-18 13:00", hours);
    us("2026-11-18 13:00", "allow", &[]);
    us("2026-11-19 01:59", "allow", &[]);
    us("2026-11-19 02:00", "2026-11-19 13:00", hours);
    // Summer time ends on 1 November and begins on 8 March.
    us("2026-11-01 03:00", "2026-11-01 13:00", hours);
    us("2026-10-31 03:00", "2026-10-31 12:00", hours);
    us("2026-03-08 05:00", "2026-03-08 12:00", hours);
    let india = |now, verdict, rules: &[&str]| check(at("in-rbi", &[Tz::Asia__Kolkata], now), verdict, rules);
    india("2026-11-18 02:29", "2026-11-18 02:30", &["in.hours-8-to-19"]);
    india("2026-11-18 13:29", "allow", &[]);
    india("2026-11-18 13:30", "2026-11-19 02:30", &["in.hours-8-to-19"]);
}

#[test]
fn where_several_zones_are_possible_all_must_allow() {
    let coasts = &[Tz::America__New_York, Tz::America__Los_Angeles];
    check(at("us-reg-f", coasts, "2026-11-18 15:00"), "2026-11-18 16:00", &["us.hours-8-to-21"]);
    check(at("us-reg-f", coasts, "2026-11-19 03:00"), "2026-11-19 16:00", &["us.hours-8-to-21"]);
    // No hour is open on both sides of the Earth.
    let apart = &[Tz::Asia__Kolkata, Tz::America__New_York, Tz::Pacific__Auckland, Tz::America__Los_Angeles];
    check(at("in-rbi", apart, "2026-11-18 15:00"), "block", &["in.hours-8-to-19"]);
    check(at("us-reg-f", &[], "2026-11-18 15:00"), "block", &["unknown.time-zone"]);
    check(at("in-rbi", &[], "2026-11-18 15:00"), "block", &["unknown.time-zone"]);
    check(at("uk-conc", &[], "2026-11-18 15:00"), "allow", &[]);
    check(at("none", &[], "2026-11-18 03:00"), "allow", &[]);
}

#[test]
fn stated_times_are_honoured_day_by_day() {
    let busy = |weekday, from_minute, to_minute| BusyTime { weekday, from_minute, to_minute };
    let scene = |time| at("us-reg-f", NEW_YORK, "2026-11-18 15:00").with(|scene| scene.busy_times = vec![time]);
    let rule = &["us.inconvenient-time"];
    check(scene(busy(None, 9 * 60, 17 * 60)), "2026-11-18 22:00", rule);
    check(scene(busy(Some(Weekday::Wed), 9 * 60, 17 * 60)), "2026-11-18 22:00", rule);
    check(scene(busy(Some(Weekday::Tue), 9 * 60, 17 * 60)), "allow", &[]);
    // From Tuesday night into Wednesday, and a whole day.
    check(scene(busy(Some(Weekday::Tue), 22 * 60, 11 * 60)), "2026-11-18 16:00", rule);
    check(scene(busy(Some(Weekday::Mon), 22 * 60, 11 * 60)), "allow", &[]);
    check(scene(busy(Some(Weekday::Wed), 0, 0)), "2026-11-19 13:00", rule);
    check(scene(busy(Some(Weekday::Wed), 0, 1440)), "2026-11-19 13:00", rule);
    check(scene(busy(Some(Weekday::Wed), 10 * 60, 10 * 60)), "2026-11-19 15:00", rule);
    // Nothing is left where each open hour is busy.
    check(scene(busy(None, 8 * 60, 21 * 60)), "block", rule);
    check(scene(busy(None, 0, 0)), "block", rule);
    let in_pack = |pack| scene(busy(None, 9 * 60, 17 * 60)).with(|scene| scene.pack = pack);
    check(in_pack("uk-conc"), "2026-11-18 22:00", &["uk.inconvenient-time"]);
    check(in_pack("in-rbi"), "2026-11-18 22:00", &["in.inconvenient-time"]);
    check(in_pack("none"), "allow", &[]);
    check(in_pack("uk-conc").with(|scene| scene.zones.clear()), "block", &["unknown.time-zone"]);
}

#[test]
fn quiet_days_are_honoured_in_india() {
    const DAYS: &[QuietDay] = &[
        QuietDay { kind: QuietDayKind::Festival, day: NaiveDate::from_ymd_opt(2026, 11, 18).unwrap() },
        QuietDay { kind: QuietDayKind::Bereavement, day: NaiveDate::from_ymd_opt(2026, 11, 19).unwrap() },
    ];
    let scene = |now| at("in-rbi", &[Tz::Asia__Kolkata], now).with(|scene| scene.person.quiet_days = DAYS);
    check(scene("2026-11-18 05:00"), "2026-11-20 02:30", &["in.quiet-day"]);
    check(scene("2026-11-18 18:00"), "2026-11-20 02:30", &["in.hours-8-to-19", "in.quiet-day"]);
    check(scene("2026-11-17 05:00"), "allow", &[]);
    check(scene("2026-11-18 05:00").with(|scene| scene.pack = "none"), "allow", &[]);
}

/// Zones and days on which their clocks change: by an hour, half an hour or two, at midnight, and by a whole day.
const CHANGES: [(Tz, &str); 12] = [
    (Tz::America__New_York, "2026-03-08"),
    (Tz::America__New_York, "2026-11-01"),
    (Tz::Europe__London, "2026-03-29"),
    (Tz::Europe__London, "2026-10-25"),
    (Tz::Australia__Lord_Howe, "2026-04-05"),
    (Tz::Australia__Lord_Howe, "2026-10-04"),
    (Tz::Antarctica__Troll, "2026-03-29"),
    (Tz::Antarctica__Troll, "2026-10-25"),
    (Tz::America__Sao_Paulo, "2018-11-04"),
    (Tz::America__Havana, "2026-11-01"),
    (Tz::Pacific__Apia, "2011-12-30"),
    (Tz::Asia__Kolkata, "2026-11-01"),
];

fn is_within_hours(zones: &[Tz], at: DateTime<Utc>) -> bool {
    zones.iter().all(|zone| (8..21).contains(&at.with_timezone(zone).hour()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Allowed means within hours everywhere, and the other way round; the deferral is the first such moment.
    #[test]
    fn the_first_open_moment_is_found_across_changes_of_the_clocks(
        change in 0..CHANGES.len(),
        second in prop::option::of(0..CHANGES.len()),
        minutes in 0_i64..4 * 1440,
    ) {
        let (zone, day) = CHANGES[change];
        let zones: Vec<Tz> = [Some(zone), second.map(|other| CHANGES[other].0)].into_iter().flatten().collect();
        let now = utc(&format!("{day} 00:00")) - TimeDelta::days(2) + TimeDelta::minutes(minutes);
        // Consents and validation are of 2026; a letter before asks for neither.
        let scene = Scene::us(ActionKind::Letter).with(|scene| {
            scene.zones.clone_from(&zones);
            scene.now = now;
        });
        let answer = scene.answer();
        prop_assert_eq!(answer.is_allowed(), is_within_hours(&zones, now), "{:?}", answer);
        let until = match answer.verdict {
            Verdict::Allow => now,
            Verdict::Defer { until } => until,
            Verdict::Block => now + TimeDelta::days(10),
        };
        for minute in 0..(until - now).num_minutes() {
            prop_assert!(!is_within_hours(&zones, now + TimeDelta::minutes(minute)), "{minute} minutes after {now}");
        }
        if answer.verdict != Verdict::Block {
            prop_assert!(is_within_hours(&zones, until));
        }
    }

    /// The same with a stated time that may lie where the clock shows an hour twice or never.
    #[test]
    fn stated_times_end_when_the_clock_says_so(
        change in 0..CHANGES.len(),
        from_minute in 0_u16..1440,
        to_minute in 0_u16..=1440,
        minutes in 0_i64..3 * 1440,
    ) {
        let (zone, day) = CHANGES[change];
        let now = utc(&format!("{day} 00:00")) - TimeDelta::days(1) + TimeDelta::minutes(minutes);
        let scene = Scene::new("uk-conc", ActionKind::Letter).with(|scene| {
            scene.zones = vec![zone];
            scene.now = now;
            scene.busy_times = vec![BusyTime { weekday: None, from_minute, to_minute }];
        });
        let is_free = |at: DateTime<Utc>| {
            let local = at.with_timezone(&zone);
            let minute = (local.hour() * 60 + local.minute()) as u16;
            if from_minute < to_minute {
                !(from_minute..to_minute).contains(&minute)
            } else {
                (to_minute..from_minute).contains(&minute)
            }
        };
        let until = match scene.answer().verdict {
            Verdict::Allow => now,
            Verdict::Defer { until } => until,
            Verdict::Block => now + TimeDelta::days(3),
        };
        for minute in 0..(until - now).num_minutes() {
            prop_assert!(!is_free(now + TimeDelta::minutes(minute)), "{minute} minutes after {now}");
        }
        if scene.at(until).is_allowed() {
            prop_assert!(is_free(until));
        } else {
            prop_assert!((0..1440).all(|minute| !is_free(now + TimeDelta::minutes(minute))));
        }
    }
}
