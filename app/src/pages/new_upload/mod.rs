//! Sending files, which is the first step of loading them.

mod send_form;

use crate::components::page_head::PageHead;
use leptos::prelude::*;
use leptos_meta::Title;
use send_form::{SendForm, use_sending};

#[component]
pub fn NewUploadPage() -> impl IntoView {
    let sending = use_sending();
    view! {
        <Title text="Load files"/>
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
                    <p class="note">"Files of a known source, and files with the columns of a mapping that was saved, are loaded at once. That can be undone."</p>
                    <p class="note">"Of others you see what each column seems to hold, and can change it. Any header is good."</p>
                    <p class="note">"Then all rows are checked, and you see which would be stored and which not, and why, before anything is stored."</p>
                </div>
            </section>
        </div>
    }
}
