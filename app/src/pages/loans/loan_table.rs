//! Loans in a table; the list and the queue share it.

use crate::components::table::{Column, Table};
use crate::components::track_mark::TrackMark;
use crate::format;
use domain::listing::{LoanRow, LoanSort};
use domain::money::Currency;
use leptos::prelude::*;

/// The heads of the table, with what a click on each sorts by.
pub fn columns(currency: Currency) -> Vec<(Column, Option<LoanSort>)> {
    let mark = format::currency_mark(currency);
    let mark = mark.trim_end();
    vec![
        (Column::text("Loan"), Some(LoanSort::LoanRef)),
        (Column::number("Score"), Some(LoanSort::Score)),
        (Column::text("Track"), Some(LoanSort::Track)),
        (Column::number(format!("Outstanding, {mark}")), Some(LoanSort::Outstanding)),
        (Column::number("Days past due"), Some(LoanSort::DaysPastDue)),
        (Column::number("Missed"), Some(LoanSort::MissedPayments)),
        (Column::text("Status"), Some(LoanSort::Status)),
        (Column::text("High risk"), None),
        (Column::text("Segment"), Some(LoanSort::Segment)),
        (Column::number(format!("Amount, {mark}")), Some(LoanSort::LoanAmount)),
        (Column::text("Borrower"), Some(LoanSort::BorrowerRef)),
    ]
}

#[component]
pub fn LoanTable(
    #[prop(into)] caption: String,
    columns: Vec<Column>,
    rows: Vec<LoanRow>,
    currency: Currency,
) -> impl IntoView {
    view! {
        <Table caption columns one_line=true>
            {rows.into_iter().map(|row| view! { <Row row currency/> }).collect_view()}
        </Table>
    }
}

#[component]
fn Row(row: LoanRow, currency: Currency) -> impl IntoView {
    let verdict = row.verdict;
    let money = |amount| format::known(amount, |amount| format::amount(amount, currency));
    view! {
        <tr>
            <th scope="row"><a href=format!("/loans/{}", row.id)>{row.loan_ref}</a></th>
            <td class="num">{format::known(verdict, |verdict| format::score(verdict.score))}</td>
            <td>{verdict.map_or_else(|| "Not decided".into_any(), |verdict| view! { <TrackMark track=verdict.track/> }.into_any())}</td>
            <td class="num">{money(row.outstanding_amount)}</td>
            <td class="num">{format::known(row.days_past_due, format::count)}</td>
            <td class="num">{format::known(row.missed_payments, format::count)}</td>
            <td>{row.recovery_status.label()}</td>
            <td>
                {match verdict {
                    Some(verdict) if verdict.is_high_risk => view! { <span class="badge badge--danger">"High"</span> }.into_any(),
                    Some(_) => "No".into_any(),
                    None => format::UNKNOWN.into_any(),
                }}
            </td>
            <td>{format::known(row.segment_name, |name| name)}</td>
            <td class="num">{money(row.loan_amount)}</td>
            <td>{format::word(&row.borrower_ref)}</td>
        </tr>
    }
}
