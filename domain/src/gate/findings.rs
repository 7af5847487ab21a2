//! What the rules find at one moment.

use super::{Reason, Rule};
use chrono::{DateTime, Utc};

pub(super) struct Findings {
    /// The moment that is looked at.
    pub at: DateTime<Utc>,
    pub reasons: Vec<Reason>,
    /// Before this moment no rule that was found passes; nothing where one never will.
    pub next: Option<DateTime<Utc>>,
}

impl Findings {
    pub fn new(at: DateTime<Utc>) -> Self {
        Self { at, reasons: Vec::new(), next: Some(at) }
    }

    pub fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// A rule forbids the action until a moment, or for good.
    pub fn forbid(&mut self, rule: Rule, until: Option<DateTime<Utc>>) {
        self.add(Reason { rule, until, count: None });
    }

    pub fn add(&mut self, reason: Reason) {
        self.next = self.next.zip(reason.until).map(|(one, other)| one.max(other));
        let same = self.reasons.iter_mut().find(|known| known.rule == reason.rule);
        match same {
            // Of two holds of one kind, the one that lasts longer is told.
            Some(known) => known.until = known.until.zip(reason.until).map(|(one, other)| one.max(other)),
            None => self.reasons.push(reason),
        }
    }
}
