//! What makes a loan be decided on, and decisions that a person takes in place of the policy.

use crate::loan::words;
use crate::track::Track;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// What made somebody look at a loan and decide.
    Occasion {
        New = "new", "The loan was new.";
        Changed = "changed", "What the model looks at had changed.";
        Policy = "policy", "Another policy had come into force.";
        Training = "training", "A model was trained.";
        Event = "event", "Something happened on the loan.";
        Override = "override", "Somebody chose the track.";
        OverrideEnded = "override_ended", "The policy chooses the track again.";
    }
);

/// A track that a person chose in place of the policy's; with its moments as words where a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideView<At = DateTime<Utc>> {
    pub id: i64,
    pub track: Track,
    pub reason: String,
    /// Nothing where the command line did.
    pub made_by: Option<String>,
    pub made_at: At,
    pub ended: Option<OverrideEnd<At>>,
}

/// How an override ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideEnd<At = DateTime<Utc>> {
    pub at: At,
    pub by: Option<String>,
    pub reason: String,
}

impl OverrideView {
    /// The override with its moments in words.
    pub fn told(self, moment: impl Fn(DateTime<Utc>) -> String) -> OverrideView<String> {
        OverrideView {
            id: self.id,
            track: self.track,
            reason: self.reason,
            made_by: self.made_by,
            made_at: moment(self.made_at),
            ended: self.ended.map(|end| OverrideEnd { at: moment(end.at), by: end.by, reason: end.reason }),
        }
    }
}

/// How often people decide in place of the policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideCounts {
    /// Overrides that hold now.
    pub in_force: u64,
    /// Overrides of the last [`COUNTED_DAYS`].
    pub made: u64,
    /// Decisions of these days, overrides among them.
    pub decisions: u64,
}

/// Over so many days overrides are counted.
pub const COUNTED_DAYS: i64 = 30;
