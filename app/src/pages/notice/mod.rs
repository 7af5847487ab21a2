//! One legal notice: the letter as it would go out, who said what about it, and what may be done next.

pub mod api;
mod forms;
mod letter;

use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::format;
use api::{ApproveNotice, EditNotice, ServeNotice, TurnDownNotice};
use chrono::NaiveDate;
use domain::id::UserId;
use domain::notice::{ANSWER_DAYS, NoticeState, NoticeView};
use forms::{ApprovalForms, EditForm, ServiceForm};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use letter::LetterView;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoticePageView {
    pub notice: NoticeView,
    pub may_approve: bool,
    pub viewer: UserId,
    pub today: NaiveDate,
}

/// What can be done with a notice.
#[derive(Clone, Copy)]
struct Actions {
    edit: ServerAction<EditNotice>,
    approve: ServerAction<ApproveNotice>,
    turn_down: ServerAction<TurnDownNotice>,
    serve: ServerAction<ServeNotice>,
}

#[component]
pub fn NoticePage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<i64>().ok()));
    let actions = Actions {
        edit: ServerAction::new(),
        approve: ServerAction::new(),
        turn_down: ServerAction::new(),
        serve: ServerAction::new(),
    };
    let versions = move || {
        let Actions { edit, approve, turn_down, serve } = actions;
        (edit.version().get(), approve.version().get(), turn_down.version().get(), serve.version().get())
    };
    // No notice has the id 0, so an address that is no number is answered as any other wrong one.
    let view = Resource::new(move || (id(), versions()), |(id, _)| api::get_notice(id.unwrap_or_default()));
    view! {
        <Title text="Legal notice"/>
        {move || {
            let refused = refusal(actions.edit.value().get())
                .or_else(|| refusal(actions.approve.value().get()))
                .or_else(|| refusal(actions.turn_down.value().get()))
                .or_else(|| refusal(actions.serve.value().get()));
            refused.map(|message| view! { <ErrorSummary message/> })
        }}
        <Loaded resource=view let:view>
            <Notice view actions/>
        </Loaded>
    }
}

#[component]
fn Notice(view: NoticePageView, actions: Actions) -> impl IntoView {
    let NoticePageView { notice, may_approve, viewer, today } = view;
    let id = notice.id;
    let has_hand = notice.edited_by.as_ref().is_some_and(|word| word.by == Some(viewer));
    let scope = format!("{} · drafted {}", notice.state.label(), format::moment(notice.drafted_at));
    let forms = match notice.state {
        NoticeState::Drafted => view! {
            {if may_approve && !has_hand {
                view! { <ApprovalForms id=id.0 actions/> }.into_any()
            } else {
                let text = if has_hand {
                    "You changed its words, so somebody else has to approve it."
                } else {
                    "A team lead or an administrator who did not change its words may approve it."
                };
                view! { <section class="card"><p class="card-body note">{text}</p></section> }.into_any()
            }}
            <EditForm id=id.0 text=notice.text.clone() actions/>
        }
        .into_any(),
        NoticeState::Approved => view! { <ServiceForm id=id.0 today may_approve actions/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <p class="note"><a href="/notices">"Legal notices"</a>{format!(" / {}", notice.loan_ref)}</p>
        <PageHead title=format!("Notice for loan {}", notice.loan_ref) scope>
            <a class="btn" href=format!("/loans/{}", notice.loan)>"The loan"</a>
            <a class="btn" href=format!("/notices/{id}/letter") rel="external" download="">"Letter, PDF"</a>
        </PageHead>
        <div class="grid">
            <div class="c7 c-wide"><LetterView notice=notice.clone()/></div>
            <div class="c5 stack">
                <Story notice/>
                {forms}
            </div>
        </div>
    }
}

/// Who did what, in order.
#[component]
fn Story(notice: NoticeView) -> impl IntoView {
    let drafted =
        format!("{}: the program drafted it, as the plan of the legal track asks.", format::moment(notice.drafted_at));
    let said = |what: &str, word: &domain::notice::NoticeWord| {
        let why = if word.said.is_empty() { ".".to_owned() } else { format!(": “{}”", word.said) };
        format!("{}: {} {what}{why}", format::moment(word.at), word.name)
    };
    let mut lines = vec![drafted];
    lines.extend(notice.edited_by.as_ref().map(|word| said("changed its words", word)));
    lines.extend(notice.approved.as_ref().map(|word| said("approved it", word)));
    lines.extend(notice.turned_down.as_ref().map(|word| said("turned it down", word)));
    lines.extend(
        notice.limitation_on.map(|day| format!("A court can be asked for the debt until {}.", format::day(day))),
    );
    lines.extend(notice.service.as_ref().map(|service| {
        let method = service.method.label().to_lowercase();
        let (on, answer_by) = (format::day(service.on), format::day(service.answer_by));
        format!(
            "{on}: served by {method}; proof: {}; written down by {}. To be answered by {answer_by}.",
            service.proof, service.by
        )
    }));
    if notice.state == NoticeState::Withdrawn {
        lines.push("It was withdrawn: the loan is recovered or has left the legal track.".to_owned());
    }
    let rules = (!notice.rules.is_empty())
        .then(|| view! { <p class="note">"Contact gate: "<code>{notice.rules.join(", ")}</code></p> });
    let clock = matches!(notice.state, NoticeState::Drafted | NoticeState::Approved)
        .then(|| view! { <p class="note">{format!("The borrower has {ANSWER_DAYS} days to answer, from the service on.")}</p> });
    view! {
        <section class="card" aria-labelledby="story">
            <div class="card-header"><h2 class="card-title" id="story">"What happened"</h2></div>
            <div class="card-body stack stack--tight">
                <ol class="plain">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ol>
                {clock}
                {rules}
            </div>
        </section>
    }
}
