use crate::files::reading;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use domain::access::Role;
use domain::field::FileKind;
use domain::mapping::Profile;
use store::{StoreError, audit, uploads};

on_both_databases!(profiles_are_saved_replaced_and_deleted, profiles_stay_within_the_scope);

fn profile(title: &str, kind: FileKind) -> Profile {
    Profile { id: title.to_lowercase(), title: title.to_owned(), files: vec![reading(kind)] }
}

async fn profiles_are_saved_replaced_and_deleted(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let person = fixture.user("ann@example.test", Role::Admin, None).await.actor();
    let (store, scope) = (&fixture.store, fixture.scope);
    let save = async |actor, profile| uploads::save_profile(store, actor, scope, &profile, at(1)).await.unwrap();
    save(person, profile("B", FileKind::Loans)).await;
    save(ACTOR, profile("A", FileKind::Payments)).await;
    let listed = async || uploads::profiles(store, scope).await.unwrap();
    assert_eq!(listed().await, [profile("A", FileKind::Payments), profile("B", FileKind::Loans)]);
    save(person, profile("A", FileKind::Borrowers)).await;
    assert_eq!(listed().await, [profile("A", FileKind::Borrowers), profile("B", FileKind::Loans)]);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM mapping_profile WHERE saved_by IS NULL").await, 0);
    uploads::delete_profile(store, person, scope, "A", at(2)).await.unwrap();
    assert_eq!(listed().await, [profile("B", FileKind::Loans)]);
    let again = uploads::delete_profile(store, person, scope, "A", at(3)).await;
    assert!(matches!(again, Err(StoreError::NotFound("profile"))), "{again:?}");
    let events = audit::list(store, scope, 4).await.unwrap();
    let told: Vec<_> = events.iter().map(|event| (event.action.as_str(), event.subject.as_str())).collect();
    let expected = [
        ("profile.deleted", "profile:A"),
        ("profile.saved", "profile:A"),
        ("profile.saved", "profile:A"),
        ("profile.saved", "profile:B"),
    ];
    assert_eq!(told, expected);
}

async fn profiles_stay_within_the_scope(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let neighbour = fixture.neighbour().await;
    let (store, mine, theirs) = (&fixture.store, fixture.scope, neighbour.scope);
    for (scope, kind) in [(mine, FileKind::Loans), (theirs, FileKind::Payments)] {
        uploads::save_profile(store, ACTOR, scope, &profile("A", kind), at(1)).await.unwrap();
    }
    assert_eq!(uploads::profiles(store, mine).await.unwrap(), [profile("A", FileKind::Loans)]);
    for scope in [fixture.nothing(), fixture.track(domain::track::Track::Legal)] {
        assert!(uploads::profiles(store, scope).await.unwrap().is_empty());
    }
    uploads::delete_profile(store, ACTOR, theirs, "A", at(2)).await.unwrap();
    assert_eq!(uploads::profiles(store, mine).await.unwrap(), [profile("A", FileKind::Loans)]);
}
