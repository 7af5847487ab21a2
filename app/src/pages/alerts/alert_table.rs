//! Alerts as a table: those of many loans, or of one.

use crate::components::table::{Column, Table};
use crate::components::track_mark::TrackMark;
use crate::format;
use domain::money::Currency;
use domain::watch::{AlertKind, AlertView};
use leptos::prelude::*;

#[component]
pub fn AlertTable(
    caption: &'static str,
    rows: Vec<AlertView<String>>,
    currency: Currency,
    /// Whether the loans are told, with a link to each.
    #[prop(optional)]
    with_loan: bool,
) -> impl IntoView {
    let loan = with_loan.then(|| Column::text("Loan"));
    let others = ["What", "Change", "As of", "Noticed", "Decided on again"].map(Column::text);
    let columns = loan.into_iter().chain(others).collect();
    let rows = rows.into_iter().map(|alert| view! { <Row alert currency with_loan/> }).collect_view();
    view! { <Table caption columns small={!with_loan} one_line=true>{rows}</Table> }
}

#[component]
fn Row(alert: AlertView<String>, currency: Currency, with_loan: bool) -> impl IntoView {
    let kind = alert.found.kind;
    let class = match kind {
        AlertKind::MissedInstalment | AlertKind::BrokenPromise | AlertKind::Hold => "badge badge--warn",
        AlertKind::Payment | AlertKind::Recovered => "badge badge--ok",
        AlertKind::BucketChange | AlertKind::ScoreJump | AlertKind::BalanceChange => "badge badge--brand",
    };
    let badge = view! { <span class=class>{kind.label()}</span> };
    let decided = match alert.decided {
        Some((at, track)) => view! { {at}" "<TrackMark track/> }.into_any(),
        None => view! { <span class="note">"Not yet"</span> }.into_any(),
    };
    let head = if with_loan {
        let address = format!("/loans/{}", alert.loan);
        view! { <th scope="row"><a href=address>{alert.loan_ref}</a></th><td>{badge}</td> }.into_any()
    } else {
        view! { <th scope="row">{badge}</th> }.into_any()
    };
    view! {
        <tr>
            {head}
            <td>{alert.found.in_words(currency)}</td>
            <td>{format::day(alert.on)}</td>
            <td>{alert.raised_at}</td>
            <td>{decided}</td>
        </tr>
    }
}
