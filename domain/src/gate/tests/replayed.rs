//! Replays of histories.

use super::*;
use chrono::TimeDelta;

fn loan() -> Loan<'static> {
    Scene::us(ActionKind::Letter).loan
}

fn act(at: &str, change: impl FnOnce(&mut Action<'static>), kind: ActionKind) -> Event<'static> {
    let mut done = action(kind);
    change(&mut done);
    Event { at: utc(at), loan: LOAN, happening: Happening::Attempt { action: done, executed: true } }
}

fn breaches_of(person: &Person<'_>, loan: Loan<'_>, events: &[Event<'_>]) -> Vec<(usize, Vec<&'static str>)> {
    let pack = Pack::find("us-reg-f").expect("is a pack");
    let history = History::new(events).expect("events are in order");
    let breaches = replay(person, &[loan], history, pack);
    breaches.iter().map(|breach| (breach.index, breach.answer.rule_ids().collect())).collect()
}

#[test]
fn an_illegal_history_shows_each_of_its_breaches() {
    let plain = |_: &mut Action<'static>| {};
    let consents = [consent(Channel::Sms), Consent { until: Some(utc("2026-06-01 00:00")), ..consent(Channel::Email) }];
    let holds = [
        hold(HoldKind::Bankruptcy, "2026-07-01 00:00", Some("2026-07-10 00:00")),
        hold(HoldKind::Attorney, "2026-07-10 00:00", Some("2026-07-20 00:00")),
        hold(HoldKind::Cease, "2026-07-20 00:00", Some("2026-07-30 00:00")),
    ];
    let person = Person { zones: NEW_YORK, consents: &consents, holds: &holds, ..Person::default() };
    let promise =
        Promise { made_at: utc("2026-08-01 16:00"), due_on: date("2026-08-10"), grace_days: 0, settled_at: None };
    let promises = [promise];
    let loan = Loan { limitation_on: Some(date("2026-09-01")), promises: &promises, ..loan() };
    let talk = Event { at: utc("2026-05-19 15:00"), loan: LOAN, happening: Happening::Conversation { inbound: true } };
    let stop = Event {
        at: utc("2026-06-20 15:00"),
        loan: LOAN,
        happening: Happening::Message { channel: Channel::Sms, address: PHONE, opts_out: true },
    };
    let mut events: Vec<_> =
        (4..11).map(|day| act(&format!("2026-05-{day:02} 15:00"), plain, ActionKind::Call)).collect();
    events.extend([
        act("2026-05-10 16:00", plain, ActionKind::Call),
        talk,
        act("2026-05-25 20:00", plain, ActionKind::Call),
        act("2026-05-26 15:00", plain, ActionKind::Call),
        act("2026-06-02 15:00", plain, ActionKind::Email),
        act("2026-06-03 03:00", plain, ActionKind::Letter),
        act("2026-06-04 15:00", |action| action.carries_opt_out = false, ActionKind::Sms),
        stop,
        act("2026-06-20 15:00", plain, ActionKind::Sms),
        act("2026-07-05 15:00", plain, ActionKind::Letter),
        act("2026-07-12 15:00", plain, ActionKind::Visit),
        act("2026-07-13 15:00", |action| action.recipient = Some(Recipient::Attorney), ActionKind::Letter),
        act("2026-07-22 15:00", plain, ActionKind::Letter),
        act("2026-07-23 15:00", |action| action.purpose = Purpose::PermittedNotice, ActionKind::Letter),
        act("2026-08-10 15:00", plain, ActionKind::Letter),
        act("2026-08-12 15:00", |action| action.approval = None, ActionKind::LegalNotice),
        act("2026-08-13 15:00", plain, ActionKind::LegalNotice),
        act("2026-09-02 15:00", plain, ActionKind::LegalNotice),
        Event { loan: OTHER_LOAN, ..act("2026-09-03 15:00", plain, ActionKind::Letter) },
    ]);
    let expected: Vec<(usize, Vec<&str>)> = vec![
        (7, vec!["us.calls-7-in-7"]),
        (9, vec!["us.conversation-7-days"]),
        (11, vec!["us.consent"]),
        (12, vec!["us.hours-8-to-21"]),
        (13, vec!["us.no-opt-out"]),
        (15, vec!["all.opt-out"]),
        (16, vec!["all.hold", "us.hold"]),
        (17, vec!["us.attorney"]),
        (19, vec!["us.cease"]),
        (21, vec!["all.promise-open"]),
        (22, vec!["all.approval"]),
        (24, vec!["us.limitation-passed"]),
        (25, vec!["unknown.loan"]),
    ];
    assert_eq!(breaches_of(&person, loan, &events), expected);
}

#[test]
fn what_was_held_back_is_no_breach_and_counts_for_nothing() {
    let person = Person { zones: NEW_YORK, ..Person::default() };
    let mut events: Vec<_> = (0..12)
        .map(|minute| executed(ActionKind::Call, utc("2026-05-04 15:00") + TimeDelta::minutes(minute)))
        .collect();
    assert_eq!(breaches_of(&person, loan(), &events).len(), 5);
    for event in &mut events[7..] {
        event.happening = Happening::Attempt { action: action(ActionKind::Call), executed: false };
    }
    assert_eq!(breaches_of(&person, loan(), &events), []);
}

#[test]
fn events_out_of_order_are_no_history() {
    let at = |day| executed(ActionKind::Letter, utc(&format!("2026-05-{day:02} 15:00")));
    assert!(History::new(&[at(1), at(1), at(2)]).is_ok());
    assert_eq!(History::new(&[at(1), at(3), at(2)]).err(), Some(OutOfOrder { index: 2 }));
    assert!(History::new(&[]).is_ok());
}
