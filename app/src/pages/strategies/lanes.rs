//! The three tracks: their loans, the work that they ask of people, and what is done on them.

use super::Board;
use super::step_row::StepRow;
use crate::components::track_mark::{TrackMark, track_class};
use crate::format;
use domain::policy::Policy;
use domain::policy::plan::Step;
use domain::policy::version::{PolicyState, PolicyVersion};
use domain::team::Workload;
use domain::track::Track;
use leptos::prelude::*;

#[component]
pub fn Lanes(
    /// The bounds as they are set on the page.
    set: RwSignal<Policy>,
    held: Policy,
    /// Whose treatments are shown.
    shown: PolicyVersion,
    board: Board,
) -> impl IntoView {
    let address = format!("/strategies/{}", shown.policy.version);
    let may_change = board.may_draft && shown.state != PolicyState::Submitted;
    let link = if may_change { "Look at the treatments and change them" } else { "Look at the treatments" };
    let whose = match shown.state {
        PolicyState::Draft => format!("draft {}", shown.policy.version),
        PolicyState::Submitted => format!("policy {}, which waits for approval", shown.policy.version),
        _ => format!("policy {}", shown.policy.version),
    };
    let note = format!("Loans and work follow the bounds above; treatments are those of {whose}.");
    let board = StoredValue::new(board);
    let lanes = [Track::Standard, Track::Settlement, Track::Legal].map(|track| {
        let steps = shown.body.plans.of(track).to_vec();
        view! { <Lane track set held=held.clone() steps board/> }
    });
    view! {
        <div class="page-head">
            <div>
                <h2 class="card-title">"Tracks"</h2>
                <p class="note">{note}</p>
            </div>
            <div class="actions"><a class="btn btn-sm" href=address>{link}</a></div>
        </div>
        <div class="grid grid--stretch">{lanes.collect_view()}</div>
    }
}

#[component]
fn Lane(
    track: Track,
    set: RwSignal<Policy>,
    held: Policy,
    steps: Vec<Step>,
    board: StoredValue<Board>,
) -> impl IntoView {
    let currency = board.with_value(|board| board.currency);
    let load = move || board.with_value(|board| board.scores.by_track(&set.get())[track as usize]);
    let now = board.with_value(|board| board.scores.by_track(&held)[track as usize]);
    let change = move || format::change(i64::from(load().loans) - i64::from(now.loans));
    let work = {
        let steps = steps.clone();
        move || {
            let strength = board.with_value(|board| board.teams.iter().find(|team| team.track == track).cloned());
            let work = strength.map(|team| (Workload::of(&steps, load().loans, &team), team.name));
            work.map(|(work, team)| view! { <Work work team/> })
        }
    };
    view! {
        <section class=format!("card lane c4 c-keep {}", track_class(track)) aria-label=track.label()>
            <div class="card-header">
                <h3 class="card-title"><TrackMark track/></h3>
                <span class="note">{move || format!("Score {}", set.get().bounds_in_words(track))}</span>
            </div>
            <div class="card-body stack">
                <dl class="facts">
                    <div>
                        <dt>"Loans"</dt>
                        <dd>
                            <a href=format!("/loans?track={}", track.code())>{move || format::count(load().loans)}</a>
                            " "
                            <span class="note">{change}</span>
                        </dd>
                    </div>
                    <div><dt>"Outstanding"</dt><dd>{move || format::short_amount(load().outstanding, currency)}</dd></div>
                </dl>
                {work}
                <div>
                    <h4 class="note">"Treatments, by day"</h4>
                    <ol class="treat">
                        {steps.into_iter().map(|step| view! { <StepRow step currency/> }).collect_view()}
                    </ol>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Work(work: Workload, team: String) -> impl IntoView {
    if work.hours == 0.0 {
        return view! { <p class="note">"No step takes a person's time."</p> }.into_any();
    }
    let hours = format::number(work.hours, 0);
    let Some(used) = work.used_percent else {
        let text = format!("{hours} hours of work if every step is meant for every loan; {team} has nobody yet.");
        return view! { <p class="note">{text}</p> }.into_any();
    };
    let text = format!(
        "{hours} hours over {} if every step is meant for every loan; {team} has {} hours a month.",
        format::counted(work.months, "month"),
        format::number(work.hours_a_month, 0)
    );
    let class = if used > 100.0 { "load load--over" } else { "load" };
    view! {
        <div class="stack stack--tight">
            <p class="load__head"><span>"Capacity used"</span><b class="num">{format!("{} %", format::number(used, 0))}</b></p>
            <span class=class style=format!("--v:{:.1}", used.min(100.0))></span>
            <p class="note">{text}</p>
        </div>
    }
    .into_any()
}
