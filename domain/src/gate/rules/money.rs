//! A loan that is paid, or about to be, is left alone.

use super::super::clock::{end_of, is_over, local};
use super::super::findings::Findings;
use super::super::{Ask, Happening, NextDue, Pack, Paid, Rule};
use crate::contact::{ActionKind, Purpose};
use chrono::{DateTime, Days, NaiveDate, Utc};

pub(super) fn money(ask: &Ask<'_>, _: &Pack, found: &mut Findings) {
    // A reply or a permitted notice asks for nothing; a legal notice always does.
    if ask.action.purpose != Purpose::Outreach && ask.action.kind != ActionKind::LegalNotice {
        return;
    }
    match ask.loan.paid {
        Paid::Unknown => found.forbid(Rule::UnknownPaid, None),
        Paid::Since(since) if since <= found.at => found.forbid(Rule::AllPaid, None),
        Paid::Since(_) | Paid::No => {}
    }
    promises(ask, found);
    pending(ask, found);
    received(ask, found);
}

fn promises(ask: &Ask<'_>, found: &mut Findings) {
    for promise in ask.loan.promises {
        let is_settled = promise.settled_at.is_some_and(|settled| settled <= found.at);
        if promise.made_at <= found.at && !is_settled {
            rest(ask, found, Rule::AllPromise, promise.due_on, promise.grace_days, promise.settled_at);
        }
    }
}

fn pending(ask: &Ask<'_>, found: &mut Findings) {
    let Some(payment) = ask.loan.pending_payment else { return };
    if payment.from <= found.at && payment.until.is_none_or(|until| found.at < until) {
        found.forbid(Rule::AllPaymentPending, payment.until);
    }
}

/// The latest payment counts, unless it was taken back.
fn received(ask: &Ask<'_>, found: &mut Findings) {
    let events = ask.history.until(ask.now).iter().rev().filter(|event| event.loan == ask.loan.id);
    let latest = events.filter_map(|event| match event.happening {
        Happening::Payment { next_due, grace_days } => Some(Some((event.at, next_due, grace_days))),
        Happening::Reversal => Some(None),
        _ => None,
    });
    let Some((paid_at, next_due, grace_days)) = latest.into_iter().next().flatten() else { return };
    match next_due {
        NextDue::Unknown => found.forbid(Rule::UnknownDueDate, None),
        NextDue::On(due_on) => rest(ask, found, Rule::AllPaymentReceived, due_on, grace_days, None),
        NextDue::AllDue => {
            let paid_on = latest_date(ask, paid_at);
            rest(ask, found, Rule::AllPaymentReceived, paid_on, grace_days, None);
        }
    }
}

/// Forbids until a due date and its days of grace are over wherever the person may be, or until an earlier moment.
fn rest(
    ask: &Ask<'_>,
    found: &mut Findings,
    rule: Rule,
    due_on: NaiveDate,
    grace_days: u16,
    earlier: Option<DateTime<Utc>>,
) {
    let zones = ask.person.zones;
    match due_on.checked_add_days(Days::new(u64::from(grace_days))) {
        Some(last) if is_over(last, zones, found.at) => {}
        last => {
            let end = last.and_then(|last| end_of(last, zones, found.at));
            found.forbid(rule, end.into_iter().chain(earlier).min());
        }
    }
}

fn latest_date(ask: &Ask<'_>, at: DateTime<Utc>) -> NaiveDate {
    let dates = ask.person.zones.iter().map(|zone| local(*zone, at).date());
    dates.max().unwrap_or(at.date_naive())
}
