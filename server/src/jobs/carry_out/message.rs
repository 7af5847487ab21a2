//! To which address of a borrower a message goes, as the contact gate answers.

use super::{With, facts};
use chrono::NaiveDate;
use domain::contact::{Channel, Consent, OptOut, Purpose, Recipient};
use domain::contact_history::{GRACE_DAYS, next_due};
use domain::gate::{Action, Answer, Ask, Event, Happening, History, Loan, NextDue, Paid, Person, Verdict, gate};
use domain::hold::{Hold, HoldRecord};
use domain::template::{VALIDATION_NOTICE, Values};
use store::cases::{Contact, Done, DueCase, GateCheck};

/// What a message says.
pub(super) struct Words {
    subject: String,
    body: String,
    /// Whether it tells what a borrower must be told of a debt.
    carries_validation: bool,
}

impl Words {
    /// Words by a template. Where the pack wants it and the borrower was not told of the debt yet, an e-mail or a letter ends with
    /// that: so it comes with the first contact. An SMS is too short for it.
    pub(super) fn new(
        case: &DueCase,
        channel: Channel,
        template: &str,
        (subject, body): (String, String),
        with: &With<'_>,
    ) -> Self {
        let is_notice = template == VALIDATION_NOTICE;
        let is_wanted = with.rules.pack.validation_days.is_some() && case.validation_sent_at.is_none();
        let notice = (is_wanted && !is_notice && channel != Channel::Sms).then(|| validation(case, with)).flatten();
        let carries_validation = is_notice || notice.is_some();
        let body = match notice {
            Some(notice) => format!("{}\n\n{notice}", body.trim_end()),
            None => body,
        };
        Self { subject, body, carries_validation }
    }
}

/// What the borrower must be told; nothing where a value is missing.
fn validation(case: &DueCase, with: &With<'_>) -> Option<String> {
    let (_, words) = with.texts.find(VALIDATION_NOTICE)?;
    words.fill(&Values::of(facts(case, with, None))).ok().map(|(_, body)| body)
}

/// Queues a message to the first address of a channel that may be used.
pub(super) fn send(
    case: &DueCase,
    channel: Channel,
    words: Words,
    with: &With<'_>,
    checks: &mut Vec<GateCheck>,
) -> Done {
    let Words { subject, body, carries_validation } = words;
    let mut refused = None;
    for contact in contacts(case, channel).filter(|contact| !contact.value.is_empty()) {
        let answer = ask(case, channel, (&contact.value, carries_validation), with);
        let (kind, pack) = (channel.message_kind(), with.rules.pack);
        checks.push(GateCheck::new(kind, channel, &contact.value, pack, answer.clone()));
        let why: Vec<String> = answer.reasons.iter().map(|reason| reason.sentence(with.rules.zone)).collect();
        match answer.verdict {
            Verdict::Allow => {
                let (recipient, opt_out_token) = (contact.value.clone(), with.token.clone());
                return Done::Queued { channel, recipient, subject, body, opt_out_token, carries_validation };
            }
            Verdict::Defer { until } => refused = Some(Done::Deferred { until }),
            Verdict::Block => {
                refused = refused.or(Some(Done::Blocked { reason: why.join(" ") }));
            }
        }
    }
    refused.unwrap_or_else(|| Done::Skipped { reason: unknown(channel).to_owned() })
}

fn unknown(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "No e-mail address is known.",
        Channel::Phone | Channel::Sms => "No telephone number is known.",
        Channel::Post | Channel::InPerson => "No postal address is known.",
    }
}

/// What is on file of the addresses of a channel.
fn contacts(case: &DueCase, channel: Channel) -> impl Iterator<Item = &Contact> {
    case.contacts.iter().filter(move |contact| contact.channel == channel.contacts())
}

fn ask(case: &DueCase, channel: Channel, (address, carries_validation): (&str, bool), with: &With<'_>) -> Answer {
    let start_of = |day: NaiveDate| day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc();
    let said = |wanted: bool| contacts(case, channel).filter(move |contact| contact.has_consent == Some(wanted));
    let consents: Vec<Consent<'_>> = said(true)
        .map(|contact| Consent { channel, address: Some(&contact.value), from: start_of(contact.as_of), until: None })
        .collect();
    let refusals = said(false).map(|contact| OptOut {
        channel,
        // A no without an address is meant for all of them.
        address: Some(contact.value.as_str()).filter(|address| !address.is_empty()),
        from: start_of(contact.as_of),
    });
    let wishes = case.opt_outs.iter();
    let wishes =
        wishes.map(|(channel, address, from)| OptOut { channel: *channel, address: Some(address), from: *from });
    let opt_outs: Vec<OptOut<'_>> = refusals.chain(wishes).collect();
    let action = Action { carries_validation, ..message_to(channel, address) };
    let mut events: Vec<Event<'_>> = case
        .sent
        .iter()
        .map(|(at, loan, channel, address)| Event {
            at: *at,
            loan: *loan,
            happening: Happening::Attempt { action: message_to(*channel, address), executed: true },
        })
        .collect();
    if let Some(paid_on) = case.paid_on {
        let happening =
            Happening::Payment { next_due: NextDue::On(next_due(case.originated_on, paid_on)), grace_days: GRACE_DAYS };
        events.push(Event { at: start_of(paid_on), loan: case.loan, happening });
    }
    events.sort_by_key(|event| event.at);
    let history = History::new(&events).unwrap_or_default();
    let holds: Vec<Hold<'_>> = case.holds.iter().map(HoldRecord::as_asked).collect();
    let person = Person {
        zones: &with.rules.borrower_zones,
        holds: &holds,
        opt_outs: &opt_outs,
        consents: &consents,
        ..Person::default()
    };
    let loan = Loan {
        id: case.loan,
        paid: if case.is_recovered { Paid::Unknown } else { Paid::No },
        limitation_on: None,
        promises: &case.promises,
        pending_payment: None,
        validation_sent_at: case.validation_sent_at,
    };
    gate(&Ask { action: &action, person: &person, loan: &loan, history, now: with.now }, with.rules.pack)
}

fn message_to(channel: Channel, address: &str) -> Action<'_> {
    Action {
        kind: channel.message_kind(),
        channel,
        address,
        recipient: Some(Recipient::Borrower),
        purpose: Purpose::Outreach,
        // Templates of electronic messages are refused without it.
        carries_opt_out: channel.is_electronic(),
        carries_validation: false,
        approval: None,
    }
}
