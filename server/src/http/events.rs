//! How far a job is, told as it happens.

use super::Site;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, SignedIn};
use domain::id::JobId;
use domain::job::JobStatus;
use futures_util::stream;
use std::convert::Infallible;
use std::time::Duration;
use store::StoreError;

/// How often the job is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Sends the job's status whenever it changes, until the job ends.
pub async fn job_events(
    State(site): State<Site>,
    Extension(person): Extension<SignedIn>,
    Path(id): Path<i64>,
) -> Response {
    if !person.role.may(Permission::LoadFiles) {
        return (StatusCode::FORBIDDEN, "Your role does not load files.").into_response();
    }
    match store::jobs::status(&site.store, person.scope(), JobId(id)).await {
        Ok(_) => {}
        Err(StoreError::NotFound(_)) => return (StatusCode::NOT_FOUND, "There is no such job.").into_response(),
        Err(error) => {
            tracing::error!(error = ?error, "a job's status could not be read");
            return (StatusCode::INTERNAL_SERVER_ERROR, "The job could not be read. Try again.").into_response();
        }
    }
    let states = stream::unfold(Some(None::<JobStatus>), move |last| {
        let (site, person) = (site.clone(), person.clone());
        async move {
            let last = last?;
            loop {
                // A status that cannot be read ends the stream; the browser asks again by itself.
                let status = store::jobs::status(&site.store, person.scope(), JobId(id)).await.ok()?;
                if last.as_ref() != Some(&status) {
                    let event = Event::default().json_data(&status).ok()?;
                    let next = (!status.state.is_finished()).then_some(Some(status));
                    return Some((Ok::<_, Infallible>(event), next));
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    });
    Sse::new(states).keep_alive(KeepAlive::default()).into_response()
}
