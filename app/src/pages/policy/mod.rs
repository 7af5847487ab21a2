//! One version of the policy: what is done on each track, and how much people may let go in an offer. A draft is
//! changed here.

pub mod answer;
pub mod api;
mod authority;
mod plan_form;

use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::track_mark::{TrackMark, track_class};
use crate::format;
use crate::pages::strategies::step_row::StepRow;
use api::{BeginDraft, SaveAuthority, SavePlan};
use authority::AuthorityCard;
use domain::money::Currency;
use domain::policy::version::{PolicyState, PolicyVersion};
use domain::track::Track;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use plan_form::PlanForm;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyView {
    pub version: PolicyVersion,
    pub currency: Currency,
    /// Names of the champion's segments, which steps may be kept to.
    pub segments: Vec<String>,
    pub may_draft: bool,
    /// Whether another version is drafted or waits, so that none can be begun.
    pub has_open: bool,
}

impl PolicyView {
    fn may_change(&self) -> bool {
        self.may_draft && self.version.state == PolicyState::Draft
    }
}

#[component]
pub fn PolicyPage() -> impl IntoView {
    let params = use_params_map();
    let version = move || params.with(|params| params.get("version").unwrap_or_default());
    let plan = ServerAction::<SavePlan>::new();
    let authority = ServerAction::<SaveAuthority>::new();
    let begin = ServerAction::<BeginDraft>::new();
    let view = Resource::new(
        move || (version(), plan.version().get(), authority.version().get()),
        |(version, ..)| api::get_policy(version),
    );
    view! {
        <Title text="Policy"/>
        {move || {
            let refused = refusal(plan.value().get())
                .or_else(|| refusal(authority.value().get()))
                .or_else(|| refusal(begin.value().get()));
            refused.map(|message| view! { <ErrorSummary message/> })
        }}
        <Loaded resource=view let:view>
            <Policy view plan authority begin/>
        </Loaded>
    }
}

#[component]
fn Policy(
    view: PolicyView,
    plan: ServerAction<SavePlan>,
    authority: ServerAction<SaveAuthority>,
    begin: ServerAction<BeginDraft>,
) -> impl IntoView {
    let version = view.version.policy.version;
    let title = format!("Policy {version}");
    let scope = match view.version.state {
        PolicyState::Draft => "Draft: nothing holds until somebody else approves it".to_owned(),
        PolicyState::InForce => {
            let since = view.version.terms.first().map(|(start, _)| format::moment(*start)).unwrap_or_default();
            format!("In force since {since}; a version that was approved is never changed")
        }
        state => format!("{}; it is not changed any more", state.label()),
    };
    let may_begin = view.may_draft && !view.has_open;
    let tracks = [Track::Standard, Track::Settlement, Track::Legal].map(|track| {
        let view = view.clone();
        if view.may_change() {
            view! { <PlanForm track view plan/> }.into_any()
        } else {
            view! { <Plan track view/> }.into_any()
        }
    });
    view! {
        <PageHead title scope>
            <a class="btn" href="/strategies">"All strategies"</a>
            {may_begin
                .then(|| {
                    view! {
                        <ActionForm action=begin>
                            <input type="hidden" name="from" value=version/>
                            <button class="btn btn-primary" type="submit" prop:disabled=move || begin.pending().get()>"Draft a change"</button>
                        </ActionForm>
                    }
                })}
        </PageHead>
        {tracks}
        <AuthorityCard view authority/>
    }
}

#[component]
fn Plan(track: Track, view: PolicyView) -> impl IntoView {
    let currency = view.currency;
    let bounds = view.version.policy.bounds_in_words(track);
    let steps = view.version.body.plans.of(track).to_vec();
    view! {
        <section class=format!("card lane {}", track_class(track)) aria-label=track.label()>
            <div class="card-header">
                <h2 class="card-title"><TrackMark track/></h2>
                <span class="note">{format!("Score {bounds}")}</span>
            </div>
            <div class="card-body">
                <ol class="treat">{steps.into_iter().map(|step| view! { <StepRow step currency/> }).collect_view()}</ol>
            </div>
        </section>
    }
}
