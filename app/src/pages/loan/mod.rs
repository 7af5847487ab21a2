//! One loan: everything that is known of it, and what was decided about it, by what.

mod alerts;
pub mod api;
mod cases;
mod contacts;
mod decision;
mod facts;
mod history;
mod holds;
mod overrides;
mod payments;
mod reasons;
pub mod settlement;

use crate::components::caution_note::CautionNote;
use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::track_mark::TrackMark;
use crate::error::AppError;
use crate::format;
use alerts::Alerts;
use api::{EndHold, EndOverride, OverrideTrack, SetHold};
use cases::Cases;
use contacts::Contacts;
use decision::{Decision, Undecided};
use domain::case::CaseView;
use domain::contact_history::AddressStanding;
use domain::listing::{LoanDetail, LoanState, PaymentView};
use domain::money::Currency;
use domain::watch::AlertView;
use facts::{Facts, Strip};
use history::History;
use holds::{Holds, HoldsView};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use overrides::{Overrides, OverridesView};
use payments::Payments;
use serde::{Deserialize, Serialize};
use settlement::{SettlementCard, Settling};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoanView {
    pub loan: LoanDetail,
    /// What files said of it, the newest day first.
    pub history: Vec<LoanState>,
    /// The newest ones.
    pub payments: Vec<PaymentView>,
    pub payments_total: u64,
    pub currency: Currency,
    /// The newest first.
    pub cases: Vec<CaseView<String>>,
    pub contacts: Vec<AddressStanding<String>>,
    pub holds: HoldsView,
    /// The newest first.
    pub alerts: Vec<AlertView<String>>,
    pub overrides: OverridesView,
}

/// What people do on the page.
#[derive(Clone, Copy)]
struct Actions {
    set_hold: ServerAction<SetHold>,
    end_hold: ServerAction<EndHold>,
    set_override: ServerAction<OverrideTrack>,
    end_override: ServerAction<EndOverride>,
}

impl Actions {
    fn new() -> Self {
        Self {
            set_hold: ServerAction::new(),
            end_hold: ServerAction::new(),
            set_override: ServerAction::new(),
            end_override: ServerAction::new(),
        }
    }

    fn versions(self) -> [usize; 4] {
        [
            self.set_hold.version().get(),
            self.end_hold.version().get(),
            self.set_override.version().get(),
            self.end_override.version().get(),
        ]
    }

    fn refused(self) -> Option<String> {
        refusal(self.set_hold.value().get())
            .or_else(|| refusal(self.end_hold.value().get()))
            .or_else(|| refusal(self.set_override.value().get()))
            .or_else(|| refusal(self.end_override.value().get()))
    }
}

#[component]
pub fn LoanPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<i64>().ok()));
    let actions = Actions::new();
    let loan = Resource::new(
        move || (id(), actions.versions()),
        |(id, _)| async move {
            // No loan has the id 0, so an address that is no number is answered as any other wrong one.
            api::get_loan(id.unwrap_or_default()).await as Result<LoanView, AppError>
        },
    );
    let settling = Settling::new(id);
    view! {
        <Title text="Loan"/>
        {move || actions.refused().map(|message| view! { <ErrorSummary message/> })}
        <Loaded resource=loan let:view>
            <LoanOf view settling actions/>
        </Loaded>
    }
}

#[component]
fn LoanOf(view: LoanView, settling: Settling, actions: Actions) -> impl IntoView {
    let LoanView { loan, history, payments, payments_total, currency, cases, contacts, holds, alerts, overrides } =
        view;
    let record = loan.record;
    let origin =
        loan.file_name.map_or_else(|| "made up for the demo".to_owned(), |name| format!("from the file {name}"));
    let scope = [
        Some(record.borrower.borrower_ref.as_str()).filter(|of| !of.is_empty()).map(|of| format!("Borrower {of}")),
        Some(record.loan_type.as_str()).filter(|of| !of.is_empty()).map(|of| format!("{of} loan")),
        record.as_of.map(|day| format!("as of {}", format::day(day))),
        Some(format!("{origin}, {}", format::moment(loan.imported_at))),
    ];
    let scope = scope.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let caution = loan.decision.as_ref().and_then(|decision| decision.caution);
    let track = loan.decision.as_ref().map(|decision| decision.track);
    let extras: Vec<(String, String)> = record.extras.clone().into_iter().collect();
    let facts = [
        ("Loan", facts::of_loan(&record, currency)),
        ("Borrower", facts::of_borrower(&record.borrower, currency)),
        ("Collection so far", facts::of_outcome(&record.outcome, currency)),
    ]
    .map(|(title, facts)| (title, facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()));
    let decision = match loan.decision {
        Some(decision) => view! { <Decision decision loan_ref=record.loan_ref.clone() standing=overrides.standing().cloned() currency/> }.into_any(),
        None => view! { <Undecided/> }.into_any(),
    };
    view! {
        <p class="note"><a href="/loans">"Loans"</a>{format!(" / {}", record.loan_ref)}</p>
        <PageHead title=format!("Loan {}", record.loan_ref) scope>
            {track.map(|track| view! { <TrackMark track/> })}
        </PageHead>
        {caution.map(|caution| view! { <CautionNote caution/> })}
        <Strip record differing=loan.arrears.filter(|_| loan.disagrees) currency/>
        <div class="grid">
            <div class="c7 c-wide">{decision}</div>
            <div class="c5 stack">
                {facts.map(|(title, facts)| view! { <Facts title facts/> }).collect_view()}
                {(!extras.is_empty()).then(|| view! { <Facts title="More from its file" facts=extras/> })}
            </div>
        </div>
        {track
            .map(|track| {
                let (set, end) = (actions.set_override, actions.end_override);
                view! { <Overrides loan=loan.id.0 track view=overrides set end/> }
            })}
        <SettlementCard settling/>
        <Contacts contacts/>
        <Holds loan=loan.id.0 view=holds set=actions.set_hold end=actions.end_hold/>
        <Cases cases currency/>
        <Alerts alerts currency/>
        <Payments payments total=payments_total arrears=loan.arrears currency/>
        <History history currency/>
    }
}
