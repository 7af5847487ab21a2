//! The letter as it would go out. The PDF says the same.

use crate::components::table::{Column, Table};
use crate::format;
use domain::notice::{NoticeText, NoticeView};
use leptos::prelude::*;

#[component]
pub fn LetterView(notice: NoticeView) -> impl IntoView {
    let currency = notice.currency;
    let (before, after) = notice.text.paragraphs();
    let paragraphs = |of: Vec<&str>| of.into_iter().map(|text| view! { <p>{text.to_owned()}</p> }).collect_view();
    let (before, after) = (paragraphs(before), paragraphs(after));
    let NoticeText { subject, recipient, items, reasons, .. } = notice.text;
    let amounts = (!items.is_empty()).then(|| {
        let columns = vec![Column::text("How the amount is made up"), Column::number(currency.to_string())];
        let rows = items
            .into_iter()
            .map(|item| {
                let amount = format::amount(item.amount, currency);
                let label = if item.is_total {
                    view! { <strong>{item.label}</strong> }.into_any()
                } else {
                    item.label.into_any()
                };
                view! {
                    <tr>
                        <th scope="row">{label}</th>
                        <td class="num">{amount}</td>
                    </tr>
                }
            })
            .collect_view();
        view! { <Table caption="How the amount is made up" columns small=true>{rows}</Table> }
    });
    let reasons = (!reasons.is_empty()).then(|| {
        view! {
            <p><strong>"Why you receive this"</strong></p>
            <ul>{reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view()}</ul>
        }
    });
    view! {
        <section class="card" aria-labelledby="letter">
            <div class="card-header"><h2 class="card-title" id="letter">{subject}</h2></div>
            <div class="card-body stack stack--tight">
                <address>{recipient.into_iter().map(|line| view! { {line}<br/> }).collect_view()}</address>
                {before}
                {amounts}
                {reasons}
                {after}
            </div>
        </section>
    }
}
