//! How a borrower was reached and what they said about it, dated, and the questions that it makes for the contact gate: about
//! a message that is to go out, and about all that went out.

mod facts;
mod standing;
#[cfg(test)]
mod tests;

use crate::borrower::ContactChannel;
use crate::contact::Channel;
use crate::contact_rules::ContactRules;
use crate::gate::{Answer, Approval, Breach, Loan, Promise, replay};
use crate::hold::HoldRecord;
use crate::id::LoanId;
use chrono::{DateTime, NaiveDate, Utc};
use facts::Facts;

pub use facts::{GRACE_DAYS, next_due};
pub use standing::AddressStanding;

/// What is known of a borrower.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactHistory {
    pub loans: Vec<LoanFacts>,
    /// What was told of consents, for each address the earliest first.
    pub words: Vec<ConsentWord>,
    /// Channel, address and moment of wishes for no more messages.
    pub opt_outs: Vec<(Channel, String, DateTime<Utc>)>,
    pub holds: Vec<HoldRecord>,
    /// Those that were sent, may have been, or are being.
    pub messages: Vec<SentMessage>,
    pub payments: Vec<PaymentFact>,
}

/// What the gate is asked with about a loan.
#[derive(Clone, Debug, PartialEq)]
pub struct LoanFacts {
    pub id: LoanId,
    pub loan_ref: String,
    pub originated_on: Option<NaiveDate>,
    /// Since when it is known to be recovered in full; nothing where it is not.
    pub recovered_since: Option<DateTime<Utc>>,
    /// Those that are open now.
    pub promises: Vec<Promise>,
}

/// A word on consent to be reached at an address; nothing where it is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsentWord {
    pub channel: ContactChannel,
    pub address: String,
    pub has_consent: Option<bool>,
    pub from: DateTime<Utc>,
    /// When another word came.
    pub until: Option<DateTime<Utc>>,
}

/// A message that was sent, may have been, or is being.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMessage {
    pub id: i64,
    /// When sending began, which is when the gate was asked.
    pub at: DateTime<Utc>,
    pub loan: LoanId,
    pub channel: Channel,
    pub recipient: String,
    /// Whether its own link to opt out stands in it.
    pub carries_opt_out: bool,
    /// Whether it tells what a borrower must be told of a debt.
    pub carries_validation: bool,
}

/// A payment, or one that was taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentFact {
    pub loan: LoanId,
    pub paid_on: NaiveDate,
    /// Since when it is known.
    pub from: DateTime<Utc>,
    pub is_reversal: bool,
}

/// A legal notice that is to be served.
#[derive(Clone, Copy, Debug)]
pub struct NoticeAsk<'a> {
    pub channel: Channel,
    pub address: &'a str,
    pub approval: Approval<'a>,
    /// The last day on which a court can be asked for the debt, where it is known.
    pub limitation_on: Option<NaiveDate>,
}

impl ContactHistory {
    /// What the gate says about a message of this history that is being sent, at the moment when sending began; nothing where
    /// there is no such message. Other messages count, this one does not.
    pub fn ask(&self, message: i64, rules: &ContactRules) -> Option<(&SentMessage, Answer)> {
        let place = self.messages.iter().position(|sent| sent.id == message)?;
        let sent = &self.messages[place];
        Some((sent, Facts::of(self, &rules.borrower_zones).ask(sent, rules.pack)))
    }

    /// What the gate says about a message that is about to be sent, and is not part of this history yet.
    pub fn ask_about(&self, message: &SentMessage, rules: &ContactRules) -> Answer {
        Facts::of(self, &rules.borrower_zones).ask(message, rules.pack)
    }

    /// What the gate says about a legal notice for a loan at a moment.
    pub fn ask_notice(&self, loan: LoanId, notice: &NoticeAsk<'_>, rules: &ContactRules, now: DateTime<Utc>) -> Answer {
        Facts::of(self, &rules.borrower_zones).ask_notice(loan, notice, rules.pack, now)
    }

    /// The messages that the gate would not have let out, each judged at the moment when sending began by what was known then.
    pub fn replay<'a>(&'a self, rules: &'a ContactRules) -> Vec<(&'a SentMessage, Breach)> {
        let facts = Facts::of(self, &rules.borrower_zones);
        let loans: Vec<Loan<'_>> = self.loans.iter().map(|loan| facts.loan(loan)).collect();
        let breaches = replay(&facts.person(), &loans, facts.history(), rules.pack);
        breaches.into_iter().filter_map(|breach| Some((facts.message(breach.index)?, breach))).collect()
    }
}
