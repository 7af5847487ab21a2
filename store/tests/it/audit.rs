use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::access::Role;
use store::audit::{self, Verification};
use store::users;

on_both_databases!(every_change_leaves_an_event, tampering_is_found, changes_at_once_make_one_chain);

async fn every_change_leaves_an_event(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let person = fixture.user("a@example.test", Role::Admin, None).await;
    users::record_failed_sign_in(&fixture.store, person.id, at(0)).await.unwrap();
    users::record_sign_in(&fixture.store, person.id, at(0)).await.unwrap();
    fixture.import(records(3)).await;
    fixture.decide().await;
    let events = audit::list(&fixture.store, fixture.scope, 100).await.unwrap();
    let actions: Vec<&str> = events.iter().rev().map(|event| event.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "portfolio.created",
            "user.created",
            "user.sign_in_failed",
            "user.signed_in",
            "upload.received",
            "upload.mapped",
            "upload.imported",
            "job.requested",
            "model.fitted",
        ]
    );
    assert_eq!(events[5].actor, format!("user:{}", person.id));
    assert_eq!((events[2].at, events[2].details["counts"]["added"].as_i64()), (at(2), Some(3)));
    assert_eq!(audit::verify(&fixture.store).await.unwrap(), Verification::Whole { events: 9 });
    assert!(audit::list(&fixture.store, fixture.nothing(), 100).await.unwrap().is_empty());
    let neighbour = fixture.neighbour().await;
    assert_eq!(audit::list(&fixture.store, neighbour.scope, 100).await.unwrap().len(), 1);
}

async fn tampering_is_found(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    for number in 0..4 {
        fixture.user(&format!("{number}@example.test"), Role::Lead, None).await;
    }
    let db = &fixture.db;
    db.execute("CREATE TABLE kept AS SELECT * FROM audit_event").await;
    let check = async |tampering: &str, expected: Verification| {
        db.execute(tampering).await;
        assert_eq!(audit::verify(&fixture.store).await.unwrap(), expected, "{tampering}");
        db.execute("DELETE FROM audit_event").await;
        db.execute("INSERT INTO audit_event SELECT * FROM kept").await;
    };
    let broken = |number| Verification::BrokenAt { number };
    check("SELECT 1", Verification::Whole { events: 5 }).await;
    check("UPDATE audit_event SET actor = 'somebody else' WHERE id = 3", broken(3)).await;
    check("UPDATE audit_event SET at = '2026-01-01T00:00:00+00:00' WHERE id = 2", broken(2)).await;
    check("UPDATE audit_event SET details = '{}' WHERE id = 1", broken(1)).await;
    check("UPDATE audit_event SET portfolio_id = NULL WHERE id = 1", broken(1)).await;
    check("DELETE FROM audit_event WHERE id = 3", broken(3)).await;
    check("DELETE FROM audit_event WHERE id = 5", broken(5)).await;
    check("DELETE FROM audit_event", broken(1)).await;
    check("UPDATE audit_event SET hash = 'x', actor = 'y' WHERE id = 5", broken(5)).await;
    assert_eq!(audit::verify(&fixture.store).await.unwrap(), Verification::Whole { events: 5 });
}

async fn changes_at_once_make_one_chain(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let writers = (0..4).map(|writer| {
        let fixture = fixture.clone();
        tokio::spawn(async move {
            let store = fixture.db.another_process().await;
            for number in 0..5 {
                let email = format!("{writer}.{number}@example.test");
                let new = crate::fixture::new_user(fixture.portfolio, &email, Role::Lead, None);
                users::create(&store, ACTOR, new, at(number)).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(audit::verify(&fixture.store).await.unwrap(), Verification::Whole { events: 21 });
}
