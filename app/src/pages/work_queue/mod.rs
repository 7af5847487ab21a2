//! The work queue: the loans of a team's track, highest risk first.

pub mod api;

use crate::components::caution_note::CautionNote;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::track_mark::TrackMark;
use crate::format;
use crate::pages::loans::loan_table::{self, LoanTable};
use domain::access::Role;
use domain::listing::LoanPage;
use domain::model::Caution;
use domain::money::Currency;
use domain::team::Team;
use domain::track::Track;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

pub const PAGE_SIZE: u32 = 50;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkQueue {
    pub role: Role,
    pub team: Option<Team>,
    /// The track that is asked for; nothing means all that the person may see.
    pub track: Option<Track>,
    pub page: u32,
    pub loans: LoanPage,
    pub caution: Option<Caution>,
    pub currency: Currency,
}

#[component]
pub fn WorkQueuePage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|query| {
            let track = query.get("track").and_then(|code| Track::find(&code));
            (track, query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1))
        })
    };
    let queue = Resource::new(asked, |(track, page)| api::get_work_queue(track, page));
    view! {
        <Title text="Work queue"/>
        <Loaded resource=queue let:queue>
            <Queue queue/>
        </Loaded>
    }
}

#[component]
fn Queue(queue: WorkQueue) -> impl IntoView {
    let WorkQueue { role, team, track, page, loans, caution, currency } = queue;
    let figures = format!(
        "{} to work · {} outstanding · highest risk first",
        format::counted(loans.total, "loan"),
        format::short_amount(loans.total_outstanding, currency)
    );
    let without_team = role == Role::Agent && team.is_none();
    let scope = match (&team, role) {
        (Some(team), Role::Agent) => format!("Team {} · {figures}", team.name),
        // Who sees no loans reads why, not figures of nothing.
        (None, Role::Agent) => "No team yet".to_owned(),
        _ => format!("All teams · {figures}"),
    };
    let columns = loan_table::columns(currency).into_iter().map(|(column, _)| column).collect();
    let address = move |page: u32| match track {
        Some(track) => format!("/queue?track={}&page={page}", track.code()),
        None => format!("/queue?page={page}"),
    };
    view! {
        <PageHead title="Work queue" scope>
            {team.filter(|_| role == Role::Agent).map(|team| view! { <TrackMark track=team.track/> })}
        </PageHead>
        {(role != Role::Agent).then(|| view! { <TrackChoice track/> })}
        {caution.map(|caution| view! { <CautionNote caution/> })}
        <section class="card" aria-label="Loans to work">
            {if loans.rows.is_empty() {
                view! { <Nothing without_team is_past_the_end={loans.total > 0}/> }.into_any()
            } else {
                view! {
                    <LoanTable caption="Loans to work, highest risk first" columns rows=loans.rows currency/>
                    <Pager page page_size=PAGE_SIZE total=loans.total noun="loan" address=Box::new(address)/>
                }
                    .into_any()
            }}
        </section>
        <p class="note">"Fully recovered loans are left out."</p>
    }
}

/// The tracks as links, for those who see all of them.
#[component]
fn TrackChoice(track: Option<Track>) -> impl IntoView {
    let current = move |of: Option<Track>| (of == track).then_some("true");
    view! {
        <nav class="segmented" aria-label="Track">
            <a href="/queue" aria-current=current(None)>"All"</a>
            {Track::ALL
                .map(|of| {
                    view! { <a href=format!("/queue?track={}", of.code()) aria-current=current(Some(of))><TrackMark track=of/></a> }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
fn Nothing(without_team: bool, is_past_the_end: bool) -> impl IntoView {
    let (title, text) = if without_team {
        ("You belong to no team yet", "Ask an administrator to add you to a recovery team; its loans appear here.")
    } else if is_past_the_end {
        ("There is no such page", "The queue is shorter than that. Go back to its first page.")
    } else {
        ("Nothing to work", "Loans appear here once they are decided. Come back after the next scoring.")
    };
    view! { <Empty icon=Icon::ListCheck title text/> }
}
