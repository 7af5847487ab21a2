//! One step of a plan, in words.

use domain::money::Currency;
use domain::policy::plan::Step;
use leptos::prelude::*;

#[component]
pub fn StepRow(step: Step, currency: Currency) -> impl IntoView {
    let only = step.only.in_words(currency).map(|words| view! { <span class="note">{words}</span> });
    view! {
        <li class="treat__step">
            <span class="note">{format!("Day {}", step.on_day)}</span>
            <span><strong>{step.kind.label()}</strong>{only}</span>
        </li>
    }
}
