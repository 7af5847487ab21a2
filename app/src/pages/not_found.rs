//! What stands at an address that has no page.

use crate::components::empty::ErrorState;
use crate::error::AppError;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <main class="main" id="main">
            <ErrorState error=AppError::NotFound("page".to_owned())/>
        </main>
    }
}
