//! What is known of a trained model, and the rule by which it may be used.

use crate::feature::{Feature, FeatureSet};
use crate::id::{ModelId, UserId};
use crate::job::JobStatus;
use crate::loan::words;
use crate::segment::Segmentation;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

mod figures;

pub use figures::{Caution, Gate, ModelFigures, SAME_DAY, gini};

words!(
    /// What a model learned to predict.
    Target {
        SegmentProxy = "segment-proxy", "Proxy: learned from segments, not from outcomes";
        Observed = "observed", "Observed outcome: the loan was lost";
    }
);

impl Target {
    /// The target where nobody chooses: outcomes as soon as enough of both kinds are known of an earlier day's loans, and a proxy for
    /// a cold start.
    pub fn default_where(is_followed: bool) -> Self {
        if is_followed { Self::Observed } else { Self::SegmentProxy }
    }
}

words!(
    /// Where a model stands in the registry.
    ModelState {
        Candidate = "candidate", "Candidate";
        Champion = "champion", "Champion";
        Retired = "retired", "Retired";
        Rejected = "rejected", "Rejected";
    }
);

words!(
    /// How a loan's score came about.
    ScoreSource {
        OutOfBag = "out_of_bag", "Out of bag: by the trees that did not see this loan";
        Model = "model", "By the whole model, which was not trained on this loan";
        Trained = "trained", "By the whole model, which was trained on this loan: such a score flatters the model";
    }
);

words!(
    /// What grows the forest.
    Learner {
        Automatic = "automatic", "Automatic: histograms, or smartcore for the reference features";
        Smartcore = "smartcore", "smartcore: exact splits, as the original analysis, for up to 50,000 loans";
        Histogram = "histogram", "Histograms: binned values, for any number of loans";
    }
);

words!(
    /// How much a training loan of either outcome weighs.
    ClassWeights {
        None = "none", "As much as any other";
        // Probabilities then are those of equally frequent outcomes, unless they are calibrated.
        Balanced = "balanced", "Both outcomes the same in sum";
    }
);

impl ClassWeights {
    fn none() -> Self {
        Self::None
    }
}

impl Learner {
    fn automatic() -> Self {
        Self::Automatic
    }
}

/// Which of the columns that are kept with the loans a model looks at besides its feature set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtraChoice {
    #[default]
    None,
    /// All but these, and but those whose names speak of the outcome.
    AllBut(Vec<String>),
    Named(Vec<String>),
}

/// Folds where nobody says how many.
pub const FOLDS: u32 = 5;

/// Above so many labelled loans there are no folds unless somebody asks for them.
pub const VALIDATED_LOANS_MAX: usize = 50_000;

/// The settings of one training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingOptions {
    pub features: FeatureSet,
    /// Features of the set that the model does not look at.
    #[serde(default)]
    pub without: Vec<Feature>,
    pub target: Target,
    /// Number of segments, 2..=12.
    pub segments: u32,
    /// Segment numbers to count as high risk, in place of those that outcomes or centres suggest.
    pub flagged_segments: Option<Vec<i32>>,
    /// Number of trees, 1..=1000.
    pub trees: u32,
    pub seed: u64,
    /// Options from before there was a choice ask for none.
    #[serde(default = "Learner::automatic")]
    pub learner: Learner,
    #[serde(default)]
    pub extras: ExtraChoice,
    #[serde(default = "ClassWeights::none")]
    pub class_weights: ClassWeights,
    /// Whether scores are made probabilities on out-of-bag scores; nothing leaves it to the target.
    #[serde(default)]
    pub calibration: Option<bool>,
    /// Folds of the cross-validation, 2..=20, or 0 for none; nothing leaves it to the target and the number of loans.
    #[serde(default)]
    pub folds: Option<u32>,
    /// The day whose features the model learns from; nothing leaves it to what is on file.
    #[serde(default)]
    pub as_of: Option<NaiveDate>,
    /// Days after it within which outcomes count; 0 is features and outcomes as they stand today, nothing leaves it to what is on
    /// file.
    #[serde(default)]
    pub horizon_days: Option<u32>,
    /// Whether folds follow the days on which loans were made, so that each tests what came later.
    #[serde(default)]
    pub is_time_ordered: bool,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self {
            features: FeatureSet::Default,
            without: Vec::new(),
            target: Target::SegmentProxy,
            segments: 4,
            flagged_segments: None,
            trees: 100,
            seed: 42,
            learner: Learner::Automatic,
            extras: ExtraChoice::None,
            class_weights: ClassWeights::None,
            calibration: None,
            folds: None,
            as_of: None,
            horizon_days: None,
            is_time_ordered: false,
        }
    }
}

impl TrainingOptions {
    /// The features that the model looks at, in the order of its columns.
    pub fn chosen_features(&self) -> Vec<Feature> {
        self.features.features().iter().copied().filter(|feature| !self.without.contains(feature)).collect()
    }

    /// Whether scores are calibrated: those of observed outcomes are unless somebody says otherwise, while a proxy's are
    /// no probabilities of anything real.
    pub fn is_calibrated(&self) -> bool {
        self.calibration.unwrap_or(self.target == Target::Observed)
    }

    /// Whether it learns from features of an earlier day what became of loans after it, where files tell.
    pub fn follows(&self) -> bool {
        self.target == Target::Observed && self.horizon_days != Some(0)
    }

    /// The folds of a training on so many labelled loans; 0 for none. A proxy's figures would say nothing of outcomes, and
    /// beyond [`VALIDATED_LOANS_MAX`] the loans that are held out are so many that folds would tell little more.
    pub fn fold_count(&self, labelled: usize) -> u32 {
        let is_worth_it = self.target == Target::Observed && labelled <= VALIDATED_LOANS_MAX;
        self.folds.unwrap_or(if is_worth_it { FOLDS } else { 0 })
    }
}

/// A model of the registry, without the artifact that scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub id: ModelId,
    /// Counts up from 1 within a portfolio.
    pub version: i32,
    pub state: ModelState,
    pub options: TrainingOptions,
    pub figures: ModelFigures,
    pub segmentation: Segmentation,
    /// What was worked around in training, as sentences.
    pub notes: Vec<String>,
    /// Who had it fitted.
    pub fitted_by: String,
    /// The same, where it was a person: who may not approve it.
    pub fitted_by_user: Option<UserId>,
    pub fitted_at: DateTime<Utc>,
    /// When it became champion, the last time.
    pub promoted_at: Option<DateTime<Utc>>,
    /// Why, in its approver's words; empty where nobody had to say.
    pub rationale: String,
}

impl ModelCard {
    /// Whether it may know outcomes beforehand.
    pub fn has_leak_alarms(&self) -> bool {
        !self.figures.leak_alarms.is_empty()
    }

    /// Whether somebody could let it decide: it passed its gate, and does not decide already.
    pub fn is_approvable(&self) -> bool {
        self.figures.gate.passed && matches!(self.state, ModelState::Candidate | ModelState::Retired)
    }
}

/// A model that somebody approved, and how far it is on its way to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Promotion {
    pub model: ModelId,
    pub job: JobStatus,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_from_before_a_choice_are_read() {
        let extras = ExtraChoice::Named(vec!["PAY_2".to_owned()]);
        let options = TrainingOptions { learner: Learner::Histogram, extras, ..TrainingOptions::default() };
        let mut json = serde_json::to_value(&options).expect("is written");
        assert_eq!(serde_json::from_value::<TrainingOptions>(json.clone()).expect("is read"), options);
        let choices = ["learner", "without", "extras", "class_weights", "calibration", "folds", "is_time_ordered"];
        for choice in choices.into_iter().chain(["as_of", "horizon_days"]) {
            json.as_object_mut().expect("is an object").remove(choice).expect(choice);
        }
        let read: TrainingOptions = serde_json::from_value(json).expect("is read");
        assert_eq!(read, TrainingOptions::default());
    }
}
