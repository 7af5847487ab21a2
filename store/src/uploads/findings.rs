//! What was found in the rows of an upload, and the rows as they stood.

use super::get;
use crate::connection::Store;
use crate::entity::{upload_chunk, upload_file, upload_finding};
use crate::error::{Result, StoreError};
use domain::access::Scope;
use domain::id::UploadId;
use domain::upload::{Finding, FindingGroup, FindingKind};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};
use std::collections::HashMap;

/// How many findings of a kind a page lists; groups count them all.
pub const FINDINGS_LISTED: u64 = 1000;

/// The first findings of a kind, by file and line.
pub async fn findings(store: &Store, scope: Scope, id: UploadId, kind: FindingKind) -> Result<Vec<Finding>> {
    let files = file_ids(store, scope, id).await?;
    let rows = upload_finding::Entity::find()
        .filter(upload_finding::Column::UploadFileId.is_in(files))
        .filter(upload_finding::Column::Kind.eq(kind.code()))
        .order_by_asc(upload_finding::Column::UploadFileId)
        .order_by_asc(upload_finding::Column::Line)
        .order_by_asc(upload_finding::Column::Id)
        .limit(FINDINGS_LISTED)
        .all(&store.db)
        .await?;
    rows.into_iter().map(finding).collect()
}

#[derive(Debug, FromQueryResult)]
struct GroupColumns {
    kind: String,
    file_name: String,
    column_name: Option<String>,
    reason: String,
    rows: i64,
    /// Findings are kept in the order of the file.
    first_id: i64,
}

/// How many groups are told apart.
const GROUPS_LISTED: u64 = 50;

/// Findings by file, kind, column and reason, the most frequent first.
pub async fn finding_groups(store: &Store, scope: Scope, id: UploadId) -> Result<Vec<FindingGroup>> {
    let files = file_ids(store, scope, id).await?;
    let rows = upload_finding::Entity::find()
        .join(JoinType::InnerJoin, upload_finding::Relation::File.def())
        .filter(upload_finding::Column::UploadFileId.is_in(files))
        .select_only()
        .columns([upload_finding::Column::Kind, upload_finding::Column::ColumnName, upload_finding::Column::Reason])
        .column_as(upload_file::Column::Name, "file_name")
        .column_as(upload_finding::Column::Id.count(), "rows")
        .column_as(upload_finding::Column::Id.min(), "first_id")
        .group_by(upload_finding::Column::Kind)
        .group_by(upload_finding::Column::ColumnName)
        .group_by(upload_finding::Column::Reason)
        .group_by(upload_file::Column::Name)
        .order_by_desc(upload_finding::Column::Id.count())
        .order_by_asc(upload_finding::Column::Id.min())
        .limit(GROUPS_LISTED)
        .into_model::<GroupColumns>()
        .all(&store.db)
        .await?;
    let firsts = upload_finding::Entity::find()
        .filter(upload_finding::Column::Id.is_in(rows.iter().map(|row| row.first_id)))
        .all(&store.db)
        .await?;
    let firsts: HashMap<i64, upload_finding::Model> = firsts.into_iter().map(|first| (first.id, first)).collect();
    let group = |row: GroupColumns| {
        let first = firsts.get(&row.first_id)?;
        Some(kind_of(&row.kind).map(|kind| FindingGroup {
            kind,
            file_name: row.file_name,
            column: row.column_name,
            reason: row.reason,
            rows: row.rows,
            first_line: first.line,
            first_value: first.value.clone(),
        }))
    };
    rows.into_iter().filter_map(group).collect()
}

/// The rejected lines of one file of an upload with their reasons, ascending.
pub async fn rejected_lines(store: &Store, scope: Scope, id: UploadId, file: i64) -> Result<Vec<(i64, String)>> {
    if !file_ids(store, scope, id).await?.contains(&file) {
        return Err(StoreError::NotFound("file"));
    }
    let rows = upload_finding::Entity::find()
        .filter(upload_finding::Column::UploadFileId.eq(file))
        .filter(upload_finding::Column::Kind.eq(FindingKind::Rejected.code()))
        .order_by_asc(upload_finding::Column::Line)
        .all(&store.db)
        .await?;
    let reason = |row: &upload_finding::Model| match &row.column_name {
        Some(column) => format!("{column}: {}", row.reason),
        None => row.reason.clone(),
    };
    Ok(rows.iter().map(|row| (row.line, reason(row))).collect())
}

/// The raw rows of a file from the chunk that holds a line on: its first line and its compressed content, or nothing
/// where the file has no such line.
pub async fn raw_chunks(store: &Store, file: i64, line: i64) -> Result<Option<(i64, Vec<u8>)>> {
    let chunk = upload_chunk::Entity::find()
        .filter(upload_chunk::Column::UploadFileId.eq(file))
        .filter(upload_chunk::Column::FirstLine.lte(line))
        .order_by_desc(upload_chunk::Column::FirstLine)
        .one(&store.db)
        .await?;
    Ok(chunk.map(|chunk| (chunk.first_line, chunk.content)))
}

async fn file_ids(store: &Store, scope: Scope, id: UploadId) -> Result<Vec<i64>> {
    Ok(get(store, scope, id).await?.files.into_iter().map(|file| file.id).collect())
}

fn finding(row: upload_finding::Model) -> Result<Finding> {
    Ok(Finding {
        kind: kind_of(&row.kind)?,
        line: row.line as u64,
        column: row.column_name,
        value: row.value,
        reason: row.reason,
    })
}

fn kind_of(code: &str) -> Result<FindingKind> {
    FindingKind::find(code).ok_or_else(|| StoreError::unreadable("upload_finding.kind"))
}
