//! Cases: a loan on a track, what was done about it, and what comes next.

use crate::id::{LoanId, PortfolioId};
use crate::loan::words;
use crate::money::Money;
use crate::policy::plan::TreatmentKind;
use crate::track::Track;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// What became of a step.
    ActionState {
        Queued = "queued", "On its way";
        Sent = "sent", "Sent";
        InDoubt = "in_doubt", "In doubt";
        Failed = "failed", "Not delivered";
        ToDo = "to_do", "Waits for a person";
        Drafted = "drafted", "Drafted";
        Skipped = "skipped", "Skipped";
        Blocked = "blocked", "Not allowed";
    }
);

words!(
    /// Why a case was closed.
    CaseEnd {
        Recovered = "recovered", "The loan is recovered";
        Cleared = "cleared", "The arrears are cleared";
        Moved = "moved", "The loan is on another track";
    }
);

/// A step that was carried out, or why it was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView<At = DateTime<Utc>> {
    pub kind: TreatmentKind,
    pub state: ActionState,
    /// To whom it went, why it was skipped, or which rules did not allow it.
    pub detail: String,
    /// The rules of the contact gate that decided, by their ids.
    pub rules: Vec<String>,
    /// What it cost; nothing before it was carried out, or where that is not known.
    pub cost: Option<Money>,
    pub at: At,
}

/// A case as people see it; with its moments as words where a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseView<At = DateTime<Utc>> {
    pub track: Track,
    /// Whose plan is carried out.
    pub policy_version: i32,
    pub opened_at: At,
    pub closed_at: Option<At>,
    /// Nothing where it is open, or ended as its step came.
    pub closed_why: Option<CaseEnd>,
    /// The next step and when it is due; nothing where all is done, or the case is closed.
    pub next: Option<(TreatmentKind, At)>,
    /// The newest first.
    pub actions: Vec<ActionView<At>>,
}

impl<At> CaseView<At> {
    /// What all that was done cost, as far as that is known.
    pub fn cost(&self) -> Money {
        self.actions.iter().filter_map(|action| action.cost).fold(Money::ZERO, |sum, cost| sum + cost)
    }
}

impl CaseView {
    /// The case with its moments in words.
    pub fn told(self, moment: impl Fn(DateTime<Utc>) -> String) -> CaseView<String> {
        let action = |action: ActionView| ActionView {
            kind: action.kind,
            state: action.state,
            detail: action.detail,
            rules: action.rules,
            cost: action.cost,
            at: moment(action.at),
        };
        CaseView {
            track: self.track,
            policy_version: self.policy_version,
            opened_at: moment(self.opened_at),
            closed_at: self.closed_at.map(&moment),
            closed_why: self.closed_why,
            next: self.next.map(|(kind, at)| (kind, moment(at))),
            actions: self.actions.into_iter().map(action).collect(),
        }
    }
}

/// A message as it waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub id: i64,
    pub portfolio: PortfolioId,
    pub loan: LoanId,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    pub created_at: DateTime<Utc>,
    /// This one included.
    pub attempts: u32,
}

/// How many messages of a portfolio are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCounts {
    pub waiting: u32,
    /// By post, to be printed and posted by a person.
    pub letters: u32,
    pub sent: u32,
    pub failed: u32,
    pub in_doubt: u32,
}

/// Treatments of a portfolio as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treating {
    /// Since when they are carried out; nothing where they are not.
    pub since: Option<DateTime<Utc>>,
    pub open_cases: u32,
    /// Open cases with a step that is due.
    pub due_cases: u32,
    /// Steps that wait for a person, of open cases.
    pub to_do: u32,
    pub messages: MessageCounts,
}
