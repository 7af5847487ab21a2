//! Takes files in: streamed to disk, counted, hashed, looked at; if a profile knows them, their import is asked for.

mod form;
mod kept;

use super::Site;
use crate::clock;
use crate::intake::{Recognised, check_numbers, recognise};
use axum::extract::multipart::MultipartError;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Permission, SignedIn};
use domain::id::UploadId;
use form::{FILES_MAX, read_form};
use kept::{Kept, look_at};
use store::StoreError;
use store::uploads::{NewUpload, Next, Sent};

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
enum ReceiveError {
    #[error("Your role does not load files.")]
    Forbidden,
    #[error("Files: choose a file first.")]
    NoFile,
    #[error("Files: more than {FILES_MAX} are too many at once. Send them in parts, or as a zip.")]
    TooMany,
    #[error("As of: write the day as year-month-day, as 2026-01-31; not before 1950, and not in the future.")]
    BadDate,
    #[error(
        "Files: the file is larger than the limit of {limit} bytes. Split it, or ask an administrator to raise the limit."
    )]
    TooLarge { limit: u64 },
    #[error("Files: the sending broke off. Nothing was stored; send the file again.")]
    BrokenOff(#[from] MultipartError),
    #[error("Files: the server could not store the file. Tell your administrator to look at disk space and the log.")]
    Disk(#[from] std::io::Error),
    #[error("Files: the database did not take the file. Nothing was stored; try again.")]
    Store(#[from] StoreError),
}

impl ReceiveError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoFile | Self::TooMany | Self::BadDate => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BrokenOff(_) => StatusCode::BAD_REQUEST,
            Self::Disk(_) | Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page that tells the reason. The address carries a code and no text, or anybody could make a link that
    /// lets the site say whatever they like. Nothing where the person may not open that page.
    fn page(&self) -> Option<String> {
        let reason = match self {
            Self::Forbidden => return None,
            Self::NoFile => "no-file".to_owned(),
            Self::TooMany => "too-many".to_owned(),
            Self::BadDate => "bad-date".to_owned(),
            Self::TooLarge { limit } => format!("too-large&limit={limit}"),
            Self::BrokenOff(_) => "broken-off".to_owned(),
            Self::Disk(_) => "disk".to_owned(),
            Self::Store(_) => "database".to_owned(),
        };
        Some(format!("/uploads/new?refused={reason}"))
    }
}

/// Where the files are told of.
struct Answer {
    upload: UploadId,
    /// Whether the same files were loaded before, or are being loaded.
    is_same: bool,
}

/// Answers scripts with the address of the file's page in plain text, and plain forms with a redirect.
pub async fn receive(
    State(site): State<Site>,
    Extension(person): Extension<SignedIn>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let is_plain_form = accept.contains("text/html");
    match take_in(&site, &person, request).await {
        Ok(answer) => {
            let same = if answer.is_same { "?same" } else { "" };
            let address = format!("/uploads/{}{same}", answer.upload);
            if is_plain_form {
                Redirect::to(&address).into_response()
            } else {
                (StatusCode::CREATED, address).into_response()
            }
        }
        Err(error) => {
            tracing::warn!(error = ?error, "a loan file was not taken");
            match error.page().filter(|_| is_plain_form) {
                Some(page) => Redirect::to(&page).into_response(),
                None => (error.status(), error.to_string()).into_response(),
            }
        }
    }
}

async fn take_in(site: &Site, person: &SignedIn, request: Request) -> Result<Answer, ReceiveError> {
    if !person.role.may(Permission::LoadFiles) {
        return Err(ReceiveError::Forbidden);
    }
    let form = read_form(site, request).await?;
    let scope = person.scope();
    let sha256: Vec<&str> = form.files.iter().map(|file| file.received.sha256.as_str()).collect();
    let sent = Sent { sha256: &sha256, as_of: form.as_of, corrects: form.corrects };
    let importing = store::uploads::find_importing(&site.store, scope, sent).await?;
    let earlier = match importing {
        Some(importing) => Some(importing),
        None => store::uploads::find_imported(&site.store, scope, sent).await?,
    };
    if let Some(earlier) = earlier {
        return Ok(Answer { upload: earlier.id, is_same: true });
    }
    let saved = store::uploads::profiles(&site.store, scope).await?;
    let mut kept = Vec::new();
    let as_of = form.as_of.unwrap_or_else(|| clock::now().date_naive());
    for sent in form.files {
        kept.push(Kept::persist(sent, &site.uploads)?);
    }
    // The rest may fail in many ways; the files are let go only once the database knows them.
    let looked_at = look_at(kept, saved.clone()).await?;
    let (kept, arrived) = (looked_at.kept, looked_at.arrived);
    let (files, refusal, tables) = match arrived {
        Ok(tables) => (kept.files_of(&tables), None, tables),
        Err(fault) => (kept.whole_files(), Some(fault.to_string()), Vec::new()),
    };
    let is_refused = refusal.is_some();
    let new = NewUpload { portfolio: person.portfolio, as_of, corrects: form.corrects, files, refusal };
    let upload = store::uploads::receive(&site.store, person.actor(), new, clock::now()).await?;
    if is_refused {
        return Ok(Answer { upload: upload.id, is_same: false });
    }
    kept.keep();
    // A profile that the numbers contradict is shown with the columns, for a person to say how they are written.
    let is_sure = |known: &Recognised| !form.asks_first && check_numbers(&tables, &known.readings).is_ok();
    if let Some(known) = recognise(&tables, &saved).filter(is_sure) {
        let (actor, now) = (person.actor(), clock::now());
        let profile = Some(known.profile.as_str());
        store::uploads::confirm(&site.store, actor, scope, upload.id, &known.readings, profile, Next::Import, now)
            .await?;
    }
    Ok(Answer { upload: upload.id, is_same: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_server_have_codes() {
        let check = |error: ReceiveError, page| assert_eq!(error.page().as_deref(), page);
        check(std::io::Error::other("full").into(), Some("/uploads/new?refused=disk"));
        check(StoreError::NotFound("portfolio").into(), Some("/uploads/new?refused=database"));
        check(ReceiveError::Forbidden, None);
    }
}
