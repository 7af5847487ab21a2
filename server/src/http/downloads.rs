//! Files that people take away: rejected rows, to be mended and sent again, and models.

use super::Site;
use crate::intake::{RejectedError, own_header, rejected_rows};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, SignedIn};
use domain::field::FileKind;
use domain::id::{ModelId, UploadId};
use domain::upload::{REJECTED_BECAUSE, REJECTED_ROW};
use ingest::table::delimiter_of;
use serde::Deserialize;
use store::{Store, StoreError};

#[derive(Debug, thiserror::Error)]
enum DownloadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Rejected(#[from] RejectedError),
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// Which part of many rows is asked for, from 1.
#[derive(Deserialize)]
pub struct Part {
    #[serde(default)]
    part: usize,
}

/// The rejected rows of a file as they stood in it, with the reason behind each, and of payments what they are known by.
pub async fn rejected_rows_file(
    State(site): State<Site>,
    Extension(person): Extension<SignedIn>,
    Path((upload, file)): Path<(i64, i64)>,
    Query(Part { part }): Query<Part>,
) -> Response {
    if !person.role.may(Permission::LoadFiles) {
        return (StatusCode::FORBIDDEN, "Your role does not load files.").into_response();
    }
    match write(&site.store, &person, UploadId(upload), file, part.saturating_sub(1)).await {
        Ok(bytes) => {
            let name = format!("attachment; filename=\"rejected-rows-{upload}.csv\"");
            let headers =
                [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
            (headers, bytes).into_response()
        }
        Err(
            DownloadError::Store(StoreError::NotFound(_))
            | DownloadError::Rejected(RejectedError::Store(StoreError::NotFound(_))),
        ) => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
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

async fn write(
    store: &Store,
    person: &SignedIn,
    upload: UploadId,
    file: i64,
    part: usize,
) -> Result<Vec<u8>, DownloadError> {
    let scope = person.scope();
    let sent = store::uploads::get(store, scope, upload).await?.files.into_iter().find(|sent| sent.id == file);
    let is_marked = sent.is_some_and(|sent| sent.kind == Some(FileKind::Payments));
    let previews = store::uploads::previews(store, scope, upload).await?;
    let preview = previews.into_iter().find(|preview| preview.file == file).and_then(|file| file.preview);
    let delimiter = preview.as_ref().and_then(|preview| u8::try_from(delimiter_of(&preview.format)).ok());
    let header = preview.filter(|preview| preview.has_header).map(|preview| preview.header).unwrap_or_default();
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer.flexible(true).delimiter(delimiter.unwrap_or(b',')).from_writer(Vec::new());
    if !header.is_empty() {
        let names = own_header(&header).into_iter().chain([REJECTED_BECAUSE]);
        writer.write_record(names.chain(is_marked.then_some(REJECTED_ROW)))?;
    }
    for row in rejected_rows(store, scope, upload, file, &header, part).await? {
        let mark = is_marked.then(|| row.mark.to_string());
        writer.write_record(row.fields.iter().chain([&row.reason]).chain(&mark))?;
    }
    writer.into_inner().map_err(|error| DownloadError::Csv(error.into_error().into()))
}
