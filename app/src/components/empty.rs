//! What stands where there is nothing to show: nothing yet, no matches, or an error.

use crate::components::icon::{Icon, IconMark};
use crate::error::AppError;
use leptos::prelude::*;

/// Why there is nothing to show, and what to do about it.
#[component]
pub fn Empty(
    icon: Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// Stands in place of a whole page, so that its title is the page's heading.
    #[prop(optional)]
    is_page: bool,
    /// A link or a form that helps out.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state">
            <IconMark icon/>
            {if is_page {
                view! { <h1 class="state__title">{title}</h1> }.into_any()
            } else {
                view! { <h2 class="state__title">{title}</h2> }.into_any()
            }}
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// The error in place of the content it kept from being shown.
#[component]
pub fn ErrorState(error: AppError) -> impl IntoView {
    let icon = match error {
        AppError::Forbidden | AppError::SignedOut => Icon::Lock,
        AppError::NotFound(_) => Icon::Search,
        _ => Icon::PlugX,
    };
    // Where trying again cannot help, the way out is the start page.
    let (address, label) = match error {
        AppError::SignedOut => ("/login", "Sign in"),
        AppError::Forbidden | AppError::NotFound(_) => ("/", "Go to the start page"),
        _ => ("", "Try again"),
    };
    view! {
        <section class="card" role="alert">
            <Empty icon title=error.title() text=error.to_string() is_page=true>
                <a class="btn" href=address rel="external">{label}</a>
            </Empty>
        </section>
    }
}
