//! Tracks and risk levels: what is done about a loan, and why.

use crate::loan::words;
use serde::{Deserialize, Serialize};

words!(
    /// The course of action that a decision puts a loan on.
    Track {
        Legal = "legal", "Legal action";
        Settlement = "settlement", "Settlement";
        Standard = "standard", "Standard";
    }
);

words!(
    /// How likely and how costly a loss is held to be.
    RiskLevel {
        High = "high", "High";
        Medium = "medium", "Medium";
        Low = "low", "Low";
    }
);

impl Track {
    /// The treatments that carry the track out, in few words.
    pub fn treatments(self) -> [&'static str; 2] {
        match self {
            Self::Legal => ["Legal notices", "Intensive recovery team"],
            Self::Settlement => ["Settlement offers", "Flexible repayment options"],
            Self::Standard => ["Automated reminders", "Account monitoring"],
        }
    }
}

impl RiskLevel {
    /// The recovery strategy that fits the level, in the words of the reference analysis.
    pub fn strategy(self) -> &'static str {
        match self {
            Self::High => "Legal action and intensive recovery",
            Self::Medium => "Settlement offers and flexible options",
            Self::Low => "Automated reminders and monitoring",
        }
    }

    /// The track that a loan of this level is put on.
    pub fn track(self) -> Track {
        match self {
            Self::High => Track::Legal,
            Self::Medium => Track::Settlement,
            Self::Low => Track::Standard,
        }
    }
}
