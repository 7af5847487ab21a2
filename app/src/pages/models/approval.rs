//! A model that waits: whether it may decide, who may let it, and the button to do so.

use super::api::{PromoteModel, RejectModel};
use crate::components::icon::{Icon, IconMark};
use domain::id::UserId;
use domain::model::{ModelCard, ModelState};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// What stands above everything else while a newer model does not decide.
#[component]
pub fn Waiting(
    candidate: ModelCard,
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
        (true, true, _) => "Until then the champion decides. Its decisions on all loans are ready.",
        (true, false, true) => "You had it trained, so another administrator or an executive must approve it.",
        (true, false, false) => "An administrator or an executive who did not have it trained may approve it.",
    };
    let class = if passed { "alert alert--warn" } else { "alert alert--danger" };
    view! {
        <section class=class aria-labelledby="waiting">
            <IconMark icon=if passed { Icon::InfoCircle } else { Icon::AlertTriangle }/>
            <div class="stack stack--tight">
                <h2 class="card-title" id="waiting">{title}</h2>
                <p>{format!("{} {who}", sentence(&candidate.figures.gate.reason))}</p>
                <div class="actions">
                    {approves.then(|| view! { <PromoteForm model=candidate promote/> })}
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
pub fn PromoteForm(model: ModelCard, promote: ServerAction<PromoteModel>) -> impl IntoView {
    let label = if model.state == ModelState::Retired {
        format!("Roll back to model {}", model.version)
    } else {
        format!("Let model {} decide", model.version)
    };
    let id = model.id.0;
    view! {
        <ActionForm action=promote>
            <input type="hidden" name="id" value=id/>
            <button class="btn btn-sm" type="submit" prop:disabled=move || promote.pending().get()>{label}</button>
        </ActionForm>
    }
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}
