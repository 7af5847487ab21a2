//! The track that a person chose in place of the policy's: choosing one, ending that, and what was chosen before.

use super::api::{EndOverride, OverrideTrack};
use crate::components::table::{Column, Table};
use crate::components::track_mark::TrackMark;
use domain::decision::OverrideView;
use domain::track::Track;
use leptos::form::ActionForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the card shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverridesView {
    /// The newest first.
    pub rows: Vec<OverrideView<String>>,
    pub may_override: bool,
}

impl OverridesView {
    /// The one that holds.
    pub fn standing(&self) -> Option<&OverrideView<String>> {
        self.rows.iter().find(|row| row.ended.is_none())
    }
}

#[component]
pub fn Overrides(
    loan: i64,
    /// The track that the loan is on.
    track: Track,
    view: OverridesView,
    set: ServerAction<OverrideTrack>,
    end: ServerAction<EndOverride>,
) -> impl IntoView {
    let standing = view.standing().map(|standing| standing.id);
    let OverridesView { rows, may_override } = view;
    let note = match standing {
        Some(_) => {
            "Scorings go on deciding by the policy, but the loan stays on the chosen track until somebody ends that."
        }
        None => {
            "The policy chooses the track. A team lead, an executive or an administrator may choose another one, with a reason."
        }
    };
    let columns = ["Track", "Since", "Why", "Ended"].map(Column::text).to_vec();
    let table = (!rows.is_empty()).then(|| {
        let rows = rows.into_iter().map(|row| view! { <Row row/> }).collect_view();
        view! { <Table caption="Tracks that people chose" columns small=true>{rows}</Table> }
    });
    let form = may_override.then(|| match standing {
        Some(id) => view! { <EndForm loan id end/> }.into_any(),
        None => view! { <SetForm loan track set/> }.into_any(),
    });
    view! {
        <section class="card" aria-labelledby="track">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="track">"Choice of the track"</h2>
                    <p class="note">{note}</p>
                </div>
            </div>
            {table}
            {form}
        </section>
    }
}

#[component]
fn Row(row: OverrideView<String>) -> impl IntoView {
    let by = |who: Option<String>| who.map(|name| format!(", {name}")).unwrap_or_default();
    let ended = match row.ended {
        Some(end) => format!("{}{}: {}", end.at, by(end.by), end.reason),
        None => "It holds".to_owned(),
    };
    view! {
        <tr>
            <th scope="row"><TrackMark track=row.track/></th>
            <td>{format!("{}{}", row.made_at, by(row.made_by))}</td>
            <td>{row.reason}</td>
            <td>{ended}</td>
        </tr>
    }
}

#[component]
fn SetForm(loan: i64, track: Track, set: ServerAction<OverrideTrack>) -> impl IntoView {
    let others = Track::ALL.into_iter().filter(|other| *other != track);
    let others = others.map(|other| view! { <option value=other.code()>{other.label()}</option> }).collect_view();
    view! {
        <div class="card-body">
            <ActionForm action=set attr:class="filters">
                <input type="hidden" name="loan" value=loan/>
                <div>
                    <label class="form-label" for="override-track">"Other track"</label>
                    <select class="form-select" id="override-track" name="track">{others}</select>
                </div>
                <div>
                    <label class="form-label" for="override-reason">"Why another track is right"</label>
                    <input class="form-control" id="override-reason" name="reason" required maxlength="1000"/>
                </div>
                <button class="btn" type="submit" prop:disabled=move || set.pending().get()>"Put the loan on this track"</button>
            </ActionForm>
        </div>
    }
}

#[component]
fn EndForm(loan: i64, id: i64, end: ServerAction<EndOverride>) -> impl IntoView {
    view! {
        <div class="card-body">
            <ActionForm action=end attr:class="filters">
                <input type="hidden" name="loan" value=loan/>
                <input type="hidden" name="id" value=id/>
                <div>
                    <label class="form-label" for="override-reason">"Why the policy is to choose again"</label>
                    <input class="form-control" id="override-reason" name="reason" required maxlength="1000"/>
                </div>
                <button class="btn" type="submit" prop:disabled=move || end.pending().get()>"Give the loan back to the policy"</button>
            </ActionForm>
        </div>
    }
}
