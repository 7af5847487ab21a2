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
    /// The treatments that carry the track out, in the order in which they are tried.
    pub fn treatments(self) -> [Treatment; 2] {
        match self {
            Self::Legal => [
                Treatment { name: "Legal notices", description: "A notice before action, approved by a named person" },
                Treatment { name: "Intensive recovery team", description: "A case worker calls, writes and visits" },
            ],
            Self::Settlement => [
                Treatment { name: "Settlement offers", description: "A lower sum that closes the debt" },
                Treatment {
                    name: "Flexible repayment options",
                    description: "A plan with instalments that fit the income",
                },
            ],
            Self::Standard => [
                Treatment { name: "Automated reminders", description: "Messages before and after the due date" },
                Treatment {
                    name: "Account monitoring",
                    description: "A watch on payments; a person steps in when they stop",
                },
            ],
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

/// Something that is done to recover a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Treatment {
    pub name: &'static str,
    pub description: &'static str,
}
