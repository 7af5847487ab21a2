//! Where borrowers say that they want no more messages: the link in each of them leads here.

pub mod api;

use crate::components::brand::{BrandName, Logo};
use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use api::OptOut;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn OptOutPage() -> impl IntoView {
    let opt_out = ServerAction::<OptOut>::new();
    let query = use_query_map();
    let token = move || query.with(|query| query.get("message").unwrap_or_default());
    let is_done = move || query.with(|query| query.get("done").is_some());
    let found = Resource::new(token, api::find_address);
    view! {
        <Title text="No more messages"/>
        <main class="login login--alone" id="main">
            <div class="login__form">
                <div>
                    <span class="brand"><Logo/><BrandName/></span>
                    <h1>"No more messages"</h1>
                    {move || refusal(opt_out.value().get()).map(|message| view! { <ErrorSummary message/> })}
                    <Loaded resource=found let:found>
                        <Asked found done=is_done() token=token() opt_out/>
                    </Loaded>
                </div>
            </div>
        </main>
    }
}

#[component]
fn Asked(found: (String, String), done: bool, token: String, opt_out: ServerAction<OptOut>) -> impl IntoView {
    let (messages, address) = found;
    if done {
        return view! { <p>{format!("No more {messages} go to {address}. You need do nothing else.")}</p> }.into_any();
    }
    let question =
        format!("Shall we send no more {messages} to {address}? Letters that the law asks for may still come by post.");
    view! {
        <ActionForm action=opt_out attr:class="stack">
            <p>{question}</p>
            <input type="hidden" name="message" value=token/>
            <button class="btn btn-primary" type="submit">{format!("Send no more {messages}")}</button>
        </ActionForm>
    }
    .into_any()
}
