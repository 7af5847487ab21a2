//! What the page of an upload reads, and what can be done with the upload.

use super::UploadView;
use super::asked::Asked;
use super::column_answer::ColumnAnswer;
use super::rows_meant::RowsAnswer;
use crate::error::AppError;
use leptos::server;

/// One upload: how far it is, what was found, and its columns where they are asked for.
#[server(prefix = "/fn", endpoint = "upload")]
pub async fn get_upload(id: i64, #[server(default)] asked: Asked) -> Result<UploadView, AppError> {
    use super::{Found, shows_columns};
    use crate::guard::{authorise, explain, store};
    use domain::upload::FindingKind;
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let (scope, id) = (person.scope(), domain::id::UploadId(id));
    let job = match store::uploads::get(&store(), scope, id).await.map_err(explain)?.job {
        Some(job) => Some(store::jobs::status(&store(), scope, job).await.map_err(explain)?),
        None => None,
    };
    // Read after the job: pages stop looking once that is finished, and must then show what it left.
    let upload = store::uploads::get(&store(), scope, id).await.map_err(explain)?;
    let findings = async |kind| store::uploads::findings(&store(), scope, id, kind).await.map_err(explain);
    let found = Found {
        groups: store::uploads::finding_groups(&store(), scope, id).await.map_err(explain)?,
        rejected: findings(FindingKind::Rejected).await?,
        conflicts: findings(FindingKind::Conflict).await?,
        warned: findings(FindingKind::Warned).await?,
    };
    let columns = if shows_columns(&upload, job.as_ref(), &asked) {
        crate::profiles::lay_out(scope, id, &asked).await?
    } else {
        None
    };
    let currency = store::portfolios::get(&store(), person.portfolio).await.map_err(explain)?.currency;
    let disagreeing = if upload.state == domain::upload::UploadState::Imported {
        store::arrears::disagreeing(&store(), scope, id).await.map_err(explain)?
    } else {
        0
    };
    Ok(UploadView { upload, job, currency, found, disagreeing, columns })
}

/// Says how the files are read. `then` is `save`, which keeps that as a profile, or else they are checked.
#[server(prefix = "/fn", endpoint = "map_columns")]
pub async fn map_columns(
    id: i64,
    #[server(default)] asked: Asked,
    #[server(default)] columns: Vec<ColumnAnswer>,
    #[server(default)] rows: Vec<RowsAnswer>,
    save_as: String,
    then: String,
) -> Result<(), AppError> {
    use super::answer;
    use crate::guard::{answer as refuse, authorise, explain, store};
    use crate::sign_in::now;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let (actor, scope, id) = (person.actor(), person.scope(), domain::id::UploadId(id));
    let invalid = |why: String| refuse(AppError::Invalid(why));
    let gone = || invalid("These files were never looked at. Send them again.".to_owned());
    let mut view = crate::profiles::lay_out(scope, id, &asked).await?.ok_or_else(gone)?;
    let shown: Vec<_> = view.files.iter().map(super::draft::Draft::readings).collect();
    answer::fill(&mut view.files, &columns, &rows).map_err(invalid)?;
    let readings = answer::readings(&view.files).map_err(invalid)?;
    let title: String = save_as.trim().chars().take(80).collect();
    // One that was changed is not that profile any more.
    let mut profile = Some(view.profile).filter(|id| !id.is_empty() && id != super::asked::UNSAID && readings == shown);
    if then == "save" && !title.contains(char::is_alphanumeric) {
        return Err(invalid("Save this mapping as: enter a name to find it by.".to_owned()));
    }
    if title.contains(char::is_alphanumeric) {
        let saved = answer::profile(&title, &view.files, readings.clone());
        store::uploads::save_profile(&store(), actor, scope, &saved, now()).await.map_err(explain)?;
        profile = Some(saved.id);
    }
    if then == "save" {
        let profile = profile.unwrap_or_default();
        leptos_axum::redirect(&format!("/uploads/{id}?profile={}", utf8_percent_encode(&profile, NON_ALPHANUMERIC)));
        return Ok(());
    }
    let next = store::uploads::Next::Check;
    store::uploads::confirm(&store(), actor, scope, id, &readings, profile.as_deref(), next, now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect(&format!("/uploads/{id}"));
    Ok(())
}

/// Forgets a profile that somebody saved.
#[server(prefix = "/fn", endpoint = "delete_profile")]
pub async fn delete_profile(id: i64, profile: String) -> Result<(), AppError> {
    use crate::guard::{answer, authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let saved = store::uploads::profiles(&store(), person.scope()).await.map_err(explain)?;
    let found = saved.into_iter().find(|saved| saved.id == profile);
    let title = found.ok_or_else(|| answer(AppError::NotFound("profile".to_owned())))?.title;
    store::uploads::delete_profile(&store(), person.actor(), person.scope(), &title, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect(&format!("/uploads/{id}?columns"));
    Ok(())
}

/// Stores the rows of files that were checked, or goes on where that broke off.
#[server(prefix = "/fn", endpoint = "load_rows")]
pub async fn load_rows(id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let upload = domain::id::UploadId(id);
    store::uploads::start(&store(), person.actor(), person.scope(), upload, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect(&format!("/uploads/{id}"));
    Ok(())
}

/// Takes back what was stored.
#[server(prefix = "/fn", endpoint = "undo_import")]
pub async fn undo_import(id: i64) -> Result<(), AppError> {
    use crate::guard::{authorise, explain, store};
    let person = authorise(domain::access::Permission::LoadFiles).await?;
    let upload = domain::id::UploadId(id);
    store::uploads::request_undo(&store(), person.actor(), person.scope(), upload, crate::sign_in::now())
        .await
        .map_err(explain)?;
    leptos_axum::redirect(&format!("/uploads/{id}"));
    Ok(())
}
