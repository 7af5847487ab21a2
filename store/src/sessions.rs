//! Browsers that have signed in, for tower-sessions. They expire by the database's clock, so that several
//! servers agree on it.

use crate::connection::Store;
use crate::entity::session;
use crate::jobs::database_now_ms;
use async_trait::async_trait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, Set};
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, ExpiredDeletion, Result, SessionStore};

/// The table of sessions, as tower-sessions wants it.
#[derive(Clone, Debug)]
pub struct SessionTable {
    store: Store,
}

impl SessionTable {
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl SessionStore for SessionTable {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let insert = session::Entity::insert(row(record)?).on_conflict_do_nothing_on([session::Column::Id]);
            let outcome = insert.exec_without_returning(&self.store.db).await.map_err(backend)?;
            if matches!(outcome, sea_orm::TryInsertResult::Inserted(1)) {
                return Ok(());
            }
            // Two of 2^128 ids were alike: draw again rather than take over somebody's session.
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let replace = OnConflict::column(session::Column::Id)
            .update_columns([session::Column::Data, session::Column::ExpiresAtMs])
            .to_owned();
        let insert = session::Entity::insert(row(record)?).on_conflict(replace);
        insert.exec_without_returning(&self.store.db).await.map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let db = &self.store.db;
        let found = session::Entity::find_by_id(id.to_string())
            .filter(session::Column::ExpiresAtMs.into_expr().gt(database_now_ms(db.get_database_backend())))
            .one(db)
            .await
            .map_err(backend)?;
        found.map(|row| record(*id, &row)).transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        session::Entity::delete_by_id(id.to_string()).exec(&self.store.db).await.map_err(backend)?;
        Ok(())
    }
}

#[async_trait]
impl ExpiredDeletion for SessionTable {
    async fn delete_expired(&self) -> Result<()> {
        let db = &self.store.db;
        session::Entity::delete_many()
            .filter(session::Column::ExpiresAtMs.into_expr().lte(database_now_ms(db.get_database_backend())))
            .exec(db)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

fn row(record: &Record) -> Result<session::ActiveModel> {
    Ok(session::ActiveModel {
        id: Set(record.id.to_string()),
        data: Set(serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?),
        expires_at_ms: Set((record.expiry_date.unix_timestamp_nanos() / 1_000_000) as i64),
    })
}

fn record(id: Id, row: &session::Model) -> Result<Record> {
    let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at_ms) * 1_000_000)
        .map_err(|error| Error::Decode(error.to_string()))?;
    let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
    Ok(Record { id, data, expiry_date })
}

fn backend(error: DbErr) -> Error {
    Error::Backend(error.to_string())
}
