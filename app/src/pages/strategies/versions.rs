//! All versions of the policy, the newest first.

use super::{Actions, Board};
use crate::components::table::{Column, Table};
use crate::format;
use domain::policy::bound_in_words;
use domain::policy::version::{PolicyState, PolicyVersion};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn Versions(board: Board, actions: Actions) -> impl IntoView {
    let columns = ["Version", "Bounds", "In force", "Decided by", "Actions"].map(Column::text).to_vec();
    let may_approve = board.may_approve;
    let rows = board.versions.into_iter().map(|version| view! { <Row version may_approve actions/> });
    let rows = rows.collect_view();
    view! {
        <section class="card" aria-labelledby="versions">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="versions">"Versions"</h2>
                    <p class="note">
                        "A version takes two people: who drafts it, and who approves it. Once approved it is never changed, and an earlier \
                         one comes back in one step."
                    </p>
                </div>
            </div>
            <Table caption="All versions of the policy, the newest first" columns one_line=true>{rows}</Table>
        </section>
    }
}

#[component]
fn Row(version: PolicyVersion, may_approve: bool, actions: Actions) -> impl IntoView {
    let number = version.policy.version;
    let badge = match version.state {
        PolicyState::InForce => "badge badge--ok",
        PolicyState::Draft | PolicyState::Submitted | PolicyState::Approved => "badge badge--warn",
        PolicyState::Former | PolicyState::TurnedDown | PolicyState::Discarded => "badge",
    };
    let bounds =
        format!("{} / {}", bound_in_words(version.policy.settlement_from), bound_in_words(version.policy.legal_above));
    let terms = version.terms.iter().map(|(start, end)| match end {
        Some(end) => format!("{} to {}", format::moment(*start), format::moment(*end)),
        None => format!("since {}", format::moment(*start)),
    });
    let terms = terms.map(|term| view! { <p>{term}</p> }).collect_view();
    let rationale = (!version.rationale.is_empty()).then(|| view! { <p class="note">{version.rationale.clone()}</p> });
    let decided = version.decided_by.clone().unwrap_or_else(|| "–".to_owned());
    let comes_back = may_approve && version.state == PolicyState::Former;
    let may_withdraw = may_approve && version.state == PolicyState::Approved;
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/strategies/{number}")>{format!("Policy {number}")}</a>
                " "
                <span class=badge>{version.state.label()}</span>
            </th>
            <td>{bounds}</td>
            <td>{terms}</td>
            <td>{decided}{rationale}</td>
            <td>
                {comes_back.then(|| view! { <RollBack version=version.clone() actions/> })}
                {may_withdraw.then(|| view! { <Withdraw version actions/> })}
            </td>
        </tr>
    }
}

#[component]
fn RollBack(version: PolicyVersion, actions: Actions) -> impl IntoView {
    let number = version.policy.version;
    let field = format!("roll-back-{number}");
    view! {
        <details class="more">
            <summary>{format!("Roll back to {number}")}</summary>
            <ActionForm action=actions.roll_back attr:class="stack stack--tight">
                <input type="hidden" name="id" value=version.id.0/>
                <label class="form-label" for=field.clone()>"Why"</label>
                <input class="form-control" id=field name="rationale" maxlength="1000" required/>
                <div class="actions">
                    <button class="btn btn-sm" type="submit" prop:disabled=move || actions.roll_back.pending().get()>
                        {format!("Let policy {number} hold again")}
                    </button>
                </div>
            </ActionForm>
        </details>
    }
}

/// Of a version that was approved and begins later.
#[component]
fn Withdraw(version: PolicyVersion, actions: Actions) -> impl IntoView {
    let number = version.policy.version;
    let field = format!("withdraw-{number}");
    view! {
        <details class="more">
            <summary>{format!("Withdraw {number}")}</summary>
            <ActionForm action=actions.turn_down attr:class="stack stack--tight">
                <input type="hidden" name="id" value=version.id.0/>
                <label class="form-label" for=field.clone()>"Why"</label>
                <input class="form-control" id=field name="rationale" maxlength="1000" required/>
                <div class="actions">
                    <button class="btn btn-sm" type="submit" prop:disabled=move || actions.turn_down.pending().get()>
                        {format!("Withdraw policy {number} before it begins")}
                    </button>
                </div>
            </ActionForm>
        </details>
    }
}
