//! The frame around every page of a person who has signed in: navigation, bar, and the page.

pub mod api;
mod bar;
mod nav;

use crate::components::icon::{Icon, IconMark};
use bar::Bar;
use chrono::{DateTime, Utc};
use domain::access::SignedIn;
use domain::team::Portfolio;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use nav::Nav;
use serde::{Deserialize, Serialize};

/// The person who looks, and what they look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewer {
    pub person: SignedIn,
    pub portfolio: Portfolio,
    pub policy_version: i32,
    /// When the figures were made; nothing before the first import.
    pub as_of: Option<DateTime<Utc>>,
}

#[component]
pub fn Frame() -> impl IntoView {
    let viewer = Resource::new(|| (), |()| api::get_viewer());
    let known = move |draw: fn(Viewer) -> AnyView| {
        view! {
            <Transition fallback=|| ()>
                {move || Suspend::new(async move { viewer.await.ok().map(draw) })}
            </Transition>
        }
    };
    view! {
        <a class="skip-link" href="#main">"Skip to main content"</a>
        <div class="app">
            <nav class="app-nav" id="app-nav" popover aria-label="Main">
                {known(|viewer| view! { <Nav viewer/> }.into_any())}
            </nav>
            <header class="app-bar">{known(|viewer| view! { <Bar viewer/> }.into_any())}</header>
            <main class="main" id="main" tabindex="-1">
                {known(|viewer| viewer.portfolio.is_demo.then(|| view! { <DemoBanner/> }).into_any())}
                <Outlet/>
            </main>
        </div>
    }
}

#[component]
fn DemoBanner() -> impl IntoView {
    view! {
        <p class="alert alert--info" role="note">
            <IconMark icon=Icon::InfoCircle/>
            <span><strong>"Demo. "</strong>"All borrowers, loans and figures here are made up."</span>
        </p>
    }
}
