//! Legal notices: a named person's approval, four eyes, and a debt that can still be sued for.

use super::super::clock::may_be_over;
use super::super::findings::Findings;
use super::super::{Ask, Drafter, Pack, Rule};
use crate::contact::ActionKind;

pub(super) fn notices(ask: &Ask<'_>, pack: &Pack, found: &mut Findings) {
    if ask.action.kind != ActionKind::LegalNotice {
        return;
    }
    if pack.limitation {
        match ask.loan.limitation_on {
            None => found.forbid(Rule::UnknownLimitationDate, None),
            Some(last) if may_be_over(last, ask.person.zones, found.at) => found.forbid(Rule::UsLimitation, None),
            Some(_) => {}
        }
    }
    approval(ask, found);
}

fn approval(ask: &Ask<'_>, found: &mut Findings) {
    let Some(approval) = ask.action.approval else { return found.forbid(Rule::AllApproval, None) };
    // An approval that comes later was none when the notice went out.
    let approver = approval.approved_by.filter(|(_, at)| *at <= ask.now).map(|(approver, _)| approver);
    if approver.is_none() || approval.rationale.trim().is_empty() {
        found.forbid(Rule::AllApproval, None);
    }
    match approval.drafted_by {
        Drafter::Unknown => found.forbid(Rule::UnknownDrafter, None),
        Drafter::Person(drafter) if approver == Some(drafter) => found.forbid(Rule::AllMakerChecker, None),
        Drafter::Person(_) | Drafter::Engine => {}
    }
}
