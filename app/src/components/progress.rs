//! How far a piece of background work is.

use domain::job::{JobState, JobStatus};
use leptos::prelude::*;

/// A job's bar and its words.
#[component]
pub fn JobProgress(#[prop(into)] title: String, status: JobStatus) -> impl IntoView {
    let class = match status.state {
        JobState::Succeeded => "badge badge--ok",
        JobState::Failed => "badge badge--danger",
        JobState::Cancelled => "badge badge--warn",
        JobState::Queued | JobState::Running => "badge badge--brand",
    };
    let stop = match (status.cancel_requested, status.state) {
        (true, JobState::Queued | JobState::Running) => Some("It is asked to stop."),
        (true, JobState::Succeeded) => Some("It was done before it could be stopped."),
        _ => None,
    };
    view! {
        <div class="stack stack--tight" role="status" aria-live="polite">
            <div class="actions">
                <strong>{title.clone()}</strong>
                <span class=class>{status.state.label()}</span>
                <span class="num push">{format!("{} %", status.percent)}</span>
            </div>
            <progress class="progress" max="100" value=status.percent aria-label=title></progress>
            <p class="note">{status.message}" "{stop}</p>
        </div>
    }
}

/// A job that is under way, as of the last news of it.
#[component]
pub fn LiveProgress(
    #[prop(into)] title: String,
    /// What was known of it when the page was drawn.
    status: JobStatus,
    news: ReadSignal<Option<JobStatus>>,
) -> impl IntoView {
    move || {
        let newest = news.get().filter(|newest| newest.id == status.id);
        view! { <JobProgress title=title.clone() status=newest.unwrap_or_else(|| status.clone())/> }
    }
}
