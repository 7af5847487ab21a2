//! Offers and repayment plans on a loan: what they are worth, what was agreed on, and what became of it.

pub mod api;
pub mod asked;
pub mod board;
mod choices;
mod forms;
mod story;

use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use crate::error::AppError;
use api::{AcceptSettlement, MakeOffer, MakePlan, SendSettlement, WithdrawSettlement};
use asked::Asked;
use board::Board;
use choices::Choices;
use forms::Forms;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use story::{Earlier, Open};

/// What is done with settlements that are there.
#[derive(Clone, Copy)]
pub struct Actions {
    send: ServerAction<SendSettlement>,
    accept: ServerAction<AcceptSettlement>,
    withdraw: ServerAction<WithdrawSettlement>,
}

/// What the page of a loan holds for the card, made with the page so that it is there whenever the card is drawn.
#[derive(Clone, Copy)]
pub struct Settling {
    board: Resource<Result<Board, AppError>>,
    actions: Actions,
    // The forms of new terms are sent by the browser itself, so that one of their buttons can show what they come to.
    offer: ServerAction<MakeOffer>,
    plan: ServerAction<MakePlan>,
}

impl Settling {
    pub fn new(id: impl Fn() -> Option<i64> + Copy + Send + Sync + 'static) -> Self {
        let query = use_query_map();
        let actions = Actions { send: ServerAction::new(), accept: ServerAction::new(), withdraw: ServerAction::new() };
        let done =
            move || (actions.send.version().get(), actions.accept.version().get(), actions.withdraw.version().get());
        let board = Resource::new(
            move || (id(), query.with(Asked::read), done()),
            |(id, asked, _)| api::get_settlement(id.unwrap_or_default(), asked),
        );
        Self { board, actions, offer: ServerAction::new(), plan: ServerAction::new() }
    }
}

#[component]
pub fn SettlementCard(settling: Settling) -> impl IntoView {
    let Settling { board, actions, offer, plan } = settling;
    let refused = move || {
        refusal(offer.value().get())
            .or_else(|| refusal(plan.value().get()))
            .or_else(|| refusal(actions.send.value().get()))
            .or_else(|| refusal(actions.accept.value().get()))
            .or_else(|| refusal(actions.withdraw.value().get()))
            .map(|message| view! { <ErrorSummary message/> })
    };
    view! {
        <section class="card" id="settlement" aria-labelledby="settlement-title">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="settlement-title">"Settlement"</h2>
                    <p class="note">"Offers and repayment plans: what they are worth, what was agreed on, and what payments made of it."</p>
                </div>
            </div>
            {refused}
            <Loaded resource=board let:board>
                <Body board actions/>
            </Loaded>
        </section>
    }
}

#[component]
fn Body(board: Board, actions: Actions) -> impl IntoView {
    let open = board.open().cloned();
    let is_running = open.as_ref().is_some_and(|open| open.times.offered_at.is_some());
    let closed: Vec<_> = board.settlements.iter().filter(|one| !one.state.is_open()).cloned().collect();
    let (loan, currency, treats) = (board.loan, board.currency, board.treats);
    let shut = match (board.basis.is_recovered, board.basis.has_case) {
        (true, _) => Some("This loan is paid in full: there is nothing to settle."),
        (_, false) => Some("This loan has no open case: offers and plans can be made once it is decided on."),
        _ => None,
    };
    let forms = match shut {
        Some(why) => view! { <p class="card-body note">{why}</p> }.into_any(),
        None if is_running => view! { <Choices board/> }.into_any(),
        None => view! { <Choices board=board.clone()/><Forms board/> }.into_any(),
    };
    view! {
        {open.map(|open| view! { <Open open loan currency treats actions/> })}
        {forms}
        {(!closed.is_empty()).then(|| view! { <Earlier closed currency/> })}
    }
}
