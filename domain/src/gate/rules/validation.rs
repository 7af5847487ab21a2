//! Validation information: in the first communication about a debt, or within days of it.

use super::super::findings::Findings;
use super::super::{Ask, Event, Happening, Pack, Rule};
use crate::contact::ActionKind;
use chrono::TimeDelta;

pub(super) fn validation(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let Some(days) = pack.validation_days else { return };
    let is_sent = ask.loan.validation_sent_at.is_some_and(|sent| sent <= found.at);
    if is_sent || ask.action.carries_validation {
        return;
    }
    let events = ask.history.until(ask.now);
    let Some(first) = events.iter().find(|event| event.loan == ask.loan.id && is_communication(event)) else { return };
    if found.at - first.at > TimeDelta::days(i64::from(days)) {
        found.forbid(Rule::UsValidation, ask.loan.validation_sent_at);
    }
}

/// Whether something was said: a call that nobody answered tells nothing.
fn is_communication(event: &Event<'_>) -> bool {
    match event.happening {
        Happening::Attempt { action, executed } => executed && action.kind != ActionKind::Call,
        Happening::Conversation { .. } => true,
        Happening::Message { .. } | Happening::Payment { .. } | Happening::Reversal => false,
    }
}
