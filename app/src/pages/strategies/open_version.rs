//! The version that is drafted or waits: how it differs from the policy in force, and what can be done with it.

use super::{Actions, Board};
use crate::components::table::{Column, Table};
use crate::format;
use domain::money::Currency;
use domain::policy::bound_in_words;
use domain::policy::plan::Step;
use domain::policy::version::{PolicyState, PolicyVersion};
use domain::track::Track;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn OpenVersion(open: PolicyVersion, held: PolicyVersion, board: Board, actions: Actions) -> impl IntoView {
    let (id, version) = (open.id.0, open.policy.version);
    let is_draft = open.state == PolicyState::Draft;
    let has_hand = open.is_drafted_by(board.viewer);
    let approves = board.may_approve && !is_draft && !has_hand;
    let names: Vec<&str> = open.drafted_by.iter().map(|(_, name)| name.as_str()).collect();
    let who = format!("By {}, {}.", names.join(" and "), format::moment(open.drafted_at));
    let next = match (is_draft, approves, has_hand) {
        (true, ..) => "Nothing holds until it is sent and somebody else approves it.",
        (false, true, _) => "It waits for you: read it, and say why you approve it or turn it down.",
        (false, false, true) => "You had a hand in it, so another administrator or an executive must approve it.",
        (false, false, false) => "An administrator or an executive who had no hand in it may approve it.",
    };
    let title = if is_draft { format!("Draft {version}") } else { format!("Policy {version} waits for approval") };
    let note = (!open.note.is_empty()).then(|| view! { <p>{format!("“{}”", open.note)}</p> });
    view! {
        <section class="card" aria-labelledby="open-version">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="open-version">{title}</h2>
                    <p class="note">{format!("{who} {next}")}</p>
                </div>
                <div class="actions"><a class="btn btn-sm" href=format!("/strategies/{version}")>"Treatments and authority"</a></div>
            </div>
            <Differences open=open.clone() held board=board.clone()/>
            <div class="card-body stack">
                {note}
                {(is_draft && board.may_draft).then(|| view! { <SendForm id version actions/> })}
                {approves.then(|| view! { <ApprovalForm id version actions/> })}
                {board
                    .may_draft
                    .then(|| {
                        view! {
                            <ActionForm action=actions.discard>
                                <input type="hidden" name="id" value=id/>
                                <button class="btn btn-sm" type="submit">{format!("Discard {version}")}</button>
                            </ActionForm>
                        }
                    })}
            </div>
        </section>
    }
}

#[component]
fn SendForm(id: i64, version: i32, actions: Actions) -> impl IntoView {
    view! {
        <ActionForm action=actions.submit attr:class="stack stack--tight">
            <input type="hidden" name="id" value=id/>
            <label class="form-label" for="note">"Note to who approves: why this change"</label>
            <textarea class="form-control" id="note" name="note" rows="2" maxlength="1000" required></textarea>
            <div class="actions">
                <button class="btn btn-primary" type="submit" prop:disabled=move || actions.submit.pending().get()>
                    {format!("Send draft {version} for approval")}
                </button>
            </div>
        </ActionForm>
    }
}

#[component]
fn ApprovalForm(id: i64, version: i32, actions: Actions) -> impl IntoView {
    let pending = move || actions.approve.pending().get() || actions.turn_down.pending().get();
    view! {
        <div class="grid">
            <div class="c6">
                <ActionForm action=actions.approve attr:class="stack stack--tight">
                    <input type="hidden" name="id" value=id/>
                    <label class="form-label" for="rationale">"Why you approve it"</label>
                    <textarea class="form-control" id="rationale" name="rationale" rows="2" maxlength="1000" required></textarea>
                    <label class="form-label" for="starts-on">"Holds from (UTC); at once if left out"</label>
                    <input class="form-control" type="date" id="starts-on" name="starts_on"/>
                    <div class="actions">
                        <button class="btn btn-primary" type="submit" prop:disabled=pending>{format!("Approve policy {version}")}</button>
                    </div>
                </ActionForm>
            </div>
            <div class="c6">
                <ActionForm action=actions.turn_down attr:class="stack stack--tight">
                    <input type="hidden" name="id" value=id/>
                    <label class="form-label" for="why-not">"Why you turn it down"</label>
                    <textarea class="form-control" id="why-not" name="rationale" rows="2" maxlength="1000" required></textarea>
                    <div class="actions">
                        <button class="btn" type="submit" prop:disabled=pending>{format!("Turn policy {version} down")}</button>
                    </div>
                </ActionForm>
            </div>
        </div>
    }
}

/// The open version beside the one in force, row by row.
#[component]
fn Differences(open: PolicyVersion, held: PolicyVersion, board: Board) -> impl IntoView {
    let columns = vec![
        Column::text("Measure"),
        Column::text(format!("Policy {}", held.policy.version)),
        Column::text(format!(
            "{} {}",
            if open.state == PolicyState::Draft { "Draft" } else { "Policy" },
            open.policy.version
        )),
    ];
    let rows = differences(&open, &held, &board);
    let is_same = rows.iter().all(|(_, before, after)| before == after);
    let row = |(measure, before, after): (String, String, String)| {
        let differs = before != after;
        view! {
            <tr>
                <th scope="row">{measure}</th>
                <td>{before}</td>
                <td class:is-changed=differs>{after}</td>
            </tr>
        }
    };
    view! {
        <Table caption="The open version beside the policy in force" columns small=true>
            {rows.into_iter().map(row).collect_view()}
        </Table>
        {is_same.then(|| view! { <p class="card-body note">"It says what the policy in force says."</p> })}
    }
}

fn differences(open: &PolicyVersion, held: &PolicyVersion, board: &Board) -> Vec<(String, String, String)> {
    let (now, then) = (board.scores.by_track(&held.policy), board.scores.by_track(&open.policy));
    let bound = |value: f64| bound_in_words(value);
    let mut rows = vec![
        ("Settlement from".to_owned(), bound(held.policy.settlement_from), bound(open.policy.settlement_from)),
        ("Legal action above".to_owned(), bound(held.policy.legal_above), bound(open.policy.legal_above)),
    ];
    for track in Track::ALL {
        let load = |loads: [domain::policy::what_if::Load; 3]| {
            let load = loads[track as usize];
            format!(
                "{}, {}",
                format::counted(load.loans, "loan"),
                format::short_amount(load.outstanding, board.currency)
            )
        };
        rows.push((track.label().to_owned(), load(now), load(then)));
    }
    for track in Track::ALL {
        let plan = |version: &PolicyVersion| plan_in_words(version.body.plans.of(track), board.currency);
        rows.push((format!("Treatments, {}", track.label().to_lowercase()), plan(held), plan(open)));
    }
    let authority = |version: &PolicyVersion| {
        let bands = version.body.authority.iter();
        let words: Vec<String> =
            bands.map(|band| format!("{} {} %", band.role.label(), band.haircut_max_percent)).collect();
        format!("{}; drafted offers {} %", words.join(", "), version.body.drafted_haircut_percent())
    };
    rows.push(("Authority in offers".to_owned(), authority(held), authority(open)));
    rows
}

fn plan_in_words(steps: &[Step], currency: Currency) -> String {
    let step = |step: &Step| {
        let only = step.only.in_words(currency).map(|words| format!(" ({words})")).unwrap_or_default();
        format!("day {} {}{only}", step.on_day, step.kind.label())
    };
    steps.iter().map(step).collect::<Vec<_>>().join("; ")
}
