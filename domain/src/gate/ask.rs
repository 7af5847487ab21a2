//! What the gate is asked with. Everything is dated, so that a moment of the past can be judged by what held then.

use super::History;
use crate::contact::{ActionKind, Channel, Consent, OptOut, Purpose, Recipient};
use crate::hold::Hold;
use crate::id::{LoanId, UserId};
use crate::loan::words;
use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A question to the gate.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub action: &'a Action<'a>,
    pub person: &'a Person<'a>,
    pub loan: &'a Loan<'a>,
    /// What happened with the person so far, on all loans; later events than `now` are not looked at.
    pub history: History<'a>,
    pub now: DateTime<Utc>,
}

/// What is to be done, or was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action<'a> {
    pub kind: ActionKind,
    pub channel: Channel,
    /// The number or address that is used.
    pub address: &'a str,
    /// Nothing where it is not known.
    pub recipient: Option<Recipient>,
    pub purpose: Purpose,
    /// Whether the message tells how to opt out.
    pub carries_opt_out: bool,
    /// Whether the message carries the validation information.
    pub carries_validation: bool,
    /// Of legal notices alone.
    pub approval: Option<&'a Approval<'a>>,
}

/// Who wrote a legal notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drafter {
    /// A template that a decision filled in.
    Engine,
    Person(UserId),
    Unknown,
}

/// How a legal notice was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approval<'a> {
    pub drafted_by: Drafter,
    /// Who approved it, and when.
    pub approved_by: Option<(UserId, DateTime<Utc>)>,
    pub rationale: &'a str,
}

/// What is known of the person.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person<'a> {
    /// All zones in which the person may be; none where that is not known.
    pub zones: &'a [Tz],
    pub busy_times: &'a [BusyTime],
    /// Addresses and numbers that the person called inconvenient, as those of a workplace.
    pub inconvenient_places: &'a [&'a str],
    pub quiet_days: &'a [QuietDay],
    pub holds: &'a [Hold<'a>],
    pub opt_outs: &'a [OptOut<'a>],
    pub consents: &'a [Consent<'a>],
}

/// A time of the week at which the person does not want to be reached, by the clock where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusyTime {
    /// The day on which it begins; nothing where it is every day.
    pub weekday: Option<Weekday>,
    /// Minutes after midnight, 0..1440.
    pub from_minute: u16,
    /// Minutes after midnight, 0..=1440, exclusive. Not after `from_minute` means the next day.
    pub to_minute: u16,
}

words!(
    /// Why a day is quiet.
    QuietDayKind {
        Bereavement = "bereavement", "Bereavement";
        Calamity = "calamity", "Calamity";
        Festival = "festival", "Festival";
    }
);

/// A day on which the person is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietDay {
    pub kind: QuietDayKind,
    pub day: NaiveDate,
}

/// Whether a loan is paid in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    No,
    Since(DateTime<Utc>),
    Unknown,
}

/// What is known of the loan.
#[derive(Clone, Copy, Debug)]
pub struct Loan<'a> {
    pub id: LoanId,
    pub paid: Paid,
    /// The last day on which the debt can be sued for; nothing where it is not known.
    pub limitation_on: Option<NaiveDate>,
    pub promises: &'a [Promise],
    pub pending_payment: Option<PendingPayment>,
    /// When validation information was sent; nothing where it was not.
    pub validation_sent_at: Option<DateTime<Utc>>,
}

/// A promise to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    pub made_at: DateTime<Utc>,
    pub due_on: NaiveDate,
    pub grace_days: u16,
    /// When it was kept, broken by what came to light, or cancelled.
    pub settled_at: Option<DateTime<Utc>>,
}

/// A payment that was announced or begun and has not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingPayment {
    pub from: DateTime<Utc>,
    /// When it arrived or failed.
    pub until: Option<DateTime<Utc>>,
}
