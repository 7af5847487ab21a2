//! The first start: a portfolio and its first administrator, behind a link that the server printed.

pub mod api;

use crate::components::brand::{BrandName, Logo};
use crate::components::field::{ErrorSummary, SelectField, TextField, refusal};
use crate::pages::sign_in::About;
use api::SetUp;
use domain::access::PASSWORD_LENGTH_MIN;
use domain::money::Currency;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SetupPage() -> impl IntoView {
    let set_up = ServerAction::<SetUp>::new();
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    view! {
        <Title text="Set up"/>
        <main class="login" id="main">
            <div class="login__form">
                <div>
                    <span class="brand"><Logo/><BrandName/></span>
                    <div>
                        <h1>"Set up your first portfolio"</h1>
                        <p class="note">"You become its administrator. Loading a file comes next."</p>
                    </div>
                    {move || refusal(set_up.value().get()).map(|message| view! { <ErrorSummary message/> })}
                    {if token.is_empty() { Either::Left(view! { <NoKey/> }) } else { Either::Right(view! { <Form set_up token/> }) }}
                </div>
            </div>
            <About/>
        </main>
    }
}

#[component]
fn NoKey() -> impl IntoView {
    view! {
        <p class="note" role="note">
            "Open the link that the server printed when it started: it carries the key to this page. A server that has a \
             portfolio prints none; "<a href="/login">"sign in"</a>" there."
        </p>
    }
}

#[component]
fn Form(set_up: ServerAction<SetUp>, token: String) -> impl IntoView {
    let currencies = Currency::ALL.map(|currency| (currency.code().to_owned(), currency.code().to_owned())).to_vec();
    view! {
        <ActionForm action=set_up attr:class="stack">
            <input type="hidden" name="token" value=token/>
            <TextField label="Portfolio name" name="portfolio" required=true/>
            <SelectField label="Currency of its amounts" name="currency" options=currencies/>
            <TextField label="Your name" name="name" autocomplete="name" required=true/>
            <TextField label="Email" name="email" kind="email" autocomplete="username" required=true/>
            <TextField
                label="Password"
                name="password"
                kind="password"
                autocomplete="new-password"
                min_length=PASSWORD_LENGTH_MIN
                hint=format!("At least {PASSWORD_LENGTH_MIN} characters.")
                required=true
            />
            <button class="btn btn-primary" type="submit">"Set up and sign in"</button>
        </ActionForm>
    }
}
