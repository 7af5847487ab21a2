//! One upload, from its columns to what was stored: how it is read, how far it is, what was found and why.

pub mod answer;
pub mod api;
pub mod asked;
mod change;
pub mod column_answer;
mod column_row;
mod columns;
mod conversions;
pub mod draft;
mod file_facts;
mod findings;
mod joins;
mod result;
pub mod rows_meant;
mod steps;

use crate::components::field::{ErrorSummary, refusal};
use crate::components::icon::{Icon, IconMark};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::progress::LiveProgress;
use crate::error::AppError;
use crate::format;
use crate::live::follow;
use crate::pages::uploads::api::CancelJob;
use crate::pages::uploads::{CancelForm, StateBadge};
use api::{DeleteProfile, LoadRows, MapColumns, UndoImport};
use asked::Asked;
use columns::Columns;
use domain::job::{JobState, JobStatus};
use domain::money::Currency;
use domain::upload::{Finding, FindingGroup, Upload, UploadState};
use draft::ColumnsView;
use findings::FoundRows;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use result::Outcome;
use serde::{Deserialize, Serialize};
use steps::NextSteps;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadView {
    pub upload: Upload,
    pub job: Option<JobStatus>,
    pub currency: Currency,
    pub found: Found,
    /// Of so many loans the payments tell other arrears than their file.
    pub disagreeing: u64,
    /// Where it is to be said how the files are read.
    pub columns: Option<ColumnsView>,
}

/// What was found in the rows: all of it in groups, and the first of each kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub groups: Vec<FindingGroup>,
    pub rejected: Vec<Finding>,
    pub conflicts: Vec<Finding>,
    pub warned: Vec<Finding>,
}

/// Whether the page shows the columns: where nobody has said yet how they are read, or somebody wants to say it again.
pub fn shows_columns(upload: &Upload, job: Option<&JobStatus>, asked: &Asked) -> bool {
    let rests = job.is_none_or(|job| job.state.is_finished());
    match upload.state {
        UploadState::Received => true,
        UploadState::Checking => rests,
        UploadState::Checked => asked.columns,
        UploadState::Importing | UploadState::Imported | UploadState::Refused | UploadState::Undone => false,
    }
}

/// What can be done with an upload.
#[derive(Clone, Copy)]
struct Actions {
    map: ServerAction<MapColumns>,
    forget: ServerAction<DeleteProfile>,
    load: ServerAction<LoadRows>,
    undo: ServerAction<UndoImport>,
    cancel: ServerAction<CancelJob>,
}

/// Counts what was done. What was refused leaves the page as it is, with what was entered.
fn done<S>(action: ServerAction<S>) -> Memo<usize>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    Memo::new(move |before: Option<&usize>| {
        let version = action.version().get();
        let is_done = action.value().with(|answer| matches!(answer, Some(Ok(_))));
        if is_done { version } else { before.copied().unwrap_or_default() }
    })
}

#[component]
pub fn UploadPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<i64>().ok()).unwrap_or_default());
    let asked = Memo::new({
        let query = use_query_map();
        move |_| query.with(Asked::read)
    });
    let actions = Actions {
        map: ServerAction::new(),
        forget: ServerAction::new(),
        load: ServerAction::new(),
        undo: ServerAction::new(),
        cancel: ServerAction::new(),
    };
    let (mapped, forgotten) = (done(actions.map), done(actions.forget));
    let (loaded, undone) = (done(actions.load), done(actions.undo));
    let turns = move || (mapped.get(), forgotten.get(), loaded.get(), undone.get(), actions.cancel.version().get());
    let upload = Resource::new(
        move || (id(), asked.get(), turns()),
        |(id, asked, _)| async move { api::get_upload(id, asked).await },
    );
    let news = follow(upload, |view: &UploadView| view.job.as_ref());
    view! {
        <Title text="Loan file"/>
        <Loaded resource=upload let:view>
            <Whole view asked=asked.get_untracked() news actions/>
        </Loaded>
    }
}

#[component]
fn Whole(view: UploadView, asked: Asked, news: ReadSignal<Option<JobStatus>>, actions: Actions) -> impl IntoView {
    let UploadView { upload, job, currency, found, disagreeing, columns } = view;
    let others = match upload.files.len() {
        0 | 1 => String::new(),
        files => format!(" and {}", format::counted(files - 1, "more file")),
    };
    let scope = format!(
        "As of {} · {} · sent {} by {}",
        format::day(upload.as_of),
        format::file_size(upload.size_bytes()),
        format::moment(upload.uploaded_at),
        upload.uploaded_by
    );
    let rests = job.as_ref().is_none_or(|job| job.state.is_finished());
    let was_read = matches!(upload.state, UploadState::Checked | UploadState::Imported) && columns.is_none();
    let id = upload.id.0;
    let steps = (rests && columns.is_none()).then(|| view! { <NextSteps upload=upload.clone() actions/> });
    view! {
        <p class="note"><a href="/uploads">"Loan files"</a>" / "{upload.title.clone()}</p>
        <PageHead title=format!("{}{others}", upload.title) scope>
            <StateBadge state=upload.state/>
        </PageHead>
        <SentBefore upload=upload.clone()/>
        {move || refused(actions).map(|message| view! { <ErrorSummary message/> })}
        <Message upload=upload.clone()/>
        {job.filter(|job| is_shown(job, upload.state)).map(|status| view! { <Work status news cancel=actions.cancel/> })}
        {columns.map(|view| view! { <Columns id view asked actions/> })}
        {was_read.then(|| view! { <Outcome upload=upload.clone() groups=found.groups.clone() disagreeing currency/> })}
        {steps}
        {was_read.then(|| view! { <FoundRows upload found/> })}
    }
}

/// Work that went well is seen by what it left.
fn is_shown(job: &JobStatus, state: UploadState) -> bool {
    let is_settled = matches!(state, UploadState::Checked | UploadState::Imported | UploadState::Undone);
    job.state != JobState::Succeeded || !is_settled
}

fn refused(actions: Actions) -> Option<String> {
    let Actions { map, forget, load, undo, cancel } = actions;
    [
        refusal(map.value().get()),
        refusal(forget.value().get()),
        refusal(load.value().get()),
        refusal(undo.value().get()),
    ]
    .into_iter()
    .flatten()
    .next()
    .or_else(|| refusal(cancel.value().get()))
}

#[component]
fn Work(status: JobStatus, news: ReadSignal<Option<JobStatus>>, cancel: ServerAction<CancelJob>) -> impl IntoView {
    let title = match status.kind.as_str() {
        "check_import" => "Checking rows",
        "undo_import" => "Undoing",
        _ => "Loading rows",
    };
    let id = (!status.state.is_finished()).then_some(status.id.0);
    view! {
        <section class="card" aria-label="Progress">
            <div class="card-body stack">
                <LiveProgress title status news/>
                {id.map(|id| view! { <CancelForm id cancel/> })}
            </div>
        </section>
    }
}

/// The server leads here with `?same` where somebody sends files that were loaded before, or are being loaded.
#[component]
fn SentBefore(upload: Upload) -> impl IntoView {
    let is_same = use_query_map().with_untracked(|query| query.get("same").is_some());
    let was = match upload.state {
        UploadState::Importing => "This file is being loaded already: it was sent on",
        _ => "This file was loaded before, on",
    };
    is_same.then(|| {
        view! {
            <div class="alert alert--info" role="note">
                <IconMark icon=Icon::InfoCircle/>
                <div>
                    <p>{format!("{was} {}. Nothing was changed.", format::moment(upload.uploaded_at))}</p>
                </div>
            </div>
        }
    })
}

/// Why files were refused or undone, or what was worked around.
#[component]
fn Message(upload: Upload) -> impl IntoView {
    let (class, icon, role, heading) = match upload.state {
        UploadState::Refused => {
            ("alert alert--danger", Icon::AlertCircle, "alert", Some("This file was refused; nothing of it was stored"))
        }
        UploadState::Undone => {
            ("alert alert--info", Icon::InfoCircle, "note", Some("This import was undone; nothing of it is stored"))
        }
        _ => ("alert alert--info", Icon::InfoCircle, "note", None),
    };
    let texts: Vec<String> = upload.message.into_iter().chain(upload.notes).collect();
    (heading.is_some() || !texts.is_empty()).then(|| {
        view! {
            <div class=class role=role>
                <IconMark icon/>
                <div>
                    {heading.map(|heading| view! { <h2>{heading}</h2> })}
                    {texts.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
                </div>
            </div>
        }
    })
}
