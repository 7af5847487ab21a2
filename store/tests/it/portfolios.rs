use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use domain::contact_rules::ContactRules;
use domain::money::Currency;
use domain::policy::Policy;
use domain::track::Track;
use store::{demo, policies, portfolios, teams};

on_both_databases!(
    a_new_one_has_a_policy_and_a_team_per_track,
    whoever_comes_first_makes_the_only_one,
    a_demo_is_told_from_other_data,
    contact_rules_are_changed_and_told,
    it_answers
);

async fn it_answers(db: TestDatabase) {
    db.store.ping().await.unwrap();
}

async fn a_new_one_has_a_policy_and_a_team_per_track(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let found = portfolios::find(&fixture.store, fixture.portfolio).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.currency, found.is_demo), ("First", Currency::USD, false));
    assert_eq!(portfolios::first(&fixture.store).await.unwrap(), Some(found));
    let (_, policy) = policies::in_force(&fixture.store, fixture.portfolio, at(2)).await.unwrap();
    assert_eq!(policy, Policy::default());
    let teams = teams::list(&fixture.store, fixture.scope).await.unwrap();
    assert_eq!(teams.iter().map(|team| team.track).collect::<Vec<_>>(), Track::ALL);
}

async fn whoever_comes_first_makes_the_only_one(db: TestDatabase) {
    db.store.migrate().await.unwrap();
    let make = |currency| portfolios::first_or_create(&db.store, ACTOR, "Portfolio", currency, at(0));
    let (one, other) = tokio::join!(make(Currency::USD), make(Currency::USD));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one, other);
    assert_eq!(db.number("SELECT COUNT(*) FROM portfolio").await, 1);
}

async fn a_demo_is_told_from_other_data(db: TestDatabase) {
    let store = db.store.clone();
    store.migrate().await.unwrap();
    assert!(demo::is_empty(&store).await.unwrap());
    assert!(!demo::holds_demo(&store).await.unwrap());
    portfolios::create(&store, ACTOR, "Demo", Currency::USD, true, at(0)).await.unwrap();
    assert!(!demo::is_empty(&store).await.unwrap());
    assert!(demo::holds_demo(&store).await.unwrap());
    portfolios::create(&store, ACTOR, "Real", Currency::USD, false, at(0)).await.unwrap();
    assert!(!demo::holds_demo(&store).await.unwrap(), "real loans stand beside the demo");
}

async fn contact_rules_are_changed_and_told(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let words = async |portfolio| {
        let rules = portfolios::contact_rules(&fixture.store, portfolio).await.unwrap();
        (rules.pack.id, rules.zone.name(), rules.borrower_zone_names())
    };
    let neighbour = fixture.neighbour().await;
    assert_eq!(words(fixture.portfolio).await, ("none", "UTC", String::new()), "until somebody chooses");
    let rules = ContactRules::read("us-reg-f", "America/New_York", "America/New_York America/Denver").unwrap();
    let set = async |scope| portfolios::set_contact_rules(&fixture.store, ACTOR, scope, &rules, at(1)).await;
    assert!(set(fixture.track(Track::Legal)).await.is_err() && set(fixture.nothing()).await.is_err());
    set(fixture.scope).await.unwrap();
    let zones = "America/New_York, America/Denver".to_owned();
    assert_eq!(words(fixture.portfolio).await, ("us-reg-f", "America/New_York", zones.clone()));
    assert_eq!(words(neighbour.portfolio).await.0, "none");
    let event = store::audit::list(&fixture.store, fixture.scope, 1).await.unwrap().remove(0);
    assert_eq!(event.action, "portfolio.contact_rules_changed");
    assert_eq!(event.details["from"], serde_json::json!(["none", "UTC", ""]));
    assert_eq!(event.details["to"], serde_json::json!(["us-reg-f", "America/New_York", zones]));
    // What no version of the program writes is told, not taken for no rules.
    fixture.db.execute("UPDATE portfolio SET contact_rule_pack = 'eu'").await;
    assert!(portfolios::contact_rules(&fixture.store, fixture.portfolio).await.is_err());
}
