//! What was done on cases, with what the contact gate was asked about it and what it made: messages, letters and drafts.

use super::carried_out::{Done, GateCheck};
use crate::change::Change;
use crate::entity::{action, message};
use crate::error::Result;
use crate::letters::{self, NewLetter};
use crate::notices::{self, NewNotice};
use domain::case::ActionState;
use domain::contact::Channel;
use domain::id::{LoanId, PortfolioId};
use domain::policy::plan::TreatmentKind;
use sea_orm::{NotSet, Set};

/// Something that was done on a case, or would have been.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) case: i64,
    pub(crate) loan: LoanId,
    pub(crate) borrower: i64,
    /// The place in the plan; nothing where a person did it and no plan asked for it.
    pub(crate) step: Option<u16>,
    pub(crate) kind: TreatmentKind,
    /// Its code and version.
    pub(crate) template: Option<&'a (String, i32)>,
    /// The offer or plan that it is about.
    pub(crate) settlement: Option<i64>,
    /// What the contact gate was asked about it, at the same moment.
    pub(crate) checks: &'a [GateCheck],
    pub(crate) done: &'a Done,
}

/// Writes down what was done; each one's state, or nothing where it is put off or the case has ended.
pub(crate) async fn write_entries(
    change: &Change,
    portfolio: PortfolioId,
    entries: &[Entry<'_>],
) -> Result<Vec<Option<ActionState>>> {
    let mut checks = Vec::new();
    for entry in entries {
        for check in entry.checks {
            checks.push(check.row(entry.case, entry.step.map(i32::from), change.now)?);
        }
    }
    change.insert_all(checks).await?;
    let told: Vec<Option<(ActionState, &str)>> = entries.iter().map(|entry| told(entry.done)).collect();
    let acted = entries.iter().zip(&told).filter_map(|(entry, told)| Some((entry, (*told)?)));
    let rows = acted.clone().map(|(entry, told)| action_row(change, entry, told)).collect();
    let ids = change.insert_numbered(rows).await?;
    let acted: Vec<(&Entry<'_>, i64)> = acted.map(|(entry, _)| entry).zip(ids).collect();
    write_messages(change, portfolio, &acted).await?;
    let notices = acted.iter().filter_map(|(entry, action)| match entry.done {
        Done::Notice { subject, body } => {
            Some(NewNotice { case: entry.case, action: *action, loan: entry.loan, subject, body })
        }
        _ => None,
    });
    notices::draft_all(change, portfolio, &notices.collect::<Vec<_>>()).await?;
    Ok(told.into_iter().map(|told| told.map(|(state, _)| state)).collect())
}

/// The state of what was done, and what is told of it.
fn told(done: &Done) -> Option<(ActionState, &str)> {
    match done {
        // A person prints and posts it.
        Done::Queued { channel: Channel::Post, recipient, .. } => Some((ActionState::ToDo, recipient)),
        Done::Queued { recipient, .. } => Some((ActionState::Queued, recipient)),
        Done::ToDo => Some((ActionState::ToDo, "")),
        Done::Notice { .. } => Some((ActionState::Drafted, "The draft waits for a person's approval.")),
        Done::Drafted { detail, .. } => Some((ActionState::Drafted, detail)),
        Done::Skipped { reason } => Some((ActionState::Skipped, reason)),
        Done::Blocked { reason } => Some((ActionState::Blocked, reason)),
        Done::Deferred { .. } | Done::Closed => None,
    }
}

fn action_row(change: &Change, entry: &Entry<'_>, (state, detail): (ActionState, &str)) -> action::ActiveModel {
    action::ActiveModel {
        id: NotSet,
        case_id: Set(entry.case),
        step: Set(entry.step.map(i32::from)),
        kind: Set(entry.kind.code().to_owned()),
        template: Set(entry.template.map(|(code, _)| code.clone())),
        template_version: Set(entry.template.map(|(_, version)| *version)),
        state: Set(state.code().to_owned()),
        detail: Set(detail.to_owned()),
        decided_at: Set(change.now),
        cost_minor: Set(None),
    }
}

/// The messages of what sends them, by entry and action; those that go by post are letters.
async fn write_messages(change: &Change, portfolio: PortfolioId, acted: &[(&Entry<'_>, i64)]) -> Result<()> {
    let (mut rows, mut sending) = (Vec::new(), Vec::new());
    for (entry, action) in acted {
        if let Done::Queued { channel, recipient, subject, body, opt_out_token, carries_validation } = entry.done {
            rows.push(message::ActiveModel {
                id: NotSet,
                portfolio_id: Set(portfolio.0),
                action_id: Set(*action),
                loan_id: Set(entry.loan.0),
                borrower_id: Set(entry.borrower),
                channel: Set(channel.code().to_owned()),
                recipient: Set(recipient.clone()),
                subject: Set(subject.clone()),
                body: Set(body.clone()),
                opt_out_token: Set(opt_out_token.clone()),
                carries_validation: Set(*carries_validation),
                created_at: Set(change.now),
                next_try_at: Set(change.now),
                attempts: Set(0),
                claimed_at: Set(None),
                sent_at: Set(None),
                failed_at: Set(None),
                in_doubt_at: Set(None),
                error: Set(String::new()),
            });
            sending.push((*channel, *entry, recipient.as_str()));
        }
    }
    let ids = change.insert_numbered(rows).await?;
    let posted = sending.into_iter().zip(ids).filter(|((channel, ..), _)| *channel == Channel::Post);
    let letters = posted.map(|((_, entry, address), message)| NewLetter {
        message,
        case: entry.case,
        settlement: entry.settlement,
        borrower: entry.borrower,
        address,
    });
    letters::make_all(change, portfolio, &letters.collect::<Vec<_>>()).await
}
