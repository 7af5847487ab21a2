//! Files that people take away: rejected rows, to be mended and sent again, and models.

use super::Site;
use crate::intake::REASON;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::{Permission, SignedIn};
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

/// The rejected rows of a file as they stood in it, with the reason behind each.
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
    let previews = store::uploads::previews(store, scope, upload).await?;
    let preview = previews.into_iter().find(|preview| preview.file == file).and_then(|file| file.preview);
    let delimiter = preview.as_ref().and_then(|preview| u8::try_from(delimiter_of(&preview.format)).ok());
    let header = preview.filter(|preview| preview.has_header).map(|preview| preview.header).unwrap_or_default();
    let mut writer = csv::WriterBuilder::new();
    let mut writer = writer.flexible(true).delimiter(delimiter.unwrap_or(b',')).from_writer(Vec::new());
    if !header.is_empty() {
        writer.write_record(without_reason(&header, &header).iter().map(String::as_str).chain([REASON]))?;
    }
    let mut rejected = rejected.into_iter().take(ROWS_MAX).peekable();
    while let Some((line, _)) = rejected.peek() {
        let Some((_, content)) = store::uploads::raw_chunks(store, file, *line).await? else { break };
        let rows = RawRows::read(&content)?;
        let before = rejected.len();
        for row in rows {
            if let Some((_, reason)) = rejected.next_if(|(line, _)| *line as u64 == row.line) {
                let fields = without_reason(&row.fields, &header);
                writer.write_record(fields.iter().map(String::as_str).chain([reason.as_str()]))?;
            }
        }
        if rejected.len() == before {
            // A line that no chunk holds must not be looked for for ever.
            rejected.next();
        }
    }
    writer.into_inner().map_err(|error| DownloadError::Csv(error.into_error().into()))
}

/// The fields of a row without the reason of an earlier round, which stands behind the others. A row that was too short
/// for its header has it further ahead.
fn without_reason<'a>(fields: &'a [String], header: &[String]) -> &'a [String] {
    let has_reason = header.last().is_some_and(|name| name.trim() == REASON);
    match fields.split_last() {
        Some((last, others)) if has_reason && (fields.len() >= header.len() || is_of_width(last)) => others,
        _ => fields,
    }
}

/// Whether the reason is that a row has more or fewer fields than its header.
fn is_of_width(reason: &str) -> bool {
    reason.starts_with("the row has ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_an_earlier_round_is_left_out() {
        let split = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        let check = |fields: &str, header: &str, expected: &str| {
            assert_eq!(without_reason(&split(fields), &split(header)), split(expected), "{fields}");
        };
        check("a|b|is wrong", "x|y|Rejected because", "a|b");
        check("a|b|", "x|y|Rejected because", "a|b");
        check("a|b|c|the row has 3 fields, but the header has 2", "x|y|Rejected because", "a|b|c");
        check("a|the row has 1 field, but the header has 2", "x|y|Rejected because", "a");
        check("a|b", "x|y|Rejected because", "a|b");
        check("a|b|c", "x|Rejected because|y", "a|b|c");
        check("a|b|c", "x|y|Reason", "a|b|c");
    }
}
