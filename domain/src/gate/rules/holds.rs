//! Holds, by what the pack says of each kind.

use super::super::findings::Findings;
use super::super::{Ask, HoldRule, Pack};
use crate::contact::Recipient;
use crate::hold::{Hold, HoldScope};

pub(super) fn holds(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    let at = found.at;
    for hold in ask.person.holds.iter().filter(|hold| hold.from <= at && covers(hold, ask)) {
        let rule = pack.hold_rule(hold.kind);
        let end = rule.end_of(hold);
        if end.is_none_or(|end| at < end) && !permits(&rule, ask) {
            for id in rule.rules {
                found.forbid(*id, end);
            }
        }
    }
}

fn covers(hold: &Hold<'_>, ask: &Ask<'_>) -> bool {
    match hold.scope {
        HoldScope::Person => true,
        HoldScope::Address(address) => ask.action.channel.is_same(address, ask.action.address),
        HoldScope::Loan(loan) => loan == ask.loan.id,
    }
}

fn permits(rule: &HoldRule, ask: &Ask<'_>) -> bool {
    let action = ask.action;
    rule.permits_attorney && action.recipient == Some(Recipient::Attorney)
        || rule.permits.contains(&action.purpose) && !rule.bars.contains(&action.kind)
}
