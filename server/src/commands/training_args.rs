//! What the command line says of the training.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::feature::{Feature, FeatureSet};
use domain::model::{ClassWeights, ExtraChoice, Learner, Target, TrainingOptions};
use std::collections::BTreeSet;

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

    /// A feature of the set, or with --all-extras a column, that the model does not look at; may be given several times.
    /// Segments are made without the feature too
    #[arg(long, value_name = "NAME")]
    pub(super) without: Vec<String>,

    /// What the model learns: "segment-proxy" is whether a loan lies in a high-risk segment, "observed" whether it was
    /// lost. Left out, it is "observed" where files of several days tell of enough losses, and otherwise the proxy
    #[arg(long, value_parser = targets())]
    pub(super) target: Option<Target>,

    /// What grows the forest: "histogram" bins values, for any number of loans; "smartcore" splits exactly, for up to 50,000
    /// loans; "automatic" is smartcore for up to 50,000 loans with the features "reference", and otherwise histograms
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

    /// Days within which outcomes count; 0 takes features and outcomes as they stand in the newest files. Left out, it is a year,
    /// or less where files do not reach as far
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=3650))]
    pub(super) horizon_days: Option<u32>,

    /// Number of segments
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=12))]
    pub(super) segments: u32,

    /// Segments to count as high risk, in place of those that outcomes or centres suggest
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

/// A name that cannot be left out, since nobody knows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--without {name}: the feature set {} has {}; {columns}", set.code(), codes(*set))]
pub struct UnknownName {
    name: String,
    set: FeatureSet,
    /// What may be left out of the extra columns, in words.
    columns: String,
}

fn codes(set: FeatureSet) -> String {
    set.features().iter().map(|feature| feature.code()).collect::<Vec<_>>().join(", ")
}

impl TrainingArgs {
    /// The options of the training; `extras` are the names under which the asked columns are kept, `kept` those of all
    /// columns that are kept with the loans.
    /// `is_followed` tells whether outcomes after an earlier day are known of enough loans.
    pub(super) fn options(
        &self,
        extras: Vec<String>,
        kept: &BTreeSet<String>,
        is_followed: bool,
    ) -> Result<TrainingOptions, UnknownName> {
        let (without, columns) = self.left_out(kept)?;
        Ok(TrainingOptions {
            features: self.features,
            without,
            target: self.target.unwrap_or(Target::default_where(is_followed)),
            segments: self.segments,
            flagged_segments: self.flag.clone(),
            trees: self.trees,
            seed: self.seed,
            learner: self.learner,
            extras: if self.all_extras {
                ExtraChoice::AllBut(columns)
            } else if extras.is_empty() {
                ExtraChoice::None
            } else {
                ExtraChoice::Named(extras)
            },
            class_weights: self.class_weights,
            calibration: (self.calibration || self.no_calibration).then_some(self.calibration),
            folds: self.folds,
            as_of: None,
            horizon_days: self.horizon_days,
            is_time_ordered: self.by_time,
        })
    }

    /// What is left out: features, and columns that are kept with the loans.
    fn left_out(&self, kept: &BTreeSet<String>) -> Result<(Vec<Feature>, Vec<String>), UnknownName> {
        let (mut features, mut columns) = (Vec::new(), Vec::new());
        for name in &self.without {
            let feature = Feature::find(name).filter(|feature| self.features.features().contains(feature));
            match feature {
                Some(feature) => features.push(feature),
                None if self.all_extras && kept.contains(name) => columns.push(name.clone()),
                None => {
                    let kept = kept.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                    let columns = match (self.all_extras, kept.as_str()) {
                        (false, _) => "extra columns are left out with --all-extras".to_owned(),
                        (true, "") => "no extra columns are kept with the loans".to_owned(),
                        (true, kept) => format!("the extra columns are {kept}"),
                    };
                    return Err(UnknownName { name: name.clone(), set: self.features, columns });
                }
            }
        }
        Ok((features, columns))
    }
}
