//! By which rules borrowers are reached, and what these will not allow for want of facts.

use super::api::SaveContactRules;
use super::{PackChoice, SettingsView};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn ContactRulesCard(view: SettingsView, save: ServerAction<SaveContactRules>) -> impl IntoView {
    let followed = view.pack;
    let packs = view.packs.into_iter().map(move |pack| {
        let is_chosen = pack.id == followed;
        view! { <Pack pack is_chosen/> }
    });
    let zones = view.zone_names.into_iter().map(|name| view! { <option value=name></option> });
    view! {
        <section class="card" aria-labelledby="contact-rules">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="contact-rules">"Contact rules"</h2>
                    <p class="note">
                        "Before anybody is reached, the contact gate is asked by one pack of rules. What a rule needs and nobody knows blocks. A change holds at once, also for messages that wait."
                    </p>
                </div>
            </div>
            <div class="card-body">
                <ActionForm action=save attr:class="stack">
                    <fieldset class="stack">
                        <legend class="form-label">"Pack of rules"</legend>
                        {packs.collect_view()}
                    </fieldset>
                    <div>
                        <label class="form-label" for="time_zone">"Your time zone"</label>
                        <input
                            class="form-control"
                            id="time_zone"
                            name="time_zone"
                            value=view.time_zone
                            list="zones"
                            required
                            maxlength="64"
                            aria-describedby="time_zone-hint"
                        />
                        <p class="form-hint" id="time_zone-hint">"Times of contacts are told by this clock, and days of holds end by it."</p>
                        <datalist id="zones">{zones.collect_view()}</datalist>
                    </div>
                    <div>
                        <label class="form-label" for="borrower_zones">"Time zones of borrowers"</label>
                        <input
                            class="form-control"
                            id="borrower_zones"
                            name="borrower_zones"
                            value=view.borrower_zones
                            maxlength="1000"
                            aria-describedby="borrower_zones-hint"
                        />
                        <p class="form-hint" id="borrower_zones-hint">
                            "Every zone in which a borrower may be, between commas, as America/New_York, America/Chicago. No file tells a borrower's own zone, so these stand for everybody, and hours are kept in all of them. Without any, rules about hours block."
                        </p>
                    </div>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit" prop:disabled=move || save.pending().get()>"Save contact rules"</button>
                    </div>
                </ActionForm>
            </div>
        </section>
    }
}

#[component]
fn Pack(pack: PackChoice, is_chosen: bool) -> impl IntoView {
    let (field, hint) = (format!("pack-{}", pack.id), format!("pack-{}-hint", pack.id));
    let gaps = pack.gaps.into_iter().map(|(rule, words)| view! { <li><code>{rule}</code>": "{words}</li> });
    let gaps = gaps.collect_view();
    view! {
        <div>
            <label class="form-check">
                <input
                    class="form-check-input"
                    type="radio"
                    id=field
                    name="pack"
                    value=pack.id.clone()
                    checked=is_chosen
                    required
                    aria-describedby=hint.clone()
                />
                <span class="form-check-label">{pack.name}" "<code>{pack.id}</code>{format!(", version {}", pack.version)}</span>
            </label>
            <div class="form-hint" id=hint>
                {pack.about}
                {(!gaps.is_empty()).then(|| view! { <p>"What it will not allow as things are:"</p><ul>{gaps}</ul> })}
            </div>
        </div>
    }
}
