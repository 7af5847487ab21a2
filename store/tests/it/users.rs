use crate::fixture::{ACTOR, Fixture, at, new_user};
use crate::harness::{TestDatabase, on_both_databases};
use domain::access::{Actor, Role, Scope};
use domain::money::Currency;
use domain::track::Track;
use store::users::FirstAdmin;
use store::{StoreError, teams, users};

on_both_databases!(
    addresses_are_one_person_in_any_case,
    of_several_first_admins_at_once_one_is_made_with_one_portfolio,
    the_first_admin_names_the_portfolio_that_an_import_made,
    five_wrong_passwords_lock_for_fifteen_minutes,
    wrong_passwords_at_once_are_all_counted,
    a_team_of_another_portfolio_is_refused,
    lists_stay_within_the_scope,
);

async fn addresses_are_one_person_in_any_case(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let team = teams::list(&fixture.store, fixture.scope).await.unwrap().remove(0);
    let made = fixture.user(" Ann@Example.Test ", Role::Agent, Some(team.id)).await;
    assert_eq!(made.email, "ann@example.test");
    assert_eq!(made.scope(), fixture.track(Track::Legal));
    let found = users::find_for_sign_in(&fixture.store, "ANN@example.test").await.unwrap().unwrap();
    assert_eq!((found.user, found.password_hash.as_str()), (made.clone(), "hash"));
    assert_eq!(users::find(&fixture.store, made.id).await.unwrap(), Some(made));
    assert!(users::find_for_sign_in(&fixture.store, "bob@example.test").await.unwrap().is_none());

    let again = new_user(fixture.portfolio, "ANN@EXAMPLE.TEST", Role::Lead, None);
    let refused = users::create(&fixture.store, ACTOR, again, at(0)).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Conflict(message) if message.contains("e-mail")), "{refused:?}");
    assert_eq!(users::count(&fixture.store).await.unwrap(), 1);
}

async fn of_several_first_admins_at_once_one_is_made_with_one_portfolio(db: TestDatabase) {
    db.store.migrate().await.unwrap();
    let attempts = (0..6).map(|number| {
        let db = db.clone();
        tokio::spawn(async move {
            let first = FirstAdmin {
                portfolio_name: format!("Portfolio {number}"),
                currency: Currency::USD,
                email: format!("{number}@example.test"),
                name: "First".to_owned(),
                password_hash: "hash".to_owned(),
            };
            users::create_first_admin(&db.another_process().await, Actor::Visitor, first, at(0)).await
        })
    });
    let mut made = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(person) => made.push(person),
            Err(StoreError::Conflict(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(made.iter().map(|person| person.role).collect::<Vec<_>>(), [Role::Admin]);
    assert_eq!(users::count(&db.store).await.unwrap(), 1);
    assert_eq!(db.number("SELECT COUNT(*) FROM portfolio").await, 1);
}

async fn the_first_admin_names_the_portfolio_that_an_import_made(db: TestDatabase) {
    db.store.migrate().await.unwrap();
    let made = store::portfolios::create(&db.store, ACTOR, "Portfolio", Currency::USD, false, at(0)).await.unwrap();
    let first = |currency| FirstAdmin {
        portfolio_name: "North".to_owned(),
        currency,
        email: "a@example.test".to_owned(),
        name: "First".to_owned(),
        password_hash: "hash".to_owned(),
    };
    let euro = Currency::find("EUR").unwrap();
    let refused = users::create_first_admin(&db.store, Actor::Visitor, first(euro), at(1)).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Conflict(message) if message.ends_with("Choose USD.")), "{refused:?}");
    let person = users::create_first_admin(&db.store, Actor::Visitor, first(Currency::USD), at(1)).await.unwrap();
    let named = store::portfolios::first(&db.store).await.unwrap().unwrap();
    assert_eq!((named.id, named.name.as_str(), person.portfolio), (made.id, "North", made.id));
}

async fn five_wrong_passwords_lock_for_fifteen_minutes(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (store, id) = (&fixture.store, fixture.user("a@example.test", Role::Lead, None).await.id);
    let locked_until = async || users::find_for_sign_in(store, "a@example.test").await.unwrap().unwrap().locked_until;
    for _ in 1..users::FAILED_ATTEMPTS_MAX {
        assert_eq!(users::record_failed_sign_in(store, id, at(0)).await.unwrap(), None);
        assert_eq!(locked_until().await, None);
    }
    // Signing in forgets them.
    users::record_sign_in(store, id, at(0)).await.unwrap();
    for number in 1..=users::FAILED_ATTEMPTS_MAX {
        let until = (number == users::FAILED_ATTEMPTS_MAX).then(|| at(16));
        assert_eq!(users::record_failed_sign_in(store, id, at(1)).await.unwrap(), until);
    }
    assert_eq!(locked_until().await, Some(at(16)));
    // Trying on does not make it longer; after it, the count starts anew.
    assert_eq!(users::record_failed_sign_in(store, id, at(10)).await.unwrap(), Some(at(16)));
    assert_eq!(locked_until().await, Some(at(16)));
    assert_eq!(users::record_failed_sign_in(store, id, at(16)).await.unwrap(), None);
    assert_eq!(locked_until().await, None);
}

async fn wrong_passwords_at_once_are_all_counted(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let id = fixture.user("a@example.test", Role::Lead, None).await.id;
    let attempts = (0..4).map(|_| {
        let store = fixture.store.clone();
        tokio::spawn(async move { users::record_failed_sign_in(&store, id, at(0)).await.unwrap() })
    });
    for attempt in attempts.collect::<Vec<_>>() {
        assert_eq!(attempt.await.unwrap(), None);
    }
    assert_eq!(fixture.db.number("SELECT CAST(failed_attempts AS bigint) FROM \"user\"").await, 4);
}

async fn a_team_of_another_portfolio_is_refused(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let neighbour = fixture.neighbour().await;
    let team = teams::list(&fixture.store, neighbour.scope).await.unwrap().remove(0);
    let new = new_user(fixture.portfolio, "a@example.test", Role::Agent, Some(team.id));
    let refused = users::create(&fixture.store, ACTOR, new, at(0)).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound("team")), "{refused:?}");
}

async fn lists_stay_within_the_scope(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let neighbour = fixture.neighbour().await;
    fixture.user("b@example.test", Role::Lead, None).await;
    fixture.user("a@example.test", Role::Admin, None).await;
    neighbour.user("c@example.test", Role::Lead, None).await;
    let emails = async |scope: Scope| {
        let people = users::list(&fixture.store, scope).await.unwrap();
        people.into_iter().map(|person| person.email).collect::<Vec<_>>()
    };
    assert_eq!(emails(fixture.scope).await, ["a@example.test", "b@example.test"]);
    assert_eq!(emails(neighbour.scope).await, ["c@example.test"]);
    assert!(emails(fixture.nothing()).await.is_empty());
}
