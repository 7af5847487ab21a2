//! The strategy board: the three tracks, what is done on each, how much they hold.

pub mod api;
mod score_histogram;

use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::proxy_note::ProxyNote;
use crate::components::track_mark::{TrackMark, track_class};
use crate::format;
use domain::model::Target;
use domain::money::Currency;
use domain::policy::Policy;
use domain::summary::Tally;
use domain::track::{Track, Treatment};
use leptos::prelude::*;
use leptos_meta::Title;
use score_histogram::ScoreHistogram;
use serde::{Deserialize, Serialize};

/// What the board shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub currency: Currency,
    pub policy: Policy,
    /// What the scores were learned from; nothing before the first model.
    pub target: Option<Target>,
    pub decided: Tally,
    pub tracks: Vec<(Track, Tally)>,
    pub score_bands: Vec<[u32; 3]>,
}

#[component]
pub fn StrategiesPage() -> impl IntoView {
    let board = Resource::new(|| (), |()| api::get_board());
    view! {
        <Title text="Strategies"/>
        <Loaded resource=board let:board>
            {match board {
                Some(board) if board.decided.loans > 0 => view! { <BoardOf board/> }.into_any(),
                _ => view! { <NothingDecided/> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn BoardOf(board: Board) -> impl IntoView {
    let scope = format!(
        "Policy {} · {} decided · {} outstanding",
        board.policy.version,
        format::counted(board.decided.loans, "loan"),
        format::short_amount(board.decided.outstanding, board.currency)
    );
    let lanes = [Track::Standard, Track::Settlement, Track::Legal].map(|track| {
        let tally = board.tracks.iter().find(|(of, _)| *of == track).map_or(Tally::default(), |(_, tally)| *tally);
        view! {
            <Lane track tally decided=board.decided currency=board.currency bounds=board.policy.bounds_in_words(track)/>
        }
    });
    view! {
        <PageHead title="Strategies" scope/>
        {board.target.map(|target| view! { <ProxyNote target/> })}
        <ScoreHistogram bands=board.score_bands policy=board.policy/>
        <div class="page-head">
            <div>
                <h2 class="card-title">"Tracks"</h2>
                <p class="note">"Each loan is put on one track by its risk score."</p>
            </div>
        </div>
        <div class="grid grid--stretch">{lanes.collect_view()}</div>
    }
}

#[component]
fn Lane(track: Track, tally: Tally, decided: Tally, currency: Currency, bounds: String) -> impl IntoView {
    view! {
        <section class=format!("card lane c4 c-keep {}", track_class(track)) aria-label=track.label()>
            <div class="card-header">
                <h3 class="card-title"><TrackMark track/></h3>
                <span class="note">{format!("Score {bounds}")}</span>
            </div>
            <div class="card-body stack">
                <dl class="facts">
                    <div>
                        <dt>"Loans"</dt>
                        <dd><a href=format!("/loans?track={}", track.code())>{format::count(tally.loans)}</a></dd>
                    </div>
                    <div><dt>"Share"</dt><dd>{format::percent(tally.loans, decided.loans)}</dd></div>
                    <div><dt>"Outstanding"</dt><dd>{format::short_amount(tally.outstanding, currency)}</dd></div>
                </dl>
                <div>
                    <h4 class="note">"Treatments, in order"</h4>
                    <ol class="treat">
                        {track.treatments().map(|treatment| view! { <TreatmentRow treatment/> }).collect_view()}
                    </ol>
                </div>
            </div>
        </section>
    }
}

#[component]
fn TreatmentRow(treatment: Treatment) -> impl IntoView {
    view! { <li><strong>{treatment.name}</strong><span class="note">{treatment.description}</span></li> }
}

#[component]
fn NothingDecided() -> impl IntoView {
    view! {
        <PageHead title="Strategies" scope="No loan has a decision yet"/>
        <section class="card">
            <Empty
                icon=Icon::Strategies
                title="No decisions yet"
                text="Tracks fill once an administrator has loaded a file and started \"Train and score\"."
            />
        </section>
    }
}
