//! Versions of the policy: drafted, approved by somebody else, in force from a moment on.

use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::access::{Role, SignedIn};
use domain::id::PolicyId;
use domain::job::Job;
use domain::policy::version::{PolicyState, PolicyVersion};
use domain::policy::what_if::ScoreTable;
use domain::track::Track;
use store::policies::{self, Approval, DraftChange};
use store::{StoreError, jobs, summaries};

on_both_databases!(
    a_portfolio_begins_with_the_policy_of_the_reference,
    a_draft_is_changed_until_it_is_sent,
    drafts_that_cannot_be_are_refused,
    who_had_a_hand_in_a_draft_does_not_approve_it,
    a_version_holds_from_its_day_on,
    a_version_that_is_turned_down_never_holds,
    a_version_that_begins_later_can_be_withdrawn,
    an_earlier_version_comes_back_in_one_step,
    loans_are_decided_on_anew_when_a_version_begins,
    who_sees_a_part_sees_no_policies,
    scores_are_counted_for_other_bounds,
);

async fn versions(fixture: &Fixture, minute: i64) -> Vec<PolicyVersion> {
    policies::list(&fixture.store, fixture.scope, at(minute)).await.unwrap()
}

async fn states(fixture: &Fixture, minute: i64) -> Vec<(i32, PolicyState)> {
    versions(fixture, minute).await.iter().map(|found| (found.policy.version, found.state)).collect()
}

async fn bounds(fixture: &Fixture, minute: i64) -> (f64, f64) {
    let (_, policy) = policies::in_force(&fixture.store, fixture.portfolio, at(minute)).await.unwrap();
    (policy.settlement_from, policy.legal_above)
}

async fn draft(fixture: &Fixture, person: &SignedIn, bounds: (f64, f64), minute: i64) -> Result<PolicyId, StoreError> {
    let change = DraftChange { bounds: Some(bounds), body: None };
    policies::save_draft(&fixture.store, person.actor(), fixture.scope, change, at(minute)).await
}

async fn sent(fixture: &Fixture, person: &SignedIn, bounds: (f64, f64), minute: i64) -> PolicyId {
    let id = draft(fixture, person, bounds, minute).await.unwrap();
    policies::submit(&fixture.store, person.actor(), fixture.scope, id, "fewer notices", at(minute)).await.unwrap();
    id
}

fn approval(policy: PolicyId, starts_at: Option<i64>) -> Approval<'static> {
    Approval { policy, rationale: "agreed", starts_at: starts_at.map(at) }
}

async fn people(fixture: &Fixture) -> (SignedIn, SignedIn) {
    let maker = fixture.user("ann@example.test", Role::Admin, None).await;
    (maker, fixture.user("eve@example.test", Role::Executive, None).await)
}

fn words(refused: Result<impl std::fmt::Debug, StoreError>) -> String {
    match refused {
        Err(StoreError::Conflict(words)) => words,
        other => panic!("{other:?}"),
    }
}

async fn a_portfolio_begins_with_the_policy_of_the_reference(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let only = versions(&fixture, 1).await.remove(0);
    assert_eq!((only.policy.version, only.state), (1, PolicyState::InForce));
    assert_eq!((only.policy.settlement_from, only.policy.legal_above), (0.5, 0.75));
    assert_eq!((only.terms.as_slice(), only.drafted_by.len()), (&[(at(0), None)][..], 0));
    assert_eq!(only.body, domain::policy::version::PolicyBody::default());
}

async fn a_draft_is_changed_until_it_is_sent(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, _) = people(&fixture).await;
    let first = draft(&fixture, &maker, (0.5, 0.8), 1).await.unwrap();
    let mut body = versions(&fixture, 2).await.remove(0).body;
    body.plans.standard.pop();
    let change = DraftChange { bounds: None, body: Some(body.clone()) };
    let second = policies::save_draft(&fixture.store, maker.actor(), fixture.scope, change, at(2)).await.unwrap();
    assert_eq!(first, second);
    let found = policies::get(&fixture.store, fixture.scope, 2, at(3)).await.unwrap();
    assert_eq!((found.state, found.policy.legal_above, found.body), (PolicyState::Draft, 0.8, body));
    policies::submit(&fixture.store, maker.actor(), fixture.scope, first, "why", at(3)).await.unwrap();
    assert_eq!(states(&fixture, 4).await, [(2, PolicyState::Submitted), (1, PolicyState::InForce)]);
    assert!(words(draft(&fixture, &maker, (0.5, 0.9), 4).await).contains("waits for approval"));
    let again = policies::submit(&fixture.store, maker.actor(), fixture.scope, first, "", at(4)).await;
    assert!(words(again).contains("already"));
    policies::discard(&fixture.store, maker.actor(), fixture.scope, first, at(5)).await.unwrap();
    draft(&fixture, &maker, (0.5, 0.9), 6).await.unwrap();
    let expected = [(3, PolicyState::Draft), (2, PolicyState::Discarded), (1, PolicyState::InForce)];
    assert_eq!(states(&fixture, 7).await, expected);
    assert_eq!(bounds(&fixture, 7).await, (0.5, 0.75), "nothing holds yet");
}

async fn drafts_that_cannot_be_are_refused(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, _) = people(&fixture).await;
    assert!(words(draft(&fixture, &maker, (0.8, 0.7), 1).await).contains("begins at 0.80"));
    assert!(words(draft(&fixture, &maker, (0.5, 1.5), 1).await).contains("from 0 to 1"));
    let mut body = versions(&fixture, 2).await.remove(0).body;
    body.plans.legal.clear();
    let change = DraftChange { bounds: None, body: Some(body) };
    let refused = policies::save_draft(&fixture.store, maker.actor(), fixture.scope, change, at(2)).await;
    assert!(words(refused).contains("Legal action: the plan has no step"));
    assert_eq!(states(&fixture, 3).await, [(1, PolicyState::InForce)]);
    let same = draft(&fixture, &maker, (0.5, 0.75), 3).await.unwrap();
    let refused = policies::submit(&fixture.store, maker.actor(), fixture.scope, same, "", at(4)).await;
    assert!(words(refused).contains("Change something first"));
}

async fn who_had_a_hand_in_a_draft_does_not_approve_it(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, helper) = people(&fixture).await;
    let approver = fixture.user("kim@example.test", Role::Executive, None).await;
    draft(&fixture, &helper, (0.4, 0.75), 1).await.unwrap();
    let id = draft(&fixture, &maker, (0.4, 0.8), 2).await.unwrap();
    let early = policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(3)).await;
    assert!(words(early).contains("not sent for approval"));
    policies::submit(&fixture.store, maker.actor(), fixture.scope, id, "", at(3)).await.unwrap();
    for person in [&maker, &helper] {
        let own = policies::approve(&fixture.store, person.actor(), fixture.scope, approval(id, None), at(4)).await;
        assert!(words(own).contains("somebody else must approve it"));
    }
    policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(5)).await.unwrap();
    assert_eq!((bounds(&fixture, 4).await, bounds(&fixture, 5).await), ((0.5, 0.75), (0.4, 0.8)));
    let held = versions(&fixture, 6).await.remove(0);
    assert_eq!((held.state, held.decided_by.as_deref()), (PolicyState::InForce, Some("kim@example.test")));
    assert_eq!((held.note.as_str(), held.rationale.as_str(), held.decided_at), ("", "agreed", Some(at(5))));
    let twice = policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(7)).await;
    assert!(words(twice).contains("decided on already"));
}

async fn a_version_holds_from_its_day_on(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, approver) = people(&fixture).await;
    let id = sent(&fixture, &maker, (0.5, 0.8), 1).await;
    let late = policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, Some(1)), at(2)).await;
    assert!(words(late).contains("in the past"));
    policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, Some(60)), at(2)).await.unwrap();
    assert_eq!(states(&fixture, 3).await, [(2, PolicyState::Approved), (1, PolicyState::InForce)]);
    assert_eq!(states(&fixture, 60).await, [(2, PolicyState::InForce), (1, PolicyState::Former)]);
    assert_eq!((bounds(&fixture, 59).await, bounds(&fixture, 60).await), ((0.5, 0.75), (0.5, 0.8)));
    assert_eq!(versions(&fixture, 3).await[1].terms, [(at(0), Some(at(60)))]);
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none(), "its job waits for the day");
}

async fn a_version_that_is_turned_down_never_holds(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, approver) = people(&fixture).await;
    let id = sent(&fixture, &maker, (0.5, 0.8), 1).await;
    policies::turn_down(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(2)).await.unwrap();
    assert_eq!(states(&fixture, 3).await, [(2, PolicyState::TurnedDown), (1, PolicyState::InForce)]);
    let after = policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(4)).await;
    assert!(words(after).contains("decided on already"));
    let back = policies::roll_back(&fixture.store, approver.actor(), fixture.scope, id, "", at(5)).await;
    assert!(words(back).contains("Only a version that was approved"));
}

async fn an_earlier_version_comes_back_in_one_step(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, approver) = people(&fixture).await;
    let first = versions(&fixture, 0).await[0].id;
    let same = policies::roll_back(&fixture.store, approver.actor(), fixture.scope, first, "", at(1)).await;
    assert!(words(same).contains("in force already"));
    let id = sent(&fixture, &maker, (0.5, 0.8), 1).await;
    policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(2)).await.unwrap();
    policies::roll_back(&fixture.store, maker.actor(), fixture.scope, first, "too few notices", at(3)).await.unwrap();
    assert_eq!(states(&fixture, 4).await, [(2, PolicyState::Former), (1, PolicyState::InForce)]);
    let found = versions(&fixture, 4).await;
    assert_eq!(found[1].terms, [(at(3), None), (at(0), Some(at(2)))]);
    assert_eq!(found[0].terms, [(at(2), Some(at(3)))]);
}

async fn loans_are_decided_on_anew_when_a_version_begins(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, approver) = people(&fixture).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let id = sent(&fixture, &maker, (0.5, 0.8), 5).await;
    policies::approve(&fixture.store, approver.actor(), fixture.scope, approval(id, None), at(6)).await.unwrap();
    let claimed = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!(claimed.job, Job::StartPolicy { policy: id, portfolio: fixture.portfolio });
    policies::start(&fixture.store, ACTOR, &claimed.lease, id, at(7)).await.unwrap();
    let again = policies::start(&fixture.store, ACTOR, &claimed.lease, id, at(7)).await;
    assert!(again.is_err(), "the job has ended");
    let next = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!(next.job, Job::Score { portfolio: fixture.portfolio });
}

async fn who_sees_a_part_sees_no_policies(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, _) = people(&fixture).await;
    for scope in [fixture.track(Track::Legal), fixture.nothing()] {
        assert!(policies::list(&fixture.store, scope, at(1)).await.unwrap().is_empty());
        assert!(policies::get(&fixture.store, scope, 1, at(1)).await.is_err());
        let refused = policies::save_draft(&fixture.store, maker.actor(), scope, DraftChange::default(), at(1)).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
    }
    let id = draft(&fixture, &maker, (0.5, 0.8), 1).await.unwrap();
    let neighbour = fixture.neighbour().await;
    let refused = policies::discard(&fixture.store, maker.actor(), neighbour.scope, id, at(2)).await;
    assert!(matches!(refused, Err(StoreError::NotFound(_))), "{refused:?}");
}

async fn scores_are_counted_for_other_bounds(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    assert_eq!(summaries::scores(&fixture.store, fixture.scope).await.unwrap(), ScoreTable::default());
    fixture.import(records(8)).await;
    fixture.decide().await;
    let table = summaries::scores(&fixture.store, fixture.scope).await.unwrap();
    let (_, policy) = policies::in_force(&fixture.store, fixture.portfolio, at(9)).await.unwrap();
    assert_eq!(table.by_track(&policy).map(|load| load.loans), [2, 2, 4]);
    let all = domain::policy::Policy { settlement_from: 0.0, legal_above: 0.0, ..policy };
    assert_eq!(table.by_track(&all).map(|load| load.loans), [8, 0, 0]);
    assert!(table.by_track(&all)[0].outstanding.minor > 0);
    assert_eq!(summaries::scores(&fixture.store, fixture.track(Track::Legal)).await.unwrap(), ScoreTable::default());
}

async fn a_version_that_begins_later_can_be_withdrawn(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let (maker, other) = people(&fixture).await;
    let before = bounds(&fixture, 1).await;
    let id = sent(&fixture, &maker, (0.4, 0.6), 1).await;
    let (store, scope) = (&fixture.store, fixture.scope);
    policies::approve(store, other.actor(), scope, approval(id, Some(60)), at(2)).await.unwrap();
    assert_eq!(states(&fixture, 3).await, [(2, PolicyState::Approved), (1, PolicyState::InForce)]);
    policies::turn_down(store, other.actor(), scope, approval(id, None), at(4)).await.unwrap();
    assert_eq!(states(&fixture, 70).await, [(2, PolicyState::TurnedDown), (1, PolicyState::InForce)]);
    assert_eq!(bounds(&fixture, 70).await, before);
    // Its job, should it come all the same, starts nothing.
    fixture.db.execute("UPDATE job SET run_at_ms = 0").await;
    let lease = fixture.lease().await;
    policies::start(store, ACTOR, &lease, id, at(61)).await.unwrap();
    assert!(jobs::claim(store, "worker").await.unwrap().is_none());
    // One that has begun is not withdrawn, and a draft may be made anew.
    let id = sent(&fixture, &maker, (0.3, 0.6), 62).await;
    policies::approve(store, other.actor(), scope, approval(id, None), at(63)).await.unwrap();
    let late = policies::turn_down(store, other.actor(), scope, approval(id, None), at(64)).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    assert_eq!(bounds(&fixture, 65).await, (0.3, 0.6));
}
