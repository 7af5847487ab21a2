//! One loan file: how far its import is, what was accepted, what was not and why.

pub mod api;

use crate::components::icon::{Icon, IconMark};
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::progress::JobProgress;
use crate::components::table::{Column, Table};
use crate::format;
use crate::pages::uploads::api::CancelJob;
use crate::pages::uploads::{CancelForm, StateBadge, look_again_while};
use domain::job::JobStatus;
use domain::upload::{RejectedRow, Upload, UploadState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadView {
    pub upload: Upload,
    /// The first ones; `upload.rejected` counts them all.
    pub rejected: Vec<RejectedRow>,
    pub job: Option<JobStatus>,
}

#[component]
pub fn UploadPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<i64>().ok()).unwrap_or_default());
    let cancel = ServerAction::<CancelJob>::new();
    let upload = Resource::new(move || (id(), cancel.version().get()), |(id, _)| api::get_upload(id));
    look_again_while(upload, |view: &UploadView| view.job.as_ref().is_some_and(|job| !job.state.is_finished()));
    view! {
        <Title text="Loan file"/>
        <Loaded resource=upload let:view>
            <File view cancel/>
        </Loaded>
    }
}

#[component]
fn File(view: UploadView, cancel: ServerAction<CancelJob>) -> impl IntoView {
    let UploadView { upload, rejected, job } = view;
    let scope = format!(
        "{} · sent {} by {}",
        format::file_size(upload.size_bytes),
        format::moment(upload.uploaded_at),
        upload.uploaded_by
    );
    let running = job.clone().filter(|job| !job.state.is_finished());
    let is_imported = upload.state == UploadState::Imported;
    view! {
        <p class="note"><a href="/uploads">"Loan files"</a>" / "{upload.file_name.clone()}</p>
        <PageHead title=upload.file_name.clone() scope>
            <StateBadge state=upload.state/>
        </PageHead>
        <Outcome upload=upload.clone()/>
        {job.map(|status| {
            view! {
                <section class="card" aria-label="Import">
                    <div class="card-body stack">
                        <JobProgress title="Import" status/>
                        {running.map(|job| view! { <CancelForm id=job.id.0 cancel/> })}
                    </div>
                </section>
            }
        })}
        {is_imported.then(|| view! { <Counts upload=upload.clone()/> })}
        {(!rejected.is_empty()).then(|| view! { <Rejected rejected total=upload.rejected/> })}
        {is_imported
            .then(|| {
                view! {
                    <div class="actions">
                        <a class="btn btn-primary" href="/uploads#training">"Go on to Train and score"</a>
                        <a class="btn" href="/loans">"See the loans"</a>
                    </div>
                }
            })}
    }
}

/// Why the file was refused, or what was worked around.
#[component]
fn Outcome(upload: Upload) -> impl IntoView {
    let is_refused = upload.state == UploadState::Refused;
    upload.message.map(|message| {
        let (class, icon, role) = if is_refused {
            ("alert alert--danger", Icon::AlertCircle, "alert")
        } else {
            ("alert alert--info", Icon::InfoCircle, "note")
        };
        view! {
            <div class=class role=role>
                <IconMark icon/>
                <div>
                    {is_refused.then(|| view! { <h2>"This file was refused; nothing of it was stored"</h2> })}
                    <p>{message}</p>
                </div>
            </div>
        }
    })
}

#[component]
fn Counts(upload: Upload) -> impl IntoView {
    view! {
        <section class="card" aria-label="Result">
            <dl class="strip" style="--cols:3">
                <div><dt>"Rows in the file"</dt><dd class="value">{format::count(upload.rows)}</dd></div>
                <div>
                    <dt>"Accepted"</dt>
                    <dd class="value">{format::count(upload.accepted)}</dd>
                    <dd>{format!("{} of rows", format::percent(upload.accepted as f64, upload.rows as f64))}</dd>
                </div>
                <div>
                    <dt>"Rejected"</dt>
                    <dd class="value">{format::count(upload.rejected)}</dd>
                    <dd>{format!("{} of rows", format::percent(upload.rejected as f64, upload.rows as f64))}</dd>
                </div>
            </dl>
        </section>
    }
}

#[component]
fn Rejected(rejected: Vec<RejectedRow>, total: i64) -> impl IntoView {
    let shown = rejected.len() as i64;
    let note = if shown < total {
        format!("The first {} of {}.", format::count(shown), format::count(total))
    } else {
        format!("All {}.", format::count(total))
    };
    let columns = vec![Column::number("Line"), Column::text("Column"), Column::text("Value"), Column::text("Reason")];
    view! {
        <section class="card" aria-labelledby="rejected">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="rejected">"Rejected rows"</h2>
                    <p class="note">{note}" Mend them in the file and load it again; loans on file are updated."</p>
                </div>
            </div>
            <Table caption="Rejected rows" columns small=true>
                {rejected
                    .into_iter()
                    .map(|row| {
                        view! {
                            <tr>
                                <td class="num">{format::count(row.line as i64)}</td>
                                <td>{row.column.unwrap_or_else(|| "whole row".to_owned())}</td>
                                <td><code class="samples">{row.value}</code></td>
                                <td>{row.reason}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        </section>
    }
}
