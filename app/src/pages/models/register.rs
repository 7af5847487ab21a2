//! All models that were trained, the newest first.

use super::ModelsView;
use super::api::PromoteModel;
use super::approval::PromoteForm;
use super::comparison::auc;
use crate::components::icon::{Icon, IconMark};
use crate::components::table::{Column, Table};
use crate::format;
use domain::champion::reasons_needed;
use domain::model::{ModelCard, ModelState};
use leptos::prelude::*;

#[component]
pub fn Register(view: ModelsView, promote: ServerAction<PromoteModel>) -> impl IntoView {
    let columns = ["Model", "State", "AUC", "Gate", "Trained", "Actions"].map(Column::text).to_vec();
    let rows = view.models.iter().map(|model| {
        let (is_waiting, approves) = (view.candidate() == Some(model), view.approves(model));
        // What waits has its button above.
        let offered = approves && !is_waiting;
        let needed = reasons_needed(model, view.champion());
        view! { <Row model=model.clone() offered needed may_take=view.may_approve promote/> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card" aria-labelledby="register">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="register">"All models"</h2>
                    <p class="note">
                        "Every model is kept with the decisions that it made, so that an earlier one comes back as it was. \
                         Letting one decide takes two people: who had it trained, and who approves it."
                    </p>
                </div>
            </div>
            <Table caption="All models, the newest first" columns stacks=true>{rows}</Table>
        </section>
    }
}

#[component]
fn Row(
    model: ModelCard,
    /// Whether who looks is offered to let it decide.
    offered: bool,
    /// What it would need a reason for.
    needed: Vec<String>,
    /// Whether who looks may download it.
    may_take: bool,
    promote: ServerAction<PromoteModel>,
) -> impl IntoView {
    let (passed, reason) = (model.figures.gate.passed, model.figures.gate.reason.clone());
    let gate = if passed { ("badge badge--ok", "Passed") } else { ("badge badge--danger", "Not passed") };
    let leaks = model.has_leak_alarms().then(|| view! { <span class="badge badge--warn">"Leak alarms"</span> });
    let rationale = (!model.rationale.is_empty()).then(|| format!("Let decide because: {}", model.rationale));
    let file = format!("/models/{}/file", model.id);
    let label = format!("Download model {}", model.version);
    view! {
        <tr>
            <th scope="row">{format!("Model {}", model.version)}</th>
            <td><ModelBadge state=model.state/></td>
            <td data-label="AUC">{auc(&model.figures)}</td>
            <td>
                <span class=gate.0>{gate.1}</span>
                {leaks}
                {(!passed).then(|| view! { <p class="note">{reason}</p> })}
                {rationale.map(|rationale| view! { <p class="note">{rationale}</p> })}
            </td>
            <td data-label="Trained">{format!("{} by {}", format::moment(model.fitted_at), model.fitted_by)}</td>
            <td>
                <div class="actions">
                    {may_take
                        .then(|| {
                            view! {
                                <a class="btn btn-sm" href=file rel="external" download aria-label=label>
                                    <IconMark icon=Icon::Download/>
                                    "Download"
                                </a>
                            }
                        })}
                    {offered.then(|| view! { <PromoteForm model needed promote/> })}
                </div>
            </td>
        </tr>
    }
}

#[component]
fn ModelBadge(state: ModelState) -> impl IntoView {
    let class = match state {
        ModelState::Champion => "badge badge--ok",
        ModelState::Candidate => "badge badge--warn",
        ModelState::Retired | ModelState::Rejected => "badge",
    };
    view! { <span class=class>{state.label()}</span> }
}
