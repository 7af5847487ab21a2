//! What the page of a notice reads and changes.

use super::NoticePageView;
use crate::error::AppError;
use domain::notice::ServiceMethod;
use leptos::server;

/// A notice of one's scope.
#[server(prefix = "/fn", endpoint = "notice")]
pub async fn get_notice(id: i64) -> Result<NoticePageView, AppError> {
    use crate::guard::{authorise, explain, store};
    use domain::access::Permission;
    let person = authorise(Permission::WorkNotices).await?;
    let notice = store::notices::get(&store(), person.scope(), domain::id::NoticeId(id)).await.map_err(explain)?;
    let may_approve = person.role.may(Permission::ApproveNotices);
    Ok(NoticePageView { notice, may_approve, viewer: person.id, today: crate::sign_in::now().date_naive() })
}

/// Changes the words of a draft.
#[server(prefix = "/fn", endpoint = "edit_notice")]
pub async fn edit_notice(id: i64, subject: String, body: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::WorkNotices).await?;
    let (id, words, now) = (domain::id::NoticeId(id), (subject.as_str(), body.as_str()), crate::sign_in::now());
    store::notices::edit(&store(), person.actor(), person.scope(), id, words, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/notices/{id}"));
    Ok(())
}

/// Approves a draft, so that it may be served.
#[server(prefix = "/fn", endpoint = "approve_notice")]
pub async fn approve_notice(id: i64, rationale: String, limitation_on: String) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::ApproveNotices).await?;
    let limitation_on = match limitation_on.trim() {
        "" => None,
        day => {
            let wrong =
                || answer(AppError::Invalid("The last day for a court: choose a day, or leave it out.".to_owned()));
            Some(day.parse::<chrono::NaiveDate>().map_err(|_| wrong())?)
        }
    };
    let notice = domain::id::NoticeId(id);
    let decision = store::notices::Decision { notice, rationale: &rationale, limitation_on };
    let now = crate::sign_in::now();
    store::notices::approve(&store(), person.actor(), person.scope(), decision, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/notices/{id}"));
    Ok(())
}

/// Turns a draft down.
#[server(prefix = "/fn", endpoint = "turn_down_notice")]
pub async fn turn_down_notice(id: i64, rationale: String) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::ApproveNotices).await?;
    let notice = domain::id::NoticeId(id);
    let decision = store::notices::Decision { notice, rationale: &rationale, limitation_on: None };
    let now = crate::sign_in::now();
    store::notices::turn_down(&store(), person.actor(), person.scope(), decision, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/notices/{id}"));
    Ok(())
}

/// Writes down that a notice was served; `although` says why, where the contact rules do not allow it.
#[server(prefix = "/fn", endpoint = "serve_notice")]
pub async fn serve_notice(
    id: i64,
    on: String,
    method: ServiceMethod,
    proof: String,
    although: Option<String>,
) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::WorkNotices).await?;
    let wrong = || answer(AppError::Invalid("Served on: choose a day.".to_owned()));
    let on = on.trim().parse::<chrono::NaiveDate>().map_err(|_| wrong())?;
    let (id, now) = (domain::id::NoticeId(id), crate::sign_in::now());
    let although = although.as_deref().unwrap_or_default();
    let served = store::notices::Served { on, method, proof: &proof, although };
    store::notices::serve(&store(), person.actor(), person.scope(), id, served, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/notices/{id}"));
    Ok(())
}
