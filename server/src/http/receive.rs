//! Takes a loan file in: streamed to disk, counted, hashed; then its import is asked for.

use super::Site;
use crate::clock;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Extension, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::{Permission, SignedIn};
use domain::upload::Upload;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;
use store::StoreError;
use store::uploads::NewUpload;
use tempfile::NamedTempFile;

/// How much of a file that is not taken is read to its end all the same; more, where the limit of files is higher.
const DRAINED_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
enum ReceiveError {
    #[error("Your role does not load files.")]
    Forbidden,
    #[error("Loan file: choose a file first.")]
    NoFile,
    #[error(
        "Loan file: the file is larger than the limit of {limit} bytes. Split it, or ask an administrator to raise the limit."
    )]
    TooLarge { limit: u64 },
    #[error("Loan file: the sending broke off. Nothing was stored; send the file again.")]
    BrokenOff(#[from] MultipartError),
    #[error(
        "Loan file: the server could not store the file. Tell your administrator to look at disk space and the log."
    )]
    Disk(#[from] std::io::Error),
    #[error("Loan file: the database did not take the file. Nothing was stored; try again.")]
    Store(#[from] StoreError),
}

impl ReceiveError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NoFile => StatusCode::UNPROCESSABLE_ENTITY,
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
            Self::TooLarge { limit } => format!("too-large&limit={limit}"),
            Self::BrokenOff(_) => "broken-off".to_owned(),
            Self::Disk(_) => "disk".to_owned(),
            Self::Store(_) => "database".to_owned(),
        };
        Some(format!("/uploads?refused={reason}"))
    }
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
        Ok(upload) => {
            let address = format!("/uploads/{}", upload.id);
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

async fn take_in(site: &Site, person: &SignedIn, request: Request) -> Result<Upload, ReceiveError> {
    if !person.role.may(Permission::LoadFiles) {
        return Err(ReceiveError::Forbidden);
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| ReceiveError::NoFile)?;
    while let Some(mut field) = form.next_field().await? {
        let Some(name) =
            field.file_name().map(file_name).filter(|name| !name.is_empty() && field.name() == Some("file"))
        else {
            continue;
        };
        let received = write_to_disk(&mut field, &site.uploads, site.upload_bytes_max).await;
        if received.is_err() {
            drain(field, site.upload_bytes_max.max(DRAINED_BYTES_MIN)).await;
        }
        let received = received?;
        let path = site.uploads.join(format!("{}-{}.csv", received.sha256, random_part(&received.file)));
        let (size_bytes, sha256) = (received.size_bytes, received.sha256);
        received.file.persist(&path).map_err(|error| error.error)?;
        let new = NewUpload { portfolio: person.portfolio, file_name: name, size_bytes, sha256, path: path.clone() };
        let upload = store::uploads::receive(&site.store, person.actor(), new, clock::now()).await;
        if upload.is_err() {
            // Nothing half-stored: the file goes too.
            let _ = std::fs::remove_file(&path);
        }
        return Ok(upload?);
    }
    Err(ReceiveError::NoFile)
}

struct Received {
    /// Removed when dropped, as when the sender hangs up.
    file: NamedTempFile,
    size_bytes: i64,
    sha256: String,
}

/// Reads on without keeping anything: a browser hears an answer only when it has sent its form, and shows an error of
/// its own where the connection closes before. The bound is for senders that never end.
async fn drain(mut field: Field<'_>, bytes_max: u64) {
    let mut drained = 0;
    while let Ok(Some(chunk)) = field.chunk().await {
        drained += chunk.len() as u64;
        if drained > bytes_max {
            return;
        }
    }
}

async fn write_to_disk(field: &mut Field<'_>, folder: &Path, limit: u64) -> Result<Received, ReceiveError> {
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::with_prefix_in("receiving-", folder)?;
    let mut hash = Sha256::new();
    let mut size_bytes = 0_u64;
    while let Some(chunk) = field.chunk().await? {
        size_bytes += chunk.len() as u64;
        if size_bytes > limit {
            return Err(ReceiveError::TooLarge { limit });
        }
        hash.update(&chunk);
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .map_err(std::io::Error::other)??;
    }
    let sha256 = format!("{:x}", hash.finalize());
    Ok(Received { file, size_bytes: size_bytes as i64, sha256 })
}

/// What of the temporary name is random, so that the same file sent twice is kept twice.
fn random_part(file: &NamedTempFile) -> String {
    let name = file.path().file_stem().unwrap_or_default().to_string_lossy();
    name.trim_start_matches("receiving-").to_owned()
}

/// The last part of a name, whatever folders the browser put before it, at most 200 characters.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_the_server_have_codes() {
        let check = |error: ReceiveError, page| assert_eq!(error.page().as_deref(), page);
        check(std::io::Error::other("full").into(), Some("/uploads?refused=disk"));
        check(StoreError::NotFound("portfolio").into(), Some("/uploads?refused=database"));
        check(ReceiveError::Forbidden, None);
    }

    #[test]
    fn names_lose_their_folders() {
        for (sent, kept) in [
            ("loans.csv", "loans.csv"),
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\l.csv", "l.csv"),
            ("a\n.csv", "a.csv"),
            ("", ""),
        ] {
            assert_eq!(file_name(sent), kept);
        }
    }
}
