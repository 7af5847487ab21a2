//! Takes files in: streamed to disk, counted, hashed, looked at; if a profile knows them, their import is asked for.

use super::Site;
use crate::clock;
use crate::intake::{ArrivedTable, ImportFault, arrive, recognise};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Extension, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use domain::access::{Permission, SignedIn};
use domain::id::UploadId;
use domain::mapping::Profile;
use domain::preview::Preview;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use store::StoreError;
use store::uploads::{NewFile, NewUpload, Next};
use tempfile::NamedTempFile;

/// So many files may be sent together.
const FILES_MAX: usize = 20;

/// How much of a file that is not taken is read to its end all the same; more, where the limit of files is higher.
const DRAINED_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
enum ReceiveError {
    #[error("Your role does not load files.")]
    Forbidden,
    #[error("Files: choose a file first.")]
    NoFile,
    #[error("Files: more than {FILES_MAX} are too many at once. Send them in parts, or as a zip.")]
    TooMany,
    #[error("As of: write the day as year-month-day, as 2026-01-31.")]
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
    /// Whether the same files were loaded before.
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

/// What a form of files says.
struct Form {
    files: Vec<Sent>,
    as_of: Option<NaiveDate>,
    corrects: bool,
}

struct Sent {
    name: String,
    received: Received,
}

async fn take_in(site: &Site, person: &SignedIn, request: Request) -> Result<Answer, ReceiveError> {
    if !person.role.may(Permission::LoadFiles) {
        return Err(ReceiveError::Forbidden);
    }
    let form = read_form(site, request).await?;
    let scope = person.scope();
    let hashes: Vec<&str> = form.files.iter().map(|file| file.received.sha256.as_str()).collect();
    if let Some(earlier) = store::uploads::find_imported(&site.store, scope, &hashes).await? {
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
    if let Some(known) = recognise(&tables, &saved) {
        let (actor, now) = (person.actor(), clock::now());
        let profile = Some(known.profile.as_str());
        store::uploads::confirm(&site.store, actor, scope, upload.id, &known.readings, profile, Next::Import, now)
            .await?;
    }
    Ok(Answer { upload: upload.id, is_same: false })
}

async fn read_form(site: &Site, request: Request) -> Result<Form, ReceiveError> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| ReceiveError::NoFile)?;
    let mut form = Form { files: Vec::new(), as_of: None, corrects: false };
    while let Some(mut field) = multipart.next_field().await? {
        let field_name = field.name().unwrap_or_default().to_owned();
        match (field_name.as_str(), field.file_name().map(file_name)) {
            ("file", Some(name)) if !name.is_empty() => {
                if form.files.len() == FILES_MAX {
                    drain(field, site.upload_bytes_max.max(DRAINED_BYTES_MIN)).await;
                    return Err(ReceiveError::TooMany);
                }
                let received = write_to_disk(&mut field, &site.uploads, site.upload_bytes_max).await;
                if received.is_err() {
                    drain(field, site.upload_bytes_max.max(DRAINED_BYTES_MIN)).await;
                }
                form.files.push(Sent { name, received: received? });
            }
            ("as_of", _) => {
                let text = short_text(&mut field).await?;
                if !text.is_empty() {
                    form.as_of = Some(text.parse().map_err(|_| ReceiveError::BadDate)?);
                }
            }
            ("corrects", _) => form.corrects = !short_text(&mut field).await?.is_empty(),
            _ => {}
        }
    }
    if form.files.is_empty() { Err(ReceiveError::NoFile) } else { Ok(form) }
}

/// The text of a field that holds a word; more than a word is cut.
async fn short_text(field: &mut Field<'_>) -> Result<String, ReceiveError> {
    const BYTES_MAX: usize = 64;
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.extend(chunk.iter().take(BYTES_MAX - bytes.len().min(BYTES_MAX)));
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// A file under its lasting name. It goes again when dropped, unless it is kept.
struct Kept {
    name: String,
    path: PathBuf,
    size_bytes: i64,
    sha256: String,
    is_kept: bool,
}

impl Kept {
    fn persist(sent: Sent, folder: &Path) -> Result<Self, ReceiveError> {
        let received = sent.received;
        let path = folder.join(format!("{}-{}", received.sha256, random_part(&received.file)));
        received.file.persist(&path).map_err(|error| error.error)?;
        let path = std::path::absolute(path)?;
        Ok(Self { name: sent.name, path, size_bytes: received.size_bytes, sha256: received.sha256, is_kept: false })
    }

    fn file(&self, name: String, preview: Option<Preview>) -> NewFile {
        NewFile { name, path: self.path.clone(), size_bytes: self.size_bytes, sha256: self.sha256.clone(), preview }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing half-stored: a file that nobody knows of goes too.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

struct AllKept(Vec<Kept>);

impl AllKept {
    fn files_of(&self, tables: &[ArrivedTable]) -> Vec<NewFile> {
        let of = |table: &ArrivedTable| {
            let kept = self.0.iter().find(|kept| kept.path == table.source.path)?;
            Some(kept.file(table.source.name.clone(), Some(table.preview.clone())))
        };
        tables.iter().filter_map(of).collect()
    }

    fn whole_files(&self) -> Vec<NewFile> {
        self.0.iter().map(|kept| kept.file(kept.name.clone(), None)).collect()
    }

    fn keep(mut self) {
        self.0.iter_mut().for_each(|kept| kept.is_kept = true);
    }
}

struct LookedAt {
    kept: AllKept,
    arrived: Result<Vec<ArrivedTable>, ImportFault>,
}

/// Looks at the starts of all files, on a thread of its own.
async fn look_at(kept: Vec<Kept>, saved: Vec<Profile>) -> Result<LookedAt, ReceiveError> {
    let looking = tokio::task::spawn_blocking(move || {
        let kept = AllKept(kept);
        let tables: Result<Vec<_>, _> = kept.0.iter().map(|kept| arrive(&kept.path, &kept.name, &saved)).collect();
        LookedAt { kept, arrived: tables.map(|tables| tables.into_iter().flatten().collect()) }
    });
    Ok(looking.await.map_err(std::io::Error::other)?)
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
        check(std::io::Error::other("full").into(), Some("/uploads/new?refused=disk"));
        check(StoreError::NotFound("portfolio").into(), Some("/uploads/new?refused=database"));
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
