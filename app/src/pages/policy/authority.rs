//! How much of a balance people may let go in an offer, by role.

use super::PolicyView;
use super::api::SaveAuthority;
use domain::access::Role;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The roles that make offers.
const ROLES: [Role; 3] = [Role::Agent, Role::Lead, Role::Executive];

#[component]
pub fn AuthorityCard(view: PolicyView, authority: ServerAction<SaveAuthority>) -> impl IntoView {
    let may_change = view.may_change();
    let body = view.version.body.clone();
    let version = view.version.policy.version;
    let drafted = body.drafted_haircut_percent();
    let content = if may_change {
        let fields = ROLES.map(|role| {
            let name = role.code();
            view! {
                <div>
                    <label class="form-label" for=name>{format!("{}, percent", role.label())}</label>
                    <input class="form-control num" type="number" min="0" max="100" id=name name=name value=body.haircut_max_percent(role) required/>
                </div>
            }
        });
        view! {
            <ActionForm action=authority attr:class="stack">
                <input type="hidden" name="version" value=version/>
                <div class="filters">
                    {fields.collect_view()}
                    <div>
                        <label class="form-label" for="drafted">"Drafted offers, percent"</label>
                        <input class="form-control num" type="number" min="0" max="100" id="drafted" name="drafted" value=drafted required/>
                    </div>
                </div>
                <div class="actions">
                    <button class="btn btn-primary" type="submit" prop:disabled=move || authority.pending().get()>"Save the bands"</button>
                </div>
            </ActionForm>
        }
        .into_any()
    } else {
        let facts = ROLES.map(|role| {
            view! { <div><dt>{role.label()}</dt><dd>{format!("{} %", body.haircut_max_percent(role))}</dd></div> }
        });
        view! {
            <dl class="facts">
                {facts.collect_view()}
                <div><dt>"Drafted offers"</dt><dd>{format!("{drafted} %")}</dd></div>
            </dl>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="authority">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="authority">"Authority in offers"</h2>
                    <p class="note">"How much of what is outstanding each role may let go in a settlement offer. More needs somebody with more authority. The offers that a plan of treatments drafts let the last figure go."</p>
                </div>
            </div>
            <div class="card-body">{content}</div>
        </section>
    }
}
