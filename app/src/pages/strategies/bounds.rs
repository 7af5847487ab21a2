//! The bounds, and what moving them would do: told at once, from how often each score was given.

use super::Board;
use super::api::SaveBounds;
use crate::components::table::{Column, Table};
use crate::components::track_mark::{TrackMark, track_class};
use crate::format;
use domain::money::Currency;
use domain::policy::version::PolicyState;
use domain::policy::what_if::{BANDS, Load, ScoreTable};
use domain::policy::{Policy, bound_in_words};
use domain::track::Track;
use leptos::ev::Event;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Bounds(
    /// The bounds as they are set on the page.
    set: RwSignal<Policy>,
    held: Policy,
    board: Board,
    save: ServerAction<SaveBounds>,
) -> impl IntoView {
    let scores = StoredValue::new(board.scores.clone());
    let is_waiting = board.open().is_some_and(|open| open.state == PolicyState::Submitted);
    let may_move = board.may_draft && !is_waiting;
    let label =
        board.open().map_or("Save as draft".to_owned(), |open| format!("Save in draft {}", open.policy.version));
    let note = if may_move {
        "Move a bound to see the effect; nothing changes until somebody else approves it."
    } else {
        "Lines: the bounds."
    };
    view! {
        <section class="card" aria-labelledby="bounds">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="bounds">"Bounds"</h2>
                    <p class="note">{format!("Loans by risk score, in bands of {:.2}. {note}", 1.0 / f64::from(BANDS))}</p>
                </div>
                <span class="actions">{Track::ALL.map(|track| view! { <TrackMark track/> }).collect_view()}</span>
            </div>
            <div class="card-body">
                <div class="whatif">
                    <div class="stack">
                        <Histogram set scores/>
                        {may_move.then(|| view! { <Sliders set label save/> })}
                    </div>
                    <Effect set held scores currency=board.currency/>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Histogram(set: RwSignal<Policy>, scores: StoredValue<ScoreTable>) -> impl IntoView {
    let bands = move || scores.with_value(|scores| scores.bands(&set.get()));
    let total = |band: &[u32; 3]| band.iter().sum::<u32>();
    let bars = move || {
        let bands = bands();
        let most = bands.iter().map(total).max().unwrap_or_default().max(1);
        bands.into_iter().map(|band| view! { <BandBar band most/> }).collect_view()
    };
    view! {
        <figure class="chart">
            <div class="bounds" role="img" aria-label="Histogram of risk scores, coloured by track">
                <div class="hist">{bars}</div>
                {move || {
                    let policy = set.get();
                    [policy.settlement_from, policy.legal_above].map(|bound| {
                        view! { <div class="bound" style=format!("--x:{bound}")><span>{bound_in_words(bound)}</span></div> }
                    })
                }}
                <div class="axis" aria-hidden="true">
                    {["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(|tick| view! { <span>{tick}</span> }).collect_view()}
                </div>
            </div>
            <details class="more">
                <summary>"Show as table"</summary>
                <BandTable set scores/>
            </details>
        </figure>
    }
}

/// A band's bar; one that a bound cuts has a piece for each track.
#[component]
fn BandBar(band: [u32; 3], most: u32) -> impl IntoView {
    let total: u32 = band.iter().sum();
    view! {
        <span class="hist__band" style=format!("--v:{:.2}", 100.0 * f64::from(total) / f64::from(most))>
            {Track::ALL
                .into_iter()
                .filter(|track| band[*track as usize] > 0)
                .map(|track| view! { <i class=track_class(track) style=format!("--n:{}", band[track as usize])></i> })
                .collect_view()}
        </span>
    }
}

#[component]
fn BandTable(set: RwSignal<Policy>, scores: StoredValue<ScoreTable>) -> impl IntoView {
    let columns =
        [Column::text("Score")].into_iter().chain(Track::ALL.map(|track| Column::number(track.label()))).collect();
    let width = 1.0 / f64::from(BANDS);
    let rows = move || {
        let bands = scores.with_value(|scores| scores.bands(&set.get()));
        let filled = bands.into_iter().enumerate().filter(|(_, band)| band.iter().any(|loans| *loans > 0));
        let row = |(place, band): (usize, [u32; 3])| {
            view! {
                <tr>
                    <th scope="row">{format!("{:.2}–{:.2}", place as f64 * width, (place + 1) as f64 * width)}</th>
                    {band.map(|loans| view! { <td class="num">{format::count(loans)}</td> }).collect_view()}
                </tr>
            }
        };
        filled.map(row).collect_view()
    };
    view! { <Table caption="Loans by risk score and track" columns small=true>{rows}</Table> }
}

#[component]
fn Sliders(set: RwSignal<Policy>, label: String, save: ServerAction<SaveBounds>) -> impl IntoView {
    let settlement = Signal::derive(move || set.with(|policy| policy.settlement_from));
    let legal = Signal::derive(move || set.with(|policy| policy.legal_above));
    // A bound that meets the other one takes it along.
    let move_settlement = move |to: f64| {
        set.update(|policy| (policy.settlement_from, policy.legal_above) = (to, policy.legal_above.max(to)));
    };
    let move_legal = move |to: f64| {
        set.update(|policy| (policy.settlement_from, policy.legal_above) = (policy.settlement_from.min(to), to));
    };
    let without_scripts =
        "<button class=\"btn\" type=\"submit\" formmethod=\"get\" formaction=\"/strategies\">Show the effect</button>";
    view! {
        <ActionForm action=save attr:class="stack">
            <div class="whatif__sliders">
                <Slider label="Settlement from" name="settlement_from" value=settlement on_move=move_settlement/>
                <Slider label="Legal action above" name="legal_above" value=legal on_move=move_legal/>
            </div>
            <div class="actions">
                <button class="btn" type="submit" prop:disabled=move || save.pending().get()>{label}</button>
                <noscript inner_html=without_scripts></noscript>
            </div>
        </ActionForm>
    }
}

#[component]
fn Slider(
    label: &'static str,
    name: &'static str,
    value: Signal<f64>,
    on_move: impl Fn(f64) + 'static,
) -> impl IntoView {
    let moved = move |event: Event| {
        if let Ok(to) = event_target_value(&event).parse::<f64>() {
            // What a slider gives is not always the nearest number to what it shows.
            on_move((to * 1000.0).round() / 1000.0);
        }
    };
    view! {
        <div>
            <label class="form-label" for=name>{label}" "<output for=name>{move || bound_in_words(value.get())}</output></label>
            <input
                class="form-range"
                type="range"
                id=name
                name=name
                min="0"
                max="1"
                step="0.01"
                value=value.get_untracked().to_string()
                prop:value=move || value.get().to_string()
                on:input=moved
            />
        </div>
    }
}

/// Loans and money by track, as it is and as set, and who would change.
#[component]
fn Effect(set: RwSignal<Policy>, held: Policy, scores: StoredValue<ScoreTable>, currency: Currency) -> impl IntoView {
    let version = held.version;
    let columns = vec![
        Column::text("Effect"),
        Column::number(format!("Policy {version}")),
        Column::number("As set"),
        Column::number("Change"),
    ];
    let now = scores.with_value(|scores| scores.by_track(&held));
    let rows = move || {
        let then = scores.with_value(|scores| scores.by_track(&set.get()));
        let row = |track: Track| {
            let (now, then) = (now[track as usize], then[track as usize]);
            view! {
                <tr>
                    <th scope="row"><TrackMark track/></th>
                    <td class="num">{format::count(now.loans)}</td>
                    <td class="num"><b>{format::count(then.loans)}</b></td>
                    <td class="num">{format::change(i64::from(then.loans) - i64::from(now.loans))}</td>
                </tr>
                <tr>
                    <th scope="row" class="note">"outstanding"</th>
                    <td class="num">{format::short_amount(now.outstanding, currency)}</td>
                    <td class="num">{format::short_amount(then.outstanding, currency)}</td>
                    <td class="num"></td>
                </tr>
            }
        };
        [Track::Standard, Track::Settlement, Track::Legal].map(row).collect_view()
    };
    let moves = move || {
        let moved = scores.with_value(|scores| scores.moved(&held, &set.get()));
        let mut told = Vec::new();
        for from in Track::ALL {
            for to in Track::ALL.into_iter().filter(|to| *to != from) {
                let load = moved[from as usize][to as usize];
                if load.loans > 0 {
                    told.push(view! { <li>{move_in_words(load, from, to, currency)}</li> });
                }
            }
        }
        if told.is_empty() {
            view! { <p class="note">"No loan would change its track."</p> }.into_any()
        } else {
            view! { <ul class="moves">{told}</ul> }.into_any()
        }
    };
    view! {
        <div class="stack stack--tight" aria-live="polite">
            <Table caption="Loans by track, as it is and as set" columns small=true>{rows}</Table>
            {moves}
        </div>
    }
}

fn move_in_words(load: Load, from: Track, to: Track, currency: Currency) -> String {
    format!(
        "{} would go from {} to {}, with {} outstanding",
        format::counted(load.loans, "loan"),
        from.label().to_lowercase(),
        to.label().to_lowercase(),
        format::short_amount(load.outstanding, currency)
    )
}
