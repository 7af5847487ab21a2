//! What a pack of rules is made of.

use super::Rule;
use crate::contact::{ActionKind, Channel, Purpose, Recipient};
use crate::hold::{Hold, HoldKind};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// The rules of a country, or of none, with their numbers. A change makes a new version.
#[derive(Debug)]
pub struct Pack {
    /// The word that stands with a portfolio and with each answer.
    pub id: &'static str,
    /// What people read.
    pub name: &'static str,
    /// What it means for who is reached, in a sentence or two.
    pub about: &'static str,
    pub version: u32,
    /// Since when what the version says has been the law, as far as the pack tells it.
    pub effective_from: NaiveDate,
    pub hours: Option<Hours>,
    /// The rule by which stated inconvenient times are honoured.
    pub stated_times: Option<Rule>,
    /// The rule by which stated inconvenient places are honoured.
    pub stated_places: Option<Rule>,
    /// The rule by which recorded quiet days are honoured.
    pub quiet_days: Option<Rule>,
    pub calls: Option<CallLimits>,
    /// Days from the first communication within which validation information must have been sent.
    pub validation_days: Option<u16>,
    /// Whether legal notices need a limitation date that lies ahead.
    pub limitation: bool,
    /// Whether electronic messages must tell how to opt out.
    pub opt_out_in_messages: bool,
    /// The channels that need a consent.
    pub consent_channels: &'static [Channel],
    /// Who alone may be reached, where the pack says so.
    pub recipients: Option<&'static [Recipient]>,
    /// What the pack says of holds; kinds that it does not name block everything.
    pub holds: &'static [HoldRule],
}

/// Hours of the local clock within which a person may be reached.
#[derive(Clone, Copy, Debug)]
pub struct Hours {
    pub rule: Rule,
    /// Minutes after midnight.
    pub from_minute: u16,
    /// Minutes after midnight, exclusive.
    pub to_minute: u16,
}

/// How often a person may be called about a debt.
#[derive(Clone, Copy, Debug)]
pub struct CallLimits {
    /// Calls within `days` consecutive days.
    pub most: u16,
    pub days: u16,
    /// Days without a call from a conversation on, of which its own day is the first.
    pub days_from_conversation: u16,
}

/// What a hold does.
#[derive(Clone, Copy, Debug)]
pub struct HoldRule {
    pub kind: HoldKind,
    /// The rules by which it blocks.
    pub rules: &'static [Rule],
    /// What may go out all the same.
    pub permits: &'static [Purpose],
    /// The kinds of action that may not, whatever their purpose.
    pub bars: &'static [ActionKind],
    /// Whether the person's attorney may be reached.
    pub permits_attorney: bool,
    /// How many days it lasts where no end is recorded.
    pub open_days: Option<u16>,
    /// How many days it goes on behind its recorded end.
    pub days_after: u16,
    /// How many days it may be made to last.
    pub longest_days: Option<u16>,
}

impl HoldRule {
    /// The first moment at which the hold no longer holds; nothing where no end is known.
    pub fn end_of(&self, hold: &Hold<'_>) -> Option<DateTime<Utc>> {
        match hold.until {
            Some(until) => until.checked_add_signed(days(self.days_after)),
            None => hold.from.checked_add_signed(days(self.open_days?)),
        }
    }

    /// The latest end that a person may record for a hold from this moment on, where the law sets one. The gate
    /// honours a later one all the same: it is the stricter.
    pub fn latest_end(&self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        from.checked_add_signed(days(self.longest_days?))
    }
}

fn days(count: u16) -> TimeDelta {
    TimeDelta::days(i64::from(count))
}

impl Pack {
    /// The newest version of the pack with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        super::PACKS.iter().filter(|pack| pack.id == id).max_by_key(|pack| pack.version)
    }

    /// What a hold of this kind does.
    pub fn hold_rule(&self, kind: HoldKind) -> HoldRule {
        let own = self.holds.iter().find(|rule| rule.kind == kind);
        own.copied().unwrap_or(HoldRule { kind, ..super::packs::PLAIN_HOLD })
    }
}
