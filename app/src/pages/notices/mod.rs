//! Legal notices: those that wait for approval, those that wait to be served, and what became of the others.

pub mod api;

use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::table::{Column, Table};
use crate::format;
use domain::money::Currency;
use domain::notice::{NoticeList, NoticeRow, NoticeState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The longest detail that stands in a row, in characters.
const DETAIL_LENGTH_MAX: usize = 80;

#[component]
pub fn NoticesPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|query| {
            let state = query.get("state").and_then(|code| NoticeState::find(&code));
            let page = query.get("page").and_then(|page| page.parse::<u32>().ok());
            (state.unwrap_or(NoticeState::Drafted), page.unwrap_or(1).max(1))
        })
    };
    let notices = Resource::new(asked, |(state, page)| api::get_notices(state, page));
    view! {
        <Title text="Legal notices"/>
        <Loaded resource=notices let:notices>
            <Notices notices/>
        </Loaded>
    }
}

#[component]
fn Notices(notices: NoticeList) -> impl IntoView {
    let NoticeList { state, rows, counts, page, page_size, currency } = notices;
    let count_of = |wanted: NoticeState| {
        NoticeState::ALL
            .iter()
            .position(|state| *state == wanted)
            .and_then(|place| counts.get(place))
            .copied()
            .unwrap_or(0)
    };
    let scope = format!(
        "{} for approval, {} to be served. No notice goes out before a named person has approved it",
        match count_of(NoticeState::Drafted) {
            1 => "1 draft waits".to_owned(),
            drafts => format!("{} drafts wait", format::count(drafts as i64)),
        },
        count_of(NoticeState::Approved),
    );
    let total = count_of(state);
    let tabs = NoticeState::ALL
        .map(|of| {
            let current = (of == state).then_some("true");
            let label = format!("{} {}", of.label(), format::count(count_of(of) as i64));
            view! { <a href=format!("/notices?state={}", of.code()) aria-current=current>{label}</a> }
        })
        .collect_view();
    let last = match state {
        NoticeState::Served => "Served, to be answered by",
        NoticeState::Approved => "Approved by, and why",
        NoticeState::TurnedDown => "Turned down by, and why",
        NoticeState::Drafted | NoticeState::Withdrawn => "Drafted",
    };
    let columns = vec![
        Column::text("Loan"),
        Column::text("Borrower"),
        Column::number(format!("Outstanding, {currency}")),
        Column::number("Days past due"),
        Column::text(last),
    ];
    let address = move |page: u32| format!("/notices?state={}&page={page}", state.code());
    view! {
        <PageHead title="Legal notices" scope/>
        <nav class="segmented" aria-label="State">{tabs}</nav>
        <section class="card" aria-label=state.label()>
            {if rows.is_empty() {
                view! { <Nothing state is_past_the_end={total > 0}/> }.into_any()
            } else {
                let rows = rows.into_iter().map(|row| view! { <Row row state currency/> }).collect_view();
                view! {
                    <Table caption=state.label() columns one_line=true>{rows}</Table>
                    <Pager page page_size total noun="notice" address=Box::new(address)/>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn Row(row: NoticeRow, state: NoticeState, currency: Currency) -> impl IntoView {
    let drafted = format::moment(row.drafted_at);
    let last = match (state, row.answer_by) {
        (NoticeState::Served, Some(day)) => format!("{}; {}", row.detail, format::day(day)),
        (NoticeState::Approved | NoticeState::TurnedDown, _) => shortened(row.detail),
        _ => drafted,
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("/notices/{}", row.id)>{row.loan_ref}</a></th>
            <td>{row.borrower.unwrap_or_else(|| format::UNKNOWN.to_owned())}</td>
            <td class="num">{format::known(row.outstanding, |amount| format::amount(amount, currency))}</td>
            <td class="num">{format::known(row.days_past_due, format::count)}</td>
            <td>{last}</td>
        </tr>
    }
}

/// The start of a long text; the notice's page has all of it.
fn shortened(text: String) -> String {
    if text.chars().count() <= DETAIL_LENGTH_MAX {
        return text;
    }
    text.chars().take(DETAIL_LENGTH_MAX).chain(['…']).collect()
}

#[component]
fn Nothing(state: NoticeState, is_past_the_end: bool) -> impl IntoView {
    let (title, text) = match state {
        _ if is_past_the_end => ("There is no such page", "The list is shorter than that. Go back to its first page."),
        NoticeState::Drafted => (
            "No draft waits",
            "Drafts appear here when the plan of the legal track asks for a notice, once treatments are carried out.",
        ),
        NoticeState::Approved => ("Nothing is to be served", "Notices appear here once somebody has approved them."),
        NoticeState::Served => ("None has been served yet", "A notice appears here once its service is written down."),
        NoticeState::TurnedDown => {
            ("None was turned down", "Drafts that somebody turns down stay here, with the reason.")
        }
        NoticeState::Withdrawn => (
            "None was withdrawn",
            "A notice is withdrawn where its loan is recovered or leaves the legal track before it is served.",
        ),
    };
    view! { <Empty icon=Icon::ListCheck title text/> }
}
