//! What happened with a person.

use super::Action;
use crate::contact::Channel;
use crate::id::LoanId;
use chrono::{DateTime, NaiveDate, Utc};

/// Something that happened about a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    pub at: DateTime<Utc>,
    pub loan: LoanId,
    pub happening: Happening<'a>,
}

/// What happened. A call that is answered is an attempt and a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening<'a> {
    /// Something was done to reach the person, or would have been and was held back.
    Attempt {
        action: Action<'a>,
        executed: bool,
    },
    /// A telephone conversation, whoever called.
    Conversation {
        inbound: bool,
    },
    /// A message from the person; `crate::contact::opt_out_word` tells whether it opts out.
    Message {
        channel: Channel,
        address: &'a str,
        opts_out: bool,
    },
    Payment {
        next_due: NextDue,
        grace_days: u16,
    },
    /// The latest payment was taken back.
    Reversal,
}

/// When the first amount after a payment is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextDue {
    On(NaiveDate),
    /// The whole debt is due already.
    AllDue,
    Unknown,
}

/// The events of a person on all loans, earliest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct History<'a> {
    events: &'a [Event<'a>],
}

/// An event stands behind a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {index} is earlier than the one before it")]
pub struct OutOfOrder {
    pub index: usize,
}

impl<'a> History<'a> {
    /// Takes events that stand in the order of their times.
    pub fn new(events: &'a [Event<'a>]) -> Result<Self, OutOfOrder> {
        match events.windows(2).position(|pair| pair[1].at < pair[0].at) {
            Some(index) => Err(OutOfOrder { index: index + 1 }),
            None => Ok(Self { events }),
        }
    }

    pub fn events(self) -> &'a [Event<'a>] {
        self.events
    }

    /// The events before the one at `index`.
    pub(super) fn before(self, index: usize) -> Self {
        Self { events: &self.events[..index] }
    }

    /// The events up to and at a moment.
    pub(super) fn until(self, at: DateTime<Utc>) -> &'a [Event<'a>] {
        match self.events.last() {
            Some(last) if last.at > at => &self.events[..self.events.partition_point(|event| event.at <= at)],
            _ => self.events,
        }
    }
}
