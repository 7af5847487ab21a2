//! Signing in.

pub mod api;

use crate::components::brand::{BrandName, Logo};
use crate::components::field::{ErrorSummary, TextField, refusal};
use crate::components::track_mark::TrackMark;
use api::SignIn;
use domain::policy::Policy;
use domain::track::Track;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignInPage() -> impl IntoView {
    let sign_in = ServerAction::<SignIn>::new();
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    view! {
        <Title text="Sign in"/>
        <main class="login" id="main">
            <div class="login__form">
                <div>
                    <span class="brand"><Logo/><BrandName/></span>
                    <h1>"Sign in"</h1>
                    {move || refusal(sign_in.value().get()).map(|message| view! { <ErrorSummary message/> })}
                    <ActionForm action=sign_in attr:class="stack">
                        <input type="hidden" name="next" value=next/>
                        <TextField label="Email" name="email" kind="email" autocomplete="username" required=true/>
                        <TextField label="Password" name="password" kind="password" autocomplete="current-password" required=true/>
                        <button class="btn btn-primary" type="submit">"Sign in"</button>
                    </ActionForm>
                </div>
            </div>
            <About/>
        </main>
    }
}

/// What the product does, beside the form.
#[component]
pub fn About() -> impl IntoView {
    let policy = Policy::default();
    view! {
        <aside class="login__side" aria-label="About this product">
            <div>
                <h2>"The right contact, for the right loan, within the rules."</h2>
                <ul class="stack">
                    {[Track::Standard, Track::Settlement, Track::Legal]
                        .into_iter()
                        .map(|track| {
                            let [first, second] = track.treatments();
                            view! {
                                <li>
                                    <TrackMark track/>
                                    <p class="note">{format!("Score {}. {first}; {}.", policy.bounds_in_words(track), second.to_lowercase())}</p>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </div>
        </aside>
    }
}
