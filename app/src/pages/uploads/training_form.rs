//! The settings of a training, as an admin chooses them.

use super::api::Train;
use crate::components::field::{ErrorSummary, SelectField, TextField, refusal};
use domain::feature::{Feature, FeatureSet};
use domain::follow_up::{FollowUp, OUTCOMES_MIN};
use domain::model::{ClassWeights, ExtraChoice, Learner, Target, TrainingOptions};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// Whether scores become probabilities: codes, and the words that a person reads.
const CALIBRATIONS: [(&str, &str); 3] =
    [("", "Automatic: for observed outcomes"), ("yes", "Calibrated to rates"), ("no", "As the forest gives them")];

/// How the model is tested: codes, and the words that a person reads.
const VALIDATIONS: [(&str, &str); 4] = [
    ("", "Automatic: five folds for observed outcomes"),
    ("borrower", "Five folds, by borrower"),
    ("time", "Five folds, by the day of the loan"),
    ("none", "Held-out loans alone"),
];

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
    /// What a model could learn of an earlier day.
    follow_up: Option<FollowUp>,
) -> impl IntoView {
    let choices = |values: &[(&'static str, &'static str)]| {
        values.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let features = choices(&FeatureSet::ALL.map(|set| (set.code(), set.label())));
    let targets = choices(&Target::ALL.map(|target| (target.code(), target.label())));
    let learners = choices(&Learner::ALL.map(|learner| (learner.code(), learner.label())));
    let calibration = options.calibration.map_or("", |calibration| if calibration { "yes" } else { "no" });
    let weights = choices(&ClassWeights::ALL.map(|weights| (weights.code(), weights.label())));
    let validation = match (options.folds, options.is_time_ordered) {
        (None, _) => "",
        (Some(0), _) => "none",
        (Some(_), false) => "borrower",
        (Some(_), true) => "time",
    };
    let features_left_out = Feature::ALL.map(|feature| Choice {
        code: feature.code().to_owned(),
        words: feature.label().to_owned(),
        is_proposed: options.without.contains(&feature),
    });
    let counts = (2..=12).map(|count: u32| (count.to_string(), count.to_string())).collect();
    view! {
        {move || refusal(train.value().get()).map(|message| view! { <ErrorSummary message/> })}
        <ActionForm action=train attr:class="stack">
            <p class="note">{target_reason(follow_up)}</p>
            <div class="fields">
                <SelectField label="Learns from" name="target" options=targets value=options.target.code()/>
                <TextField
                    label="Features as of"
                    name="learning[as_of]"
                    hint="A day, as 2025-06-30. Leave empty for the newest one after which enough outcomes are known."
                />
                <TextField
                    label="Horizon in days"
                    name="learning[horizon_days]"
                    hint="Outcomes count so long after that day. Leave empty for a year, or what files reach; 0 takes both as they stand today."
                />
                <SelectField label="Features" name="features" options=features value=options.features.code()/>
                <SelectField label="Segments" name="segments" options=counts value=options.segments.to_string()/>
                <TextField
                    label="High-risk segments"
                    name="flagged"
                    hint="Numbers, as 0,3. Leave empty to read the risk off outcomes or centres."
                />
                <SelectField label="Method" name="learning[learner]" options=learners value=options.learner.code()/>
                <SelectField label="Scores" name="learning[calibration]" options=choices(&CALIBRATIONS) value=calibration/>
                <SelectField label="Validation" name="learning[validation]" options=choices(&VALIDATIONS) value=validation/>
                <SelectField label="Outcomes weigh" name="learning[class_weights]" options=weights value=options.class_weights.code()/>
            </div>
            <Choices
                legend="Features left out"
                name="learning[without]"
                choices=features_left_out.to_vec()
                hint="Features of the set that neither the model nor the segments look at."
            />
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

/// Why the form proposes the target that it does.
fn target_reason(follow_up: Option<FollowUp>) -> String {
    match follow_up {
        Some(follow_up) => format!("Files of several days tell enough outcomes to learn from. {}.", follow_up.words()),
        None => format!(
            "Files of several days do not yet tell what became of at least {OUTCOMES_MIN} lost loans and {OUTCOMES_MIN} others: \
             observed outcomes would be of the same day as their features."
        ),
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
    let choices = columns.into_iter().map(|column| Choice {
        is_proposed: is_proposed(&column),
        words: column.clone(),
        code: column,
    });
    view! {
        <Choices
            legend="Extra columns"
            name="extras"
            choices=choices.collect()
            hint="Kept with the loans besides their fields. Choose only what is known before the decision; the notes of the training name columns that give the outcome away."
        />
    }
}

/// One box of a list.
#[derive(Clone, Debug)]
struct Choice {
    code: String,
    words: String,
    is_proposed: bool,
}

/// A box for each of several choices, of which any may hold.
#[component]
fn Choices(legend: &'static str, name: &'static str, choices: Vec<Choice>, hint: &'static str) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    let described_by = hint_id.clone();
    let boxes = choices.into_iter().enumerate().map(|(place, Choice { code, words, is_proposed })| {
        let name = format!("{name}[{place}]");
        view! {
            <label class="form-check">
                <input class="form-check-input" type="checkbox" name=name value=code checked=is_proposed/>
                <span class="form-check-label">{words}</span>
            </label>
        }
    });
    view! {
        <fieldset aria-describedby=described_by>
            <legend class="form-label">{legend}</legend>
            <div class="choices">{boxes.collect_view()}</div>
            <p class="form-hint" id=hint_id>{hint}</p>
        </fieldset>
    }
}
