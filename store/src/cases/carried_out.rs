//! What became of steps, written down once.

use super::entries::{Entry, write_entries};
use crate::audit::Event;
use crate::change::Change;
use crate::connection::Store;
use crate::entity::{gate_check, recovery_case};
use crate::error::Result;
use crate::jobs::{self, Lease};
use crate::models::CHUNK;
use crate::settlements;
use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::case::ActionState;
use domain::contact::{ActionKind, Channel};
use domain::gate::{Answer, Pack};
use domain::id::{LoanId, PortfolioId};
use domain::policy::plan::TreatmentKind;
use domain::settlement::OfferTerms;
use sea_orm::{ColumnTrait, EntityTrait, NotSet, QueryFilter, QuerySelect, Set};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    Queued {
        channel: Channel,
        recipient: String,
        subject: String,
        body: String,
        opt_out_token: String,
        /// Whether it tells what a borrower must be told of a debt.
        carries_validation: bool,
    },
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

/// Writes down what became of steps, all at once, by statements of many rows. A step that is written down already changes nothing.
pub async fn carried_out(
    store: &Store,
    lease: &Lease,
    portfolio: PortfolioId,
    steps: &[CaseStep],
    now: DateTime<Utc>,
) -> Result<()> {
    let change = store.change(Actor::Job(lease.job), now).await?;
    jobs::held_by(&change.tx, lease).await?;
    let waiting = still_waiting(&change, steps).await?;
    let steps: Vec<&CaseStep> =
        steps.iter().filter(|step| waiting.contains(&(step.case, i32::from(step.step)))).collect();
    let entries: Vec<Entry<'_>> = steps.iter().map(|step| entry(step)).collect();
    let mut counts: HashMap<&'static str, u32> = HashMap::new();
    for state in write_entries(&change, portfolio, &entries).await? {
        *counts.entry(state.map_or("deferred_or_closed", ActionState::code)).or_default() += 1;
    }
    let drafted = steps.iter().filter_map(|step| match &step.done {
        Done::Drafted { terms, .. } => Some((step.loan, *terms)),
        _ => None,
    });
    let drafted: Vec<_> = drafted.collect();
    if !drafted.is_empty() {
        settlements::draft_all(&change, &drafted).await?;
        counts.insert("drafted_offers", drafted.len() as u32);
    }
    move_on(&change, &steps).await?;
    let subject = format!("portfolio:{portfolio}");
    let event = Event { portfolio: Some(portfolio), action: "treatments.carried_out", subject, details: json!(counts) };
    change.commit(event).await
}

/// Cases that are open and wait for the step at hand, with it.
async fn still_waiting(change: &Change, steps: &[CaseStep]) -> Result<HashSet<(i64, i32)>> {
    let mut waiting = HashSet::with_capacity(steps.len());
    for some in steps.chunks(CHUNK) {
        let query = recovery_case::Entity::find()
            .filter(recovery_case::Column::Id.is_in(some.iter().map(|step| step.case)))
            .filter(recovery_case::Column::ClosedAt.is_null())
            .filter(recovery_case::Column::NextStep.is_not_null())
            .select_only()
            .columns([recovery_case::Column::Id, recovery_case::Column::NextStep]);
        waiting.extend(query.into_tuple::<(i64, i32)>().all(&change.tx).await?);
    }
    Ok(waiting)
}

fn entry(step: &CaseStep) -> Entry<'_> {
    Entry {
        case: step.case,
        loan: step.loan,
        borrower: step.borrower,
        step: Some(step.step),
        kind: step.kind,
        template: step.template.as_ref(),
        settlement: None,
        checks: &step.checks,
        done: &step.done,
    }
}

/// Where a case stands once its step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Closed,
    PutOff { until: DateTime<Utc> },
    Next { step: Option<i32>, at: Option<DateTime<Utc>> },
}

/// Moves cases on. Most of a batch go to the same few places, so that there are few statements.
async fn move_on(change: &Change, steps: &[&CaseStep]) -> Result<()> {
    let mut places: BTreeMap<Standing, Vec<i64>> = BTreeMap::new();
    for step in steps {
        let place = match &step.done {
            Done::Closed => Standing::Closed,
            Done::Deferred { until } => Standing::PutOff { until: *until },
            _ => Standing::Next { step: step.next.map(|(next, _)| i32::from(next)), at: step.next.map(|(_, at)| at) },
        };
        places.entry(place).or_default().push(step.case);
    }
    for (place, cases) in places {
        let mut update = recovery_case::ActiveModel::default();
        match place {
            Standing::Closed => (update.closed_at, update.next_at) = (Set(Some(change.now)), Set(None)),
            Standing::PutOff { until } => update.next_at = Set(Some(until)),
            Standing::Next { step, at } => (update.next_step, update.next_at) = (Set(step), Set(at)),
        }
        for some in cases.chunks(CHUNK) {
            let of_them = recovery_case::Column::Id.is_in(some.iter().copied());
            recovery_case::Entity::update_many().set(update.clone()).filter(of_them).exec(&change.tx).await?;
        }
    }
    Ok(())
}
