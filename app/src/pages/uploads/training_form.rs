//! The settings of a training, as an admin chooses them.

use super::api::Train;
use crate::components::field::{ErrorSummary, SelectField, TextField, refusal};
use domain::feature::FeatureSet;
use domain::model::{Target, TrainingOptions};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// Reads the form; what it does not know is refused in the words of its fields.
pub fn read(features: &str, target: &str, segments: u32, flagged: &str) -> Result<TrainingOptions, String> {
    let features = FeatureSet::find(features).ok_or("Features: choose one of the list.")?;
    let target = Target::find(target).ok_or("Learns from: choose one of the list.")?;
    if !(2..=12).contains(&segments) {
        return Err("Segments: enter a number from 2 to 12.".to_owned());
    }
    let numbers = flagged.split([',', ' ']).filter(|part| !part.is_empty());
    let numbers: Vec<i32> =
        numbers.map(str::parse).collect::<Result<_, _>>().map_err(|_| "High-risk segments: enter numbers, as 0,3.")?;
    if numbers.iter().any(|number| !(0..segments as i32).contains(number)) {
        return Err(format!("High-risk segments: segments are numbered 0 to {}.", segments - 1));
    }
    let flagged_segments = (!numbers.is_empty()).then_some(numbers);
    Ok(TrainingOptions { features, target, segments, flagged_segments, ..TrainingOptions::default() })
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
) -> impl IntoView {
    let choices = |values: &[(&'static str, &'static str)]| {
        values.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let features = choices(&FeatureSet::ALL.map(|set| (set.code(), set.label())));
    let targets = choices(&Target::ALL.map(|target| (target.code(), target.label())));
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
            </div>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_nonsense_is_refused_in_the_words_of_its_field() {
        let good = read("reference", "segment-proxy", 4, "0, 3").expect("a good form");
        assert_eq!(good.flagged_segments, Some(vec![0, 3]));
        assert_eq!(read("default", "observed", 4, "").map(|options| options.flagged_segments), Ok(None));
        let check = |features, target, segments, flagged, field: &str| {
            let why = read(features, target, segments, flagged).expect_err(field);
            assert!(why.starts_with(field), "{why}");
        };
        check("all", "observed", 4, "", "Features");
        check("default", "luck", 4, "", "Learns from");
        check("default", "observed", 1, "", "Segments");
        check("default", "observed", 4, "a", "High-risk segments");
        check("default", "observed", 4, "4", "High-risk segments");
    }
}
