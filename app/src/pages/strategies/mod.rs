//! The strategy board: the bounds and what moving them would do, the three tracks with their treatments, and all
//! versions of the policy.

pub mod api;
mod bounds;
mod lanes;
mod open_version;
mod overridden;
pub mod step_row;
mod treating;
mod versions;

use crate::components::caution_note::CautionNote;
use crate::components::empty::Empty;
use crate::components::field::{ErrorSummary, refusal};
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::format;
use api::{ApprovePolicy, DiscardPolicy, RollBackPolicy, SaveBounds, SubmitPolicy, Treat, TurnDownPolicy};
use bounds::Bounds;
use domain::case::Treating;
use domain::decision::OverrideCounts;
use domain::id::UserId;
use domain::model::Caution;
use domain::money::Currency;
use domain::policy::Policy;
use domain::policy::version::{PolicyState, PolicyVersion};
use domain::policy::what_if::ScoreTable;
use domain::summary::Tally;
use domain::team::TeamStrength;
use lanes::Lanes;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use open_version::OpenVersion;
use overridden::OverriddenCard;
use serde::{Deserialize, Serialize};
use treating::TreatingCard;
use versions::Versions;

/// What the board shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub currency: Currency,
    /// Why scores are to be read with care; nothing where they need none, and before the first model.
    pub caution: Option<Caution>,
    pub decided: Tally,
    pub scores: ScoreTable,
    /// The newest first.
    pub versions: Vec<PolicyVersion>,
    pub teams: Vec<TeamStrength>,
    pub viewer: UserId,
    pub may_draft: bool,
    pub may_approve: bool,
    pub treating: Treating,
    pub may_start: bool,
    pub overrides: OverrideCounts,
}

impl Board {
    fn in_force(&self) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| version.state == PolicyState::InForce)
    }

    /// The version that is drafted or waits for approval.
    fn open(&self) -> Option<&PolicyVersion> {
        self.versions.iter().find(|version| matches!(version.state, PolicyState::Draft | PolicyState::Submitted))
    }
}

/// What people do with versions.
#[derive(Clone, Copy)]
struct Actions {
    save: ServerAction<SaveBounds>,
    submit: ServerAction<SubmitPolicy>,
    discard: ServerAction<DiscardPolicy>,
    approve: ServerAction<ApprovePolicy>,
    turn_down: ServerAction<TurnDownPolicy>,
    roll_back: ServerAction<RollBackPolicy>,
    treat: ServerAction<Treat>,
}

impl Actions {
    fn new() -> Self {
        Self {
            save: ServerAction::new(),
            submit: ServerAction::new(),
            discard: ServerAction::new(),
            approve: ServerAction::new(),
            turn_down: ServerAction::new(),
            roll_back: ServerAction::new(),
            treat: ServerAction::new(),
        }
    }

    fn versions(self) -> [usize; 7] {
        [
            self.save.version().get(),
            self.submit.version().get(),
            self.discard.version().get(),
            self.approve.version().get(),
            self.turn_down.version().get(),
            self.roll_back.version().get(),
            self.treat.version().get(),
        ]
    }

    fn refused(self) -> Option<String> {
        refusal(self.save.value().get())
            .or_else(|| refusal(self.submit.value().get()))
            .or_else(|| refusal(self.discard.value().get()))
            .or_else(|| refusal(self.approve.value().get()))
            .or_else(|| refusal(self.turn_down.value().get()))
            .or_else(|| refusal(self.roll_back.value().get()))
            .or_else(|| refusal(self.treat.value().get()))
    }
}

#[component]
pub fn StrategiesPage() -> impl IntoView {
    let actions = Actions::new();
    let board = Resource::new(move || actions.versions(), |_| api::get_board());
    view! {
        <Title text="Strategies"/>
        {move || actions.refused().map(|message| view! { <ErrorSummary message/> })}
        <Loaded resource=board let:board>
            {match board {
                Some(board) if board.decided.loans > 0 => view! { <BoardOf board actions/> }.into_any(),
                _ => view! { <NothingDecided/> }.into_any(),
            }}
        </Loaded>
    }
}

#[component]
fn BoardOf(board: Board, actions: Actions) -> impl IntoView {
    let Some(held) = board.in_force().cloned() else { return view! { <NothingDecided/> }.into_any() };
    let open = board.open().cloned();
    let since = held.terms.first().map(|(start, _)| format!(" in force since {}", format::moment(*start)));
    let scope = format!(
        "Policy {}{} · {} decided · {} outstanding",
        held.policy.version,
        since.unwrap_or_default(),
        format::counted(board.decided.loans, "loan"),
        format::short_amount(board.decided.outstanding, board.currency)
    );
    let asked = use_query_map().with_untracked(|query| {
        let bound = |name: &str| query.get(name)?.parse::<f64>().ok();
        let (settlement_from, legal_above) = (bound("settlement_from")?, bound("legal_above")?);
        let policy = Policy { version: 0, settlement_from, legal_above };
        policy.check().is_ok().then_some(policy)
    });
    let shown = open.clone().unwrap_or_else(|| held.clone());
    let start = asked.unwrap_or_else(|| shown.policy.clone());
    let set = RwSignal::new(start);
    view! {
        <PageHead title="Strategies" scope>
            <a class="btn" href="/strategies/templates">"Templates"</a>
        </PageHead>
        {board.caution.map(|caution| view! { <CautionNote caution/> })}
        {open.map(|open| view! { <OpenVersion open held=held.clone() board=board.clone() actions/> })}
        <Bounds set held=held.policy.clone() board=board.clone() save=actions.save/>
        <Lanes set held=held.policy.clone() shown board=board.clone()/>
        <TreatingCard treating=board.treating may_start=board.may_start treat=actions.treat/>
        <OverriddenCard counts=board.overrides/>
        <Versions board actions/>
    }
    .into_any()
}

#[component]
fn NothingDecided() -> impl IntoView {
    view! {
        <PageHead title="Strategies" scope="No loan has a decision yet"/>
        <section class="card">
            <Empty
                icon=Icon::Strategies
                title="No decisions yet"
                text="Tracks fill once an administrator has loaded a file and started \"Train and score\"."
            />
        </section>
    }
}
