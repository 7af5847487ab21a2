//! One form field: a label, a control, and a hint or an error that belongs to it.

use crate::error::AppError;
use leptos::prelude::*;

/// A one-line input.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    /// The name in the form; it is the element's id too.
    #[prop(into)]
    name: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] min_length: Option<usize>,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let hint_id = hint.as_ref().map(|_| format!("{name}-hint"));
    view! {
        <div>
            <label class="form-label" for=name.clone()>{label}</label>
            <input
                class="form-control"
                id=name.clone()
                name=name
                type=kind
                value=value
                required=required
                minlength=min_length
                maxlength="256"
                autocomplete=autocomplete
                aria-describedby=hint_id.clone()
            />
            {hint.map(|hint| view! { <p class="form-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// One of a few values.
#[component]
pub fn SelectField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// Values with the words that a person reads.
    options: Vec<(String, String)>,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    view! {
        <div>
            <label class="form-label" for=name.clone()>{label}</label>
            <select class="form-select" id=name.clone() name=name>
                {options
                    .into_iter()
                    .map(|(code, words)| {
                        let selected = code == value;
                        view! { <option value=code selected=selected>{words}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

/// Something that is so or not.
#[component]
pub fn CheckField(
    #[prop(into)] label: String,
    /// The name in the form; it is the element's id too.
    #[prop(into)]
    name: String,
    #[prop(into)] hint: String,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    view! {
        <div>
            <label class="form-check">
                <input class="form-check-input" type="checkbox" id=name.clone() name=name aria-describedby=hint_id.clone()/>
                <span class="form-check-label">{label}</span>
            </label>
            <p class="form-hint" id=hint_id>{hint}</p>
        </div>
    }
}

/// What was wrong with a form, above its fields.
#[component]
pub fn ErrorSummary(#[prop(into)] message: String) -> impl IntoView {
    use crate::components::icon::{Icon, IconMark};
    view! {
        <div class="alert alert--danger" role="alert">
            <IconMark icon=Icon::AlertCircle/>
            <div>{message}</div>
        </div>
    }
}

/// What a form's action answered, where it was an error.
pub fn refusal<T: Clone + Send + Sync + 'static>(answer: Option<Result<T, AppError>>) -> Option<String> {
    answer.and_then(Result::err).map(|error| error.to_string())
}
