//! People put loans on other tracks, and decisions keep to it until they end that.

use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::records;
use domain::access::{Role, SignedIn};
use domain::decision::{Occasion, OverrideCounts};
use domain::id::LoanId;
use domain::job::Job;
use domain::loan::RecoveryStatus;
use domain::track::Track;
use store::overrides::{self, counts};
use store::{Result, StoreError, cases, jobs, loans, models};

on_both_databases!(
    a_loan_stays_on_the_track_that_somebody_chose,
    an_override_holds_through_scorings_and_other_models,
    what_makes_no_sense_is_refused,
    overrides_are_counted,
);

/// Ten open, decided loans, and who may override.
async fn decided(db: TestDatabase) -> (Fixture, Vec<LoanId>, SignedIn) {
    let fixture = Fixture::new(db).await;
    let mut loans = records(10);
    for loan in &mut loans[..9] {
        loan.recovery_status = RecoveryStatus::Open;
    }
    loans[9].recovery_status = RecoveryStatus::FullyRecovered;
    fixture.import(loans).await;
    fixture.decide().await;
    let lead = fixture.user("lead@example.test", Role::Lead, None).await;
    let ids = fixture.loan_ids().await;
    (fixture, ids, lead)
}

impl Fixture {
    async fn choose(&self, who: &SignedIn, loan: LoanId, track: Track) -> Result<()> {
        overrides::set(&self.store, who.actor(), self.scope, (loan, track), "She called.", at(20)).await
    }

    async fn give_back(&self, who: &SignedIn, loan: LoanId, id: i64) -> Result<()> {
        overrides::end(&self.store, who.actor(), self.scope, (loan, id), "No more.", at(30)).await
    }

    /// The track and the occasion of the decision that holds, and the track of the open case.
    async fn stand(&self, loan: LoanId) -> (Track, Occasion, Option<Track>) {
        let decision = loans::get(&self.store, self.scope, loan).await.unwrap().decision.unwrap();
        let cases = cases::of_loan(&self.store, self.scope, loan).await.unwrap();
        let open = cases.iter().find(|case| case.closed_at.is_none()).map(|case| case.track);
        (decision.track, decision.occasion, open)
    }

    /// Ends jobs that wait, as that for the figures which an override asks for.
    async fn clear_jobs(&self) {
        while let Some(claimed) = jobs::claim(&self.store, "worker").await.unwrap() {
            jobs::complete(&self.store, &claimed.lease, "Done.", at(21)).await.unwrap();
        }
    }
}

fn conflict(result: Result<()>) -> String {
    match result {
        Err(StoreError::Conflict(message)) => message,
        other => panic!("{other:?}"),
    }
}

async fn a_loan_stays_on_the_track_that_somebody_chose(db: TestDatabase) {
    let (fixture, ids, lead) = decided(db).await;
    assert_eq!(fixture.stand(ids[0]).await, (Track::Legal, Occasion::Training, Some(Track::Legal)));
    fixture.choose(&lead, ids[0], Track::Standard).await.unwrap();
    assert_eq!(fixture.stand(ids[0]).await, (Track::Standard, Occasion::Override, Some(Track::Standard)));
    let others = fixture.stand(ids[1]).await;
    assert_eq!(others, (Track::Legal, Occasion::Training, Some(Track::Legal)));
    let chosen = overrides::of_loan(&fixture.store, fixture.scope, ids[0]).await.unwrap().remove(0);
    assert_eq!((chosen.track, chosen.reason.as_str(), chosen.made_at), (Track::Standard, "She called.", at(20)));
    assert_eq!((chosen.made_by.as_deref(), chosen.ended), (Some("lead@example.test"), None));
    let events = "SELECT COUNT(*) FROM audit_event WHERE action = 'override.made'";
    assert_eq!(fixture.db.number(events).await, 1);
    fixture.give_back(&lead, ids[0], chosen.id).await.unwrap();
    assert_eq!(fixture.stand(ids[0]).await, (Track::Legal, Occasion::OverrideEnded, Some(Track::Legal)));
    let ended = overrides::of_loan(&fixture.store, fixture.scope, ids[0]).await.unwrap().remove(0).ended.unwrap();
    assert_eq!((ended.at, ended.reason.as_str()), (at(30), "No more."));
    assert_eq!(fixture.db.number(&format!("SELECT COUNT(*) FROM decision WHERE loan_id = {}", ids[0])).await, 3);
}

async fn an_override_holds_through_scorings_and_other_models(db: TestDatabase) {
    let (fixture, ids, lead) = decided(db).await;
    let first = models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap().id;
    fixture.choose(&lead, ids[0], Track::Settlement).await.unwrap();
    fixture.clear_jobs().await;
    let job = Job::Score { portfolio: fixture.portfolio };
    jobs::enqueue(&fixture.store, ACTOR, fixture.portfolio, &job, at(21)).await.unwrap();
    fixture.decide_again(at(22)).await;
    assert_eq!(fixture.stand(ids[0]).await, (Track::Settlement, Occasion::Override, Some(Track::Settlement)));
    let by_policy = format!("SELECT COUNT(*) FROM decision WHERE loan_id = {} AND track = 'legal'", ids[0]);
    assert_eq!(fixture.db.number(&by_policy).await, 2, "the policy decided, too");
    // Another model that decides keeps to it as well.
    fixture.decide().await;
    let newest = models::list(&fixture.store, fixture.scope).await.unwrap().remove(0).id;
    assert_ne!(newest, first);
    let promote = async |model| {
        fixture.promote(lead.actor(), model, "why", 25).await.unwrap();
    };
    promote(newest).await;
    assert_eq!(fixture.stand(ids[0]).await, (Track::Settlement, Occasion::Override, Some(Track::Settlement)));
    // It ends while this one decides; the first model knows nothing of it when it comes back.
    let chosen = overrides::of_loan(&fixture.store, fixture.scope, ids[0]).await.unwrap().remove(0);
    fixture.give_back(&lead, ids[0], chosen.id).await.unwrap();
    promote(first).await;
    let (track, occasion, _) = fixture.stand(ids[0]).await;
    assert_eq!(track, Track::Legal);
    assert_ne!(occasion, Occasion::Override);
}

async fn what_makes_no_sense_is_refused(db: TestDatabase) {
    let (fixture, ids, lead) = decided(db).await;
    let refused = async |loan, track| conflict(fixture.choose(&lead, loan, track).await);
    assert_eq!(refused(ids[0], Track::Legal).await, "The loan is on this track already.");
    assert!(refused(ids[9], Track::Legal).await.contains("recovered in full"));
    fixture.choose(&lead, ids[0], Track::Standard).await.unwrap();
    assert!(refused(ids[0], Track::Settlement).await.contains("chosen the track of this loan already"));
    let id = overrides::of_loan(&fixture.store, fixture.scope, ids[0]).await.unwrap()[0].id;
    assert!(matches!(fixture.give_back(&lead, ids[1], id).await, Err(StoreError::NotFound(_))));
    fixture.give_back(&lead, ids[0], id).await.unwrap();
    assert_eq!(conflict(fixture.give_back(&lead, ids[0], id).await), "This override was ended already.");
    let other = fixture.neighbour().await.scope;
    let stranger = overrides::set(&fixture.store, lead.actor(), other, (ids[1], Track::Standard), "x", at(20)).await;
    assert!(matches!(stranger, Err(StoreError::NotFound(_))));
    assert!(overrides::of_loan(&fixture.store, other, ids[0]).await.is_err());
}

async fn overrides_are_counted(db: TestDatabase) {
    let (fixture, ids, lead) = decided(db).await;
    let counted = async |now| counts(&fixture.store, fixture.scope, now).await.unwrap();
    assert_eq!(counted(at(10)).await, OverrideCounts { in_force: 0, made: 0, decisions: 10 });
    fixture.choose(&lead, ids[0], Track::Standard).await.unwrap();
    fixture.choose(&lead, ids[1], Track::Standard).await.unwrap();
    let id = overrides::of_loan(&fixture.store, fixture.scope, ids[0]).await.unwrap()[0].id;
    fixture.give_back(&lead, ids[0], id).await.unwrap();
    assert_eq!(counted(at(40)).await, OverrideCounts { in_force: 1, made: 2, decisions: 12 });
    let month = 31 * 24 * 60;
    assert_eq!(counted(at(40 + month)).await, OverrideCounts { in_force: 1, made: 0, decisions: 0 });
    assert_eq!(counts(&fixture.store, fixture.track(Track::Legal), at(40)).await.unwrap(), OverrideCounts::default());
}
