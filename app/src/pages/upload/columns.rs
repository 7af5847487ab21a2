//! What the columns of the files hold: chosen by profile, then column by column, in one form.

use super::Actions;
use super::answer::links_for;
use super::asked::{Asked, LEFT_OUT, kind_name};
use super::column_row::{ColumnRow, field_groups};
use super::draft::{ColumnsView, Draft, Origin};
use super::file_facts::FileFacts;
use super::rows_meant::RowsMeant;
use crate::components::field::SelectField;
use crate::components::icon::{Icon, IconMark};
use crate::components::table::{Column, Table};
use crate::format;
use domain::field::FileKind;
use domain::preview::SuggestedColumn;
use leptos::ev::Event;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement};

#[component]
pub fn Columns(id: i64, view: ColumnsView, asked: Asked, actions: Actions) -> impl IntoView {
    let ColumnsView { profiles, profile, is_saved, files, .. } = view;
    let chosen = profile.clone();
    let profiles = profiles.into_iter().map(|choice| (choice.id, choice.title)).collect();
    let mut rows = 0;
    let mut cards = Vec::new();
    for (place, draft) in files.iter().enumerate().filter(|(_, draft)| draft.kind.is_some()) {
        let (number, links) = (cards.len(), links_for(&files, draft));
        cards.push(view! { <Mapped place number first=rows draft=draft.clone() links/> });
        rows += draft.columns.len();
    }
    let kinds = asked.kinds.into_iter().enumerate();
    view! {
        <section class="card" aria-labelledby="files">
            <div class="card-header">
                <h2 class="card-title" id="files"><span class="stepno">"1"</span>{format::plural(files.len() as i64, "File")}</h2>
            </div>
            <div class="card-body stack">
                {files.iter().cloned().map(|draft| view! { <FileFacts draft/> }).collect_view()}
                <form
                    class="filters"
                    method="get"
                    action=format!("/uploads/{id}")
                    aria-label="How the files are read"
                    on:change=apply
                >
                    <input type="hidden" name="columns" value="all"/>
                    <SelectField label="Read by the profile" name="profile" options=profiles value=profile.clone()/>
                    {files.into_iter().enumerate().map(|(place, draft)| view! { <KindField place draft/> }).collect_view()}
                    <div class="actions"><button class="btn" type="submit">"Apply"</button></div>
                </form>
                <p class="note">"A change here lays the columns out anew; say first what the files are, then what each column holds."</p>
                {is_saved
                    .then(|| {
                        view! {
                            <ActionForm action=actions.forget>
                                <input type="hidden" name="id" value=id/>
                                <input type="hidden" name="profile" value=profile/>
                                <button class="btn btn-sm" type="submit">"Delete this saved profile"</button>
                            </ActionForm>
                        }
                    })}
            </div>
        </section>
        <ActionForm action=actions.map attr:class="stack" attr:autocomplete="off">
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="asked[columns]" value="true"/>
            <input type="hidden" name="asked[profile]" value=chosen/>
            {kinds
                .map(|(place, kind)| view! { <input type="hidden" name=format!("asked[kinds][{place}]") value=kind/> })
                .collect_view()}
            {cards}
            <Finish/>
        </ActionForm>
    }
}

/// Lays the columns out at once, so that no choice is left behind. Without scripts the button does.
fn apply(event: Event) {
    let changed = event.target().and_then(|field| field.dyn_into::<Element>().ok());
    let form = changed.and_then(|field| field.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
        // Where it cannot be sent so, its button still can.
        let _ = form.request_submit();
    }
}

#[component]
fn KindField(place: usize, draft: Draft) -> impl IntoView {
    let kinds = [FileKind::Loans, FileKind::Payments, FileKind::Borrowers, FileKind::Links];
    let sure = |kind| draft.preview.kinds.iter().find(|(known, _)| *known == kind).map(|(_, sure)| *sure);
    let labelled = |kind: FileKind| match sure(kind) {
        Some(sure) if draft.origin == Origin::Suggested && sure > 0 => format!("{}, {sure}\u{a0}% sure", kind.label()),
        _ => kind.label().to_owned(),
    };
    let mut options: Vec<(String, String)> =
        kinds.map(|kind| (kind.code().to_owned(), labelled(kind))).into_iter().collect();
    options.push((LEFT_OUT.to_owned(), "Leave this file out".to_owned()));
    let value = draft.kind.map_or(LEFT_OUT, FileKind::code);
    view! { <SelectField label=format!("Kind of {}", draft.name) name=kind_name(place) options value/> }
}

/// The columns of one file. `number` is its own within the form and `first` that of its first column; `links` are what ids may
/// follow.
#[component]
fn Mapped(place: usize, number: usize, first: usize, draft: Draft, links: Vec<String>) -> impl IntoView {
    let kind = draft.kind.unwrap_or(draft.preview.kind);
    let groups = field_groups(kind);
    let matched = draft.columns.iter().filter(|column| column.field.is_some()).count();
    let open = draft.columns.iter().filter(|column| draft.is_open_question(column)).count();
    let few = draft.columns.iter().filter(|column| draft.is_to_check(column)).count();
    let all = draft.columns.len();
    let note = match open {
        0 => format!("{matched} of {all} columns are used."),
        open => format!("{matched} of {all} columns are used. {} to be answered.", format::counted(open, "question")),
    };
    let heads = ["Column in file", "First values", "Field", "Match", "Change applied", "Check"].map(Column::text);
    let heading = format!("columns-{place}");
    let labelled_by = heading.clone();
    let has_choice = few > 0 && few < all;
    let row = |(row, column): (usize, &SuggestedColumn)| {
        let (is_settled, is_open) = (!draft.is_to_check(column), draft.is_open_question(column));
        let column = column.clone();
        view! { <ColumnRow number=first + row groups=groups.clone() origin=draft.origin column links=links.clone() is_settled is_open/> }
    };
    let rows = draft.columns.iter().enumerate().map(row).collect_view();
    view! {
        <section class="card mapping" aria-labelledby=labelled_by>
            <div class="card-header">
                <div>
                    <h2 class="card-title" id=heading><span class="stepno">"2"</span>{format!("Columns of {}", draft.name)}</h2>
                    <p class="note">{note}</p>
                </div>
                {has_choice.then(|| view! { <ShowChoice place few all/> })}
            </div>
            <Table caption=format!("Fields of the columns of {}", draft.name) columns=heads.to_vec()>
                {rows}
            </Table>
            <RowsMeant number draft=draft.clone()/>
            <div class="card-footer stack stack--tight">
                <p class="note">
                    <IconMark icon=Icon::EyeOff/>
                    " Columns known only after the outcome are stored for reports and kept away from every model. Columns that are not used are kept with the raw rows."
                </p>
                <Missing draft=draft.clone()/>
            </div>
        </section>
    }
}

/// Which columns are shown; style alone hides the others, so that no answer is lost.
#[component]
fn ShowChoice(place: usize, few: usize, all: usize) -> impl IntoView {
    let name = format!("show-{place}");
    view! {
        <div class="segmented" role="group" aria-label="Show columns">
            <label><input class="mapping__few" type="radio" name=name.clone() value="few" checked/>{format!("To check {few}")}</label>
            <label><input type="radio" name=name value="all"/>{format!("All {all}")}</label>
        </div>
    }
}

/// What will not be available later, as far as the suggestion goes.
#[component]
fn Missing(draft: Draft) -> impl IntoView {
    let notes = if draft.origin == Origin::Suggested { draft.preview.notes } else { Vec::new() };
    (!notes.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>"What will not be available without further columns"</summary>
                <ul class="note">{notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}</ul>
            </details>
        }
    })
}

/// Keeps the answers as a profile, or has the rows checked by them.
#[component]
fn Finish() -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="check">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="check"><span class="stepno">"3"</span>"Check"</h2>
                    <p class="note">"All rows are read once, and nothing is stored: you see what would be accepted, and decide then."</p>
                </div>
            </div>
            <div class="card-body finish">
                <div>
                    <label class="form-label" for="save_as">"Save this mapping as"</label>
                    <input class="form-control" id="save_as" name="save_as" type="text" maxlength="80" aria-describedby="save-hint"/>
                    <p class="form-hint" id="save-hint">"Optional. Files with the same columns are then recognised by themselves."</p>
                </div>
                <div class="actions">
                    <button class="btn btn-primary" type="submit" name="then" value="check">"Check all rows"</button>
                    <button class="btn" type="submit" name="then" value="save">"Only save"</button>
                </div>
            </div>
        </section>
    }
}
