//! How often a person may be called.

use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;

fn conversation(inbound: bool, at: &str) -> Event<'static> {
    Event { at: utc(at), loan: LOAN, happening: Happening::Conversation { inbound } }
}

/// Calls on days of November 2026 at 15:00 UTC, 10:00 in New York.
fn called(days: &[u32]) -> Scene {
    let events = days.iter().map(|day| executed(ActionKind::Call, utc(&format!("2026-11-{day:02} 15:00"))));
    Scene::us(ActionKind::Call).with(|scene| scene.events = events.collect())
}

#[test]
fn the_eighth_call_waits_until_the_first_of_seven_is_seven_days_old() {
    check(called(&[13, 13, 14, 15, 16, 17]), "allow", &[]);
    check(called(&[12, 13, 14, 15, 16, 17, 18]), "2026-11-19 15:00", &["us.calls-7-in-7"]);
    check(called(&[10, 11, 13, 14, 15, 16, 17, 18]), "allow", &[]);
    check(called(&[18; 7]), "2026-11-25 15:00", &["us.calls-7-in-7"]);
    // Eight were made already: two must grow old.
    check(called(&[12, 13, 14, 15, 16, 17, 17, 18]), "2026-11-20 15:00", &["us.calls-7-in-7"]);
    // At the very moment at which the first is seven days old, it counts no more.
    check(called(&[11, 12, 13, 14, 15, 16, 17]), "allow", &[]);
    let reason = called(&[12, 13, 14, 15, 16, 17, 18]).answer().reasons[0];
    let expected = "8th call within 7 days; the next is possible on 19 Nov 2026, 10:00 EST.";
    assert_eq!(reason.sentence(Tz::America__New_York), expected);
}

#[test]
fn only_calls_that_were_made_about_this_debt_count() {
    let seven = || called(&[18; 7]);
    check(seven().with(|scene| scene.events[3].loan = OTHER_LOAN), "allow", &[]);
    let held_back = Happening::Attempt { action: action(ActionKind::Call), executed: false };
    check(seven().with(|scene| scene.events[3].happening = held_back), "allow", &[]);
    check(seven().with(|scene| scene.events[3] = executed(ActionKind::Sms, scene.now)), "allow", &[]);
    check(seven().with(|scene| scene.action = action(ActionKind::Letter)), "allow", &[]);
    for pack in ["uk-conc", "in-rbi", "none"] {
        check(seven().with(|scene| scene.pack = pack), "allow", &[]);
    }
    // What comes later than the moment asked about is not known yet.
    let early = seven().with(|scene| scene.events[6].at += TimeDelta::minutes(1));
    check(early, "allow", &[]);
}

#[test]
fn a_conversation_is_followed_by_seven_days_of_which_its_own_is_the_first() {
    let after = |at| {
        move |scene: &mut Scene| {
            scene.events = vec![conversation(true, at)];
        }
    };
    let scene = || Scene::us(ActionKind::Call);
    check(scene().with(after("2026-11-18 14:00")), "2026-11-25 13:00", &["us.conversation-7-days"]);
    check(scene().with(after("2026-11-12 05:00")), "2026-11-19 13:00", &["us.conversation-7-days"]);
    // 23:59 of the 11th in New York.
    check(scene().with(after("2026-11-12 04:59")), "allow", &[]);
    // Seven days that hold a day of 25 hours.
    let autumn = scene().with(after("2026-10-28 04:00")).with(|scene| scene.now = utc("2026-11-04 04:30"));
    check(autumn, "2026-11-04 13:00", &["us.hours-8-to-21", "us.conversation-7-days"]);
    // In Los Angeles it was still the 11th, in New York the 12th: the later counts.
    let both = scene().with(after("2026-11-12 05:30")).with(|scene| scene.zones.push(Tz::America__Los_Angeles));
    check(both.with(|scene| scene.now = utc("2026-11-18 17:00")), "2026-11-19 16:00", &["us.conversation-7-days"]);
}

#[test]
fn inbound_conversations_start_the_second_clock_and_not_the_first() {
    let many = (1..=9).map(|hour| conversation(true, &format!("2026-11-11 {:02}:00", hour + 9))).collect();
    check(Scene::us(ActionKind::Call).with(|scene| scene.events = many), "allow", &[]);
    for inbound in [true, false] {
        let one = vec![conversation(inbound, "2026-11-17 15:00")];
        let scene = Scene::us(ActionKind::Call).with(|scene| scene.events = one);
        check(scene, "2026-11-24 13:00", &["us.conversation-7-days"]);
    }
}

#[test]
fn no_known_zone_is_no_known_calendar() {
    let scene = called(&[18; 7]).with(|scene| scene.zones.clear());
    check(scene, "block", &["unknown.time-zone"]);
}

fn zones() -> impl Strategy<Value = Vec<Tz>> {
    let some = [Tz::America__New_York, Tz::America__Los_Angeles, Tz::Pacific__Honolulu, Tz::America__Chicago];
    prop::sample::subsequence(some.to_vec(), 1..=3)
}

/// Days between the calendar dates of two moments, the fewest that one of the zones counts.
fn days_between(zones: &[Tz], early: DateTime<Utc>, late: DateTime<Utc>) -> i64 {
    let days = |zone: &Tz| (late.with_timezone(zone).date_naive() - early.with_timezone(zone).date_naive()).num_days();
    zones.iter().map(days).min().expect("has a zone")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whoever obeys the gate never calls eight times in seven days, however they are read, and is never stopped for
    /// fewer calls. The days hold the change of the clocks on 1 November.
    #[test]
    fn the_gate_stops_the_eighth_call_and_no_earlier_one(
        zones in zones(),
        mut minutes in prop::collection::vec(0_i64..20 * 1440, 40..90),
    ) {
        minutes.sort_unstable();
        let mut scene = Scene::us(ActionKind::Call).with(|scene| scene.zones.clone_from(&zones));
        for minute in minutes {
            let now = utc("2026-10-22 00:00") + TimeDelta::minutes(minute);
            let answer = scene.at(now);
            let recent = scene.events.iter().filter(|call| {
                now - call.at < TimeDelta::days(7) || days_between(&zones, call.at, now) < 7
            });
            let is_stopped = answer.rule_ids().any(|id| id == "us.calls-7-in-7");
            prop_assert_eq!(is_stopped, recent.count() >= 7, "{} {:?}", now, scene.events);
            if answer.is_allowed() {
                scene.events.push(executed(ActionKind::Call, now));
            }
        }
        for eight in scene.events.windows(8) {
            prop_assert!(eight[7].at - eight[0].at >= TimeDelta::days(7));
            prop_assert!(days_between(&zones, eight[0].at, eight[7].at) >= 7);
        }
    }

    /// A call at the moment that the gate names is allowed, and a second earlier it is not.
    #[test]
    fn a_deferred_call_is_allowed_at_its_moment_and_not_before(
        zones in zones(),
        mut minutes in prop::collection::vec((0_i64..9 * 1440, 0_u8..8), 0..30),
    ) {
        minutes.sort_unstable();
        let start = utc("2026-10-28 00:00");
        let events = minutes.iter().map(|(minute, what)| match what {
            0 => Event { at: start + TimeDelta::minutes(*minute), loan: LOAN, happening: Happening::Conversation { inbound: true } },
            _ => executed(ActionKind::Call, start + TimeDelta::minutes(*minute)),
        });
        let scene = Scene::us(ActionKind::Call).with(|scene| {
            scene.zones = zones;
            scene.events = events.collect();
            scene.now = start + TimeDelta::days(9);
        });
        if let Verdict::Defer { until } = scene.answer().verdict {
            prop_assert_eq!(scene.at(until).verdict, Verdict::Allow);
            prop_assert!(!scene.at(until - TimeDelta::seconds(1)).is_allowed());
        }
    }
}
