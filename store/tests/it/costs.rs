//! Costs are set by kind and booked with what was carried out.

use crate::cases::{decided, with_messages};
use crate::fixture::{ACTOR, at};
use crate::harness::{TestDatabase, on_both_databases};
use domain::contact::Channel;
use domain::cost::ActionCosts;
use domain::money::{Currency, Money};
use domain::policy::plan::TreatmentKind;
use domain::track::Track;
use store::messages::{self, Attempt};
use store::{StoreError, cases, costs};

on_both_databases!(costs_come_back_as_they_were_set, what_was_sent_has_the_cost_of_its_day);

fn known(costs: &[(TreatmentKind, i64)]) -> ActionCosts {
    let mut all = ActionCosts::default();
    for (kind, minor) in costs {
        all.set(*kind, Money::from_minor(*minor));
    }
    all
}

async fn costs_come_back_as_they_were_set(db: TestDatabase) {
    let fixture = decided(db).await;
    let set = async |scope, wanted: &ActionCosts| costs::set(&fixture.store, ACTOR, scope, wanted, at(8)).await;
    let get = async || costs::get(&fixture.store, fixture.portfolio).await.unwrap();
    assert_eq!(get().await, ActionCosts::default());
    let first = known(&[(TreatmentKind::Call, 425), (TreatmentKind::Letter, 0)]);
    set(fixture.scope, &first).await.unwrap();
    assert_eq!(get().await, first);
    let second = ActionCosts::read([(TreatmentKind::EmailReminder, "0.01")], Currency::USD).unwrap();
    set(fixture.scope, &second).await.unwrap();
    assert_eq!(get().await, second, "what is left out is not known any more");
    assert!(matches!(set(fixture.track(Track::Legal), &first).await, Err(StoreError::NotFound(_))));
    let other = fixture.neighbour().await;
    assert_eq!(costs::get(&fixture.store, other.portfolio).await.unwrap(), ActionCosts::default());
}

async fn what_was_sent_has_the_cost_of_its_day(db: TestDatabase) {
    let fixture = decided(db).await;
    let due = with_messages(&fixture).await;
    let send = async |attempt: Attempt| {
        let message = messages::claim(&fixture.store, Channel::Email, at(11)).await.unwrap().unwrap();
        messages::settle(&fixture.store, message.id, attempt, at(12)).await.unwrap();
        message.loan
    };
    let cost_of = async |loan| {
        let case = cases::of_loan(&fixture.store, fixture.scope, loan).await.unwrap().remove(0);
        (case.actions[0].cost, case.cost())
    };
    assert!(due.len() > 2);
    let unknown = send(Attempt::Sent).await;
    assert_eq!(cost_of(unknown).await, (None, Money::ZERO), "nobody had said what it costs");
    let costs = known(&[(TreatmentKind::EmailReminder, 2), (TreatmentKind::Call, 900)]);
    costs::set(&fixture.store, ACTOR, fixture.scope, &costs, at(12)).await.unwrap();
    let failed = send(Attempt::Failed { error: "nobody has this address".to_owned() }).await;
    let sent = send(Attempt::Sent).await;
    assert_eq!(cost_of(failed).await, (None, Money::ZERO));
    assert_eq!(cost_of(sent).await, (Some(Money::from_minor(2)), Money::from_minor(2)));
    costs::set(&fixture.store, ACTOR, fixture.scope, &known(&[]), at(13)).await.unwrap();
    assert_eq!(cost_of(sent).await.1, Money::from_minor(2), "what is booked stays");
}
