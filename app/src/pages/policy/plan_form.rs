//! The steps of a track as a form: a row for each, and one more to add another.

use super::PolicyView;
use super::answer::written;
use super::api::SavePlan;
use crate::components::table::{Column, Table};
use crate::components::track_mark::{TrackMark, track_class};
use domain::money::Currency;
use domain::policy::plan::{DAY_MAX, STEPS_MAX, Step, TreatmentKind};
use domain::template::{TEMPLATES, Template};
use domain::track::Track;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn PlanForm(track: Track, view: PolicyView, plan: ServerAction<SavePlan>) -> impl IntoView {
    let version = view.version.policy.version;
    let bounds = view.version.policy.bounds_in_words(track);
    let steps = view.version.body.plans.of(track).to_vec();
    let has_room = steps.len() < STEPS_MAX;
    let columns =
        ["Treatment", "Day", "Template", "Days past due from", "to", "Outstanding from", "to", "Segment", "Loan type"];
    let rows = steps.into_iter().map(Some).chain(has_room.then_some(None)).enumerate();
    let (segments, currency) = (view.segments, view.currency);
    let rows = rows.map(|(place, step)| view! { <StepFields track place step segments=segments.clone() currency/> });
    let rows = rows.collect_view();
    view! {
        <section class=format!("card lane {}", track_class(track)) aria-label=track.label()>
            <div class="card-header">
                <div>
                    <h2 class="card-title"><TrackMark track/></h2>
                    <p class="note">"A condition that is left empty holds for all loans. Choose \"Taken out\" to remove a step."</p>
                </div>
                <span class="note">{format!("Score {bounds}")}</span>
            </div>
            <ActionForm action=plan>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="track" value=track.code()/>
                <Table caption=format!("Treatments of the track {}", track.label()) columns=columns.map(Column::text).to_vec() small=true>
                    {rows}
                </Table>
                <div class="card-body actions">
                    <button class="btn btn-primary" type="submit" prop:disabled=move || plan.pending().get()>
                        {format!("Save the plan of {}", track.label().to_lowercase())}
                    </button>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn StepFields(
    track: Track,
    place: usize,
    /// Nothing for the row that adds one.
    step: Option<Step>,
    segments: Vec<String>,
    currency: Currency,
) -> impl IntoView {
    let is_new = step.is_none();
    let number = place + 1;
    let field = move |name: &str| format!("steps[{place}][{name}]");
    let kind = step.as_ref().map(|step| step.kind);
    let nothing = if is_new { "Add a treatment…" } else { "Taken out" };
    let kinds = TreatmentKind::ALL.into_iter().filter(|kind| kind.is_for(track));
    let kinds = kinds.map(|of| view! { <option value=of.code() selected=kind == Some(of)>{of.label()}</option> });
    let chosen = step.as_ref().and_then(|step| step.template.clone()).unwrap_or_default();
    let is_for = |template: &&Template| template.kind.is_for(track) && template.kind.has_template();
    let templates = TEMPLATES.iter().filter(is_for);
    let templates = templates.map(|template| {
        let selected = template.code == chosen;
        view! { <option value=template.code selected=selected>{template.title}</option> }
    });
    let only = step.as_ref().map(|step| step.only.clone()).unwrap_or_default();
    let days = |value: Option<u32>| value.map(|days| days.to_string()).unwrap_or_default();
    let mut names = segments;
    // A step may be kept to a segment that the present model does not have.
    if let Some(name) = only.segment.as_ref().filter(|name| !names.contains(name)) {
        names.push(name.clone());
    }
    let segment = only.segment.clone().unwrap_or_default();
    let names = names.into_iter().map(|name| {
        let selected = name == segment;
        let value = name.clone();
        view! { <option value=value selected=selected>{name}</option> }
    });
    let on_day = step.as_ref().map(|step| step.on_day.to_string()).unwrap_or_default();
    let label = move |of: &str| format!("{of}, step {number}");
    let input = move |name: &'static str, of: &str, value: String, max: &'static str| {
        view! {
            <input class="form-control num" name=field(name) value=value inputmode="decimal" maxlength=max size="6" aria-label=label(of)/>
        }
    };
    view! {
        <tr>
            <th scope="row">
                <select class="form-select plan__choice" name=field("kind") aria-label=label("Treatment")>
                    <option value="" selected=is_new>{nothing}</option>
                    {kinds.collect_view()}
                </select>
            </th>
            <td>
                <input
                    class="form-control num"
                    type="number"
                    min="0"
                    max=DAY_MAX
                    name=field("on_day")
                    value=on_day
                    aria-label=label("Day")
                />
            </td>
            <td>
                <select class="form-select plan__choice" name=field("template") aria-label=label("Template")>
                    <option value="">"–"</option>
                    {templates.collect_view()}
                </select>
            </td>
            <td>{input("dpd_min", "Days past due from", days(only.dpd_min), "5")}</td>
            <td>{input("dpd_max", "Days past due to", days(only.dpd_max), "5")}</td>
            <td>{input("balance_min", "Outstanding from", written(only.balance_min, currency), "16")}</td>
            <td>{input("balance_max", "Outstanding to", written(only.balance_max, currency), "16")}</td>
            <td>
                <select class="form-select plan__choice" name=field("segment") aria-label=label("Segment")>
                    <option value="">"All"</option>
                    {names.collect_view()}
                </select>
            </td>
            <td>
                <input
                    class="form-control"
                    name=field("loan_type")
                    value=only.loan_type.unwrap_or_default()
                    maxlength="200"
                    placeholder="All"
                    aria-label=label("Loan type")
                />
            </td>
        </tr>
    }
}
