//! A warning that stands wherever scores stand that are to be read with care.

use crate::components::icon::{Icon, IconMark};
use domain::model::Caution;
use leptos::prelude::*;

#[component]
pub fn CautionNote(caution: Caution) -> impl IntoView {
    let (head, text) = match caution {
        Caution::Proxy => (
            "Proxy: learned from segments, not from outcomes. ",
            "Scores rank loans by how much they resemble high-risk segments; they are no probabilities of loss.",
        ),
        Caution::SameDay => (
            "Learned from features and outcomes of the same day. ",
            "The model has seen lost loans as they were after their loss, so that scores and figures may flatter. Load files of several \
             days to learn from loans as they were before.",
        ),
    };
    view! {
        <p class="alert alert--warn" role="note">
            <IconMark icon=Icon::AlertTriangle/>
            <span>
                <strong>{head}</strong>
                {text}
            </span>
        </p>
    }
}
