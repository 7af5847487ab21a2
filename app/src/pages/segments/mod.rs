//! The segments of the model that decides: what they are, what is at stake in each, what became of their loans, and
//! whether they would come back.

pub mod api;
mod charts;
mod money;
mod profile;
mod quality;

use crate::components::caution_note::CautionNote;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::format;
use charts::Charts;
use chrono::{DateTime, Utc};
use domain::feature::Feature;
use domain::model::Caution;
use domain::money::Currency;
use domain::segment::Segmentation;
use domain::summary::SegmentSummary;
use leptos::prelude::*;
use leptos_meta::Title;
use money::MoneyTable;
use profile::Profile;
use quality::Quality;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentsView {
    pub model_version: i32,
    pub caution: Option<Caution>,
    pub segmentation: Segmentation,
    /// What the model looks at, and segments are made of.
    pub features: Vec<Feature>,
    /// In the order of the segments.
    pub summaries: Vec<SegmentSummary>,
    pub currency: Currency,
    pub as_of: DateTime<Utc>,
    pub figures: Figures,
}

/// Plotly's JSON of each chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub shares: String,
    pub outcomes: String,
    /// Nothing where nobody looked how many segments suit the loans.
    pub silhouettes: Option<String>,
}

#[component]
pub fn SegmentsPage() -> impl IntoView {
    let segments = Resource::new(|| (), |()| api::get_segments());
    view! {
        <Title text="Segments"/>
        <Loaded resource=segments let:segments>
            {match segments {
                Some(view) => view! { <Segments view/> }.into_any(),
                None => view! { <NoSegments/> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn Segments(view: SegmentsView) -> impl IntoView {
    let loans: u32 = view.summaries.iter().map(|segment| segment.all.loans).sum();
    let scope = format!(
        "{} of {} · model {} · amounts in {} · as of {}",
        format::counted(view.summaries.len() as u64, "segment"),
        format::counted(loans, "loan"),
        view.model_version,
        view.currency,
        format::moment(view.as_of)
    );
    let continues = view.segmentation.segments.iter().map(|segment| segment.continues.clone()).collect::<Vec<_>>();
    view! {
        <PageHead title="Segments" scope/>
        <Quality segmentation=view.segmentation.clone()/>
        <MoneyTable summaries=view.summaries.clone() continues currency=view.currency/>
        <Profile segmentation=view.segmentation.clone() features=view.features.clone()/>
        <Charts view=view.clone()/>
        {view.caution.map(|caution| view! { <CautionNote caution/> })}
    }
}

#[component]
fn NoSegments() -> impl IntoView {
    view! {
        <PageHead title="Segments" scope="No model decides yet"/>
        <section class="card">
            <Empty
                icon=Icon::Segments
                title="No segments yet"
                text="Segments are found with \"Train and score\" on the page of loan files, once loans are on file."
            />
        </section>
    }
}
