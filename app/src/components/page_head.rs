//! The heading of a page.

use leptos::prelude::*;

/// A page's heading with its scope below.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(into)] scope: String,
    /// What can be done with the whole page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                <p>{scope}</p>
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
}
