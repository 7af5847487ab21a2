//! What files said of a loan, day by day.

use crate::components::table::{Column, Table};
use crate::format;
use domain::listing::LoanState;
use domain::money::Currency;
use leptos::prelude::*;

#[component]
pub fn History(history: Vec<LoanState>, currency: Currency) -> impl IntoView {
    let columns = vec![
        Column::text("As of"),
        Column::number(format!("Outstanding, {}", format::currency_mark(currency).trim_end())),
        Column::number("Days past due"),
        Column::number("Missed"),
        Column::text("Status"),
        Column::text("File"),
    ];
    let row = move |state: LoanState| {
        view! {
            <tr>
                <th scope="row">{format::day(state.as_of)}</th>
                <td class="num">{format::known(state.outstanding_amount, |amount| format::amount(amount, currency))}</td>
                <td class="num">{format::known(state.days_past_due, format::count)}</td>
                <td class="num">{format::known(state.missed_payments, format::count)}</td>
                <td>{state.recovery_status.label()}</td>
                <td>{format::known(state.file_name, |name| name)}</td>
            </tr>
        }
    };
    (!history.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="history">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="history">"By day"</h2>
                        <p class="note">"What files said of this loan, the newest day first."</p>
                    </div>
                </div>
                <Table caption="States of the loan by day" columns small=true one_line=true>
                    {history.into_iter().map(row).collect_view()}
                </Table>
            </section>
        }
    })
}
