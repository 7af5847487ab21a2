//! The rejected rows of a file that was loaded, as they stood in it.

use super::mended::{RowMark, own_fields};
use domain::access::Scope;
use domain::id::UploadId;
use domain::upload::REJECTED_PER_PART;
use ingest::raw::{RawError, RawRows};
use store::{Store, StoreError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum RejectedError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the kept rows cannot be read: {0}")]
    Raw(#[from] RawError),
}

/// A rejected row without what an earlier round added to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RejectedRow {
    pub(crate) fields: Vec<String>,
    pub(crate) reason: String,
    /// Of its first round, so that all mended copies of it are one.
    pub(crate) mark: RowMark,
}

/// Some of the rejected rows of a file, in its order: the part of [`REJECTED_PER_PART`] with this number, from 0. `header` are the
/// names of its columns; none where it has no header.
pub(crate) async fn rejected_rows(
    store: &Store,
    scope: Scope,
    upload: UploadId,
    file: i64,
    header: &[String],
    part: usize,
) -> Result<Vec<RejectedRow>, RejectedError> {
    let lines = store::uploads::rejected_lines(store, scope, upload, file).await?;
    let mut lines = lines.into_iter().skip(part * REJECTED_PER_PART).take(REJECTED_PER_PART).peekable();
    let mut rejected = Vec::new();
    while let Some((line, _)) = lines.peek() {
        let Some((_, content)) = store::uploads::raw_chunks(store, file, *line).await? else { break };
        let before = lines.len();
        for row in RawRows::read(&content)? {
            if let Some((_, reason)) = lines.next_if(|(line, _)| *line as u64 == row.line) {
                let (fields, earlier) = own_fields(&row.fields, header);
                let fields = fields.into_iter().map(str::to_owned).collect();
                rejected.push(RejectedRow {
                    fields,
                    reason,
                    mark: earlier.unwrap_or(RowMark { file, line: row.line }),
                });
            }
        }
        if lines.len() == before {
            // A line that no chunk holds must not be looked for for ever.
            lines.next();
        }
    }
    Ok(rejected)
}
