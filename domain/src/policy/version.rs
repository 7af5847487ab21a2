//! Versions of the policy: drafted by some, approved by somebody else, in force from a day, and never changed again.

use super::Policy;
use super::plan::TreatmentPlans;
use crate::access::Role;
use crate::id::{PolicyId, UserId};
use crate::loan::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// Where a version is in its life.
    PolicyState {
        Draft = "draft", "Draft";
        Submitted = "submitted", "Waits for approval";
        Approved = "approved", "Approved, not yet in force";
        InForce = "in_force", "In force";
        Former = "former", "Former";
        TurnedDown = "turned_down", "Turned down";
        Discarded = "discarded", "Discarded";
    }
);

/// How much of a balance a person of this role may let go in an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    pub role: Role,
    /// Of the outstanding amount, in percent.
    pub haircut_max_percent: u8,
}

/// What the offers say that the plan of a track drafts. A person sends them, or changes them first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferDefaults {
    /// Of the outstanding amount, in percent.
    pub haircut_percent: u8,
    /// Days from the offer on within which it can be accepted.
    pub open_days: u16,
    /// Days from the offer on within which all of it is to be paid.
    pub pay_days: u16,
}

impl Default for OfferDefaults {
    fn default() -> Self {
        Self { haircut_percent: 10, open_days: 14, pay_days: 30 }
    }
}

/// What a policy says besides its bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyBody {
    pub plans: TreatmentPlans,
    /// Roles that are left out let nothing go.
    pub authority: Vec<Authority>,
    #[serde(default)]
    pub offers: OfferDefaults,
}

impl Default for PolicyBody {
    fn default() -> Self {
        let band = |role, haircut_max_percent| Authority { role, haircut_max_percent };
        let authority = vec![band(Role::Agent, 10), band(Role::Lead, 30), band(Role::Executive, 50)];
        Self { plans: TreatmentPlans::default(), authority, offers: OfferDefaults::default() }
    }
}

impl PolicyBody {
    pub fn haircut_max_percent(&self, role: Role) -> u8 {
        self.authority.iter().find(|band| band.role == role).map_or(0, |band| band.haircut_max_percent)
    }

    /// How much drafted offers let go, in percent: never more than somebody may.
    pub fn drafted_haircut_percent(&self) -> u8 {
        let most = self.authority.iter().map(|band| band.haircut_max_percent).max().unwrap_or_default();
        self.offers.haircut_percent.min(most)
    }
}

/// A version with its story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyVersion {
    pub id: PolicyId,
    pub policy: Policy,
    pub body: PolicyBody,
    pub state: PolicyState,
    /// Why it was drafted, for those who approve it.
    pub note: String,
    /// Everybody who had a hand in it, with their names; nobody where it came with the portfolio.
    pub drafted_by: Vec<(UserId, String)>,
    pub drafted_at: DateTime<Utc>,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was approved or turned down.
    pub rationale: String,
    /// When it began to hold and when another took over, the newest first. A roll-back begins another term.
    pub terms: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
}

impl PolicyVersion {
    /// Whether this person had a hand in it, and so cannot approve it.
    pub fn is_drafted_by(&self, person: UserId) -> bool {
        self.drafted_by.iter().any(|(id, _)| *id == person)
    }
}
