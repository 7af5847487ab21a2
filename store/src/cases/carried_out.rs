//! What became of steps, written down once.

use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{action, gate_check, message, recovery_case};
use crate::error::Result;
use crate::jobs::{self, Lease};
use crate::letters;
use crate::notices;
use crate::settlements;
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::case::ActionState;
use domain::contact::{ActionKind, Channel};
use domain::gate::{Answer, Pack};
use domain::id::{LoanId, PortfolioId};
use domain::policy::plan::TreatmentKind;
use domain::settlement::OfferTerms;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, NotSet, QueryFilter, Set};
use serde_json::json;
use std::collections::HashMap;

/// What the contact gate was asked and answered.
#[derive(Clone, Debug, PartialEq)]
pub struct GateCheck {
    pub kind: ActionKind,
    pub channel: Channel,
    pub address: String,
    pub pack: &'static str,
    pub pack_version: u32,
    pub answer: Answer,
}

impl GateCheck {
    pub fn new(kind: ActionKind, channel: Channel, address: &str, pack: &Pack, answer: Answer) -> Self {
        Self { kind, channel, address: address.to_owned(), pack: pack.id, pack_version: pack.version, answer }
    }

    pub(crate) fn row(&self, case: i64, step: Option<i32>, asked_at: DateTime<Utc>) -> Result<gate_check::ActiveModel> {
        Ok(gate_check::ActiveModel {
            id: NotSet,
            case_id: Set(case),
            step: Set(step),
            kind: Set(self.kind.code().to_owned()),
            channel: Set(self.channel.code().to_owned()),
            address: Set(self.address.clone()),
            pack: Set(self.pack.to_owned()),
            pack_version: Set(self.pack_version as i32),
            answer: Set(serde_json::to_string(&self.answer)?),
            asked_at: Set(asked_at),
        })
    }
}

/// What becomes of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// A message is to go out.
    Queued { channel: Channel, recipient: String, subject: String, body: String, opt_out_token: String },
    /// A person is to do it.
    ToDo,
    /// A notice of these words is drafted, which a person has to approve.
    Notice { subject: String, body: String },
    /// An offer of these terms is drafted; a person is to send it.
    Drafted { terms: OfferTerms, detail: String },
    /// It is not for this loan.
    Skipped { reason: String },
    /// The contact gate does not allow it.
    Blocked { reason: String },
    /// The contact gate does not allow it yet.
    Deferred { until: DateTime<Utc> },
    /// The case has ended.
    Closed,
}

/// What becomes of the step of a case, and what comes next.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseStep {
    pub case: i64,
    pub loan: LoanId,
    pub borrower: i64,
    pub step: u16,
    pub kind: TreatmentKind,
    /// The code and version of the template whose words are sent.
    pub template: Option<(String, i32)>,
    pub checks: Vec<GateCheck>,
    pub done: Done,
    /// The next step and its moment; nothing where the plan ends.
    pub next: Option<(u16, DateTime<Utc>)>,
}

/// Writes down what became of steps, all at once. A step that is written down already changes nothing.
pub async fn carried_out(
    store: &Store,
    lease: &Lease,
    portfolio: PortfolioId,
    steps: &[CaseStep],
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(Actor::Job(lease.job), now).await?;
    jobs::held_by(&change.tx, lease).await?;
    let mut counts: HashMap<&'static str, u32> = HashMap::new();
    for step in steps {
        let still = recovery_case::Entity::find_by_id(step.case)
            .filter(recovery_case::Column::ClosedAt.is_null())
            .filter(recovery_case::Column::NextStep.eq(i32::from(step.step)));
        if still.one(&change.tx).await?.is_none() {
            continue;
        }
        write_checks(&change, step.case, Some(step.step), &step.checks).await?;
        let entry = Entry {
            case: step.case,
            loan: step.loan,
            borrower: step.borrower,
            step: Some(step.step),
            kind: step.kind,
            template: step.template.as_ref(),
            settlement: None,
        };
        let state = write_entry(&change, portfolio, entry, &step.done).await?;
        *counts.entry(state.map_or("deferred_or_closed", ActionState::code)).or_default() += 1;
        if let Done::Drafted { terms, .. } = &step.done {
            settlements::draft_in(&change, step.loan, *terms).await?;
            *counts.entry("drafted_offers").or_default() += 1;
        }
        let mut update = recovery_case::ActiveModel { id: Set(step.case), ..Default::default() };
        match &step.done {
            Done::Deferred { until } => update.next_at = Set(Some(*until)),
            Done::Closed => (update.closed_at, update.next_at) = (Set(Some(change.now)), Set(None)),
            _ => {
                update.next_step = Set(step.next.map(|(next, _)| i32::from(next)));
                update.next_at = Set(step.next.map(|(_, at)| at));
            }
        }
        update.update(&change.tx).await?;
    }
    let subject = format!("portfolio:{portfolio}");
    let event = Event { portfolio: Some(portfolio), action: "treatments.carried_out", subject, details: json!(counts) };
    change.commit(event).await
}

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
}

/// Writes down what the contact gate was asked about an entry of the same moment.
pub(crate) async fn write_checks(change: &Change, case: i64, step: Option<u16>, checks: &[GateCheck]) -> Result<()> {
    for check in checks {
        let row = check.row(case, step.map(i32::from), change.now)?;
        gate_check::Entity::insert(row).exec_without_returning(&change.tx).await?;
    }
    Ok(())
}

/// Writes down what was done, with its message; nothing where it is put off or the case has ended.
pub(crate) async fn write_entry(
    change: &Change,
    portfolio: PortfolioId,
    entry: Entry<'_>,
    done: &Done,
) -> Result<Option<ActionState>> {
    let (state, detail) = match done {
        // A person prints and posts it.
        Done::Queued { channel: Channel::Post, recipient, .. } => (ActionState::ToDo, recipient.as_str()),
        Done::Queued { recipient, .. } => (ActionState::Queued, recipient.as_str()),
        Done::ToDo => (ActionState::ToDo, ""),
        Done::Notice { .. } => (ActionState::Drafted, "The draft waits for a person's approval."),
        Done::Drafted { detail, .. } => (ActionState::Drafted, detail.as_str()),
        Done::Skipped { reason } => (ActionState::Skipped, reason.as_str()),
        Done::Blocked { reason } => (ActionState::Blocked, reason.as_str()),
        Done::Deferred { .. } | Done::Closed => return Ok(None),
    };
    let row = action::ActiveModel {
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
    };
    let id = action::Entity::insert(row).exec(&change.tx).await?.last_insert_id;
    write_message(change, portfolio, entry, done, id).await?;
    if let Done::Notice { subject, body } = done {
        notices::draft(change, portfolio, (entry.case, id), entry.loan, (subject, body)).await?;
    }
    Ok(Some(state))
}

/// The message of what sends one.
async fn write_message(
    change: &Change,
    portfolio: PortfolioId,
    entry: Entry<'_>,
    done: &Done,
    action: i64,
) -> Result<()> {
    if let Done::Queued { channel, recipient, subject, body, opt_out_token } = done {
        let row = message::ActiveModel {
            id: NotSet,
            portfolio_id: Set(portfolio.0),
            action_id: Set(action),
            loan_id: Set(entry.loan.0),
            borrower_id: Set(entry.borrower),
            channel: Set(channel.code().to_owned()),
            recipient: Set(recipient.clone()),
            subject: Set(subject.clone()),
            body: Set(body.clone()),
            opt_out_token: Set(opt_out_token.clone()),
            created_at: Set(change.now),
            next_try_at: Set(change.now),
            attempts: Set(0),
            claimed_at: Set(None),
            sent_at: Set(None),
            failed_at: Set(None),
            in_doubt_at: Set(None),
            error: Set(String::new()),
        };
        let row = row.insert(&change.tx).await?;
        if *channel == Channel::Post {
            letters::make(change, &row, entry.case, entry.settlement).await?;
        }
    }
    Ok(())
}
