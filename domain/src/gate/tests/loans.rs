//! What is known of a loan: payments, promises, validation, limitation, and how a notice was approved.

use super::*;
use chrono::TimeDelta;

fn each_pack(scene: impl Fn(&'static str) -> Scene, verdict: &str, rules: &[&str]) {
    for pack in &PACKS {
        check(scene(pack.id), verdict, rules);
    }
}

#[test]
fn a_paid_loan_is_left_alone() {
    let paid = |paid| move |pack| Scene::new(pack, ActionKind::Letter).with(|s| s.loan.paid = paid);
    each_pack(paid(Paid::Since(utc("2026-11-18 15:00"))), "block", &["all.paid"]);
    each_pack(paid(Paid::Since(utc("2026-11-18 15:01"))), "allow", &[]);
    each_pack(paid(Paid::Unknown), "block", &["unknown.paid"]);
    let since = Paid::Since(utc("2026-11-01 00:00"));
    each_pack(|pack| paid(since)(pack).with(|s| s.action.purpose = Purpose::Reply), "allow", &[]);
    let notice = |pack| {
        paid(since)(pack).with(|s| {
            s.action = Action { purpose: Purpose::PermittedNotice, ..action(ActionKind::LegalNotice) };
        })
    };
    each_pack(notice, "block", &["all.paid"]);
}

#[test]
fn a_promise_stops_outreach_until_its_grace_is_over() {
    let promise =
        Promise { made_at: utc("2026-11-17 12:00"), due_on: date("2026-11-20"), grace_days: 3, settled_at: None };
    let promised = |promise| move |pack| Scene::new(pack, ActionKind::Email).with(|s| s.promises = vec![promise]);
    let hours = [
        ("us-reg-f", "2026-11-24 13:00"),
        ("uk-conc", "2026-11-24 05:00"),
        ("in-rbi", "2026-11-24 13:00"),
        ("none", "2026-11-24 05:00"),
    ];
    for (pack, until) in hours {
        check(promised(promise)(pack), until, &["all.promise-open"]);
    }
    each_pack(promised(Promise { made_at: utc("2026-11-18 15:01"), ..promise }), "allow", &[]);
    each_pack(promised(Promise { settled_at: Some(utc("2026-11-18 15:00")), ..promise }), "allow", &[]);
    each_pack(
        promised(Promise { settled_at: Some(utc("2026-11-18 16:00")), ..promise }),
        "2026-11-18 16:00",
        &["all.promise-open"],
    );
    each_pack(promised(Promise { due_on: date("2026-11-15"), grace_days: 2, ..promise }), "allow", &[]);
    let last_day = Promise { due_on: date("2026-11-15"), ..promise };
    check(promised(last_day)("none"), "2026-11-19 05:00", &["all.promise-open"]);
}

#[test]
fn a_promise_that_nobody_knows_the_zone_of_lasts_until_the_date_is_over_everywhere() {
    let promise =
        Promise { made_at: utc("2026-11-17 12:00"), due_on: date("2026-11-18"), grace_days: 0, settled_at: None };
    let scene = Scene::new("none", ActionKind::Letter).with(|s| {
        s.zones.clear();
        s.promises = vec![promise];
    });
    check(scene.clone(), "2026-11-19 12:00", &["all.promise-open"]);
    check(scene.with(|s| s.now = utc("2026-11-19 12:00")), "allow", &[]);
}

#[test]
fn after_a_payment_outreach_rests_until_the_next_one_is_due() {
    let paid = |next_due| Event {
        at: utc("2026-11-17 12:00"),
        loan: LOAN,
        happening: Happening::Payment { next_due, grace_days: 2 },
    };
    let scene = |event: Event<'static>| Scene::new("none", ActionKind::Letter).with(|s| s.events = vec![event]);
    let rule = &["all.payment-received"];
    check(scene(paid(NextDue::On(date("2026-12-01")))), "2026-12-04 05:00", rule);
    check(scene(paid(NextDue::On(date("2026-11-15")))), "allow", &[]);
    check(scene(paid(NextDue::AllDue)), "2026-11-20 05:00", rule);
    // It was the 17th in New York and the 18th in Auckland: the later day counts, and it ends in New York.
    let apart = scene(paid(NextDue::AllDue)).with(|s| s.zones.push(Tz::Pacific__Auckland));
    check(apart, "2026-11-21 05:00", rule);
    check(scene(paid(NextDue::Unknown)), "block", &["unknown.due-date"]);
    check(scene(Event { loan: OTHER_LOAN, ..paid(NextDue::Unknown) }), "allow", &[]);
    let reply = scene(paid(NextDue::Unknown)).with(|s| s.action.purpose = Purpose::Reply);
    check(reply, "allow", &[]);
    let taken_back = scene(paid(NextDue::On(date("2026-12-01")))).with(|s| {
        s.events.push(Event { at: s.now, loan: LOAN, happening: Happening::Reversal });
    });
    check(taken_back.clone(), "allow", &[]);
    check(taken_back.with(|s| s.now -= TimeDelta::minutes(1)), "2026-12-04 05:00", rule);
    // What was due after the last payment counts, not what was due after an earlier one.
    let two =
        scene(paid(NextDue::On(date("2026-12-01")))).with(|s| s.events.push(paid(NextDue::On(date("2026-12-10")))));
    check(two, "2026-12-13 05:00", rule);
}

#[test]
fn a_payment_on_its_way_stops_outreach() {
    let pending = |from, until: Option<&str>| {
        let payment = PendingPayment { from: utc(from), until: until.map(utc) };
        move |pack| Scene::new(pack, ActionKind::Call).with(|s| s.loan.pending_payment = Some(payment))
    };
    each_pack(pending("2026-11-18 15:00", None), "block", &["all.payment-pending"]);
    each_pack(pending("2026-11-18 15:01", None), "allow", &[]);
    each_pack(pending("2026-11-18 14:00", Some("2026-11-18 15:00")), "allow", &[]);
    each_pack(pending("2026-11-18 14:00", Some("2026-11-18 16:00")), "2026-11-18 16:00", &["all.payment-pending"]);
}

#[test]
fn validation_follows_the_first_communication_within_five_days() {
    let scene = |events| {
        Scene::us(ActionKind::Letter).with(|s| {
            s.loan.validation_sent_at = None;
            s.events = events;
        })
    };
    let first = |at| executed(ActionKind::Letter, utc(at));
    let rule = &["us.validation-5-days"];
    check(scene(vec![]), "allow", &[]);
    check(scene(vec![first("2026-11-13 15:00")]), "allow", &[]);
    check(scene(vec![first("2026-11-13 14:59"), first("2026-11-18 14:00")]), "block", rule);
    // A call that nobody answered was no communication, a conversation was one.
    check(scene(vec![executed(ActionKind::Call, utc("2026-11-01 15:00"))]), "allow", &[]);
    let talk = Event { at: utc("2026-11-01 15:00"), loan: LOAN, happening: Happening::Conversation { inbound: true } };
    check(scene(vec![talk]), "block", rule);
    let late = || scene(vec![first("2026-11-01 15:00")]);
    check(late().with(|s| s.events[0].loan = OTHER_LOAN), "allow", &[]);
    check(late().with(|s| s.action.carries_validation = true), "allow", &[]);
    check(late().with(|s| s.loan.validation_sent_at = Some(utc("2026-11-17 00:00"))), "allow", &[]);
    check(late().with(|s| s.loan.validation_sent_at = Some(utc("2026-11-18 15:01"))), "2026-11-18 15:01", rule);
    for pack in ["uk-conc", "in-rbi", "none"] {
        check(late().with(|s| s.pack = pack), "allow", &[]);
    }
}

#[test]
fn american_notices_need_a_limitation_date_that_lies_ahead() {
    let scene = |limitation_on: Option<&str>| {
        Scene::us(ActionKind::LegalNotice).with(|s| s.loan.limitation_on = limitation_on.map(date))
    };
    check(scene(Some("2026-11-18")), "allow", &[]);
    check(scene(Some("2026-11-17")), "block", &["us.limitation-passed"]);
    check(scene(None), "block", &["unknown.limitation-date"]);
    check(scene(None).with(|s| s.action = action(ActionKind::Letter)), "allow", &[]);
    for pack in ["uk-conc", "in-rbi", "none"] {
        check(scene(None).with(|s| s.pack = pack), "allow", &[]);
    }
    // The day is over in one of two zones, and that is enough. In the night a last day passes for good.
    let east = scene(Some("2026-11-18")).with(|s| s.zones.push(Tz::Pacific__Auckland));
    check(east, "block", &["us.limitation-passed", "us.hours-8-to-21"]);
    let night = scene(Some("2026-11-18")).with(|s| s.now = utc("2026-11-19 04:00"));
    check(night, "block", &["us.hours-8-to-21", "us.limitation-passed"]);
}

#[test]
fn notices_need_a_named_approver_who_did_not_draft_them() {
    let with = |approval: Approval<'static>| {
        let approval: &'static Approval<'static> = Box::leak(Box::new(approval));
        move |pack| Scene::new(pack, ActionKind::LegalNotice).with(|s| s.action.approval = Some(approval))
    };
    each_pack(
        |pack| Scene::new(pack, ActionKind::LegalNotice).with(|s| s.action.approval = None),
        "block",
        &["all.approval"],
    );
    each_pack(with(Approval { approved_by: None, ..APPROVAL }), "block", &["all.approval"]);
    each_pack(with(Approval { rationale: " \n", ..APPROVAL }), "block", &["all.approval"]);
    let later = Some((UserId(7), utc("2026-11-18 15:01")));
    each_pack(with(Approval { approved_by: later, ..APPROVAL }), "block", &["all.approval"]);
    each_pack(with(Approval { drafted_by: Drafter::Person(UserId(7)), ..APPROVAL }), "block", &["all.maker-checker"]);
    each_pack(with(Approval { drafted_by: Drafter::Person(UserId(8)), ..APPROVAL }), "allow", &[]);
    each_pack(with(Approval { drafted_by: Drafter::Unknown, ..APPROVAL }), "block", &["unknown.drafter"]);
    each_pack(|pack| Scene::new(pack, ActionKind::Letter).with(|s| s.action.approval = None), "allow", &[]);
}
