use crate::harness::{TestDatabase, on_both_databases};
use serde_json::json;
use store::sessions::SessionTable;
use time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{ExpiredDeletion, SessionStore};

on_both_databases!(what_was_saved_is_loaded, the_expired_are_gone, an_id_is_never_taken_over);

#[expect(clippy::disallowed_methods, reason = "sessions expire by the database's clock")]
fn session(id: i128, expires_in: Duration) -> Record {
    // The table keeps milliseconds.
    let expiry_date = (OffsetDateTime::now_utc() + expires_in).replace_microsecond(0).unwrap();
    Record { id: Id(id), data: [("user".to_owned(), json!({ "id": 7, "name": "Zoë" }))].into(), expiry_date }
}

async fn what_was_saved_is_loaded(db: TestDatabase) {
    db.store.migrate().await.unwrap();
    let table = SessionTable::new(db.store);
    let mut record = session(-5, Duration::HOUR);
    assert_eq!(table.load(&record.id).await.unwrap(), None);
    table.create(&mut record).await.unwrap();
    assert_eq!(table.load(&record.id).await.unwrap(), Some(record.clone()));
    record.data.insert("seen".to_owned(), json!(true));
    record.expiry_date += Duration::HOUR;
    table.save(&record).await.unwrap();
    assert_eq!(table.load(&record.id).await.unwrap(), Some(record.clone()));
    table.delete(&record.id).await.unwrap();
    assert_eq!(table.load(&record.id).await.unwrap(), None);
}

async fn the_expired_are_gone(db: TestDatabase) {
    db.store.migrate().await.unwrap();
    let table = SessionTable::new(db.store.clone());
    table.create(&mut session(1, -Duration::SECOND)).await.unwrap();
    table.create(&mut session(2, Duration::MINUTE)).await.unwrap();
    assert_eq!(table.load(&Id(1)).await.unwrap(), None);
    assert_eq!(db.number("SELECT COUNT(*) FROM session").await, 2);
    table.delete_expired().await.unwrap();
    assert_eq!(db.number("SELECT COUNT(*) FROM session").await, 1);
    assert!(table.load(&Id(2)).await.unwrap().is_some());
}

async fn an_id_is_never_taken_over(db: TestDatabase) {
    db.store.migrate().await.unwrap();
    let table = SessionTable::new(db.store);
    let mut first = session(1, Duration::HOUR);
    let mut second = Record { data: [].into(), ..first.clone() };
    table.create(&mut first).await.unwrap();
    table.create(&mut second).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(table.load(&first.id).await.unwrap(), Some(first));
}
