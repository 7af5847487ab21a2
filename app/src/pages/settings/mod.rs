//! What holds for the whole portfolio: the rules by which borrowers are reached, and what treatments cost.

pub mod api;
mod contact_rules;
mod costs;

use crate::components::field::{ErrorSummary, refusal};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use api::{SaveContactRules, SaveCosts};
use contact_rules::ContactRulesCard;
use costs::CostsCard;
use domain::cost::ActionCosts;
use domain::money::Currency;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    pub portfolio: String,
    /// The id of the pack that is followed.
    pub pack: String,
    pub packs: Vec<PackChoice>,
    pub time_zone: String,
    /// Names between commas.
    pub borrower_zones: String,
    /// Names that may be chosen.
    pub zone_names: Vec<String>,
    pub costs: ActionCosts,
    pub currency: Currency,
}

/// A pack that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackChoice {
    pub id: String,
    pub name: String,
    pub version: u32,
    pub about: String,
    /// Rules that stand in the way for want of facts, with the borrowers' zones as they are: id and words.
    pub gaps: Vec<(String, String)>,
}

#[component]
pub fn SettingsPage() -> impl IntoView {
    let save = ServerAction::<SaveContactRules>::new();
    let save_costs = ServerAction::<SaveCosts>::new();
    let asked = move || (save.version().get(), save_costs.version().get());
    let view = Resource::new(asked, |_| api::get_settings());
    view! {
        <Title text="Settings"/>
        {move || {
            let refused = refusal(save.value().get()).or_else(|| refusal(save_costs.value().get()));
            refused.map(|message| view! { <ErrorSummary message/> })
        }}
        {move || {
            let is_saved = matches!(save.value().get(), Some(Ok(()))) || matches!(save_costs.value().get(), Some(Ok(())));
            is_saved.then(|| view! { <p class="alert alert-success" role="status">"Saved. It holds from now on."</p> })
        }}
        <Loaded resource=view let:view>
            <PageHead title="Settings" scope=view.portfolio.clone()/>
            <ContactRulesCard view=view.clone() save/>
            <CostsCard costs=view.costs currency=view.currency save=save_costs/>
        </Loaded>
    }
}
