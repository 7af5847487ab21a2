//! The settings of a training, as a form says them.

use domain::feature::{Feature, FeatureSet};
use domain::mapping::EXTRAS_MAX;
use domain::model::{ClassWeights, ExtraChoice, FOLDS, Learner, Target, TrainingOptions};
use serde::{Deserialize, Serialize};

/// The form as it is sent: the codes of what was chosen. Blank is what nobody chose.
#[derive(Clone, Debug, Default)]
pub struct TrainingAnswers {
    pub features: String,
    pub target: String,
    pub segments: u32,
    pub flagged: String,
    pub learning: LearningAnswers,
    pub extras: Vec<String>,
}

/// How the model learns and is tested.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LearningAnswers {
    pub learner: String,
    pub calibration: String,
    pub validation: String,
    pub class_weights: String,
    /// The day of the features.
    pub as_of: String,
    pub horizon_days: String,
    /// Features of the set that the model does not look at.
    pub without: Vec<String>,
}

impl TrainingAnswers {
    /// Reads the form; what it does not know is refused in the words of its fields.
    pub fn read(self) -> Result<TrainingOptions, String> {
        let features = FeatureSet::find(&self.features).ok_or("Features: choose one of the list.")?;
        let target = Target::find(&self.target).ok_or("Learns from: choose one of the list.")?;
        let LearningAnswers { learner, calibration, validation, class_weights, as_of, horizon_days, without } =
            self.learning;
        let learner = match learner.as_str() {
            "" => Learner::Automatic,
            code => Learner::find(code).ok_or("Method: choose one of the list.")?,
        };
        let calibration = match calibration.as_str() {
            "" => None,
            "yes" => Some(true),
            "no" => Some(false),
            _ => return Err("Scores: choose one of the list.".to_owned()),
        };
        let (folds, is_time_ordered) = match validation.as_str() {
            "" => (None, false),
            "borrower" => (Some(FOLDS), false),
            "time" => (Some(FOLDS), true),
            "none" => (Some(0), false),
            _ => return Err("Validation: choose one of the list.".to_owned()),
        };
        let class_weights = match class_weights.as_str() {
            "" => ClassWeights::None,
            code => ClassWeights::find(code).ok_or("Outcomes weigh: choose one of the list.")?,
        };
        if class_weights != ClassWeights::None && learner == Learner::Smartcore {
            return Err("Outcomes weigh: smartcore takes no weights. Choose another method, or no weights.".to_owned());
        }
        let as_of =
            said(&as_of).map(str::parse).transpose().map_err(|_| "Features as of: enter a day, as 2025-06-30.")?;
        let horizon_days = said(&horizon_days).map(str::parse).transpose();
        let horizon_days = horizon_days.ok().filter(|days| days.is_none_or(|days| days <= HORIZON_DAYS_MAX));
        let horizon_days = horizon_days.ok_or("Horizon in days: enter a number from 0 to 3650.")?;
        let without: Option<Vec<Feature>> = without.iter().map(|code| Feature::find(code)).collect();
        let mut without = without.ok_or("Features left out: choose features of the list.")?;
        // The form lists the features of all sets.
        without.retain(|feature| features.features().contains(feature));
        if self.extras.len() > EXTRAS_MAX {
            return Err(format!("Extra columns: choose at most {EXTRAS_MAX}."));
        }
        let extras = if self.extras.is_empty() { ExtraChoice::None } else { ExtraChoice::Named(self.extras) };
        let flagged_segments = flagged_segments(&self.flagged, self.segments)?;
        let options = TrainingOptions {
            features,
            without,
            target,
            segments: self.segments,
            flagged_segments,
            learner,
            extras,
            class_weights,
            calibration,
            folds,
            as_of,
            horizon_days,
            is_time_ordered,
            ..TrainingOptions::default()
        };
        if options.chosen_features().is_empty() {
            return Err("Features left out: leave the model a feature to look at.".to_owned());
        }
        Ok(options)
    }
}

/// The longest horizon that a form takes: ten years.
const HORIZON_DAYS_MAX: u32 = 3_650;

/// What a field says, unless it is blank.
fn said(field: &str) -> Option<&str> {
    Some(field.trim()).filter(|field| !field.is_empty())
}

fn flagged_segments(flagged: &str, segments: u32) -> Result<Option<Vec<i32>>, String> {
    if !(2..=12).contains(&segments) {
        return Err("Segments: enter a number from 2 to 12.".to_owned());
    }
    let numbers = flagged.split([',', ' ']).filter(|part| !part.is_empty());
    let numbers: Vec<i32> =
        numbers.map(str::parse).collect::<Result<_, _>>().map_err(|_| "High-risk segments: enter numbers, as 0,3.")?;
    if numbers.iter().any(|number| !(0..segments as i32).contains(number)) {
        return Err(format!("High-risk segments: segments are numbered 0 to {}.", segments - 1));
    }
    Ok((!numbers.is_empty()).then_some(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(features: &str, target: &str, segments: u32, flagged: &str) -> TrainingAnswers {
        let [features, target, flagged] = [features, target, flagged].map(str::to_owned);
        TrainingAnswers { features, target, segments, flagged, ..TrainingAnswers::default() }
    }

    fn good() -> TrainingAnswers {
        answers("reference", "segment-proxy", 4, "0, 3")
    }

    /// A good form with another way to learn.
    fn learning(change: impl FnOnce(&mut LearningAnswers)) -> TrainingAnswers {
        let mut form = good();
        change(&mut form.learning);
        form
    }

    #[test]
    fn forms_are_read_and_nonsense_is_refused_in_the_words_of_its_field() {
        assert_eq!(good().read().expect("a good form").flagged_segments, Some(vec![0, 3]));
        let unflagged = answers("default", "observed", 4, "").read().expect("a good form");
        assert_eq!((unflagged.flagged_segments, unflagged.learner), (None, Learner::Automatic));
        let check = |form: TrainingAnswers, field: &str| {
            let why = form.read().expect_err(field);
            assert!(why.starts_with(field), "{why}");
        };
        check(answers("all", "observed", 4, ""), "Features");
        check(answers("default", "luck", 4, ""), "Learns from");
        check(answers("default", "observed", 1, ""), "Segments");
        check(answers("default", "observed", 4, "a"), "High-risk segments");
        check(answers("default", "observed", 4, "4"), "High-risk segments");
        check(learning(|form| form.learner = "magic".to_owned()), "Method");
        check(learning(|form| form.calibration = "perhaps".to_owned()), "Scores");
        check(TrainingAnswers { extras: vec![String::new(); 101], ..good() }, "Extra columns");
        check(learning(|form| form.validation = "luck".to_owned()), "Validation");
        check(learning(|form| form.class_weights = "heavy".to_owned()), "Outcomes weigh");
        let unweighted = |form: &mut LearningAnswers| {
            [form.learner, form.class_weights] = ["smartcore", "balanced"].map(str::to_owned);
        };
        check(learning(unweighted), "Outcomes weigh");
        check(learning(|form| form.as_of = "June".to_owned()), "Features as of");
        check(learning(|form| form.horizon_days = "-1".to_owned()), "Horizon in days");
        check(learning(|form| form.horizon_days = "3651".to_owned()), "Horizon in days");
        check(learning(|form| form.without = vec!["luck".to_owned()]), "Features left out");
        let all = Feature::ALL.map(|feature| feature.code().to_owned()).to_vec();
        check(learning(|form| form.without = all), "Features left out");
    }

    #[test]
    fn extra_columns_learner_and_calibration_are_read() {
        let extras = vec!["NAICS".to_owned()];
        let form = learning(|form| [form.learner, form.calibration] = ["histogram", "no"].map(str::to_owned));
        let options = TrainingAnswers { extras: extras.clone(), ..form }.read().expect("a form");
        assert_eq!(options.extras, ExtraChoice::Named(extras));
        assert_eq!((options.learner, options.calibration), (Learner::Histogram, Some(false)));
        assert_eq!(good().read().expect("a form").extras, ExtraChoice::None);
    }

    #[test]
    fn validation_weights_and_what_is_left_out_are_read() {
        for (validation, expected) in
            [("", (None, false)), ("borrower", (Some(5), false)), ("time", (Some(5), true)), ("none", (Some(0), false))]
        {
            let options = learning(|form| form.validation = validation.to_owned()).read().expect("a form");
            assert_eq!((options.folds, options.is_time_ordered), expected, "{validation}");
        }
        let form = learning(|form| [form.as_of, form.horizon_days] = [" 2025-06-30", "180"].map(str::to_owned));
        let options = form.read().expect("a form");
        assert_eq!(
            (options.as_of.map(|day| day.to_string()), options.horizon_days),
            (Some("2025-06-30".to_owned()), Some(180))
        );
        assert_eq!(good().read().expect("a form").as_of, None);
        let form = learning(|form| {
            form.without = ["age", "unsecured"].map(str::to_owned).to_vec();
            form.class_weights = "balanced".to_owned();
        });
        let options = form.read().expect("a form");
        assert_eq!(options.class_weights, ClassWeights::Balanced);
        assert_eq!(options.without, [Feature::Age], "the set has no other one of them");
    }
}
