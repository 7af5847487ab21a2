//! The filters of the list: a plain form, so that they work without scripts and stand in the address.

use crate::components::field::{SelectField, TextField};
use domain::listing::LoanFilter;
use domain::loan::RecoveryStatus;
use domain::track::Track;
use leptos::prelude::*;
use leptos_router::components::Form;

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
    view! {
        <Form method="get" action="/loans" attr:class="filters" attr:aria-label="Filters">
            <SelectField label="Track" name="track" options=tracks.collect() value=filter.track.map_or("", Track::code)/>
            <SelectField
                label="Segment"
                name="segment"
                options=segments.collect()
                value=filter.segment.map(|number| number.to_string()).unwrap_or_default()
            />
            <SelectField label="Status" name="status" options=statuses.collect() value=filter.status.map_or("", RecoveryStatus::code)/>
            <TextField label="Loan or borrower" name="text" kind="search" value=filter.text.unwrap_or_default()/>
            <input type="hidden" name="sort" value=filter.sort.code()/>
            <input type="hidden" name="order" value=if filter.descending { "down" } else { "up" }/>
            <div class="actions">
                <button class="btn" type="submit">"Apply"</button>
                <a class="btn btn-ghost" href="/loans">"Clear filters"</a>
            </div>
        </Form>
    }
}
