//! Reasons to leave the borrower, an address or the loan alone: which there are, recording one, and ending it.

use super::api::{EndHold, SetHold};
use crate::components::table::{Column, Table};
use chrono::{DateTime, Utc};
use domain::contact_rules::ContactRules;
use domain::hold::{HoldCover, HoldKind, HoldView};
use leptos::form::ActionForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the card shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldsView {
    /// The newest first.
    pub rows: Vec<HoldRow>,
    /// Addresses of the borrower that a hold may cover.
    pub addresses: Vec<String>,
    pub may_set: bool,
    pub may_end: bool,
    /// The clock by which days end.
    pub zone: String,
}

/// A hold in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRow {
    pub id: i64,
    pub kind: String,
    pub covers: String,
    pub from: String,
    pub ends: String,
    pub holds: bool,
    pub is_ended: bool,
    pub note: String,
    /// By the pack, the ids of the rules that block.
    pub rules: Vec<String>,
}

impl HoldRow {
    pub fn of(hold: HoldView, rules: &ContactRules, now: DateTime<Utc>) -> Self {
        let moment = |at| domain::zone::moment(at, rules.zone);
        let rule = rules.pack.hold_rule(hold.record.kind);
        let end = rule.end_of(&hold.record.as_asked());
        let ends = match (hold.record.ended_at, end) {
            (Some(at), _) => {
                let who = hold.ended_by.map(|name| format!(" by {name}")).unwrap_or_default();
                format!("Ended {}{who}: {}", moment(at), hold.ended_note)
            }
            (None, Some(end)) if end <= now => format!("Over since {}", moment(end)),
            (None, Some(end)) => format!("Until {}", moment(end)),
            (None, None) => "Until somebody ends it".to_owned(),
        };
        let who = hold.set_by.map(|name| format!(", {name}")).unwrap_or_default();
        Self {
            id: hold.id.0,
            kind: hold.record.kind.label().to_owned(),
            covers: match hold.record.cover {
                HoldCover::Person => "The borrower, on all loans".to_owned(),
                HoldCover::Address(address) => address,
                HoldCover::Loan(_) => "This loan".to_owned(),
            },
            from: format!("{}{who}", moment(hold.record.from)),
            ends,
            holds: end.is_none_or(|end| now < end),
            is_ended: hold.record.ended_at.is_some(),
            note: hold.note,
            rules: rule.rules.iter().map(|rule| rule.code().to_owned()).collect(),
        }
    }
}

#[component]
pub fn Holds(loan: i64, view: HoldsView, set: ServerAction<SetHold>, end: ServerAction<EndHold>) -> impl IntoView {
    let HoldsView { rows, addresses, may_set, may_end, zone } = view;
    let holding = rows.iter().filter(|row| row.holds).count();
    let note = match holding {
        0 => "Nothing is on hold: the contact gate asks its other rules alone.".to_owned(),
        1 => "One hold is in force. The contact gate lets through only what the pack of contact rules permits."
            .to_owned(),
        holds => format!(
            "{holds} holds are in force. The contact gate lets through only what the pack of contact rules permits."
        ),
    };
    let columns = ["Reason", "Covers", "Since", "Ends", "Note"].map(Column::text).to_vec();
    let table = (!rows.is_empty()).then(|| {
        let rows = rows.into_iter().map(|row| view! { <Row loan row may_end end/> }).collect_view();
        view! { <Table caption="Holds" columns small=true>{rows}</Table> }
    });
    view! {
        <section class="card" aria-labelledby="holds">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="holds">"Holds"</h2>
                    <p class="note">{note}</p>
                </div>
            </div>
            {table}
            {may_set.then(|| view! { <SetForm loan addresses zone set/> })}
        </section>
    }
}

#[component]
fn Row(loan: i64, row: HoldRow, may_end: bool, end: ServerAction<EndHold>) -> impl IntoView {
    let (class, state) = if row.holds { ("badge badge--warn", "In force") } else { ("badge", "Over") };
    let field = format!("hold-{}", row.id);
    let ends = may_end && row.holds && !row.is_ended;
    let form = ends.then(|| {
        let label = format!("End this hold: {}", row.kind);
        view! {
            <ActionForm action=end attr:class="filters">
                <input type="hidden" name="loan" value=loan/>
                <input type="hidden" name="id" value=row.id/>
                <div>
                    <label class="form-label" for=field.clone()>"Why it is over"</label>
                    <input class="form-control" id=field.clone() name="note" required maxlength="1000"/>
                </div>
                <button class="btn btn-sm" type="submit" prop:disabled=move || end.pending().get()>{label}</button>
            </ActionForm>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {row.kind.clone()}" "<span class=class>{state}</span>
                {row.holds.then(|| view! { " "<code>{row.rules.join(", ")}</code> })}
            </th>
            <td>{row.covers}</td>
            <td>{row.from}</td>
            <td>{row.ends}{form}</td>
            <td>{row.note}</td>
        </tr>
    }
}

#[component]
fn SetForm(loan: i64, addresses: Vec<String>, zone: String, set: ServerAction<SetHold>) -> impl IntoView {
    let kinds = HoldKind::ALL.map(|kind| view! { <option value=kind.code()>{kind.label()}</option> });
    let addresses =
        addresses.into_iter().map(|address| view! { <option value=address.clone()>{address.clone()}</option> });
    view! {
        <div class="card-body">
            <ActionForm action=set attr:class="stack">
                <input type="hidden" name="loan" value=loan/>
                <div class="filters">
                    <div>
                        <label class="form-label" for="hold-kind">"Reason"</label>
                        <select class="form-select" id="hold-kind" name="kind">{kinds.collect_view()}</select>
                    </div>
                    <div>
                        <label class="form-label" for="hold-covers">"Covers"</label>
                        <select class="form-select" id="hold-covers" name="covers">
                            <option value="person">"The borrower, on all loans"</option>
                            <option value="loan">"This loan"</option>
                            {addresses.collect_view()}
                        </select>
                    </div>
                    <div>
                        <label class="form-label" for="hold-until">"Until"</label>
                        <input class="form-control" type="date" id="hold-until" name="until" aria-describedby="hold-until-hint"/>
                    </div>
                    <div>
                        <label class="form-label" for="hold-note">"Note"</label>
                        <input class="form-control" id="hold-note" name="note" required maxlength="1000"/>
                    </div>
                    <button class="btn btn-primary" type="submit" prop:disabled=move || set.pending().get()>"Set hold"</button>
                </div>
                <p class="form-hint" id="hold-until-hint">
                    {format!("The last day on which it holds, by the clock of {zone}; none where the end is not known. It holds at once, also for messages that wait.")}
                </p>
            </ActionForm>
        </div>
    }
}
