//! What was paid on a loan, and what that leaves unpaid.

use crate::components::table::{Column, Table};
use crate::format;
use domain::arrears::Arrears;
use domain::listing::PaymentView;
use domain::money::Currency;
use leptos::prelude::*;

#[component]
pub fn Payments(payments: Vec<PaymentView>, total: u64, arrears: Option<Arrears>, currency: Currency) -> impl IntoView {
    let columns = vec![
        Column::text("Paid on"),
        Column::number(format!("Amount, {}", format::currency_mark(currency).trim_end())),
        Column::text("Kind"),
        Column::text("Reference"),
        Column::text("File"),
    ];
    let row = move |payment: PaymentView| {
        let kind = match payment.reversal_of {
            Some(of) => format!("{} of {of}", payment.kind.label()),
            None => payment.kind.label().to_owned(),
        };
        view! {
            <tr>
                <th scope="row">{format::day(payment.paid_on)}</th>
                <td class="num">{format::amount(payment.amount, currency)}</td>
                <td>{kind}</td>
                <td>{payment.payment_ref}</td>
                <td>{format::known(payment.file_name, |name| name)}</td>
            </tr>
        }
    };
    let shown = payments.len() as u64;
    let more = (total > shown)
        .then(|| format!("The newest {} of {}.", format::count(shown as i64), format::count(total as i64)));
    (!payments.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="payments">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="payments">"Payments"</h2>
                        <p class="note">{told(arrears, currency)}</p>
                    </div>
                </div>
                <Table caption="Payments of the loan" columns small=true one_line=true>
                    {payments.into_iter().map(row).collect_view()}
                </Table>
                {more.map(|more| view! { <div class="card-footer"><p class="note">{more}</p></div> })}
            </section>
        }
    })
}

/// What the payments tell of arrears, in words.
fn told(arrears: Option<Arrears>, currency: Currency) -> String {
    let money = |amount| format::amount_with_mark(amount, currency);
    match arrears {
        Some(arrears) => format!(
            "By {}: {} paid of {} due; {}, {} past due.",
            format::day(arrears.as_of),
            money(arrears.paid),
            money(arrears.due),
            format::counted(arrears.missed_payments, "missed payment"),
            format::counted(arrears.days_past_due, "day"),
        ),
        None => "They do not tell what is overdue: that needs the day of lending, the instalment and the term, and payments from \
                 the first instalment on."
            .to_owned(),
    }
}
