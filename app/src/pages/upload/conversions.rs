//! The controls of how numbers, texts and dates of a column are read.

use super::column_answer::listed_missing;
use domain::field::Field;
use domain::mapping::DateFormat;
use domain::preview::SuggestedColumn;
use leptos::prelude::*;

/// What is done to numbers and texts, as the values ask for it in the field that stands there.
#[component]
pub fn Conversions(number: usize, column: SuggestedColumn, field: Option<Field>) -> impl IntoView {
    let name = move |part: &str| format!("columns[{number}][{part}]");
    let missing = listed_missing(&column);
    let reading = column.reading;
    view! {
        <input type="hidden" name=name("shown_as") value=field.map(Field::code)/>
        <label class="form-label">
            "Multiply numbers by"
            <input class="form-control" type="text" inputmode="decimal" maxlength="20" name=name("times")
                value=reading.times.map(|times| times.to_string())/>
        </label>
        <label class="form-label">
            "Texts that say nothing, with semicolons between"
            <input class="form-control" type="text" maxlength="2000" name=name("missing") value=missing/>
        </label>
        <label class="form-check">
            <input class="form-check-input" type="checkbox" name=name("decimal_comma") checked=reading.decimal_comma/>
            <span class="form-check-label">"A comma parts the decimals"</span>
        </label>
        <label class="form-check">
            <input class="form-check-input" type="checkbox" name=name("negative_as_zero") checked=reading.negative_as_zero/>
            <span class="form-check-label">"Negative numbers count as 0"</span>
        </label>
    }
}

/// In which order dates are written.
#[component]
pub fn DateOrder(
    name: String,
    title: String,
    column: SuggestedColumn,
    in_sight: bool,
    must_choose: bool,
) -> impl IntoView {
    let chosen = if must_choose {
        None
    } else {
        column.reading.date.or(column.date_choices.first().copied()).or(in_sight.then_some(DateFormat::Iso))
    };
    let fitting = column.date_choices.clone();
    let others = DateFormat::ALL.into_iter().filter(|format| !column.date_choices.contains(format));
    let options = fitting.into_iter().chain(others);
    view! {
        <select
            class="form-select mapping__field"
            name=name
            aria-label=format!("How dates in {title} are written")
            required=must_choose
        >
            {(must_choose || !in_sight)
                .then(|| {
                    let words = if must_choose { "Choose the order of its dates" } else { "No dates" };
                    view! { <option value="" selected=chosen.is_none()>{words}</option> }
                })}
            {options
                .map(|format| view! { <option value=format.code() selected=chosen == Some(format)>{format.label()}</option> })
                .collect_view()}
        </select>
    }
}
