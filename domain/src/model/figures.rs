//! What a model is worth on loans that it was not trained on.

use super::Target;
use crate::follow_up::FollowUp;
use crate::validation::Validation;
use serde::{Deserialize, Serialize};

/// Whether a model may be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub passed: bool,
    /// A sentence for people.
    pub reason: String,
}

/// How well a model did on loans that it was not trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFigures {
    pub target: Target,
    /// Of which day the features were that it learned from, and within which days the outcomes; nothing where both are of the same
    /// day, and of a proxy.
    #[serde(default)]
    pub follow_up: Option<FollowUp>,
    /// The learning method, as "random forest (smartcore)".
    pub learner: String,
    pub trees: u32,
    pub train_rows: u32,
    pub test_rows: u32,
    /// Area under the ROC curve on the held-out loans; nothing where they are all of one class.
    pub auc: Option<f64>,
    /// 95 % interval of `auc`.
    pub auc_interval: Option<(f64, f64)>,
    /// Share of held-out loans that score > 0.5 tells rightly; nothing where none is held out.
    pub accuracy: Option<f64>,
    /// Mean squared error of the probability; nothing where no loan is held out.
    pub brier: Option<f64>,
    /// Largest gap between the shares of both classes below a score, 0..=1 (Kolmogorov and Smirnov).
    #[serde(default)]
    pub ks: Option<f64>,
    /// Expected calibration error, 0..=1: how far scores are from rates, over ten bins of equal count.
    #[serde(default)]
    pub calibration_error: Option<f64>,
    /// Whether scores were made probabilities on out-of-bag scores.
    #[serde(default)]
    pub is_calibrated: bool,
    /// Figures over several folds; nothing where they were not asked for or there are too few loans.
    #[serde(default)]
    pub validation: Option<Validation>,
    /// What looks as if it knew outcomes beforehand, one sentence each, without its full stop.
    #[serde(default)]
    pub leak_alarms: Vec<String>,
    pub gate: Gate,
}

/// The Gini coefficient that belongs to an area under the ROC curve (0..=1): 0 for chance, 1 for a perfect ranking, -1 for
/// one upside down.
pub fn gini(auc: f64) -> f64 {
    2.0 * auc - 1.0
}

/// Said of a model that learned from one state of each loan.
pub const SAME_DAY: &str = "Features and outcomes are of the same day: what loans were like before their outcomes is not on file, so \
    figures may flatter";

/// An interval of an AUC that is wider than this leaves open whether the model is good, useless or bad.
const AUC_INTERVAL_MAX: f64 = 0.5;

/// Why scores are to be read with care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// The model learned from segments, not from outcomes.
    Proxy,
    /// It learned from loans as they are since their outcomes.
    SameDay,
}

impl ModelFigures {
    /// What is to be known of the scores wherever they stand; nothing of a model that learned from an earlier day.
    pub fn caution(&self) -> Option<Caution> {
        match (self.target, self.follow_up) {
            (Target::SegmentProxy, _) => Some(Caution::Proxy),
            (Target::Observed, None) => Some(Caution::SameDay),
            (Target::Observed, Some(_)) => None,
        }
    }

    /// Whether the loans of the test are too few to tell anything by the AUC.
    pub fn is_auc_open(&self) -> bool {
        self.auc_interval.is_some_and(|(low, high)| high - low > AUC_INTERVAL_MAX)
    }

    /// What it learned, in words, without a full stop.
    pub fn target_words(&self) -> String {
        match (self.target, &self.follow_up) {
            (Target::SegmentProxy, _) => self.target.label().to_owned(),
            (Target::Observed, Some(follow_up)) => format!("{}. {}", self.target.label(), follow_up.words()),
            (Target::Observed, None) => format!("Observed outcome: the loan was written off. {SAME_DAY}"),
        }
    }

    pub fn gini(&self) -> Option<f64> {
        self.auc.map(gini)
    }
}
