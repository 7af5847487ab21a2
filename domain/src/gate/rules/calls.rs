//! How often a person may be called about a debt.
//!
//! Consecutive days are days of the calendar where the person may be, and spans of 24 hours: a call counts until it
//! has left both, so that seven days are kept however they are read.

use super::super::clock::{end_of, is_over, local};
use super::super::findings::Findings;
use super::super::{Ask, CallLimits, Event, Happening, Pack, Reason, Rule};
use crate::contact::ActionKind;
use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

pub(super) fn frequency(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let Some(limits) = limits(ask, pack, found) else { return };
    let Some(oldest) = recent(ask, found.at, limits.days)
        .filter(|event| is_call(event))
        .nth(usize::from(limits.most).saturating_sub(1))
    else {
        return;
    };
    if let Some(until) = counts_until(oldest.at, limits.days, true, ask.person.zones, found.at) {
        let counted = |event: &&Event<'_>| {
            is_call(event) && counts_until(event.at, limits.days, true, ask.person.zones, found.at).is_some()
        };
        let count = recent(ask, found.at, limits.days).filter(counted).count() as u32 + 1;
        found.add(Reason { rule: Rule::UsCalls, until: Some(until), count: Some(count) });
    }
}

/// The clock that a conversation starts, whoever called.
pub(super) fn conversation(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let Some(limits) = limits(ask, pack, found) else { return };
    let days = limits.days_from_conversation;
    let Some(latest) = recent(ask, found.at, days).find(|event| is_conversation(event)) else { return };
    if let Some(until) = counts_until(latest.at, days, false, ask.person.zones, found.at) {
        found.forbid(Rule::UsConversation, Some(until));
    }
}

/// The limits, where they are asked for and the person's calendar is known.
fn limits(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) -> Option<CallLimits> {
    let limits = pack.calls.filter(|_| ask.action.kind == ActionKind::Call)?;
    if ask.person.zones.is_empty() {
        found.forbid(Rule::UnknownTimeZone, None);
        return None;
    }
    Some(limits)
}

/// Events about the loan that may lie within so many days, the latest first. No day of the calendar is so long that
/// a day more does not hold it.
fn recent<'a>(ask: &Ask<'a>, at: DateTime<Utc>, days: u16) -> impl Iterator<Item = &'a Event<'a>> {
    let loan = ask.loan.id;
    let span = TimeDelta::days(i64::from(days) + 1);
    let events = ask.history.until(ask.now).iter().rev();
    events.take_while(move |event| at - event.at < span).filter(move |event| event.loan == loan)
}

fn is_call(event: &Event<'_>) -> bool {
    matches!(event.happening, Happening::Attempt { action, executed: true } if action.kind == ActionKind::Call)
}

fn is_conversation(event: &Event<'_>) -> bool {
    matches!(event.happening, Happening::Conversation { .. })
}

/// The first moment at which something no longer lies within so many days, the day on which it was being the first;
/// nothing if that has come.
fn counts_until(
    since: DateTime<Utc>,
    days: u16,
    spans_too: bool,
    zones: &[Tz],
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let span_end = if spans_too { since + TimeDelta::days(i64::from(days)) } else { since };
    let last_days = zones.iter().filter_map(|zone| {
        let last = local(*zone, since).date().checked_add_days(Days::new(u64::from(days).saturating_sub(1)))?;
        let own = std::slice::from_ref(zone);
        if is_over(last, own, at) { None } else { end_of(last, own, at) }
    });
    let latest = last_days.fold(span_end, DateTime::max);
    (latest > at).then_some(latest)
}
