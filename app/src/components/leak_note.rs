//! A warning that stands where figures rest on a model that may know outcomes beforehand.

use crate::components::icon::{Icon, IconMark};
use domain::model::ModelCard;
use leptos::prelude::*;

#[component]
pub fn LeakNote(champion: ModelCard) -> impl IntoView {
    champion.has_leak_alarms().then(|| {
        let alarms = champion.figures.leak_alarms.iter().map(|alarm| format!("{alarm}."));
        let alarms = alarms.collect::<Vec<_>>().join(" ");
        view! {
            <p class="alert alert--warn" role="note">
                <IconMark icon=Icon::AlertTriangle/>
                <span>
                    <strong>{format!("Model {}, which decides, has leak alarms: it may know outcomes beforehand. ", champion.version)}</strong>
                    {format!("On new loans it can be far worse than its figures say. {alarms}")}
                </span>
            </p>
        }
    })
}
