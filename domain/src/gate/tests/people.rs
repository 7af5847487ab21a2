//! Who and where a person is, what they said, and the holds on them.

use super::*;
use chrono::TimeDelta;

#[test]
fn holds_begin_end_and_cover_what_they_say() {
    let held = |from, until| {
        Scene::new("none", ActionKind::Letter).with(|s| s.holds = vec![hold(HoldKind::Hardship, from, until)])
    };
    check(held("2026-11-18 15:00", None), "block", &["all.hold"]);
    check(held("2026-11-18 15:01", None), "allow", &[]);
    check(held("2026-11-01 00:00", Some("2026-12-01 00:00")), "2026-12-01 00:00", &["all.hold"]);
    check(held("2026-11-01 00:00", Some("2026-11-18 15:00")), "allow", &[]);
    check(held("2026-11-01 00:00", Some("2026-11-18 15:01")), "2026-11-18 15:01", &["all.hold"]);
    let scoped = |scope| held("2026-11-01 00:00", None).with(|s| s.holds[0].scope = scope);
    check(scoped(HoldScope::Loan(LOAN)), "block", &["all.hold"]);
    check(scoped(HoldScope::Loan(OTHER_LOAN)), "allow", &[]);
    check(scoped(HoldScope::Address("12 high street.")), "block", &["all.hold"]);
    check(scoped(HoldScope::Address("14 High Street")), "allow", &[]);
    // The longer of two is told, and one that begins before a deferral ends moves it on.
    let two = |second: Hold<'static>| held("2026-11-01 00:00", Some("2026-12-01 00:00")).with(|s| s.holds.push(second));
    check(
        two(hold(HoldKind::Dispute, "2026-11-02 00:00", Some("2026-12-05 00:00"))),
        "2026-12-05 00:00",
        &["all.hold"],
    );
    check(
        two(hold(HoldKind::Dispute, "2026-11-30 00:00", Some("2026-12-05 00:00"))),
        "2026-12-05 00:00",
        &["all.hold"],
    );
    check(two(hold(HoldKind::Dispute, "2026-11-30 00:00", None)), "block", &["all.hold"]);
    check(two(hold(HoldKind::Dispute, "2026-12-02 00:00", None)), "2026-12-01 00:00", &["all.hold"]);
}

/// What a hold of each kind does in a pack to outreach, a reply, a permitted notice, a permitted visit and a
/// permitted legal notice: "+" lets it through.
#[test]
fn each_pack_says_what_a_hold_lets_through() {
    use HoldKind as K;
    let check = |pack: &'static str, kind, expected: &str, rules: &[&str]| {
        let acts = [
            (ActionKind::Letter, Purpose::Outreach),
            (ActionKind::Letter, Purpose::Reply),
            (ActionKind::Letter, Purpose::PermittedNotice),
            (ActionKind::Visit, Purpose::PermittedNotice),
            (ActionKind::LegalNotice, Purpose::PermittedNotice),
        ];
        let mut seen = String::new();
        for (act, purpose) in acts {
            let scene = Scene::new(pack, act).with(|s| {
                s.action.purpose = purpose;
                s.holds = vec![hold(kind, "2026-11-01 00:00", None)];
            });
            let answer = scene.answer();
            seen.push(if answer.is_allowed() { '+' } else { '-' });
            if !answer.is_allowed() {
                assert_eq!(answer.rule_ids().collect::<Vec<_>>(), rules, "{pack} {kind:?} {act:?}");
            }
        }
        assert_eq!(seen, expected, "{pack} {kind:?}");
    };
    for pack in PACKS.iter().map(|pack| pack.id).filter(|id| *id != "us-reg-f") {
        for kind in [K::Hardship, K::Dispute, K::FraudClaim] {
            check(pack, kind, "-++--", &["all.hold"]);
        }
        for kind in [K::Deceased, K::Bankruptcy, K::ActiveDuty, K::Attorney, K::Cease] {
            check(pack, kind, "-----", &["all.hold"]);
        }
    }
    check("us-reg-f", K::Hardship, "-++--", &["all.hold"]);
    check("us-reg-f", K::FraudClaim, "-++--", &["all.hold"]);
    check("us-reg-f", K::Dispute, "-++--", &["all.hold", "us.dispute"]);
    check("us-reg-f", K::Deceased, "-----", &["all.hold", "us.hold"]);
    check("us-reg-f", K::Bankruptcy, "-----", &["all.hold", "us.hold"]);
    check("us-reg-f", K::ActiveDuty, "-++--", &["all.hold", "us.hold"]);
    check("us-reg-f", K::Attorney, "-----", &["us.attorney"]);
    check("us-reg-f", K::Cease, "--+-+", &["us.cease"]);
    check("uk-conc", K::Vulnerability, "-++--", &["uk.vulnerable"]);
    check("uk-conc", K::PlanPending, "-++--", &["uk.plan-pause"]);
    check("uk-conc", K::BreathingSpace, "-++--", &["uk.breathing-space"]);
    check("uk-conc", K::MentalHealthCrisis, "-++--", &["uk.mental-health-crisis"]);
    for kind in [K::Vulnerability, K::PlanPending, K::BreathingSpace, K::MentalHealthCrisis] {
        check("us-reg-f", kind, "-----", &["all.hold"]);
    }
}

#[test]
fn the_law_gives_british_holds_their_ends() {
    let held = |kind, until| {
        Scene::new("uk-conc", ActionKind::Call).with(|s| s.holds = vec![hold(kind, "2026-11-01 12:00", until)])
    };
    check(held(HoldKind::PlanPending, None), "2026-12-01 12:00", &["uk.plan-pause"]);
    check(held(HoldKind::PlanPending, Some("2026-12-31 12:00")), "2026-12-31 12:00", &["uk.plan-pause"]);
    check(held(HoldKind::BreathingSpace, None), "2026-12-31 12:00", &["uk.breathing-space"]);
    check(held(HoldKind::BreathingSpace, Some("2026-11-18 12:00")), "allow", &[]);
    check(held(HoldKind::MentalHealthCrisis, None), "block", &["uk.mental-health-crisis"]);
    let crisis = held(HoldKind::MentalHealthCrisis, Some("2026-11-10 12:00"));
    check(crisis.clone(), "2026-12-10 12:00", &["uk.mental-health-crisis"]);
    check(crisis.with(|s| s.now = utc("2026-12-10 12:00")), "allow", &[]);
    let pack = Pack::find("uk-conc").expect("is a pack");
    let latest = |kind| pack.hold_rule(kind).latest_end(utc("2026-11-01 12:00"));
    assert_eq!(latest(HoldKind::PlanPending), Some(utc("2026-12-31 12:00")));
    assert_eq!(latest(HoldKind::BreathingSpace), Some(utc("2026-12-31 12:00")));
    assert_eq!(latest(HoldKind::MentalHealthCrisis), None);
}

#[test]
fn an_attorney_is_reached_in_place_of_the_person() {
    for pack in ["us-reg-f", "uk-conc", "none"] {
        let held = Scene::new(pack, ActionKind::Letter)
            .with(|s| s.holds = vec![hold(HoldKind::Attorney, "2026-11-01 00:00", None)]);
        let to = |recipient| held.clone().with(|s| s.action.recipient = recipient).answer().is_allowed();
        assert!(to(Some(Recipient::Attorney)), "{pack}");
        for recipient in [None, Some(Recipient::Borrower), Some(Recipient::Guarantor), Some(Recipient::Other)] {
            assert!(!to(recipient), "{pack} {recipient:?}");
        }
    }
}

#[test]
fn in_india_only_borrower_and_guarantor_are_reached() {
    let to = |recipient| {
        Scene::new("in-rbi", ActionKind::Call).with(|s| {
            s.action.recipient = recipient;
            s.now = utc("2026-11-18 15:00");
        })
    };
    check(to(Some(Recipient::Guarantor)), "allow", &[]);
    check(to(Some(Recipient::Other)), "block", &["in.recipient"]);
    check(to(Some(Recipient::Attorney)), "block", &["in.recipient"]);
    check(to(None), "block", &["unknown.recipient"]);
    check(to(None).with(|s| s.pack = "none"), "allow", &[]);
}

#[test]
fn opt_outs_hold_per_channel_and_address_until_a_later_consent() {
    let out = |channel, address| OptOut { channel, address, from: utc("2026-11-18 15:00") };
    for pack in PACKS.iter().map(|pack| pack.id) {
        let scene = |opt_out| Scene::new(pack, ActionKind::Sms).with(|s| s.opt_outs = vec![opt_out]);
        check(scene(out(Channel::Sms, None)), "block", &["all.opt-out"]);
        check(scene(out(Channel::Sms, Some("12125550100"))), "block", &["all.opt-out"]);
        check(scene(out(Channel::Sms, Some("+1 212 555 0101"))), "allow", &[]);
        check(scene(out(Channel::Phone, None)), "allow", &[]);
        let later = scene(out(Channel::Sms, None)).with(|s| s.opt_outs[0].from += TimeDelta::seconds(1));
        check(later, "allow", &[]);
        let reply = scene(out(Channel::Sms, None)).with(|s| s.action.purpose = Purpose::Reply);
        check(reply, "block", &["all.opt-out"]);
        let again = scene(out(Channel::Sms, None)).with(|s| {
            s.now += TimeDelta::minutes(2);
            s.consents.push(Consent { from: utc("2026-11-18 15:01"), ..consent(Channel::Sms) });
        });
        check(again.clone(), "allow", &[]);
        let at_once = again.clone().with(|s| s.consents[2].from = utc("2026-11-18 15:00"));
        check(at_once, "block", &["all.opt-out"]);
        check(again.with(|s| s.consents[2].address = Some("+1 999")), "block", &["all.opt-out"]);
    }
}

#[test]
fn a_word_in_a_message_opts_out_at_once() {
    let said = |text: &str, channel| Event {
        at: utc("2026-11-18 15:00"),
        loan: OTHER_LOAN,
        happening: Happening::Message { channel, address: PHONE, opts_out: crate::contact::opt_out_word(text) },
    };
    let after = |event| Scene::new("none", ActionKind::Sms).with(|s| s.events = vec![event]);
    check(after(said("Stop!", Channel::Sms)), "block", &["all.opt-out"]);
    check(after(said("I will pay on Friday", Channel::Sms)), "allow", &[]);
    check(after(said("Stop!", Channel::Email)), "allow", &[]);
    let elsewhere = after(said("Stop!", Channel::Sms)).with(|s| s.action.address = "+1 212 555 0199");
    check(elsewhere, "allow", &[]);
}

#[test]
fn american_messages_need_a_consent_and_a_way_to_opt_out() {
    let without = |kind| Scene::us(kind).with(|s| s.consents.clear());
    check(without(ActionKind::Sms), "block", &["us.consent"]);
    check(without(ActionKind::Email), "block", &["us.consent"]);
    for kind in [ActionKind::Call, ActionKind::Letter, ActionKind::Visit, ActionKind::LegalNotice] {
        check(without(kind), "allow", &[]);
    }
    check(without(ActionKind::Sms).with(|s| s.pack = "uk-conc"), "allow", &[]);
    let given = |consent| without(ActionKind::Sms).with(|s| s.consents = vec![consent]);
    check(given(consent(Channel::Email)), "block", &["us.consent"]);
    check(given(Consent { address: Some("+1 999"), ..consent(Channel::Sms) }), "block", &["us.consent"]);
    check(given(Consent { from: utc("2026-11-18 15:01"), ..consent(Channel::Sms) }), "block", &["us.consent"]);
    check(given(Consent { until: Some(utc("2026-11-18 15:00")), ..consent(Channel::Sms) }), "block", &["us.consent"]);
    check(given(Consent { until: Some(utc("2026-11-18 15:01")), ..consent(Channel::Sms) }), "allow", &[]);
    // A consent that ends before the morning is none in the morning.
    let night = given(Consent { until: Some(utc("2026-11-19 08:00")), ..consent(Channel::Sms) });
    check(night.with(|s| s.now = utc("2026-11-19 04:00")), "block", &["us.hours-8-to-21", "us.consent"]);
    for (kind, rules) in
        [(ActionKind::Sms, &["us.no-opt-out"][..]), (ActionKind::Email, &["us.no-opt-out"]), (ActionKind::Letter, &[])]
    {
        let scene = Scene::us(kind).with(|s| s.action.carries_opt_out = false);
        check(scene, if rules.is_empty() { "allow" } else { "block" }, rules);
    }
}

#[test]
fn stated_places_are_honoured_and_addresses_must_be_some() {
    let scene = |pack| Scene::new(pack, ActionKind::Call).with(|s| s.person.inconvenient_places = &["1-212-555-0100"]);
    check(scene("us-reg-f"), "block", &["us.inconvenient-place"]);
    check(scene("none"), "allow", &[]);
    for pack in PACKS.iter().map(|pack| pack.id) {
        for address in ["", "  ", "unknown"] {
            let call = Scene::new(pack, ActionKind::Call).with(|s| s.action.address = address);
            check(call, "block", &["unknown.contact-point"]);
        }
        let mixed = Scene::new(pack, ActionKind::Call).with(|s| s.action.channel = Channel::Post);
        check(mixed, "block", &["unknown.contact-point"]);
    }
}
