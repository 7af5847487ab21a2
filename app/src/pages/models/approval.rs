//! A model that waits: whether it may decide, who may let it, and the button to do so.

use super::api::{PromoteModel, RejectModel};
use crate::components::icon::{Icon, IconMark};
use domain::champion::{compare, reasons_needed};
use domain::id::UserId;
use domain::model::{ModelCard, ModelState};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// What stands above everything else while a newer model does not decide.
#[component]
pub fn Waiting(
    candidate: ModelCard,
    /// Nothing where no model decides.
    champion: Option<ModelCard>,
    viewer: UserId,
    /// Whether who looks may let it decide.
    approves: bool,
    /// Whether who looks may turn it down.
    may_reject: bool,
    promote: ServerAction<PromoteModel>,
    reject: ServerAction<RejectModel>,
) -> impl IntoView {
    let id = candidate.id.0;
    let turn_down = format!("Turn model {} down", candidate.version);
    let passed = candidate.figures.gate.passed;
    let title = if passed {
        format!("Model {} waits for approval", candidate.version)
    } else {
        format!("Model {} did not pass its gate", candidate.version)
    };
    let who = match (passed, approves, candidate.fitted_by_user == Some(viewer)) {
        (false, ..) => "It changes nothing.",
        (true, true, _) if champion.is_none() => "Until then no model decides. Its decisions on all loans are ready.",
        (true, true, _) => "Until then the champion decides. Its decisions on all loans are ready.",
        (true, false, true) => "You had it trained, so another administrator or an executive must approve it.",
        (true, false, false) => "An administrator or an executive who did not have it trained may approve it.",
    };
    let beside = champion.as_ref().filter(|_| passed);
    let beside = beside.and_then(|champion| compare(&candidate.figures, &champion.figures, champion.version));
    let told = candidate.figures.leak_alarms.iter().cloned().chain(beside.map(|beside| beside.words));
    let told = told.map(|words| view! { <li>{sentence(&words)}</li> }).collect_view();
    let needed = reasons_needed(&candidate, champion.as_ref());
    let class = if passed { "alert alert--warn" } else { "alert alert--danger" };
    view! {
        <section class=class aria-labelledby="waiting">
            <IconMark icon=if passed { Icon::InfoCircle } else { Icon::AlertTriangle }/>
            <div class="stack stack--tight">
                <h2 class="card-title" id="waiting">{title}</h2>
                <p>{format!("{} {who}", sentence(&candidate.figures.gate.reason))}</p>
                {(!told.is_empty()).then(|| view! { <ul>{told}</ul> })}
                <div class="actions">
                    {approves.then(|| view! { <PromoteForm model=candidate needed promote/> })}
                    {may_reject
                        .then(|| {
                            view! {
                                <ActionForm action=reject>
                                    <input type="hidden" name="id" value=id/>
                                    <button class="btn btn-sm" type="submit" prop:disabled=move || reject.pending().get()>{turn_down}</button>
                                </ActionForm>
                            }
                        })}
                </div>
            </div>
        </section>
    }
}

/// Asks for a promotion, or for a roll-back where the model was champion before.
#[component]
pub fn PromoteForm(
    model: ModelCard,
    /// What whoever approves it must give a reason for; none where nobody asks.
    needed: Vec<String>,
    promote: ServerAction<PromoteModel>,
) -> impl IntoView {
    let label = if model.state == ModelState::Retired {
        format!("Roll back to model {}", model.version)
    } else {
        format!("Let model {} decide", model.version)
    };
    let id = model.id.0;
    view! {
        <ActionForm action=promote>
            <input type="hidden" name="id" value=id/>
            {(!needed.is_empty()).then(|| view! { <Reason id needed/> })}
            <button class="btn btn-sm" type="submit" prop:disabled=move || promote.pending().get()>{label}</button>
        </ActionForm>
    }
}

/// The field for the reason; there may be one for each model of the page.
#[component]
fn Reason(id: i64, needed: Vec<String>) -> impl IntoView {
    let (field, hint) = (format!("reason-{id}"), format!("reason-{id}-hint"));
    view! {
        <label class="form-label" for=field.clone()>"Reason"</label>
        <input class="form-control" id=field name="reason" type="text" required maxlength="2000" aria-describedby=hint.clone()/>
        <p class="form-hint" id=hint>{format!("{}. It is kept with the model and in the audit trail.", needed.join(". "))}</p>
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}
