//! Letters by post: those to be printed, those to be posted, and what became of the others.

pub mod api;
mod row;

use crate::components::empty::Empty;
use crate::components::field::{ErrorSummary, refusal};
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::Pager;
use crate::components::table::{Column, Table};
use crate::format;
use api::PostLetter;
use domain::letter::{LetterList, LetterState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use row::Row;

#[component]
pub fn LettersPage() -> impl IntoView {
    let query = use_query_map();
    let post = ServerAction::<PostLetter>::new();
    let asked = move || {
        query.with(|query| {
            let state = query.get("state").and_then(|code| LetterState::find(&code));
            let page = query.get("page").and_then(|page| page.parse::<u32>().ok());
            (state.unwrap_or(LetterState::ToPrint), page.unwrap_or(1).max(1))
        })
    };
    let letters =
        Resource::new(move || (asked(), post.version().get()), |((state, page), _)| api::get_letters(state, page));
    view! {
        <Title text="Letters"/>
        {move || refusal(post.value().get()).map(|message| view! { <ErrorSummary message/> })}
        <Loaded resource=letters let:letters>
            <Letters letters post/>
        </Loaded>
    }
}

#[component]
fn Letters(letters: LetterList<String>, post: ServerAction<PostLetter>) -> impl IntoView {
    let LetterList { state, rows, counts, page, page_size, today } = letters;
    let count_of = |wanted: LetterState| {
        let place = LetterState::ALL.iter().position(|state| *state == wanted);
        place.and_then(|place| counts.get(place)).copied().unwrap_or(0)
    };
    let scope = format!(
        "{} to print, {} to post. The contact gate is asked when a letter is made, printed and posted",
        format::count(count_of(LetterState::ToPrint) as i64),
        format::count(count_of(LetterState::Printed) as i64),
    );
    let total = count_of(state);
    let tabs = LetterState::ALL
        .map(|of| {
            let current = (of == state).then_some("true");
            let label = format!("{} {}", of.label(), format::count(count_of(of) as i64));
            view! { <a href=format!("/letters?state={}", of.code()) aria-current=current>{label}</a> }
        })
        .collect_view();
    let last = match state {
        LetterState::ToPrint => "Print",
        LetterState::Printed => "Printed by, and posting",
        LetterState::Posted => "Posted",
        LetterState::Withheld => "Why not",
    };
    let columns = ["Loan", "To", "Letter", "Made", last].map(Column::text).to_vec();
    let address = move |page: u32| format!("/letters?state={}&page={page}", state.code());
    view! {
        <PageHead title="Letters" scope/>
        <nav class="segmented" aria-label="State">{tabs}</nav>
        <section class="card" aria-label=state.label()>
            {if rows.is_empty() {
                view! { <Nothing state is_past_the_end={total > 0}/> }.into_any()
            } else {
                let rows = rows.into_iter().map(|row| view! { <Row row state today post/> }).collect_view();
                view! {
                    <Table caption=state.label() columns>{rows}</Table>
                    <Pager page page_size total noun="letter" address=Box::new(address)/>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn Nothing(state: LetterState, is_past_the_end: bool) -> impl IntoView {
    let (title, text) = match state {
        _ if is_past_the_end => ("There is no such page", "The list is shorter than that. Go back to its first page."),
        LetterState::ToPrint => (
            "No letter waits to be printed",
            "Letters appear here when a plan asks for one, and for offers and plans of borrowers whom no e-mail may reach.",
        ),
        LetterState::Printed => ("No letter is to be posted", "Letters appear here once somebody has printed them."),
        LetterState::Posted => ("None was posted yet", "A letter appears here once its posting is written down."),
        LetterState::Withheld => (
            "None was held back",
            "A letter is held back where its loan is paid or leaves the track before it is posted.",
        ),
    };
    view! { <Empty icon=Icon::Mail title text/> }
}
