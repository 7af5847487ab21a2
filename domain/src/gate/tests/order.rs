//! More that speaks against an action never makes it more allowed, and what is deferred is allowed when its time has come.

use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;

/// Hours from the start of the scene, on both sides of it.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (-240_i64..240).prop_map(|hours| utc("2026-11-18 15:00") + TimeDelta::hours(hours))
}

fn some_hold() -> impl Strategy<Value = Hold<'static>> {
    let scopes = prop::sample::select(vec![
        HoldScope::Person,
        HoldScope::Loan(LOAN),
        HoldScope::Loan(OTHER_LOAN),
        HoldScope::Address(PHONE),
        HoldScope::Address(EMAIL),
    ]);
    let ends = prop::option::weighted(0.8, moment());
    (prop::sample::select(HoldKind::ALL.to_vec()), scopes, moment(), ends).prop_map(|(kind, scope, from, until)| Hold {
        kind,
        scope,
        from,
        until,
    })
}

fn some_opt_out() -> impl Strategy<Value = OptOut<'static>> {
    let addresses = prop::option::of(prop::sample::select(vec![PHONE, EMAIL, HOME]));
    (prop::sample::select(Channel::ALL.to_vec()), addresses, moment()).prop_map(|(channel, address, from)| OptOut {
        channel,
        address,
        from,
    })
}

fn some_promise() -> impl Strategy<Value = Promise> {
    (moment(), moment(), 0_u16..4, prop::option::of(moment())).prop_map(|(made_at, due, grace_days, settled_at)| {
        Promise { made_at, due_on: due.date_naive(), grace_days, settled_at }
    })
}

fn some_busy_time() -> impl Strategy<Value = BusyTime> {
    (0_u16..1440, 0_u16..=1440).prop_map(|(from_minute, to_minute)| BusyTime { weekday: None, from_minute, to_minute })
}

prop_compose! {
    fn some_scene()(
        pack in 0..PACKS.len(),
        kind in prop::sample::select(ActionKind::ALL.to_vec()),
        purpose in prop::sample::select(Purpose::ALL.to_vec()),
        holds in prop::collection::vec(some_hold(), 0..3),
        opt_outs in prop::collection::vec(some_opt_out(), 0..2),
        promises in prop::collection::vec(some_promise(), 0..2),
        busy_times in prop::collection::vec(some_busy_time(), 0..2),
        mut calls in prop::collection::vec(-200_i64..0, 0..12),
        now in moment(),
    ) -> Scene {
        calls.sort_unstable();
        Scene::new(PACKS[pack].id, kind).with(|scene| {
            scene.action.purpose = purpose;
            scene.holds = holds;
            scene.opt_outs = opt_outs;
            scene.promises = promises;
            scene.busy_times = busy_times;
            scene.events = calls.into_iter().map(|hours| executed(ActionKind::Call, now + TimeDelta::hours(hours))).collect();
            scene.now = now;
        })
    }
}

/// From when on the action is allowed; the end of time where it is blocked.
fn allowed_from(scene: &Scene) -> DateTime<Utc> {
    match scene.answer().verdict {
        Verdict::Allow => scene.now,
        Verdict::Defer { until } => until,
        Verdict::Block => DateTime::<Utc>::MAX_UTC,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn more_that_speaks_against_it_never_allows_more(
        scene in some_scene(),
        hold in some_hold(),
        opt_out in some_opt_out(),
        promise in some_promise(),
        busy_time in some_busy_time(),
    ) {
        let before = allowed_from(&scene);
        let more = [
            scene.clone().with(|scene| scene.holds.push(hold)),
            scene.clone().with(|scene| scene.opt_outs.push(opt_out)),
            scene.clone().with(|scene| scene.promises.push(promise)),
            scene.clone().with(|scene| scene.busy_times.push(busy_time)),
            scene.clone().with(|scene| scene.consents.clear()),
            scene.clone().with(|scene| scene.zones.push(Tz::America__Los_Angeles)),
        ];
        for (index, scene) in more.iter().enumerate() {
            prop_assert!(allowed_from(scene) >= before, "{index}: {scene:#?}");
        }
    }

    /// An answer has reasons if and only if it does not allow, and a deferral is the first moment that is allowed.
    #[test]
    fn a_deferral_ends_at_the_first_allowed_moment(scene in some_scene()) {
        let answer = scene.answer();
        prop_assert_eq!(answer.is_allowed(), answer.reasons.is_empty());
        if let Verdict::Defer { until } = answer.verdict {
            prop_assert!(until > scene.now);
            prop_assert_eq!(scene.at(until).verdict, Verdict::Allow);
            prop_assert!(!scene.at(until - TimeDelta::seconds(1)).is_allowed());
            let mut at = scene.now;
            while at < until {
                prop_assert!(!scene.at(at).is_allowed(), "{at}");
                at += TimeDelta::minutes(30);
            }
        }
    }

    /// With no zone known, packs that need one block whatever else holds.
    #[test]
    fn a_pack_with_hours_blocks_where_no_zone_is_known(scene in some_scene()) {
        let scene = scene.with(|scene| scene.zones.clear());
        if Pack::find(scene.pack).is_some_and(|pack| pack.hours.is_some()) {
            let answer = scene.answer();
            prop_assert_eq!(answer.verdict, Verdict::Block);
            prop_assert!(answer.rule_ids().any(|id| id == "unknown.time-zone"));
        }
    }
}

/// Files and forms may hold the last day of the calendar; it forbids for good and breaks nothing.
#[test]
fn dates_at_the_ends_of_the_calendar_break_nothing() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for pack in &PACKS {
        for kind in HoldKind::ALL {
            let held = Hold { kind, scope: HoldScope::Person, from: first, until: Some(last) };
            check(
                Scene::new(pack.id, ActionKind::Call).with(|scene| scene.holds.push(held)),
                "block",
                &pack.hold_rule(kind).rules.iter().map(|rule| rule.code()).collect::<Vec<_>>(),
            );
        }
        for due_on in [NaiveDate::MAX, NaiveDate::MAX.pred_opt().expect("is a date")] {
            let promise = Promise { made_at: first, due_on, grace_days: u16::MAX, settled_at: None };
            let scene = Scene::new(pack.id, ActionKind::Call).with(|scene| scene.promises.push(promise));
            check(scene.clone(), "block", &["all.promise-open"]);
            check(scene.with(|scene| scene.promises[0].grace_days = 0), "block", &["all.promise-open"]);
        }
        let old =
            Scene::new(pack.id, ActionKind::Call).with(|scene| scene.events.push(executed(ActionKind::Call, first)));
        check(old, "allow", &[]);
    }
}
