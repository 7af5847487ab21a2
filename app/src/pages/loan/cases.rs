//! What was done about a loan, step by step, and what comes next.

use crate::components::table::{Column, Table};
use crate::components::track_mark::TrackMark;
use crate::format;
use domain::case::{ActionState, ActionView, CaseView};
use domain::money::{Currency, Money};
use leptos::prelude::*;

#[component]
pub fn Cases(cases: Vec<CaseView<String>>, currency: Currency) -> impl IntoView {
    let cost = cases.iter().fold(Money::ZERO, |sum, case| sum + case.cost());
    let cost =
        format!("All of it has cost {} so far, as far as costs are known.", format::amount_with_mark(cost, currency));
    (!cases.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="cases">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="cases">"Treatments"</h2>
                        <p class="note">"What was done on each track that the loan was on, and what comes next. Rules of the contact gate stand by their ids. "{cost}</p>
                    </div>
                </div>
                {cases.into_iter().map(|case| view! { <Case case currency/> }).collect_view()}
            </section>
        }
    })
}

#[component]
fn Case(case: CaseView<String>, currency: Currency) -> impl IntoView {
    let cost =
        (case.cost() > Money::ZERO).then(|| format!(" Cost: {}.", format::amount_with_mark(case.cost(), currency)));
    let opened = format!("since {}, by policy {}", case.opened_at, case.policy_version);
    let ends = match (case.closed_at, case.next) {
        (Some(at), _) => {
            let why = case.closed_why.map(|why| format!(" {}.", why.label()));
            format!("Closed {at}.{}", why.unwrap_or_default())
        }
        (None, Some((kind, at))) => format!("Next: {}, {at}.", kind.label()),
        (None, None) => "All steps of the plan are done.".to_owned(),
    };
    let cost_head = Column::number(format!("Cost, {}", format::currency_mark(currency).trim_end()));
    let texts = ["Step", "State", "Details", "When"].map(Column::text);
    let columns = texts.into_iter().chain([cost_head]).collect();
    let caption = format!("Steps on the track {}", case.track.label());
    let rows = case.actions.into_iter().map(|action| view! { <Row action currency/> }).collect_view();
    view! {
        <div class="card-body stack stack--tight">
            <p><TrackMark track=case.track/>" "<span class="note">{opened}</span></p>
            <p>{ends}{cost}</p>
        </div>
        <Table caption columns small=true>{rows}</Table>
    }
}

#[component]
fn Row(action: ActionView<String>, currency: Currency) -> impl IntoView {
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
            <td class="num">{format::known(action.cost, |cost| format::amount(cost, currency))}</td>
        </tr>
    }
}
