//! Sending files, which is the first step of loading them.

pub mod api;
mod send_form;

use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use leptos::prelude::*;
use leptos_meta::Title;
use send_form::{SendForm, Sending, use_sending};

#[component]
pub fn NewUploadPage() -> impl IntoView {
    let sending = use_sending();
    let known = Resource::new(|| (), |()| api::get_new_upload());
    view! {
        <Title text="Load files"/>
        <Loaded resource=known let:known>
            <Sections known sending/>
        </Loaded>
    }
}

#[component]
fn Sections(
    /// Titles of profiles.
    known: Vec<String>,
    sending: RwSignal<Sending>,
) -> impl IntoView {
    view! {
        <p class="note"><a href="/uploads">"Loan files"</a>" / New"</p>
        <PageHead title="Load files" scope="Loans, payments and borrowers: one file, or several that belong together."/>
        <div class="grid">
            <section class="card c8 c-wide" aria-labelledby="send">
                <div class="card-header">
                    <h2 class="card-title" id="send"><span class="stepno">"1"</span>"Files"</h2>
                </div>
                <div class="card-body"><SendForm sending/></div>
            </section>
            <section class="card c4 c-wide" aria-labelledby="next">
                <div class="card-header"><h2 class="card-title" id="next">"What comes next"</h2></div>
                <div class="card-body stack stack--tight">
                    <p class="note">"Files of a known source, and files with the columns of a mapping that was saved, are loaded at once, unless you ask to see the columns first. That can be undone."</p>
                    <p class="note">"Of others you see what each column seems to hold, and can change it. Any header is good."</p>
                    <p class="note">"Then all rows are checked, and you see which would be stored and which not, and why, before anything is stored."</p>
                    {(!known.is_empty())
                        .then(|| {
                            view! {
                                <details class="more">
                                    <summary>"Sources that are known"</summary>
                                    <ul class="note">{known.into_iter().map(|title| view! { <li>{title}</li> }).collect_view()}</ul>
                                </details>
                            }
                        })}
                </div>
            </section>
        </div>
    }
}
