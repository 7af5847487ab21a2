//! The decision rule: which score leads to which track.

use crate::track::{RiskLevel, Track};
use serde::{Deserialize, Serialize};

/// A version of the policy. Immutable once a decision was made with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Counts up from 1 within a portfolio.
    pub version: i32,
    /// A score above this leads to legal action.
    pub legal_above: f64,
    /// A score from here on, up to and including `legal_above`, leads to settlement.
    pub settlement_from: f64,
}

impl Default for Policy {
    /// Version 1, with the bounds of the reference analysis.
    fn default() -> Self {
        Self { version: 1, legal_above: 0.75, settlement_from: 0.50 }
    }
}

impl Policy {
    /// The risk level of a score (a probability, 0..=1).
    pub fn level(&self, score: f64) -> RiskLevel {
        if score > self.legal_above {
            RiskLevel::High
        } else if score >= self.settlement_from {
            RiskLevel::Medium
        } else {
            RiskLevel::Low
        }
    }

    /// The track of a score (a probability, 0..=1).
    pub fn track(&self, score: f64) -> Track {
        self.level(score).track()
    }

    /// A loan is flagged as high risk where its segment or its own score is.
    pub fn is_high_risk(&self, score: f64, segment_risk: RiskLevel) -> bool {
        segment_risk == RiskLevel::High || self.level(score) == RiskLevel::High
    }

    /// The scores of a track in words, as "above 0.75".
    pub fn bounds_in_words(&self, track: Track) -> String {
        match track {
            Track::Legal => format!("above {:.2}", self.legal_above),
            Track::Settlement => format!("{:.2} to {:.2}", self.settlement_from, self.legal_above),
            Track::Standard => format!("below {:.2}", self.settlement_from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_settlement() {
        let policy = Policy::default();
        let check = |score, track| assert_eq!(policy.track(score), track, "{score}");
        check(0.0, Track::Standard);
        check(0.499_999, Track::Standard);
        check(0.50, Track::Settlement);
        check(0.75, Track::Settlement);
        check(0.750_001, Track::Legal);
        check(1.0, Track::Legal);
    }

    #[test]
    fn flag_is_segment_or_score() {
        let policy = Policy::default();
        let check = |score, segment, flag| assert_eq!(policy.is_high_risk(score, segment), flag, "{score} {segment:?}");
        check(0.1, RiskLevel::High, true);
        check(0.9, RiskLevel::Low, true);
        check(0.75, RiskLevel::Medium, false);
        check(0.2, RiskLevel::Low, false);
    }
}
