//! The filters of the list: a plain form, so that they work without scripts and stand in the address.

use super::address;
use crate::components::field::{SelectField, TextField};
use domain::listing::LoanFilter;
use domain::loan::RecoveryStatus;
use domain::track::Track;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use leptos_router::params::ParamsMap;
use web_sys::{FormData, HtmlFormElement};

#[component]
pub fn FilterBar(filter: LoanFilter, segments: Vec<(i32, String)>) -> impl IntoView {
    let all = |words: &str| (String::new(), words.to_owned());
    let tracks = [all("All tracks")]
        .into_iter()
        .chain(Track::ALL.map(|track| (track.code().to_owned(), track.label().to_owned())));
    let statuses = [all("All states")]
        .into_iter()
        .chain(RecoveryStatus::ALL.map(|status| (status.code().to_owned(), status.label().to_owned())));
    let segments =
        [all("All segments")].into_iter().chain(segments.into_iter().map(|(number, name)| (number.to_string(), name)));
    let navigate = use_navigate();
    let apply = move |event: SubmitEvent| {
        // Where the fields cannot be read, the browser sends the form as it does without scripts.
        if let Some(filter) = read_form(&event) {
            event.prevent_default();
            navigate(&address::write(&filter), NavigateOptions::default());
        }
    };
    view! {
        <form class="filters" method="get" action="/loans" aria-label="Filters" on:submit=apply>
            <SelectField label="Track" name="track" options=tracks.collect() value=filter.track.map_or("", Track::code)/>
            <SelectField
                label="Segment"
                name="segment"
                options=segments.collect()
                value=filter.segment.map(|number| number.to_string()).unwrap_or_default()
            />
            <SelectField label="Status" name="status" options=statuses.collect() value=filter.status.map_or("", RecoveryStatus::code)/>
            <SelectField
                label="Payments"
                name="payments"
                options=vec![all("All"), (address::DISAGREE.to_owned(), "Disagree with the file".to_owned())]
                value=if filter.disagrees { address::DISAGREE } else { "" }
            />
            <TextField label="Loan or borrower" name="text" kind="search" value=filter.text.unwrap_or_default()/>
            <input type="hidden" name="sort" value=filter.sort.code()/>
            <input type="hidden" name="order" value=if filter.descending { "down" } else { "up" }/>
            <div class="actions">
                <button class="btn" type="submit">"Apply"</button>
                <a class="btn btn-ghost" href="/loans">"Clear filters"</a>
            </div>
        </form>
    }
}

/// The filter that the form's fields ask for, so that the address holds no more than what is asked.
fn read_form(event: &SubmitEvent) -> Option<LoanFilter> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    let asked = ["track", "segment", "status", "text", "payments", "sort", "order"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), fields.get(name).as_string()?)));
    Some(address::read(&asked.collect::<ParamsMap>()))
}
