//! How something divides over the three tracks.

use crate::components::track_mark::track_class;
use crate::format;
use domain::track::Track;
use leptos::prelude::*;

/// A bar divided by track; `loans` are in the order of [`Track::ALL`].
#[component]
pub fn TrackSplit(loans: [u32; 3]) -> impl IntoView {
    let words =
        Track::ALL.map(|track| format!("{} {}", track.label(), format::count(loans[track as usize]))).join(", ");
    view! {
        <span class="split" role="img" aria-label=words>
            {Track::ALL
                .into_iter()
                .filter(|track| loans[*track as usize] > 0)
                .map(|track| view! { <span class=track_class(track) style=format!("--n:{}", loans[track as usize])></span> })
                .collect_view()}
        </span>
    }
}
