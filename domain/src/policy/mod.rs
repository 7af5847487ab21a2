//! The decision rule: which score leads to which track, and what is done there.

pub mod plan;
pub mod version;
pub mod what_if;

use crate::track::{RiskLevel, Track};
use serde::{Deserialize, Serialize};
use what_if::BOUND_STEPS;

/// Why a policy cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    #[error("A bound is a score: choose a number from 0 to 1.")]
    OutsideScores,
    #[error("A bound has at most three decimals, as 0.725.")]
    TooFine,
    #[error(
        "Settlement begins at {settlement_from}, above the bound of legal action at {legal_above}. Move one of them."
    )]
    Crossed { settlement_from: String, legal_above: String },
    #[error("{}: the plan has no step. Add one, so that something is done on this track.", track.label())]
    EmptyPlan { track: Track },
    #[error("{}: the plan has more than {} steps.", track.label(), plan::STEPS_MAX)]
    TooManySteps { track: Track },
    #[error("{}, step {place}: {reason}.", track.label())]
    Step { track: Track, place: usize, reason: String },
}

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
    /// Checks the bounds.
    ///
    /// # Errors
    /// Bounds that are no scores, have more than three decimals, or are crossed.
    pub fn check(&self) -> Result<(), PolicyFault> {
        for bound in [self.settlement_from, self.legal_above] {
            if !(0.0..=1.0).contains(&bound) {
                return Err(PolicyFault::OutsideScores);
            }
            let steps = f64::from(BOUND_STEPS);
            if ((bound * steps).round() / steps).to_bits() != bound.to_bits() {
                return Err(PolicyFault::TooFine);
            }
        }
        if self.settlement_from > self.legal_above {
            return Err(PolicyFault::Crossed {
                settlement_from: bound_in_words(self.settlement_from),
                legal_above: bound_in_words(self.legal_above),
            });
        }
        Ok(())
    }

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
            Track::Legal => format!("above {}", bound_in_words(self.legal_above)),
            Track::Settlement => {
                format!("{} to {}", bound_in_words(self.settlement_from), bound_in_words(self.legal_above))
            }
            Track::Standard => format!("below {}", bound_in_words(self.settlement_from)),
        }
    }
}

/// A bound with two decimals, or three where it needs them.
pub fn bound_in_words(bound: f64) -> String {
    let three = format!("{bound:.3}");
    three.strip_suffix('0').map_or(three.clone(), str::to_owned)
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
    fn bounds_that_cannot_be_are_refused() {
        let check = |settlement_from: f64, legal_above: f64, words: Option<&str>| {
            let told = Policy { version: 2, settlement_from, legal_above }.check().err().map(|fault| fault.to_string());
            let fits = match (&told, words) {
                (Some(told), Some(words)) => told.contains(words),
                (told, words) => told.is_none() && words.is_none(),
            };
            assert!(fits, "{settlement_from} {legal_above}: {told:?}");
        };
        check(0.5, 0.75, None);
        check(0.0, 1.0, None);
        check(0.5, 0.5, None);
        check(0.301, 0.7, None);
        check(0.76, 0.75, Some("begins at 0.76, above the bound of legal action at 0.75"));
        check(-0.1, 0.75, Some("from 0 to 1"));
        check(0.5, 1.1, Some("from 0 to 1"));
        check(f64::NAN, 0.75, Some("from 0 to 1"));
        check(0.5, f64::INFINITY, Some("from 0 to 1"));
        check(0.5001, 0.75, Some("three decimals"));
    }

    #[test]
    fn bounds_in_words_are_short() {
        assert_eq!(Policy::default().bounds_in_words(Track::Settlement), "0.50 to 0.75");
        assert_eq!(bound_in_words(0.725), "0.725");
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
