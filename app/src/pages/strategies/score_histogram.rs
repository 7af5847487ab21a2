//! Loans by score, with the bounds of the policy. Drawn without scripts.

use crate::components::table::{Column, Table};
use crate::components::track_mark::{TrackMark, track_class};
use crate::format;
use domain::policy::Policy;
use domain::track::Track;
use leptos::prelude::*;

/// `bands` are equal bands of the score from 0 to 1, each with its loans by track.
#[component]
pub fn ScoreHistogram(bands: Vec<[u32; 3]>, policy: Policy) -> impl IntoView {
    let most = bands.iter().map(|band| band.iter().sum::<u32>()).max().unwrap_or(0).max(1);
    let width = 1.0 / bands.len().max(1) as f64;
    let bounds = [policy.settlement_from, policy.legal_above];
    view! {
        <section class="card" aria-labelledby="scores">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="scores">"Loans by risk score"</h2>
                    <p class="note">{format!("Bands of {width:.2}. Lines: the bounds of policy {}.", policy.version)}</p>
                </div>
                <span class="actions">{Track::ALL.map(|track| view! { <TrackMark track/> }).collect_view()}</span>
            </div>
            <div class="card-body">
                <figure class="chart">
                    <div class="bounds" role="img" aria-label="Histogram of risk scores, coloured by track">
                        <div class="hist">{bands.iter().map(|band| view! { <BandBar band=*band most/> }).collect_view()}</div>
                        {bounds.map(|bound| view! { <div class="bound" style=format!("--x:{bound}")><span>{format!("{bound:.2}")}</span></div> }).collect_view()}
                        <div class="axis" aria-hidden="true">
                            {["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(|tick| view! { <span>{tick}</span> }).collect_view()}
                        </div>
                    </div>
                    <details class="more">
                        <summary>"Show as table"</summary>
                        <BandTable bands=bands.clone() width/>
                    </details>
                </figure>
            </div>
        </section>
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
fn BandTable(bands: Vec<[u32; 3]>, width: f64) -> impl IntoView {
    let columns =
        [Column::text("Score")].into_iter().chain(Track::ALL.map(|track| Column::number(track.label()))).collect();
    view! {
        <Table caption="Loans by risk score and track" columns small=true>
            {bands
                .into_iter()
                .enumerate()
                .filter(|(_, band)| band.iter().any(|loans| *loans > 0))
                .map(|(place, band)| {
                    view! {
                        <tr>
                            <th scope="row">{format!("{:.2}–{:.2}", place as f64 * width, (place + 1) as f64 * width)}</th>
                            {band.map(|loans| view! { <td class="num">{format::count(loans)}</td> }).collect_view()}
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}
