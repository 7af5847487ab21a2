//! What can be done next with an upload that rests.

use super::Actions;
use super::api::UndoImport;
use crate::components::icon::{Icon, IconMark};
use crate::format;
use domain::count::grouped;
use domain::upload::{REJECTED_PER_PART, Upload, UploadFile, UploadState};
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn NextSteps(upload: Upload, actions: Actions) -> impl IntoView {
    let id = upload.id.0;
    let accepted = upload.counts().accepted;
    let stored = format::counted(accepted as u64, "row");
    match upload.state {
        UploadState::Checked => view! {
            <div class="actions">
                {(accepted > 0).then(|| view! { <LoadForm id label=format!("Load {stored}") actions/> })}
                <a class="btn" href=format!("/uploads/{id}?columns")>"Change the columns"</a>
            </div>
        }
        .into_any(),
        UploadState::Importing => view! {
            <div class="actions"><LoadForm id label="Go on loading" actions/></div>
            <UndoForm id label="Take back what was stored" undo=actions.undo/>
        }
        .into_any(),
        UploadState::Imported => view! {
            <div class="actions">
                <a class="btn btn-primary" href="/uploads#training">"Go on to Train and score"</a>
                <a class="btn" href="/loans">"See the loans"</a>
                <RejectedFiles upload/>
            </div>
            <UndoForm id label=format!("Take back {stored}") undo=actions.undo/>
        }
        .into_any(),
        UploadState::Refused | UploadState::Undone => view! {
            <div class="actions"><a class="btn btn-primary" href="/uploads/new">"Load files"</a></div>
        }
        .into_any(),
        UploadState::Received | UploadState::Checking => view! {
            <p class="note">"These files were never looked at. "<a href="/uploads/new">"Send them again."</a></p>
        }
        .into_any(),
    }
}

#[component]
fn LoadForm(id: i64, #[prop(into)] label: String, actions: Actions) -> impl IntoView {
    view! {
        <ActionForm action=actions.load>
            <input type="hidden" name="id" value=id/>
            <button class="btn btn-primary" type="submit">{label}</button>
        </ActionForm>
    }
}

/// Undoing is asked for twice: what it takes back may have been worked with.
#[component]
fn UndoForm(id: i64, #[prop(into)] label: String, undo: ServerAction<UndoImport>) -> impl IntoView {
    view! {
        <details class="more">
            <summary>"Undo this import"</summary>
            <div class="stack stack--tight">
                <p class="note">
                    "What these files added is removed, and what they changed becomes what it was before. That is no longer possible \
                     once decisions were made on their loans, or while a file that was loaded later still stands."
                </p>
                <ActionForm action=undo>
                    <input type="hidden" name="id" value=id/>
                    <button class="btn btn-danger" type="submit">{label}</button>
                </ActionForm>
            </div>
        </details>
    }
}

/// The rejected rows of each file, in the shape of the file. They are kept once the others are stored.
#[component]
fn RejectedFiles(upload: Upload) -> impl IntoView {
    let id = upload.id;
    let is_one = upload.files.len() == 1;
    let parts = |file: &UploadFile| (file.counts.rejected.max(0) as usize).div_ceil(REJECTED_PER_PART);
    let parts = upload.files.into_iter().flat_map(move |file| (1..=parts(&file)).map(move |part| (file.clone(), part)));
    parts
        .map(|(file, part)| {
            let of = if is_one { String::new() } else { format!(" of {}", file.name) };
            let (from, to) = ((part - 1) * REJECTED_PER_PART + 1, part * REJECTED_PER_PART);
            let rows = format!("{} to {}", grouped(from as u64), grouped((file.counts.rejected as u64).min(to as u64)));
            let is_whole = from == 1 && file.counts.rejected as usize <= to;
            let label = if is_whole { "Download rejected rows".to_owned() } else { format!("Download rejected rows {rows}") };
            view! {
                <a class="btn" href=format!("/uploads/{id}/files/{}/rejected?part={part}", file.id) rel="external" download>
                    <IconMark icon=Icon::Download/>
                    {label}
                    {of}
                </a>
            }
        })
        .collect_view()
}
