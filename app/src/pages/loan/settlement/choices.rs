//! What the choices about a loan are worth, beside each other, with what that assumes.

use super::board::Board;
use crate::components::table::{Column, Table};
use crate::format;
use domain::money::Currency;
use domain::settlement::worth::{Choice, Worth};
use leptos::prelude::*;

#[component]
pub fn Choices(board: Board) -> impl IntoView {
    let currency = board.currency;
    let mark = format::currency_mark(currency);
    let money = |label: &str| Column::number(format!("{label}, {}", mark.trim_end()));
    let columns = vec![
        Column::text("Choice"),
        money("Comes in"),
        money("Cost"),
        money("Worth today"),
        Column::number("As good as waiting from"),
    ];
    let fields = &board.fields;
    let offer = format!("{} % let go, paid by {}", fields.haircut, day_of(&fields.pay_by));
    let plan = format!("{} instalments from {}", fields.count, day_of(&fields.start_on));
    let about = format!(
        "Balance {}, risk score {}; money that comes later is worth {} % a year less. These are assumptions, not learned from \
         your loans, and people's hours are not counted. An offer or a plan is taken to bring nothing where it is not kept: the last \
         column says from which chance of being kept it is as good as waiting.",
        format::known(board.basis.balance, |balance| format::amount_with_mark(balance, currency)),
        format::known(board.basis.score, format::score),
        board.assumptions.discount_percent
    );
    let rows = board.choices.clone().into_iter().map(|worth| {
        let terms = match worth.choice {
            Choice::Offer => Some(offer.clone()),
            Choice::Plan => Some(plan.clone()),
            Choice::Wait | Choice::Legal => None,
        };
        view! { <Row worth terms currency/> }
    });
    let rows = rows.collect_view();
    (!board.choices.is_empty()).then(|| {
        view! {
            <Table caption="Offer, plan, waiting and legal action beside each other" columns small=true>{rows}</Table>
            <p class="card-body note">{about}</p>
        }
    })
}

/// The day of a field in words; what is no day stays as it was written.
fn day_of(field: &str) -> String {
    field.parse().map_or_else(|_| field.to_owned(), format::day)
}

#[component]
fn Row(worth: Worth, terms: Option<String>, currency: Currency) -> impl IntoView {
    let amount = move |money| format::amount(money, currency);
    let break_even = match (worth.choice, worth.break_even_percent) {
        (Choice::Wait | Choice::Legal, _) => String::new(),
        (_, Some(percent)) => format!("{percent} %"),
        (_, None) => "never".to_owned(),
    };
    let note = terms.map_or_else(|| format!("{}.", worth.told), |terms| format!("{terms}. {}.", worth.told));
    view! {
        <tr>
            <th scope="row">{worth.choice.label()}<br/><span class="note">{note}</span></th>
            <td class="num">{amount(worth.recovered)}</td>
            <td class="num">{amount(worth.cost)}</td>
            <td class="num"><b>{amount(worth.value)}</b></td>
            <td class="num">{break_even}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_fields_are_told_in_words() {
        assert_eq!(day_of("2026-12-24"), "24 Dec 2026");
        assert_eq!(day_of("soon"), "soon");
    }
}
