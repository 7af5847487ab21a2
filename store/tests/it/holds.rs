//! Holds are recorded on loans, cover what they say, and end.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{email, record, records, short};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Role, Scope};
use domain::contact::{ActionKind, Channel};
use domain::contact_rules::ContactRules;
use domain::gate::{Answer, Pack, Verdict};
use domain::hold::{HoldCover, HoldKind, HoldScope, HoldView};
use domain::id::{HoldId, LoanId};
use domain::loan::LoanRecord;
use domain::policy::plan::TreatmentKind;
use domain::track::Track;
use store::cases::{CaseStep, Done, GateCheck};
use store::holds::{self, NewHold};
use store::{Result, StoreError, cases, jobs, portfolios};

on_both_databases!(
    a_hold_stands_on_the_pages_of_what_it_covers,
    a_hold_is_ended_once_and_kept,
    what_makes_no_sense_is_refused,
    holds_stay_within_the_scope,
    a_borrower_who_is_named_later_stays_held,
    a_held_file_is_not_undone,
    a_hold_that_ends_early_puts_nothing_off,
    a_hold_that_runs_out_is_told_once,
);

/// Loans of which the first two are one borrower's, who has an address.
async fn with_loans(db: TestDatabase) -> (Fixture, Vec<LoanId>) {
    let fixture = Fixture::new(db).await;
    let mut loans = records(4);
    loans[0].borrower.contacts = vec![email("b@example.test", Some(true))];
    loans[1].borrower = loans[0].borrower.clone();
    fixture.load(TestFile::loans(loans)).await;
    let ids = fixture.loan_ids().await;
    (fixture, ids)
}

fn hold(loan: LoanId, covers: HoldScope<'_>) -> NewHold<'_> {
    NewHold { loan, kind: HoldKind::Dispute, covers, until: None, note: "a letter came" }
}

impl Fixture {
    async fn hold(&self, new: NewHold<'_>, now: DateTime<Utc>) -> Result<HoldId> {
        holds::set(&self.store, ACTOR, self.scope, new, now).await
    }

    async fn holds_of(&self, loan: LoanId) -> Vec<HoldView> {
        holds::of_loan(&self.store, self.scope, loan).await.unwrap()
    }
}

fn conflict<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(StoreError::Conflict(message)) => message,
        other => panic!("{other:?}"),
    }
}

async fn a_hold_stands_on_the_pages_of_what_it_covers(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    let address = "b@example.test";
    assert_eq!(holds::addresses(&fixture.store, fixture.scope, loans[1]).await.unwrap(), [address]);
    fixture.hold(hold(loans[0], HoldScope::Loan(loans[0])), at(1)).await.unwrap();
    fixture.hold(hold(loans[0], HoldScope::Person), at(2)).await.unwrap();
    let until = Some(at(60));
    fixture.hold(NewHold { until, ..hold(loans[1], HoldScope::Address(address)) }, at(3)).await.unwrap();
    let covers = async |loan| {
        let holds = fixture.holds_of(loan).await;
        holds.into_iter().map(|hold| hold.record.cover).collect::<Vec<_>>()
    };
    let both = [HoldCover::Address(address.to_owned()), HoldCover::Person];
    assert_eq!(covers(loans[0]).await, [&both[..], &[HoldCover::Loan(loans[0])]].concat());
    assert_eq!(covers(loans[1]).await, both);
    assert_eq!(covers(loans[2]).await, []);
    let latest = fixture.holds_of(loans[0]).await.remove(0);
    assert_eq!((latest.record.from, latest.record.until, latest.set_by), (at(3), until, None));
    // The gate is asked with all of them, whatever the loan.
    fixture.decide().await;
    let due = cases::due(&fixture.store, fixture.portfolio, at(9) + TimeDelta::days(90), 100).await.unwrap();
    let mut held: Vec<(LoanId, usize)> = due.iter().map(|case| (case.loan, case.holds.len())).collect();
    held.retain(|(_, holds)| *holds > 0);
    held.sort_unstable();
    let expected: Vec<(LoanId, usize)> =
        loans[..2].iter().filter(|id| due.iter().any(|case| case.loan == **id)).map(|id| (*id, 3)).collect();
    assert!(!expected.is_empty());
    assert_eq!(held, expected);
}

async fn a_hold_is_ended_once_and_kept(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    let ann = fixture.user("ann@example.test", Role::Lead, None).await;
    let set = holds::set(&fixture.store, ann.actor(), fixture.scope, hold(loans[0], HoldScope::Person), at(1));
    let id = set.await.unwrap();
    let end = async |loan: LoanId, now| {
        holds::end(&fixture.store, ann.actor(), fixture.scope, (loan, id), "it was answered", now).await
    };
    assert!(matches!(end(loans[2], at(2)).await, Err(StoreError::NotFound("hold"))), "it is no hold of that loan");
    end(loans[1], at(2)).await.unwrap();
    assert!(conflict(end(loans[0], at(3)).await).contains("ended already"));
    let kept = fixture.holds_of(loans[0]).await.remove(0);
    assert_eq!((kept.record.ended_at, kept.ended_note.as_str()), (Some(at(2)), "it was answered"));
    assert_eq!(
        (kept.set_by.as_deref(), kept.ended_by.as_deref()),
        (Some("ann@example.test"), Some("ann@example.test"))
    );
    let told = store::audit::list(&fixture.store, fixture.scope, 2).await.unwrap();
    assert_eq!(told.iter().map(|event| event.action.as_str()).collect::<Vec<_>>(), ["hold.ended", "hold.set"]);
    // What was ended may begin again.
    fixture.hold(hold(loans[0], HoldScope::Person), at(4)).await.unwrap();
    assert_eq!(fixture.holds_of(loans[0]).await.len(), 2);
}

async fn what_makes_no_sense_is_refused(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    let plain = hold(loans[0], HoldScope::Person);
    let refused = async |new: NewHold<'_>| conflict(fixture.hold(new, at(10)).await);
    assert!(refused(NewHold { until: Some(at(10)), ..plain }).await.contains("not over"));
    assert!(refused(hold(loans[0], HoldScope::Address("c@example.test"))).await.contains("not on file"));
    assert!(refused(hold(loans[2], HoldScope::Address("b@example.test"))).await.contains("not on file"));
    fixture.hold(plain, at(10)).await.unwrap();
    assert!(refused(plain).await.contains("already"));
    fixture.hold(NewHold { until: Some(at(99)), ..plain }, at(10)).await.unwrap();
    // Where the law sets the longest, nobody records a longer one.
    let rules = ContactRules::read("uk-conc", "Europe/London", "").unwrap();
    portfolios::set_contact_rules(&fixture.store, ACTOR, fixture.scope, &rules, at(11)).await.unwrap();
    let space = |days: i64| {
        let until = Some(at(10) + TimeDelta::days(days));
        NewHold { kind: HoldKind::BreathingSpace, until, ..hold(loans[1], HoldScope::Person) }
    };
    assert!(refused(space(61)).await.contains("60 days at most"));
    fixture.hold(space(60), at(10)).await.unwrap();
}

async fn holds_stay_within_the_scope(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    fixture.decide().await;
    let id = fixture.hold(hold(loans[0], HoldScope::Person), at(5)).await.unwrap();
    let neighbour = fixture.neighbour().await.scope;
    let mut reached = 0;
    for scope in [fixture.track(Track::Legal), fixture.track(Track::Standard), fixture.nothing(), neighbour] {
        let own = store::loans::get(&fixture.store, scope, loans[0]).await.is_ok();
        reached += i32::from(own);
        let set = async |scope: Scope| {
            let other = NewHold { until: Some(at(600)), ..hold(loans[0], HoldScope::Loan(loans[0])) };
            holds::set(&fixture.store, ACTOR, scope, other, at(6)).await.is_ok()
        };
        assert_eq!(holds::of_loan(&fixture.store, scope, loans[0]).await.is_ok(), own, "{scope:?}");
        assert_eq!(holds::addresses(&fixture.store, scope, loans[0]).await.is_ok(), own, "{scope:?}");
        assert_eq!(set(scope).await, own, "{scope:?}");
        if !own {
            let ended = holds::end(&fixture.store, ACTOR, scope, (loans[0], id), "over", at(7)).await;
            assert!(matches!(ended, Err(StoreError::NotFound(_))), "{scope:?}");
        }
    }
    assert_eq!(reached, 1, "one track has the loan");
}

async fn a_borrower_who_is_named_later_stays_held(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.load(TestFile::loans(vec![short("L1", "", 100)])).await;
    let loan = fixture.loan_ids().await[0];
    fixture.hold(hold(loan, HoldScope::Person), at(5)).await.unwrap();
    let borrower = "SELECT borrower_id FROM loan";
    let before = fixture.db.number(borrower).await;
    fixture.load(TestFile::loans(vec![short("L1", "ANN", 100), short("L2", "ANN", 100)]).of_day(2)).await;
    assert_ne!(fixture.db.number(borrower).await, before, "another borrower has the loan now");
    for loan in fixture.loan_ids().await {
        assert_eq!(fixture.holds_of(loan).await.len(), 1, "{loan}");
    }
}

async fn a_held_file_is_not_undone(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let first = fixture.load(TestFile::loans(records(2))).await;
    let loan = fixture.loan_ids().await[0];
    fixture.hold(hold(loan, HoldScope::Loan(loan)), at(5)).await.unwrap();
    let other = LoanRecord { loan_ref: "OTHER".to_owned(), ..record(9) };
    let second = fixture.load(TestFile::loans(vec![other])).await;
    fixture.undo(second.id).await;
    assert!(conflict(fixture.try_undo(first.id).await).contains("Holds were recorded"));
}

async fn a_hold_that_ends_early_puts_nothing_off(db: TestDatabase) {
    let (fixture, _) = with_loans(db).await;
    fixture.decide().await;
    cases::treat(&fixture.store, ACTOR, fixture.scope, true, at(9)).await.unwrap();
    let lease = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap().lease;
    let due = async |now| cases::due(&fixture.store, fixture.portfolio, now, 100).await.unwrap();
    let first = due(at(10)).await;
    let put_off = |case: &cases::DueCase| CaseStep {
        case: case.id,
        loan: case.loan,
        borrower: case.borrower,
        step: case.step,
        kind: TreatmentKind::EmailReminder,
        template: None,
        checks: vec![GateCheck::new(
            ActionKind::Email,
            Channel::Email,
            "b@example.test",
            Pack::find("none").unwrap(),
            Answer { verdict: Verdict::Defer { until: at(90_000) }, reasons: Vec::new() },
        )],
        done: Done::Deferred { until: at(90_000) },
        next: None,
    };
    let steps: Vec<CaseStep> = first.iter().map(put_off).collect();
    let borrowers: std::collections::BTreeSet<i64> = first.iter().map(|case| case.borrower).collect();
    assert!(borrowers.len() > 1, "another borrower's steps stay where they are");
    let held = first[0].loan;
    let id = fixture.hold(hold(held, HoldScope::Person), at(10)).await.unwrap();
    cases::carried_out(&fixture.store, &lease, fixture.portfolio, &steps, at(11)).await.unwrap();
    assert_eq!(due(at(20)).await, []);
    holds::end(&fixture.store, ACTOR, fixture.scope, (held, id), "over", at(20)).await.unwrap();
    let again: Vec<i64> = due(at(20)).await.iter().map(|case| case.id).collect();
    let expected: Vec<i64> =
        first.iter().filter(|case| case.borrower == first[0].borrower).map(|case| case.id).collect();
    assert_eq!(again, expected);
}

async fn a_hold_that_runs_out_is_told_once(db: TestDatabase) {
    let (fixture, loans) = with_loans(db).await;
    fixture.decide().await;
    let rules = ContactRules::read("uk-conc", "Europe/London", "").unwrap();
    portfolios::set_contact_rules(&fixture.store, ACTOR, fixture.scope, &rules, at(5)).await.unwrap();
    fixture.hold(NewHold { until: Some(at(60)), ..hold(loans[0], HoldScope::Person) }, at(5)).await.unwrap();
    // The pack ends it after 30 days.
    let pause = NewHold { kind: HoldKind::PlanPending, ..hold(loans[2], HoldScope::Loan(loans[2])) };
    fixture.hold(pause, at(5)).await.unwrap();
    // It lasts for 30 days behind the end of the treatment.
    let crisis = NewHold { kind: HoldKind::MentalHealthCrisis, until: Some(at(60)), ..pause };
    fixture.hold(crisis, at(5)).await.unwrap();
    // Nobody knows an end.
    fixture.hold(hold(loans[3], HoldScope::Person), at(5)).await.unwrap();
    let answered = async || {
        fixture.db.execute("UPDATE alert SET decision_id = (SELECT MIN(id) FROM decision)").await;
        fixture.db.execute("UPDATE job SET state = 'succeeded', finished_at_ms = 1 WHERE state = 'queued'").await;
    };
    let look = async |now: DateTime<Utc>| {
        answered().await;
        cases::look_for_due(&fixture.store, now).await.unwrap();
        let waiting = store::alerts::loans_waiting(&fixture.store, fixture.portfolio).await.unwrap();
        let asked = fixture.db.number("SELECT COUNT(*) FROM job WHERE kind = 'redecide' AND state = 'queued'").await;
        assert_eq!(asked, i64::from(!waiting.is_empty()));
        waiting
    };
    assert_eq!(look(at(59)).await, []);
    assert_eq!(look(at(60)).await, loans[..2], "both loans of the person");
    assert_eq!(look(at(61)).await, []);
    assert_eq!(look(at(5) + TimeDelta::days(30)).await, loans[2..3]);
    assert_eq!(look(at(60) + TimeDelta::days(30)).await, loans[2..3]);
    assert_eq!(look(at(60) + TimeDelta::days(900)).await, []);
    let told = store::audit::list(&fixture.store, fixture.scope, 1).await.unwrap().remove(0);
    assert_eq!(told.action, "holds.ran_out");
}
