//! Loan files: what became of those that were sent, and training on all loans.

pub mod api;
pub mod training_answers;
pub mod training_form;

use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::progress::{JobProgress, LiveProgress};
use crate::components::table::{Column, Table};
use crate::format;
use crate::live::follow;
use api::{CancelJob, Train};
use domain::follow_up::FollowUp;
use domain::job::JobStatus;
use domain::model::{ModelCard, Target};
use domain::upload::{Upload, UploadState};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};
use training_form::TrainingForm;

/// Where the server takes files in.
pub const RECEIVE: &str = "/uploads/receive";

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Uploads {
    /// Newest first.
    pub uploads: Vec<Upload>,
    pub training: Option<JobStatus>,
    pub newest_model: Option<ModelCard>,
    /// Whether there is something to train on.
    pub has_loans: bool,
    /// Names of the columns that are kept with loans besides their fields.
    pub extra_columns: Vec<String>,
    /// What a model could learn of an earlier day.
    pub follow_up: Option<FollowUp>,
}

#[component]
pub fn UploadsPage() -> impl IntoView {
    let train = ServerAction::<Train>::new();
    let cancel = ServerAction::<CancelJob>::new();
    let uploads = Resource::new(move || (train.version().get(), cancel.version().get()), |_| api::list_uploads());
    let news = follow(uploads, |uploads: &Uploads| uploads.training.as_ref());
    go_to_the_part_once_drawn(uploads);
    view! {
        <Title text="Loan files"/>
        <Loaded resource=uploads let:uploads>
            <Sections uploads news train cancel/>
        </Loaded>
    }
}

#[component]
fn Sections(
    uploads: Uploads,
    news: ReadSignal<Option<JobStatus>>,
    train: ServerAction<Train>,
    cancel: ServerAction<CancelJob>,
) -> impl IntoView {
    let Uploads { uploads, training, newest_model, has_loans, extra_columns, follow_up } = uploads;
    let (running, finished) = match training {
        Some(training) if training.state.is_finished() => (None, Some(training)),
        running => (running, None),
    };
    let mut options = newest_model.as_ref().map(|card| card.options.clone()).unwrap_or_default();
    if follow_up.is_some() {
        options.target = Target::Observed;
    }
    view! {
        <PageHead title="Loan files" scope="Loans, payments and borrowers, as lenders write them."/>
        <div class="grid grid--stretch">
            <section class="card c5 c-wide" aria-labelledby="send">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="send"><span class="stepno">"1"</span>"Load files"</h2>
                        <p class="note">"New loans are added, loans on file are updated."</p>
                    </div>
                </div>
                <div class="card-body stack">
                    <p class="note">"CSV and other delimited text, XLSX or Parquet, also in gzip or zip. Files of a known source are loaded at once; of others you first see what was found."</p>
                    <div class="actions"><a class="btn btn-primary" href="/uploads/new">"Load files"</a></div>
                </div>
            </section>
            <section class="card c7 c-wide" aria-labelledby="training">
                <div class="card-header">
                    <div>
                        <h2 class="card-title" id="training"><span class="stepno">"2"</span>"Train and score"</h2>
                        <p class="note">"Segments, trains, scores and decides on all loans on file."</p>
                    </div>
                </div>
                <div class="card-body stack">
                    {match running {
                        Some(status) => {
                            let id = status.id.0;
                            view! { <LiveProgress title="Training" status news/><CancelForm id cancel/> }.into_any()
                        }
                        None => view! { <TrainingForm train options has_loans extra_columns follow_up/> }.into_any(),
                    }}
                </div>
            </section>
        </div>
        {(finished.is_some() || newest_model.is_some()).then(|| view! { <LastTraining finished newest_model/> })}
        <Earlier uploads/>
    }
}

/// A link to a part of the page arrives before the part is drawn.
fn go_to_the_part_once_drawn(uploads: Resource<Result<Uploads, crate::error::AppError>>) {
    Effect::new(move |was_drawn: Option<bool>| {
        let is_drawn = uploads.get().is_some_and(|answer| answer.is_ok());
        if is_drawn && was_drawn == Some(false) {
            request_animation_frame(|| {
                let part = location().hash().unwrap_or_default();
                if let Some(part) = document().get_element_by_id(part.trim_start_matches('#')) {
                    part.scroll_into_view();
                }
            });
        }
        is_drawn || was_drawn == Some(true)
    });
}

/// How the last training ended, and what the newest model is worth.
#[component]
fn LastTraining(finished: Option<JobStatus>, newest_model: Option<ModelCard>) -> impl IntoView {
    // A training that made a model ends with the gate's words; they are not repeated below them.
    let ending = finished.as_ref().map(|status| status.message.clone()).unwrap_or_default();
    let words = newest_model.map(|card| {
        let name = format!("Model {}, {}. ", card.version, card.state.label().to_lowercase());
        let target = card.figures.target_words();
        let mut said = vec![ending];
        let mut rest = Vec::new();
        for sentence in [target, card.figures.gate.reason].into_iter().chain(card.notes) {
            if !said.iter().any(|said| said.contains(&sentence)) {
                said.push(sentence.clone());
                rest.push(format!("{sentence}. "));
            }
        }
        view! { <p class="note c7 c-wide"><strong>{name}</strong>{rest.concat()}</p> }
    });
    view! {
        <section class="card" aria-labelledby="last">
            <div class="card-header"><h2 class="card-title" id="last">"Last training"</h2></div>
            <div class="card-body grid">
                {finished.map(|status| view! { <div class="c5 c-wide"><JobProgress title="Training" status/></div> })}
                {words}
            </div>
        </section>
    }
}

#[component]
pub fn CancelForm(id: i64, cancel: ServerAction<CancelJob>) -> impl IntoView {
    // Names the address, because one with a part after # would not be loaded again.
    let again = format!("<meta http-equiv=\"refresh\" content=\"2;url={}\">", use_location().pathname.get_untracked());
    view! {
        <ActionForm action=cancel>
            <input type="hidden" name="id" value=id/>
            <button class="btn btn-sm" type="submit">"Stop"</button>
        </ActionForm>
        // Without scripts the page looks again by itself. With them, browsers take this for text, so it is no element.
        <noscript inner_html=again></noscript>
    }
}

#[component]
fn Earlier(uploads: Vec<Upload>) -> impl IntoView {
    let columns = vec![
        Column::text("File"),
        Column::text("State"),
        Column::number("Rows"),
        Column::number("Accepted"),
        Column::number("Rejected"),
        Column::number("Size"),
        Column::text("As of"),
        Column::text("Sent"),
    ];
    view! {
        <section class="card" aria-labelledby="earlier">
            <div class="card-header"><h2 class="card-title" id="earlier">"Files so far"</h2></div>
            {if uploads.is_empty() {
                view! { <Empty icon=Icon::FileUpload title="No files yet" text="The files that you load are listed here, with what was accepted and what was not."/> }
                    .into_any()
            } else {
                view! {
                    <Table caption="Loan files so far" columns one_line=true>
                        {uploads.into_iter().map(|upload| view! { <Row upload/> }).collect_view()}
                    </Table>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn Row(upload: Upload) -> impl IntoView {
    let counts = upload.counts();
    let is_kept = !matches!(upload.state, UploadState::Refused | UploadState::Undone);
    let size = upload.size_bytes();
    let others = match upload.files.len() {
        0 | 1 => String::new(),
        files => format!(" and {}", format::counted(files - 1, "more file")),
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("/uploads/{}", upload.id)>{upload.title}</a>{others}</th>
            <td><StateBadge state=upload.state/></td>
            <td class="num">{format::count(counts.rows)}</td>
            <td class="num">{format::known(is_kept.then_some(counts.accepted), format::count)}</td>
            <td class="num">{format::count(counts.rejected)}</td>
            <td class="num">{format::file_size(size)}</td>
            <td>{format::day(upload.as_of)}</td>
            <td>{format!("{} by {}", format::moment(upload.uploaded_at), upload.uploaded_by)}</td>
        </tr>
    }
}

#[component]
pub fn StateBadge(state: UploadState) -> impl IntoView {
    let class = match state {
        UploadState::Imported => "badge badge--ok",
        UploadState::Refused => "badge badge--danger",
        UploadState::Received | UploadState::Checked => "badge badge--warn",
        UploadState::Checking | UploadState::Importing => "badge badge--brand",
        UploadState::Undone => "badge",
    };
    view! { <span class=class>{state.label()}</span> }
}
