//! What a page hears of a job while it runs: by events, or by looking again.

use crate::error::AppError;
use domain::id::JobId;
use domain::job::JobStatus;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use web_sys::{EventSource, MessageEvent};

/// How often a page looks at a job of which it hears nothing.
const LOOK_AGAIN: Duration = Duration::from_millis(700);

/// Follows the job that a resource tells of, and reads the resource again when the job has ended. Where the server's
/// events don't come through, the resource is read again and again instead.
pub fn follow<T>(
    resource: Resource<Result<T, AppError>>,
    job_of: fn(&T) -> Option<&JobStatus>,
) -> ReadSignal<Option<JobStatus>>
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    let (news, set_news) = signal(None);
    let is_deaf = RwSignal::new(false);
    let is_followed = StoredValue::new(false);
    Effect::new(move |_| {
        let under_way = resource.with(|answer| {
            let job = answer.as_ref()?.as_ref().ok().and_then(job_of)?;
            (!job.state.is_finished()).then_some(job.id)
        });
        let look_again = move || set_timeout(move || resource.refetch(), LOOK_AGAIN);
        // A server that is restarted answers again soon, and the job goes on.
        if is_followed.get_value() && resource.with(|answer| matches!(answer, Some(Err(_)))) {
            look_again();
            return;
        }
        is_followed.set_value(under_way.is_some());
        let Some(id) = under_way else { return };
        if is_deaf.get_untracked() {
            look_again();
            return;
        }
        let hear = move |status: JobStatus| {
            let has_ended = status.state.is_finished();
            set_news.set(Some(status));
            if has_ended {
                resource.refetch();
            }
        };
        let fail = move || {
            is_deaf.set(true);
            look_again();
        };
        match Events::of(id, hear, fail) {
            // Held until the effect runs anew, or the page is left.
            Some(events) => _ = StoredValue::new_local(events),
            None => fail(),
        }
    });
    news
}

/// The server's events of one job. They end when this is dropped.
struct Events {
    source: EventSource,
    _message: Closure<dyn Fn(MessageEvent)>,
    _error: Closure<dyn Fn()>,
}

impl Events {
    /// Nothing where the browser knows no events.
    fn of(job: JobId, hear: impl Fn(JobStatus) + 'static, fail: impl Fn() + 'static) -> Option<Self> {
        let source = EventSource::new(&format!("/jobs/{job}/events")).ok()?;
        let heard = source.clone();
        let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(status) = event.data().as_string().and_then(|text| serde_json::from_str::<JobStatus>(&text).ok())
            else {
                return;
            };
            // A stream that has ended would be opened again.
            if status.state.is_finished() {
                heard.close();
            }
            hear(status);
        });
        let broken = source.clone();
        let error = Closure::<dyn Fn()>::new(move || {
            broken.close();
            fail();
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self { source, _message: message, _error: error })
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
