//! The dashboard: how the portfolio stands, for executives, leads and admins.

pub mod api;
mod charts;
mod headline;
pub mod model;
mod segment_table;

use crate::components::caution_note::CautionNote;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::leak_note::LeakNote;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::format;
use charts::Visualisations;
use headline::{Headline, Reading};
use leptos::prelude::*;
use leptos_meta::Title;
use model::Dashboard;
use segment_table::SegmentTable;

#[component]
pub fn DashboardPage() -> impl IntoView {
    let dashboard = Resource::new(|| (), |()| api::get_dashboard());
    view! {
        <Title text="Dashboard"/>
        <Loaded resource=dashboard let:dashboard>
            {match dashboard {
                Some(dashboard) => view! { <Figures dashboard/> }.into_any(),
                None => view! { <NothingYet/> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn Figures(dashboard: Dashboard) -> impl IntoView {
    let Dashboard { summary, champion, policy, figures } = dashboard;
    let scope = format!(
        "{} on file · amounts in {} · as of {}",
        format::counted(summary.all.loans, "loan"),
        summary.currency,
        format::moment(summary.as_of)
    );
    let caution = champion.as_ref().and_then(|champion| champion.figures.caution());
    view! {
        <PageHead title="Recovery performance" scope/>
        <Headline summary=summary.clone() champion=champion.clone()/>
        <Reading summary=summary.clone() policy/>
        {caution.map(|caution| view! { <CautionNote caution/> })}
        {champion.map(|champion| view! { <LeakNote champion/> })}
        <SegmentTable segments=summary.segments.clone() currency=summary.currency/>
        <Visualisations summary figures/>
    }
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <PageHead title="Recovery performance" scope="No loans on file yet"/>
        <section class="card">
            <Empty
                icon=Icon::ChartLine
                title="No loans yet"
                text="Figures appear here moments after an administrator has loaded a loan file."
            >
                <a class="btn btn-primary" href="/uploads">"Load a file"</a>
            </Empty>
        </section>
    }
}
