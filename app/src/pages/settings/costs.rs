//! What treatments cost.

use super::api::SaveCosts;
use crate::components::field::TextField;
use domain::cost::ActionCosts;
use domain::money::Currency;
use domain::policy::plan::TreatmentKind;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn CostsCard(costs: ActionCosts, currency: Currency, save: ServerAction<SaveCosts>) -> impl IntoView {
    let decimals = usize::from(currency.decimals());
    let fields = TreatmentKind::ALL.map(|kind| {
        let known = costs.of(kind).map(|cost| format!("{:.decimals$}", cost.major(currency)));
        view! { <TextField label=kind.label() name=format!("costs[{}]", kind.code()) value=known.unwrap_or_default()/> }
    });
    view! {
        <section class="card" aria-labelledby="costs">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="costs">"Costs"</h2>
                    <p class="note">
                        {format!("What one of each costs, in {currency}, as 0.25; empty where you do not know. A cost is booked when a message has been sent or a notice served, and stays as it was then.")}
                    </p>
                </div>
            </div>
            <div class="card-body">
                <ActionForm action=save attr:class="stack">
                    <div class="filters">{fields.collect_view()}</div>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit" prop:disabled=move || save.pending().get()>"Save costs"</button>
                    </div>
                </ActionForm>
            </div>
        </section>
    }
}
