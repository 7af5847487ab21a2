//! What the command line says of the training.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::feature::FeatureSet;
use domain::model::{ClassWeights, ExtraChoice, Learner, Target, TrainingOptions};

#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct TrainingArgs {
    /// What the model looks at: "reference" are the ten columns of the original analysis, age among them; "default" has
    /// no protected attribute, and ratios
    #[arg(long, default_value = "default", value_parser = feature_sets())]
    pub(super) features: FeatureSet,

    /// A column of the file that the model looks at besides; may be given several times. It holds numbers where nearly
    /// all its values are some, and otherwise categories
    #[arg(long, value_name = "NAME")]
    pub(super) extra: Vec<String>,

    /// Let the model look at all extra columns that the profile keeps, but those whose names speak of the outcome
    #[arg(long)]
    pub(super) all_extras: bool,

    /// An extra column that the model does not look at; may be given several times
    #[arg(long, value_name = "NAME", requires = "all_extras")]
    pub(super) without: Vec<String>,

    /// What the model learns: "segment-proxy" is whether a loan lies in a high-risk segment, "observed" whether it was
    /// written off
    #[arg(long, default_value = "segment-proxy", value_parser = targets())]
    pub(super) target: Target,

    /// What grows the forest: "smartcore" splits exactly, for up to 50,000 loans; "histogram" bins values, for any number;
    /// "automatic" chooses by the number of loans
    #[arg(long, default_value = "automatic", value_parser = learners())]
    pub(super) learner: Learner,

    /// How much loans of either outcome weigh: "none" is as much as any other, "balanced" both outcomes the same in sum
    #[arg(long, default_value = "none", value_parser = class_weights())]
    pub(super) class_weights: ClassWeights,

    /// Leave scores as the forest gives them. Without this, those of observed outcomes are made probabilities
    #[arg(long)]
    pub(super) no_calibration: bool,

    /// Make scores probabilities though the model learns a proxy
    #[arg(long, conflicts_with = "no_calibration")]
    pub(super) calibration: bool,

    /// Folds of the cross-validation, 2 to 20, or 0 for none. Left out, it is 5 for up to 50,000 observed outcomes, and 0
    /// for more and for a proxy
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=20))]
    pub(super) folds: Option<u32>,

    /// Let each fold test later loans by what was learned from earlier ones, by the day on which they were made
    #[arg(long)]
    pub(super) by_time: bool,

    /// Number of segments
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=12))]
    pub(super) segments: u32,

    /// Segments to count as high risk, in place of those that their centres suggest
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(super) flag: Option<Vec<i32>>,

    /// Number of trees
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) trees: u32,

    /// Seed of every random choice; the same seed gives the same result
    #[arg(long, default_value_t = 42)]
    pub(super) seed: u64,
}

fn feature_sets() -> impl TypedValueParser<Value = FeatureSet> {
    PossibleValuesParser::new(FeatureSet::ALL.map(FeatureSet::code))
        .try_map(|code| FeatureSet::find(&code).ok_or("is not a feature set"))
}

fn targets() -> impl TypedValueParser<Value = Target> {
    PossibleValuesParser::new(Target::ALL.map(Target::code))
        .try_map(|code| Target::find(&code).ok_or("is not a target"))
}

fn class_weights() -> impl TypedValueParser<Value = ClassWeights> {
    PossibleValuesParser::new(ClassWeights::ALL.map(ClassWeights::code))
        .try_map(|code| ClassWeights::find(&code).ok_or("is not a weighting"))
}

fn learners() -> impl TypedValueParser<Value = Learner> {
    PossibleValuesParser::new(Learner::ALL.map(Learner::code))
        .try_map(|code| Learner::find(&code).ok_or("is not a learner"))
}

impl TrainingArgs {
    /// The options of the training; `extras` are the names under which the asked columns are kept.
    pub(super) fn options(&self, extras: Vec<String>) -> TrainingOptions {
        TrainingOptions {
            features: self.features,
            target: self.target,
            segments: self.segments,
            flagged_segments: self.flag.clone(),
            trees: self.trees,
            seed: self.seed,
            learner: self.learner,
            extras: if self.all_extras {
                ExtraChoice::AllBut(self.without.clone())
            } else if extras.is_empty() {
                ExtraChoice::None
            } else {
                ExtraChoice::Named(extras)
            },
            class_weights: self.class_weights,
            calibration: (self.calibration || self.no_calibration).then_some(self.calibration),
            folds: self.folds,
            is_time_ordered: self.by_time,
        }
    }
}
