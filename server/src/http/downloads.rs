//! Files that people take away: rejected rows, to be mended and sent again, and models.

use super::Site;
use crate::intake::{REASON, ROW, id_mark, own_fields, own_header, row_mark};
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, SignedIn};
use domain::field::FileKind;
use domain::id::{ModelId, UploadId};
use ingest::raw::RawRows;
use ingest::table::delimiter_of;
use store::{Store, StoreError};

/// At most so many rejected rows are handed out at once.
const ROWS_MAX: usize = 200_000;

#[derive(Debug, thiserror::Error)]
enum DownloadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the kept rows cannot be read: {0}")]
    Raw(#[from] ingest::raw::RawError),
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// The rejected rows of a file as they stood in it, with the reason behind each, and of payments what they are known by.
pub async fn rejected_rows(
    State(site): State<Site>,
    Extension(person): Extension<SignedIn>,
    Path((upload, file)): Path<(i64, i64)>,
) -> Response {
    if !person.role.may(Permission::LoadFiles) {
        return (StatusCode::FORBIDDEN, "Your role does not load files.").into_response();
    }
    match write(&site.store, &person, UploadId(upload), file).await {
        Ok(bytes) => {
            let name = format!("attachment; filename=\"rejected-rows-{upload}.csv\"");
            let headers =
                [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
            (headers, bytes).into_response()
        }
        Err(DownloadError::Store(StoreError::NotFound(_))) => {
            (StatusCode::NOT_FOUND, "There is no such file.").into_response()
        }
        Err(error) => {
            tracing::error!(error = ?error, "rejected rows could not be handed out");
            (StatusCode::INTERNAL_SERVER_ERROR, "The rows could not be read. Try again.").into_response()
        }
    }
}

/// A model in the product's own format, as `loan-recovery score` reads it.
pub async fn model_file(
    State(site): State<Site>,
    Extension(person): Extension<SignedIn>,
    Path(id): Path<i64>,
) -> Response {
    if !person.role.may(Permission::ApproveModels) {
        return (StatusCode::FORBIDDEN, "Your role does not take models away.").into_response();
    }
    match store::models::artifact(&site.store, person.portfolio, ModelId(id)).await {
        Ok(bytes) => {
            let name = format!("attachment; filename=\"model-{id}.lrmodel\"");
            let kind = "application/octet-stream".to_owned();
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
        }
        Err(StoreError::NotFound(_)) => (StatusCode::NOT_FOUND, "There is no such model.").into_response(),
        Err(error) => {
            tracing::error!(error = ?error, "a model could not be handed out");
            (StatusCode::INTERNAL_SERVER_ERROR, "The model could not be read. Try again.").into_response()
        }
    }
}

async fn write(store: &Store, person: &SignedIn, upload: UploadId, file: i64) -> Result<Vec<u8>, DownloadError> {
    let scope = person.scope();
    let rejected = store::uploads::rejected_lines(store, scope, upload, file).await?;
    let sent = store::uploads::get(store, scope, upload).await?.files.into_iter().find(|sent| sent.id == file);
    let mark = sent.filter(|sent| sent.kind == Some(FileKind::Payments)).map(|sent| id_mark(&sent.sha256, &sent.name));
    let previews = store::uploads::previews(store, scope, upload).await?;
    let preview = previews.into_iter().find(|preview| preview.file == file).and_then(|file| file.preview);
    let delimiter = preview.as_ref().and_then(|preview| u8::try_from(delimiter_of(&preview.format)).ok());
    let header = preview.filter(|preview| preview.has_header).map(|preview| preview.header).unwrap_or_default();
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer.flexible(true).delimiter(delimiter.unwrap_or(b',')).from_writer(Vec::new());
    if !header.is_empty() {
        let names = own_header(&header).iter().map(String::as_str).chain([REASON]);
        writer.write_record(names.chain(mark.as_ref().map(|_| ROW)))?;
    }
    let mut rejected = rejected.into_iter().take(ROWS_MAX).peekable();
    while let Some((line, _)) = rejected.peek() {
        let Some((_, content)) = store::uploads::raw_chunks(store, file, *line).await? else { break };
        let rows = RawRows::read(&content)?;
        let before = rejected.len();
        for row in rows {
            if let Some((_, reason)) = rejected.next_if(|(line, _)| *line as u64 == row.line) {
                let (fields, earlier) = own_fields(&row.fields, &header);
                // A row keeps the mark of its first round, so that all mended copies of it are one.
                let mark = mark.as_ref().map(|mark| earlier.map_or(row_mark(mark, row.line), str::to_owned));
                writer.write_record(fields.iter().chain([&reason]).chain(&mark))?;
            }
        }
        if rejected.len() == before {
            // A line that no chunk holds must not be looked for for ever.
            rejected.next();
        }
    }
    writer.into_inner().map_err(|error| DownloadError::Csv(error.into_error().into()))
}
