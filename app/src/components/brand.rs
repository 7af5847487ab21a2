//! The product's mark and name.

use leptos::prelude::*;

#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 28 28" aria-hidden="true">
            <rect width="28" height="28" rx="7" fill="var(--brand)"></rect>
            <path
                d="M8 19.5V14m4.7 5.5V11m4.7 8.5V8"
                transform="translate(1.3 .5)"
                fill="none"
                stroke="var(--ink-inverse)"
                stroke-width="2.2"
                stroke-linecap="round"
            ></path>
        </svg>
    }
}

#[component]
pub fn BrandName() -> impl IntoView {
    view! { <span>"Loan Recovery"<br/>"Engine"</span> }
}
