//! The settings of a training, as an admin chooses them.

use super::api::Train;
use crate::components::field::{ErrorSummary, SelectField, TextField, refusal};
use domain::feature::FeatureSet;
use domain::mapping::EXTRAS_MAX;
use domain::model::{ExtraChoice, Learner, Target, TrainingOptions};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The form as it is sent: the codes of what was chosen. Blank is what nobody chose.
#[derive(Clone, Debug, Default)]
pub struct TrainingAnswers {
    pub features: String,
    pub target: String,
    pub segments: u32,
    pub flagged: String,
    pub learner: String,
    pub calibration: String,
    pub extras: Vec<String>,
}

/// Whether scores become probabilities: codes, and the words that a person reads.
const CALIBRATIONS: [(&str, &str); 3] =
    [("", "Automatic: for observed outcomes"), ("yes", "Calibrated to rates"), ("no", "As the forest gives them")];

impl TrainingAnswers {
    /// Reads the form; what it does not know is refused in the words of its fields.
    pub fn read(self) -> Result<TrainingOptions, String> {
        let features = FeatureSet::find(&self.features).ok_or("Features: choose one of the list.")?;
        let target = Target::find(&self.target).ok_or("Learns from: choose one of the list.")?;
        let learner = match self.learner.as_str() {
            "" => Learner::Automatic,
            code => Learner::find(code).ok_or("Method: choose one of the list.")?,
        };
        let calibration = match self.calibration.as_str() {
            "" => None,
            "yes" => Some(true),
            "no" => Some(false),
            _ => return Err("Scores: choose one of the list.".to_owned()),
        };
        if self.extras.len() > EXTRAS_MAX {
            return Err(format!("Extra columns: choose at most {EXTRAS_MAX}."));
        }
        let extras = if self.extras.is_empty() { ExtraChoice::None } else { ExtraChoice::Named(self.extras) };
        let flagged_segments = flagged_segments(&self.flagged, self.segments)?;
        let segments = self.segments;
        let defaults = TrainingOptions::default();
        Ok(TrainingOptions { features, target, segments, flagged_segments, learner, calibration, extras, ..defaults })
    }
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

/// Said in place of a training that has nothing to learn from.
pub const NO_LOANS: &str = "There are no loans on file yet: load a file first.";

#[component]
pub fn TrainingForm(
    train: ServerAction<Train>,
    /// What the form proposes.
    options: TrainingOptions,
    /// Without loans the form shows what comes next, but cannot be sent.
    has_loans: bool,
    /// Names of the columns that a model may look at besides its features.
    extra_columns: Vec<String>,
) -> impl IntoView {
    let choices = |values: &[(&'static str, &'static str)]| {
        values.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let features = choices(&FeatureSet::ALL.map(|set| (set.code(), set.label())));
    let targets = choices(&Target::ALL.map(|target| (target.code(), target.label())));
    let learners = choices(&Learner::ALL.map(|learner| (learner.code(), learner.label())));
    let calibration = options.calibration.map_or("", |calibration| if calibration { "yes" } else { "no" });
    let counts = (2..=12).map(|count: u32| (count.to_string(), count.to_string())).collect();
    view! {
        {move || refusal(train.value().get()).map(|message| view! { <ErrorSummary message/> })}
        <ActionForm action=train attr:class="stack">
            <div class="fields">
                <SelectField label="Learns from" name="target" options=targets value=options.target.code()/>
                <SelectField label="Features" name="features" options=features value=options.features.code()/>
                <SelectField label="Segments" name="segments" options=counts value=options.segments.to_string()/>
                <TextField
                    label="High-risk segments"
                    name="flagged"
                    hint="Numbers, as 0,3. Leave empty to read the risk off the segments' centres."
                />
                <SelectField label="Method" name="learner" options=learners value=options.learner.code()/>
                <SelectField label="Scores" name="calibration" options=choices(&CALIBRATIONS) value=calibration/>
            </div>
            {(!extra_columns.is_empty()).then(|| view! { <ExtraColumns columns=extra_columns choice=options.extras/> })}
            {(!has_loans).then(|| view! { <p class="note" id="no-loans">{NO_LOANS}</p> })}
            <div class="actions">
                <button
                    class="btn btn-primary"
                    type="submit"
                    disabled=!has_loans
                    aria-describedby=(!has_loans).then_some("no-loans")
                >
                    "Train and score"
                </button>
            </div>
        </ActionForm>
    }
}

/// A box for each column that a model may look at besides its features.
#[component]
fn ExtraColumns(
    columns: Vec<String>,
    /// What is proposed.
    choice: ExtraChoice,
) -> impl IntoView {
    let is_proposed = move |column: &String| match &choice {
        ExtraChoice::None => false,
        ExtraChoice::AllBut(others) => !others.contains(column),
        ExtraChoice::Named(names) => names.contains(column),
    };
    let boxes = columns.into_iter().enumerate().map(|(place, column)| {
        let is_checked = is_proposed(&column);
        view! {
            <label class="form-check">
                <input
                    class="form-check-input"
                    type="checkbox"
                    name=format!("extras[{place}]")
                    value=column.clone()
                    checked=is_checked
                />
                <span class="form-check-label">{column}</span>
            </label>
        }
    });
    view! {
        <fieldset aria-describedby="extras-hint">
            <legend class="form-label">"Extra columns"</legend>
            <div class="fields">{boxes.collect_view()}</div>
            <p class="form-hint" id="extras-hint">
                "Kept with the loans besides their fields. Choose only what is known before the decision; the notes of the training name columns that give the outcome away."
            </p>
        </fieldset>
    }
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
        check(TrainingAnswers { learner: "magic".to_owned(), ..good() }, "Method");
        check(TrainingAnswers { calibration: "perhaps".to_owned(), ..good() }, "Scores");
        check(TrainingAnswers { extras: vec![String::new(); 101], ..good() }, "Extra columns");
    }

    #[test]
    fn extra_columns_learner_and_calibration_are_read() {
        let extras = vec!["NAICS".to_owned()];
        let [learner, calibration] = ["histogram", "no"].map(str::to_owned);
        let options =
            TrainingAnswers { extras: extras.clone(), learner, calibration, ..good() }.read().expect("a form");
        assert_eq!(options.extras, ExtraChoice::Named(extras));
        assert_eq!((options.learner, options.calibration), (Learner::Histogram, Some(false)));
        assert_eq!(good().read().expect("a form").extras, ExtraChoice::None);
    }
}
