//! What was done about a loan, step by step, and what comes next.

use crate::components::table::{Column, Table};
use crate::components::track_mark::TrackMark;
use domain::case::{ActionState, ActionView, CaseView};
use leptos::prelude::*;

#[component]
pub fn Cases(cases: Vec<CaseView<String>>) -> impl IntoView {
    (!cases.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="cases">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="cases">"Treatments"</h2>
                        <p class="note">"What was done on each track that the loan was on, and what comes next. Rules of the contact gate stand by their ids."</p>
                    </div>
                </div>
                {cases.into_iter().map(|case| view! { <Case case/> }).collect_view()}
            </section>
        }
    })
}

#[component]
fn Case(case: CaseView<String>) -> impl IntoView {
    let opened = format!("since {}, by policy {}", case.opened_at, case.policy_version);
    let ends = match (case.closed_at, case.next) {
        (Some(at), _) => {
            let why = case.closed_why.map(|why| format!(" {}.", why.label()));
            format!("Closed {at}.{}", why.unwrap_or_default())
        }
        (None, Some((kind, at))) => format!("Next: {}, {at}.", kind.label()),
        (None, None) => "All steps of the plan are done.".to_owned(),
    };
    let columns = ["Step", "State", "Details", "When"].map(Column::text).to_vec();
    let caption = format!("Steps on the track {}", case.track.label());
    let rows = case.actions.into_iter().map(|action| view! { <Row action/> }).collect_view();
    view! {
        <div class="card-body stack stack--tight">
            <p><TrackMark track=case.track/>" "<span class="note">{opened}</span></p>
            <p>{ends}</p>
        </div>
        <Table caption columns small=true>{rows}</Table>
    }
}

#[component]
fn Row(action: ActionView<String>) -> impl IntoView {
    let class = match action.state {
        ActionState::Sent => "badge badge--ok",
        ActionState::Queued | ActionState::ToDo | ActionState::Drafted => "badge badge--brand",
        ActionState::InDoubt | ActionState::Blocked => "badge badge--warn",
        ActionState::Failed => "badge badge--danger",
        ActionState::Skipped => "badge",
    };
    let rules = (!action.rules.is_empty()).then(|| view! { " "<code>{action.rules.join(", ")}</code> });
    view! {
        <tr>
            <th scope="row">{action.kind.label()}</th>
            <td><span class=class>{action.state.label()}</span></td>
            <td>{action.detail}{rules}</td>
            <td>{action.at}</td>
        </tr>
    }
}
