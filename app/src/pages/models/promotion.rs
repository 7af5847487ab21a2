//! A model that was approved, on its way to decide, or why it does not.

use crate::components::progress::{JobProgress, LiveProgress};
use domain::job::{JobState, JobStatus};
use domain::model::{ModelCard, Promotion};
use leptos::prelude::*;

/// Nothing where it decides: then the whole page says so.
#[component]
pub fn TakingOver(models: Vec<ModelCard>, promotion: Promotion, news: ReadSignal<Option<JobStatus>>) -> impl IntoView {
    let Promotion { model, job } = promotion;
    let model = models.into_iter().find(|card| card.id == model)?;
    let title = format!("Model {} takes over", model.version);
    let progress = match job.state {
        JobState::Succeeded => return None,
        JobState::Failed | JobState::Cancelled => view! { <JobProgress title=title.clone() status=job/> }.into_any(),
        JobState::Queued | JobState::Running => {
            view! { <LiveProgress title=title.clone() status=job news/> }.into_any()
        }
    };
    Some(view! {
        <section class="card" aria-label=title>
            <div class="card-body">{progress}</div>
        </section>
    })
}
