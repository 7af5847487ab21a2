//! Scoring anew without training: how many loans have a decision, and the button that decides on the others.

use super::api::ScoreLoans;
use crate::components::progress::{JobProgress, LiveProgress};
use crate::format;
use domain::job::JobStatus;
use leptos::form::ActionForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How far the decisions of the champion reach.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Loans on file.
    pub loans: u32,
    /// Those with a decision.
    pub decided: u32,
    /// The last run, or the one that is under way.
    pub job: Option<JobStatus>,
}

#[component]
pub fn Scoring(
    reach: Reach,
    /// Whether who looks may ask for a run.
    may_score: bool,
    score: ServerAction<ScoreLoans>,
    news: ReadSignal<Option<JobStatus>>,
) -> impl IntoView {
    let Reach { loans, decided, job } = reach;
    let missing = loans.saturating_sub(decided);
    let reading = if missing == 0 {
        format!("All {} on file have a decision.", format::counted(loans, "loan"))
    } else {
        format!(
            "{} of {} on file have a decision; {} came since.",
            format::count(decided),
            format::counted(loans, "loan"),
            format::count(missing)
        )
    };
    let (running, finished) = match job {
        Some(job) if job.state.is_finished() => (None, Some(job)),
        running => (running, None),
    };
    let is_idle = running.is_none();
    view! {
        <section class="card" aria-labelledby="scoring">
            <div class="card-header">
                <div>
                    <h2 class="card-title" id="scoring">"Score loans"</h2>
                    <p class="note">
                        "The champion looks at all loans again and decides on those that are new or have changed. Nothing is trained."
                    </p>
                </div>
            </div>
            <div class="card-body stack">
                <p class="reading">{reading}</p>
                {running.map(|status| view! { <LiveProgress title="Scoring" status news/> })}
                {finished.map(|status| view! { <JobProgress title="Last scoring" status/> })}
                {(may_score && is_idle)
                    .then(|| {
                        view! {
                            <ActionForm action=score>
                                <button class="btn" type="submit" prop:disabled=move || score.pending().get()>"Score loans now"</button>
                            </ActionForm>
                        }
                    })}
            </div>
        </section>
    }
}
