//! A warning that stands wherever scores stand that were not learned from outcomes.

use crate::components::icon::{Icon, IconMark};
use domain::model::Target;
use leptos::prelude::*;

#[component]
pub fn ProxyNote(target: Target) -> impl IntoView {
    (target == Target::SegmentProxy).then(|| {
        view! {
            <p class="alert alert--warn" role="note">
                <IconMark icon=Icon::AlertTriangle/>
                <span>
                    <strong>"Proxy: learned from segments, not from outcomes. "</strong>
                    "Scores rank loans by how much they resemble high-risk segments; they are no probabilities of loss."
                </span>
            </p>
        }
    })
}
