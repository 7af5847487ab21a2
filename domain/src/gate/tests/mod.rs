//! Tests of the gate: a scene in which everything is allowed, and what each change of it does.

mod calls;
mod gaps;
mod loans;
mod order;
mod people;
mod replayed;
mod times;

use super::*;
use crate::contact::{ActionKind, Channel, Consent, OptOut, Purpose, Recipient};
use crate::hold::{Hold, HoldKind, HoldScope};
use crate::id::{LoanId, UserId};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

const LOAN: LoanId = LoanId(1);
const OTHER_LOAN: LoanId = LoanId(2);
const PHONE: &str = "+1 212 555 0100";
const EMAIL: &str = "ann@home.example";
const HOME: &str = "12 High Street";
const NEW_YORK: &[Tz] = &[Tz::America__New_York];

const APPROVAL: Approval<'static> = Approval {
    drafted_by: Drafter::Engine,
    approved_by: Some((UserId(7), DateTime::UNIX_EPOCH)),
    rationale: "Two plans were broken and the income is known.",
};

/// A moment in UTC, as "2026-11-18 15:00".
fn utc(text: &str) -> DateTime<Utc> {
    let moment = chrono::NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S");
    moment.expect("is a moment").and_utc()
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("is a date")
}

fn hold(kind: HoldKind, from: &str, until: Option<&str>) -> Hold<'static> {
    Hold { kind, scope: HoldScope::Person, from: utc(from), until: until.map(utc) }
}

/// A question to the gate that owns what it asks with.
#[derive(Clone, Debug)]
struct Scene {
    pack: &'static str,
    action: Action<'static>,
    person: Person<'static>,
    zones: Vec<Tz>,
    busy_times: Vec<BusyTime>,
    holds: Vec<Hold<'static>>,
    opt_outs: Vec<OptOut<'static>>,
    consents: Vec<Consent<'static>>,
    loan: Loan<'static>,
    promises: Vec<Promise>,
    events: Vec<Event<'static>>,
    now: DateTime<Utc>,
}

fn action(kind: ActionKind) -> Action<'static> {
    let (channel, address) = match kind {
        ActionKind::Call => (Channel::Phone, PHONE),
        ActionKind::Sms => (Channel::Sms, PHONE),
        ActionKind::Email => (Channel::Email, EMAIL),
        ActionKind::Letter | ActionKind::LegalNotice => (Channel::Post, HOME),
        ActionKind::Visit => (Channel::InPerson, HOME),
    };
    Action {
        kind,
        channel,
        address,
        recipient: Some(Recipient::Borrower),
        purpose: Purpose::Outreach,
        carries_opt_out: true,
        carries_validation: false,
        approval: (kind == ActionKind::LegalNotice).then_some(&APPROVAL),
    }
}

fn executed(kind: ActionKind, at: DateTime<Utc>) -> Event<'static> {
    Event { at, loan: LOAN, happening: Happening::Attempt { action: action(kind), executed: true } }
}

fn consent(channel: Channel) -> Consent<'static> {
    Consent { channel, address: None, from: utc("2026-01-01 00:00"), until: None }
}

impl Scene {
    /// Wednesday, 10:00 in New York: allowed by every pack.
    fn new(pack: &'static str, kind: ActionKind) -> Self {
        Self {
            pack,
            action: action(kind),
            person: Person::default(),
            zones: NEW_YORK.to_vec(),
            busy_times: Vec::new(),
            holds: Vec::new(),
            opt_outs: Vec::new(),
            consents: vec![consent(Channel::Sms), consent(Channel::Email)],
            loan: Loan {
                id: LOAN,
                paid: Paid::No,
                limitation_on: Some(date("2030-01-31")),
                promises: &[],
                pending_payment: None,
                validation_sent_at: Some(utc("2026-01-02 12:00")),
            },
            promises: Vec::new(),
            events: Vec::new(),
            now: utc("2026-11-18 15:00"),
        }
    }

    fn us(kind: ActionKind) -> Self {
        Self::new("us-reg-f", kind)
    }

    /// The scene with a change.
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn at(&self, now: DateTime<Utc>) -> Answer {
        let person = Person {
            zones: &self.zones,
            busy_times: &self.busy_times,
            holds: &self.holds,
            opt_outs: &self.opt_outs,
            consents: &self.consents,
            ..self.person
        };
        let loan = Loan { promises: &self.promises, ..self.loan };
        let history = History::new(&self.events).expect("events are in order");
        let pack = Pack::find(self.pack).expect("is a pack");
        gate(&Ask { action: &self.action, person: &person, loan: &loan, history, now }, pack)
    }

    fn answer(&self) -> Answer {
        self.at(self.now)
    }
}

/// The verdict as text, "allow", "block" or the moment of a deferral, and the ids of the rules.
fn told(answer: &Answer) -> (String, Vec<&'static str>) {
    let verdict = match answer.verdict {
        Verdict::Allow => "allow".to_owned(),
        Verdict::Block => "block".to_owned(),
        Verdict::Defer { until } => until.format("%Y-%m-%d %H:%M").to_string(),
    };
    (verdict, answer.rule_ids().collect())
}

#[track_caller]
fn check(scene: Scene, verdict: &str, rules: &[&str]) {
    assert_eq!(told(&scene.answer()), (verdict.to_owned(), rules.to_vec()), "{scene:#?}");
}

#[test]
fn where_nothing_speaks_against_it_every_pack_allows_every_kind() {
    for pack in &PACKS {
        for kind in ActionKind::ALL {
            check(Scene::new(pack.id, kind), "allow", &[]);
        }
    }
}

#[test]
fn packs_are_found_by_their_ids_which_are_all_different() {
    for pack in &PACKS {
        assert!(std::ptr::eq(Pack::find(pack.id).expect("is found"), pack), "{}", pack.id);
        assert!(pack.version >= 1);
    }
    assert!(Pack::find("eu").is_none());
    let ids = Rule::ALL.map(Rule::code);
    assert_eq!(std::collections::BTreeSet::from(ids).len(), ids.len());
}

#[test]
fn the_manual_names_every_rule_and_pack() {
    let manual = include_str!("../../../../docs/contact-rules.md");
    for id in Rule::ALL.map(Rule::code).into_iter().chain(PACKS.iter().map(|pack| pack.id)) {
        assert!(manual.contains(&format!("`{id}`")), "{id}");
    }
}
