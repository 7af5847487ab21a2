//! What is on file of a borrower, as the contact gate is asked with it.

use super::{ConsentWord, ContactHistory, LoanFacts, NoticeAsk, PaymentFact, SentMessage};
use crate::contact::{ActionKind, Channel, Consent, OptOut, Purpose, Recipient};
use crate::gate::{
    Action, Answer, Ask, Event, Happening, History, Loan, NextDue, Pack, Paid, Person, Reason, Rule, Verdict, gate,
};
use crate::hold::{Hold, HoldRecord};
use crate::id::LoanId;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;

/// Days after a due date within which a payment may still come in.
pub const GRACE_DAYS: u16 = 3;

pub(super) struct Facts<'a> {
    loans: &'a [LoanFacts],
    zones: &'a [Tz],
    holds: Vec<Hold<'a>>,
    opt_outs: Vec<OptOut<'a>>,
    consents: Vec<Consent<'a>>,
    /// The earliest first.
    events: Vec<Event<'a>>,
    /// The message of each event that is one.
    messages: Vec<Option<&'a SentMessage>>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(history: &'a ContactHistory, zones: &'a [Tz]) -> Self {
        let refused = history.words.iter().filter(|word| word.has_consent == Some(false)).flat_map(refusals);
        let wishes = history.opt_outs.iter();
        let wishes =
            wishes.map(|(channel, address, from)| OptOut { channel: *channel, address: Some(address), from: *from });
        let paid = history.payments.iter().map(|payment| (None, paid(payment, &history.loans)));
        let reached = history.messages.iter().map(|message| (Some(message), attempt(message)));
        let mut events: Vec<(Option<&SentMessage>, Event<'_>)> = paid.chain(reached).collect();
        // What is known at a moment counts for a message of the same one; payments that became known at once stay in the
        // order of their days.
        events.sort_by_key(|(message, event)| (event.at, message.is_some()));
        let (messages, events) = events.into_iter().unzip();
        Self {
            loans: &history.loans,
            zones,
            holds: history.holds.iter().map(HoldRecord::as_asked).collect(),
            opt_outs: refused.chain(wishes).collect(),
            consents: history.words.iter().flat_map(given).collect(),
            events,
            messages,
        }
    }

    pub(super) fn person(&self) -> Person<'_> {
        Person {
            zones: self.zones,
            holds: &self.holds,
            opt_outs: &self.opt_outs,
            consents: &self.consents,
            ..Person::default()
        }
    }

    pub(super) fn history(&self) -> History<'_> {
        // They were put in order above.
        History::new(&self.events).unwrap_or_default()
    }

    /// The message that is the event at a place, if it is one.
    pub(super) fn message(&self, index: usize) -> Option<&'a SentMessage> {
        self.messages.get(index).copied().flatten()
    }

    /// What is known of a loan. Validation information counts from the message that carried it.
    pub(super) fn loan<'b>(&self, loan: &'b LoanFacts) -> Loan<'b> {
        let carried = self.messages.iter().flatten().filter(|sent| sent.loan == loan.id && sent.carries_validation);
        Loan {
            id: loan.id,
            paid: loan.recovered_since.map_or(Paid::No, Paid::Since),
            limitation_on: None,
            promises: &loan.promises,
            pending_payment: None,
            validation_sent_at: carried.map(|sent| sent.at).min(),
        }
    }

    /// What the gate says about a message, which is left out of what happened.
    pub(super) fn ask(&self, message: &SentMessage, pack: &Pack) -> Answer {
        let is_other = |other: Option<&SentMessage>| other.is_none_or(|other| other.id != message.id);
        let others = self.events.iter().zip(&self.messages).filter(|(_, other)| is_other(**other));
        let events: Vec<Event<'_>> = others.map(|(event, _)| *event).collect();
        let history = History::new(&events).unwrap_or_default();
        let Some(loan) = self.loans.iter().find(|loan| loan.id == message.loan) else {
            return unknown_loan();
        };
        let (action, person, loan) = (action(message), self.person(), self.loan(loan));
        gate(&Ask { action: &action, person: &person, loan: &loan, history, now: message.at }, pack)
    }

    /// What the gate says about a legal notice at a moment.
    pub(super) fn ask_notice(&self, id: LoanId, notice: &NoticeAsk<'_>, pack: &Pack, now: DateTime<Utc>) -> Answer {
        let Some(loan) = self.loans.iter().find(|loan| loan.id == id) else { return unknown_loan() };
        let action = Action {
            kind: ActionKind::LegalNotice,
            channel: notice.channel,
            address: notice.address,
            recipient: Some(Recipient::Borrower),
            purpose: Purpose::Outreach,
            carries_opt_out: false,
            carries_validation: false,
            approval: Some(&notice.approval),
        };
        let (person, loan) = (self.person(), Loan { limitation_on: notice.limitation_on, ..self.loan(loan) });
        gate(&Ask { action: &action, person: &person, loan: &loan, history: self.history(), now }, pack)
    }
}

fn unknown_loan() -> Answer {
    let reason = Reason { rule: Rule::UnknownLoan, until: None, count: None };
    Answer { verdict: Verdict::Block, reasons: vec![reason] }
}

/// The channels that lead to an address. A word on a number is meant for calls and SMS, which is what the column of a file
/// that holds it is called.
fn channels(word: &ConsentWord) -> impl Iterator<Item = Channel> {
    let of = word.channel;
    Channel::ALL.into_iter().filter(move |channel| channel.contacts() == of)
}

/// The consents that a word gives, if it gives any.
fn given(word: &ConsentWord) -> impl Iterator<Item = Consent<'_>> {
    let channels = channels(word).filter(|_| word.has_consent == Some(true));
    channels.map(|channel| Consent { channel, address: Some(&word.address), from: word.from, until: word.until })
}

/// The opt-outs that a no means, on every channel that has such an address.
fn refusals(word: &ConsentWord) -> impl Iterator<Item = OptOut<'_>> {
    // A no without an address is meant for all of them.
    let address = Some(word.address.as_str()).filter(|address| !address.is_empty());
    channels(word).map(move |channel| OptOut { channel, address, from: word.from })
}

fn attempt(message: &SentMessage) -> Event<'_> {
    let happening = Happening::Attempt { action: action(message), executed: true };
    Event { at: message.at, loan: message.loan, happening }
}

fn action(message: &SentMessage) -> Action<'_> {
    Action {
        kind: message.channel.message_kind(),
        channel: message.channel,
        address: &message.recipient,
        recipient: Some(Recipient::Borrower),
        purpose: Purpose::Outreach,
        carries_opt_out: message.carries_opt_out,
        carries_validation: message.carries_validation,
        approval: None,
    }
}

fn paid<'a>(payment: &PaymentFact, loans: &[LoanFacts]) -> Event<'a> {
    let originated_on = loans.iter().find(|loan| loan.id == payment.loan).and_then(|loan| loan.originated_on);
    let happening = if payment.is_reversal {
        Happening::Reversal
    } else {
        let next_due = NextDue::On(next_due(originated_on, payment.paid_on));
        Happening::Payment { next_due, grace_days: GRACE_DAYS }
    };
    Event { at: payment.from, loan: payment.loan, happening }
}

/// The first due date after a payment: on the day of the month of the lending; a month later where that is not known.
pub fn next_due(originated_on: Option<NaiveDate>, paid_on: NaiveDate) -> NaiveDate {
    let a_month_later = paid_on.checked_add_days(Days::new(30)).unwrap_or(paid_on);
    let Some(lent_on) = originated_on.filter(|lent_on| *lent_on <= paid_on) else { return a_month_later };
    let months = (paid_on.year() - lent_on.year()) * 12 + paid_on.month() as i32 - lent_on.month() as i32;
    let due = |months: i32| lent_on.checked_add_months(Months::new(months.max(0) as u32));
    [months, months + 1].into_iter().filter_map(due).find(|due| *due > paid_on).unwrap_or(a_month_later)
}
