//! The audit trail: who changed what, each event sealed by a hash over itself and the one before.
//!
//! A changed, missing or inserted event breaks the chain from there on; the chain's length and end stand in
//! a row of their own, so that events cut off its end are missed too.

use crate::connection::Store;
use crate::entity::{audit_event, audit_head};
use crate::error::{Result, StoreError};
use chrono::{DateTime, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::id::PortfolioId;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use sha2::{Digest, Sha256};

/// What happened, to be written with the change itself.
pub(crate) struct Event {
    pub(crate) portfolio: Option<PortfolioId>,
    /// Noun and verb, as "upload.received".
    pub(crate) action: &'static str,
    /// What was changed, as "upload:7".
    pub(crate) subject: String,
    pub(crate) details: serde_json::Value,
}

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Counts up from 1 without gaps.
    pub number: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub details: serde_json::Value,
}

/// Whether the trail is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    Whole {
        events: i64,
    },
    /// The first event that is not what it was, or is missing.
    BrokenAt {
        number: i64,
    },
}

/// The latest events of a portfolio, the newest first.
pub async fn list(store: &Store, scope: Scope, limit: u64) -> Result<Vec<AuditEntry>> {
    if scope.reach != Reach::Portfolio {
        return Ok(Vec::new());
    }
    let events = audit_event::Entity::find()
        .filter(audit_event::Column::PortfolioId.eq(scope.portfolio.0))
        .order_by_desc(audit_event::Column::Id)
        .limit(limit)
        .all(&store.db)
        .await?;
    events.into_iter().map(entry).collect()
}

/// Follows the chain from its start to its end.
pub async fn verify(store: &Store) -> Result<Verification> {
    const CHUNK: u64 = 1000;
    let mut number = 0;
    let mut hash = String::new();
    loop {
        let events = audit_event::Entity::find()
            .filter(audit_event::Column::Id.gt(number))
            .order_by_asc(audit_event::Column::Id)
            .limit(CHUNK)
            .all(&store.db)
            .await?;
        let is_last = (events.len() as u64) < CHUNK;
        for event in events {
            number += 1;
            if event.id != number || event.previous_hash != hash || event.hash != seal(&event) {
                return Ok(Verification::BrokenAt { number });
            }
            hash = event.hash;
        }
        if is_last {
            break;
        }
    }
    let head = head(&store.db).await?;
    let is_whole = head.length == number && head.hash == hash;
    Ok(if is_whole { Verification::Whole { events: number } } else { Verification::BrokenAt { number: number + 1 } })
}

/// Adds an event to the end of the chain. The lock on the end holds until the caller's transaction ends.
pub(crate) async fn append(tx: &impl ConnectionTrait, actor: Actor, at: DateTime<Utc>, event: Event) -> Result<()> {
    let head = head(tx).await?;
    let mut row = audit_event::Model {
        id: head.length + 1,
        at,
        actor: actor.to_string(),
        portfolio_id: event.portfolio.map(|portfolio| portfolio.0),
        action: event.action.to_owned(),
        subject: event.subject,
        details: event.details.to_string(),
        previous_hash: head.hash,
        hash: String::new(),
    };
    row.hash = seal(&row);
    let head = audit_head::ActiveModel { id: Set(1), length: Set(row.id), hash: Set(row.hash.clone()) };
    audit_event::Entity::insert(audit_event::ActiveModel::from(row)).exec_without_returning(tx).await?;
    head.update(tx).await?;
    Ok(())
}

async fn head(db: &impl ConnectionTrait) -> Result<audit_head::Model> {
    let head = audit_head::Entity::find_by_id(1).lock_exclusive().one(db).await?;
    head.ok_or_else(|| StoreError::unreadable("audit_head.id"))
}

/// The fields as a JSON array: unlike a plain joining, it leaves no doubt where one field ends.
fn seal(event: &audit_event::Model) -> String {
    let fields = json!([
        event.previous_hash,
        event.id,
        event.at.timestamp_micros(),
        event.actor,
        event.portfolio_id,
        event.action,
        event.subject,
        event.details,
    ]);
    format!("{:x}", Sha256::digest(fields.to_string()))
}

fn entry(event: audit_event::Model) -> Result<AuditEntry> {
    Ok(AuditEntry {
        number: event.id,
        at: event.at,
        actor: event.actor,
        action: event.action,
        subject: event.subject,
        details: serde_json::from_str(&event.details)?,
    })
}
