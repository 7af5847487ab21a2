//! The contact gate: may this person be reached about this loan, in this way, at this moment?
//!
//! It knows only what it is asked with: what a person said, what was recorded, what happened, and the pack of rules
//! that the portfolio chose. What a rule needs and nobody knows blocks.

mod answer;
mod ask;
mod clock;
mod findings;
mod gaps;
mod history;
mod pack;
mod packs;
mod replay;
mod rule;
mod rules;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Reason, Verdict};
pub use ask::{
    Action, Approval, Ask, BusyTime, Drafter, Loan, Paid, PendingPayment, Person, Promise, QuietDay, QuietDayKind,
};
pub use gaps::Gap;
pub use history::{Event, Happening, History, NextDue, OutOfOrder};
pub use pack::{CallLimits, HoldRule, Hours, Pack};
pub use packs::PACKS;
pub use replay::{Breach, replay};
pub use rule::Rule;

use chrono::{DateTime, TimeDelta, Utc};
use findings::Findings;

/// How far ahead a moment is looked for; what is held longer is blocked.
const AHEAD: TimeDelta = TimeDelta::days(36_525);

/// How often a moment that one rule allows may turn out to be one that another forbids.
const MOST_MOVES: usize = 200;

/// Whether the action is allowed now; if not, from when on by what is known now, and which rules decided.
pub fn gate(ask: &Ask<'_>, pack: &Pack) -> Answer {
    let mut found = judge(ask, pack, ask.now);
    if found.is_empty() {
        return Answer { verdict: Verdict::Allow, reasons: Vec::new() };
    }
    let mut next = found.next;
    for _ in 0..MOST_MOVES {
        let Some(at) = next.filter(|at| at.signed_duration_since(ask.now) <= AHEAD) else { break };
        let later = judge(ask, pack, at);
        if later.is_empty() {
            return Answer { verdict: Verdict::Defer { until: at }, reasons: found.reasons };
        }
        next = later.next;
        // What will forbid it for good by then has decided as well.
        later.reasons.into_iter().filter(|reason| reason.until.is_none()).for_each(|reason| found.add(reason));
    }
    Answer { verdict: Verdict::Block, reasons: found.reasons }
}

/// What each rule says at a moment, by what is known now.
fn judge(ask: &Ask<'_>, pack: &Pack, at: DateTime<Utc>) -> Findings {
    let mut found = Findings::new(at);
    for rule in rules::ALL {
        rule(ask, pack, &mut found);
    }
    found
}
