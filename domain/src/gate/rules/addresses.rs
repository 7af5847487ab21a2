//! Where a person is reached, who that is, and what they said about it.

use super::super::findings::Findings;
use super::super::{Ask, Happening, Pack, Rule};
use chrono::{DateTime, Utc};

pub(super) fn contact_point(ask: &Ask<'_>, _: &Pack, found: &mut Findings) {
    let action = ask.action;
    if !action.kind.fits(action.channel) || !action.channel.is_address(action.address) {
        found.forbid(Rule::UnknownContactPoint, None);
    }
}

pub(super) fn recipient(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let Some(allowed) = pack.recipients else { return };
    match ask.action.recipient {
        None => found.forbid(Rule::UnknownRecipient, None),
        Some(recipient) if !allowed.contains(&recipient) => found.forbid(Rule::InRecipient, None),
        Some(_) => {}
    }
}

/// An opt-out holds for every purpose, until a consent that was given later.
pub(super) fn opt_outs(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let action = ask.action;
    if pack.opt_out_in_messages && action.channel.is_electronic() && !action.carries_opt_out {
        found.forbid(Rule::UsNoOptOut, None);
    }
    let recorded = ask.person.opt_outs.iter();
    let recorded =
        recorded.filter(|opt_out| opt_out.from <= found.at && opt_out.covers(action.channel, action.address));
    let sent = ask.history.until(ask.now).iter().filter_map(|event| match event.happening {
        Happening::Message { channel, address, opts_out: true }
            if channel == action.channel && channel.is_same(address, action.address) =>
        {
            Some(event.at)
        }
        _ => None,
    });
    let Some(latest) = recorded.map(|opt_out| opt_out.from).chain(sent).max() else { return };
    if !has_consent(ask, found.at, |given| given > latest) {
        found.forbid(Rule::AllOptOut, None);
    }
}

pub(super) fn consents(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    if pack.consent_channels.contains(&ask.action.channel) && !has_consent(ask, found.at, |_| true) {
        found.forbid(Rule::UsConsent, None);
    }
}

fn has_consent(ask: &Ask<'_>, at: DateTime<Utc>, counts: impl Fn(DateTime<Utc>) -> bool) -> bool {
    let action = ask.action;
    let is_given = |consent: &crate::contact::Consent<'_>| {
        consent.holds_at(at) && counts(consent.from) && consent.covers(action.channel, action.address)
    };
    ask.person.consents.iter().any(is_given)
}

pub(super) fn places(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let (Some(rule), action) = (pack.stated_places, ask.action) else { return };
    if ask.person.inconvenient_places.iter().any(|place| action.channel.is_same(place, action.address)) {
        found.forbid(rule, None);
    }
}
