//! What the last scoring was watched for: drift of loans and scores, outcomes against scores, and fairness.

use crate::components::icon::{Icon, IconMark};
use crate::components::table::{Column, Table};
use crate::format;
use chrono::{DateTime, Utc};
use domain::scoring_report::{Drift, DriftReport, GroupFigures, PSI_ALARM, RECENT_MIN, Rate, RateDrift, ScoringReport};
use domain::track::Track;
use leptos::prelude::*;

#[component]
pub fn Watch(
    scored_at: DateTime<Utc>,
    report: ScoringReport,
    /// Whether this is the run that trained the model, whose loans are compared with themselves.
    is_training: bool,
) -> impl IntoView {
    let ScoringReport { population, drift, recent, calibration, fairness, alarms } = report;
    let scope = format!(
        "Scoring of {}: {}, {} of them new to the model, {} open, {} that came or changed since the run before",
        format::moment(scored_at),
        format::counted(population.loans, "loan"),
        format::count(population.new_to_model),
        format::count(population.open),
        format::count(population.recent)
    );
    let (compared, learned) = (drift.rows, drift.reference_rows);
    let (all, recent) = (quantities(drift), recent.map(quantities));
    let of_recent = |place: usize| recent.as_ref().and_then(|recent| recent.get(place)?.1);
    let rows = all.into_iter().enumerate().map(|(place, (name, drift))| (name, drift, of_recent(place))).collect();
    view! {
        <Alarms alarms scope is_training/>
        <div class="grid grid--stretch">
            <section class="card c5 c-wide" aria-labelledby="drift">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="drift">"Drift"</h2>
                        <p class="note">
                            {format!(
                                "PSI against the day when the model was made: scores of {} by {} then, of loans that it was not trained on. {RECENT_MIN} or more that came or changed since the run before are compared by themselves too. An alarm needs more than {PSI_ALARM:.2}, and more than chance makes.",
                                format::counted(compared, "loan"),
                                format::count(learned),
                            )}
                        </p>
                    </div>
                </div>
                <DriftTable rows calibration/>
            </section>
            <section class="card c7 c-wide" aria-labelledby="fairness">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="fairness">"Outcomes and tracks by group"</h2>
                        <p class="note">"Age and gender are no inputs unless somebody chose them. 95 % intervals. Impact: share kept off legal action, over that of the most favoured group."</p>
                    </div>
                </div>
                <GroupTable title="Age" groups=fairness.by_age/>
                <GroupTable title="Gender" groups=fairness.by_gender/>
            </section>
        </div>
    }
}

/// The score and the features, by name.
fn quantities(drift: DriftReport) -> Vec<(String, Option<Drift>)> {
    let features = drift.features.into_iter().map(|(feature, drift)| (feature.label(), drift));
    [("Risk score".to_owned(), drift.score)].into_iter().chain(features).collect()
}

#[component]
fn Alarms(alarms: Vec<String>, scope: String, is_training: bool) -> impl IntoView {
    let is_quiet = alarms.is_empty();
    let class = if is_quiet { "alert alert--info" } else { "alert alert--warn" };
    let icon = if is_quiet { Icon::CircleCheck } else { Icon::AlertTriangle };
    let title = match (is_quiet, is_training) {
        (true, true) => "Nothing to compare with yet: drift shows from the next scoring on",
        (true, false) => "No drift",
        (false, _) => "Drift: the model may no longer fit",
    };
    view! {
        <section class=class aria-labelledby="alarms">
            <IconMark icon/>
            <div class="stack stack--tight">
                <h2 class="card-title" id="alarms">{title}</h2>
                <p>{format!("{scope}.")}</p>
                {(!is_quiet).then(|| view! { <ul>{alarms.into_iter().map(|alarm| view! { <li>{format!("{alarm}.")}</li> }).collect_view()}</ul> })}
            </div>
        </section>
    }
}

#[component]
fn DriftTable(
    /// Quantities as all loans have them, and those that came or changed.
    rows: Vec<(String, Option<Drift>, Option<Drift>)>,
    calibration: Option<RateDrift>,
) -> impl IntoView {
    let columns = vec![
        Column::text("Quantity"),
        Column::number("PSI"),
        Column::number("New or changed"),
        Column::number("Unknown"),
        Column::text("State"),
    ];
    let rows = rows.into_iter().map(|(name, drift, recent)| {
        let is_alarm = [drift, recent].into_iter().flatten().any(|drift| drift.is_alarm());
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="num">{format::known(drift, |drift| format::number(drift.psi, 3))}</td>
                <td class="num">{format::known(recent, |drift| format::number(drift.psi, 3))}</td>
                <td class="num">{format::known(drift, |drift| format::count(drift.unknown))}</td>
                <td><State is_alarm is_known=drift.is_some()/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption="Drift of score and features" columns small=true>
            {rows}
            {calibration.map(|drift| view! {
                <tr>
                    <th scope="row">
                        {lost_when(&drift)}<br/>
                        <span class="note">{lost_against_scores(&drift)}</span>
                    </th>
                    <td class="num">"—"</td>
                    <td class="num">"—"</td>
                    <td class="num">"—"</td>
                    <td><State is_alarm=drift.is_alarm is_known=true/></td>
                </tr>
            })}
        </Table>
    }
}

fn lost_when(drift: &RateDrift) -> String {
    let words = |days: u32| format!("Lost within {} of their score", format::counted(days, "day"));
    format!("{}, against the scores", drift.horizon_days.map_or_else(|| "Lost since the training".to_owned(), words))
}

fn lost_against_scores(drift: &RateDrift) -> String {
    let observed = format::percent(drift.observed, 1.0);
    let interval = |(low, high): (f64, f64)| format!(" (95 % interval {:.1}–{:.1})", low * 100.0, high * 100.0);
    let interval = drift.observed_interval.map(interval).unwrap_or_default();
    let error =
        drift.error.map(|error| format!(", calibration error {}", format::number(error, 3))).unwrap_or_default();
    let (expected, loans) = (format::percent(drift.expected, 1.0), format::counted(drift.rows, "loan"));
    format!("{observed}{interval} observed, {expected} expected, {loans}{error}")
}

#[component]
fn State(is_alarm: bool, is_known: bool) -> impl IntoView {
    let (class, words) = match (is_known, is_alarm) {
        (false, _) => ("badge", "Not known"),
        (true, true) => ("badge badge--warn", "Moved"),
        (true, false) => ("badge badge--ok", "Stable"),
    };
    view! { <span class=class>{words}</span> }
}

#[component]
fn GroupTable(title: &'static str, groups: Vec<GroupFigures>) -> impl IntoView {
    let columns = vec![
        Column::text(title),
        Column::number("Loans"),
        Column::number("Lost"),
        Column::number("Legal"),
        Column::number("Settlement"),
        Column::number("Impact"),
    ];
    let rows = groups.into_iter().map(|group| {
        let on = |track| group.tracks.iter().find(|(other, _)| *other == track).map(|(_, rate)| *rate);
        let (legal, settlement) = (on(Track::Legal), on(Track::Settlement));
        view! {
            <tr>
                <th scope="row">{group.group}{group.note.map(|note| view! { <p class="note">{note}</p> })}</th>
                <td class="num">{format::count(group.rows)}</td>
                <td class="num"><Share rate=group.lost/></td>
                <td class="num"><Share rate=legal/></td>
                <td class="num"><Share rate=settlement/></td>
                <td class="num">{format::known(group.impact, |impact| format::number(impact, 2))}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Table caption=format!("Outcomes and tracks by {}", title.to_lowercase()) columns small=true>{rows}</Table> }
}

#[component]
fn Share(rate: Option<Rate>) -> impl IntoView {
    match rate {
        None => view! { "—" }.into_any(),
        Some(Rate { share, interval: (low, high), .. }) => view! {
            {format::percent(share, 1.0)}
            <br/>
            <span class="note">{format!("{:.0}–{:.0}", low * 100.0, high * 100.0)}</span>
        }
        .into_any(),
    }
}
