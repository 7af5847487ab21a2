//! Settlements: what a borrower may pay in place of what is owed, or in which instalments; what that is worth, and what
//! becomes of it.

mod affordability;
mod fault;
pub mod letter;
mod offer;
mod plan;
mod progress;
mod schedule;
#[cfg(test)]
mod tests;
pub mod view;
pub mod worth;

pub use affordability::{Affordability, BURDEN_MAX_PERCENT};
pub use fault::TermsFault;
pub use offer::{OFFER_OPEN_DAYS_MAX, OfferTerms, PAY_WITHIN_DAYS_MAX};
pub use plan::{INSTALMENTS_MAX, PlanTerms, START_WITHIN_DAYS_MAX};
pub use progress::{Agreed, Outcome, Progress, Receipt, ReceiptRow, Standing, follow, net_receipts};
pub use schedule::{Instalment, Interval, instalments};

use crate::access::Role;
use crate::loan::words;
use crate::policy::version::PolicyBody;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// What is agreed on.
    SettlementKind {
        Offer = "offer", "Settlement offer";
        Plan = "plan", "Repayment plan";
    }
);

words!(
    /// Where a settlement is in its life.
    SettlementState {
        Drafted = "drafted", "Drafted";
        Offered = "offered", "Offered";
        Accepted = "accepted", "Accepted";
        Kept = "kept", "Kept";
        PartlyKept = "partly_kept", "Partly kept";
        Broken = "broken", "Broken";
        Expired = "expired", "Expired";
        Withdrawn = "withdrawn", "Withdrawn";
    }
);

words!(
    /// How the borrower said yes.
    AcceptedBy {
        Telephone = "telephone", "By telephone";
        Email = "email", "By e-mail";
        Letter = "letter", "By letter";
        InPerson = "in_person", "In person";
    }
);

/// When a settlement came to each of its states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    pub offered_at: Option<DateTime<Utc>>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub expired_at: Option<DateTime<Utc>>,
    pub kept_at: Option<DateTime<Utc>>,
    pub partly_kept_at: Option<DateTime<Utc>>,
    pub broken_at: Option<DateTime<Utc>>,
}

impl Times {
    /// The state on a day. An offer that nobody accepted has expired behind its last day, whether or not that was noted.
    pub fn state(&self, expires_on: NaiveDate, today: NaiveDate) -> SettlementState {
        match self {
            Self { withdrawn_at: Some(_), .. } => SettlementState::Withdrawn,
            Self { broken_at: Some(_), .. } => SettlementState::Broken,
            Self { partly_kept_at: Some(_), .. } => SettlementState::PartlyKept,
            Self { kept_at: Some(_), .. } => SettlementState::Kept,
            Self { accepted_at: Some(_), .. } => SettlementState::Accepted,
            Self { expired_at: Some(_), .. } => SettlementState::Expired,
            Self { offered_at: Some(_), .. } if today > expires_on => SettlementState::Expired,
            Self { offered_at: Some(_), .. } => SettlementState::Offered,
            _ => SettlementState::Drafted,
        }
    }
}

impl SettlementState {
    /// Whether something may still come of it; a loan has one such settlement at most.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Drafted | Self::Offered | Self::Accepted)
    }
}

/// When an instalment counts as paid, and when the agreement is broken. They are kept with each settlement, so that a
/// later change of the rules breaks none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepingRules {
    /// Days after its due date within which an instalment is still in time.
    pub grace_days: u16,
    /// From which share of its amount an instalment counts as paid, in percent.
    pub paid_from_percent: u8,
    /// With so many missed instalments at one time the agreement is broken. Who catches up before that goes on.
    pub missed_max: u16,
}

impl SettlementKind {
    /// The rules of new settlements. An offer lets a part of the debt go for all of the rest, so it forgives nothing.
    pub fn keeping_rules(self) -> KeepingRules {
        match self {
            Self::Offer => KeepingRules { grace_days: 5, paid_from_percent: 100, missed_max: 1 },
            Self::Plan => KeepingRules { grace_days: 5, paid_from_percent: 95, missed_max: 2 },
        }
    }
}

/// Checks that a person of a role may let so much of a balance go.
///
/// # Errors
/// More than the policy allows the role, with the roles that may.
pub fn expect_authority(haircut_percent: u8, role: Role, policy: &PolicyBody) -> Result<(), TermsFault> {
    let most = policy.haircut_max_percent(role);
    if haircut_percent <= most {
        return Ok(());
    }
    let able = policy.authority.iter().filter(|band| band.haircut_max_percent >= haircut_percent);
    let able = able.map(|band| band.role).collect();
    Err(TermsFault::AboveAuthority { asked: haircut_percent, role, most, able })
}
