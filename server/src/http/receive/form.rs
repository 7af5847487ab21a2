//! Reads the form: its files are streamed to disk, counted and hashed.

use super::ReceiveError;
use crate::clock;
use crate::http::Site;
use crate::intake::on_the_way;
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use chrono::NaiveDate;
use domain::upload::is_possible_day;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;
use tempfile::NamedTempFile;

/// So many files may be sent together.
pub(super) const FILES_MAX: usize = 20;

/// How much of a file that is not taken is read to its end all the same; more, where the limit of files is higher.
const DRAINED_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// What a form of files says.
pub(super) struct Form {
    pub(super) files: Vec<Sent>,
    pub(super) as_of: Option<NaiveDate>,
    pub(super) corrects: bool,
    /// Whether the columns are to be looked at by a person, even where a profile knows them.
    pub(super) asks_first: bool,
}

/// A file that was sent.
pub(super) struct Sent {
    pub(super) name: String,
    pub(super) received: Received,
}

pub(super) async fn read_form(site: &Site, request: Request) -> Result<Form, ReceiveError> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| ReceiveError::NoFile)?;
    let mut form = Form { files: Vec::new(), as_of: None, corrects: false, asks_first: false };
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
                    let day = text.parse().ok().filter(|day| is_possible_day(*day, clock::now().date_naive()));
                    form.as_of = Some(day.ok_or(ReceiveError::BadDate)?);
                }
            }
            ("corrects", _) => form.corrects = !short_text(&mut field).await?.is_empty(),
            ("asks_first", _) => form.asks_first = !short_text(&mut field).await?.is_empty(),
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

/// What was written of a file.
pub(super) struct Received {
    /// Removed when dropped, as when the sender hangs up.
    pub(super) file: NamedTempFile,
    pub(super) size_bytes: i64,
    pub(super) sha256: String,
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
    let mut file = on_the_way::create(folder)?;
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

/// The last part of a name, whatever folders the browser put before it, at most 200 characters.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
