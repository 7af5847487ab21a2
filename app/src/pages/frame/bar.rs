//! The bar above every page: search, the age of the figures, the theme, the person.

use super::Viewer;
use super::api::SignOut;
use crate::components::icon::{Icon, IconMark};
use crate::format;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Bar(viewer: Viewer) -> impl IntoView {
    let sign_out = ServerAction::<SignOut>::new();
    let person = viewer.person;
    let initials: String = person.name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
    let duty = person
        .team
        .map_or_else(|| person.role.label().to_owned(), |team| format!("{}, {}", person.role.label(), team.name));
    view! {
        <button class="btn btn-ghost app-bar__menu" type="button" popovertarget="app-nav" aria-label="Open menu">
            <IconMark icon=Icon::Menu/>
        </button>
        <form class="app-bar__search" role="search" action="/loans" method="get">
            <label class="visually-hidden" for="search">"Search loans and borrowers"</label>
            <IconMark icon=Icon::Search/>
            <input class="form-control" id="search" name="text" type="search" maxlength="100" placeholder="Loan or borrower"/>
            <button class="visually-hidden" type="submit">"Search"</button>
        </form>
        <div class="app-bar__end">
            <span class="asof">
                <IconMark icon=Icon::Database/>
                {viewer.as_of.map_or_else(|| "No data yet".to_owned(), |as_of| format!("Data as of {}", format::moment(as_of)))}
            </span>
            <button class="btn btn-ghost" type="button" id="theme" aria-label="Change between light and dark">
                <IconMark icon=Icon::Moon/>
            </button>
            <span class="who">
                <span class="avatar avatar-rounded" aria-hidden="true">{initials.to_uppercase()}</span>
                <span><b>{person.name}</b><br/>{duty}</span>
            </span>
            <ActionForm action=sign_out>
                <button class="btn btn-ghost" type="submit" aria-label="Sign out"><IconMark icon=Icon::SignOut/></button>
            </ActionForm>
        </div>
    }
}
