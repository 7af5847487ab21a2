//! Legal notices wait for a person who did not write them, and are served with proof.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{payment, records};
use chrono::{NaiveDate, TimeDelta};
use domain::access::{Role, SignedIn};
use domain::case::ActionState;
use domain::hold::{HoldKind, HoldScope};
use domain::id::NoticeId;
use domain::job::Job;
use domain::notice::{NoticeState, ServiceMethod};
use domain::policy::plan::TreatmentKind;
use domain::track::Track;
use store::breaches::{self, Breached};
use store::cases::{self, CaseStep, Done};
use store::holds::{self, NewHold};
use store::notices::{self, Decision, Served};
use store::{StoreError, jobs};

on_both_databases!(
    a_draft_says_what_is_known_of_the_loan,
    a_notice_is_approved_by_somebody_else_and_served_once,
    a_draft_that_is_turned_down_is_never_served,
    a_notice_of_a_paid_or_moved_loan_is_refused,
    the_gate_is_asked_before_a_notice_is_approved_and_served,
    a_notice_that_was_served_against_the_rules_is_a_breach,
    a_long_list_of_notices_has_pages,
    notices_stay_within_the_scope,
);

const RATIONALE: &str = "Three letters stayed without an answer.";

struct Drafted {
    fixture: Fixture,
    id: NoticeId,
    lead: SignedIn,
    agent: SignedIn,
}

/// A draft for the loan on the legal track.
async fn drafted(db: TestDatabase) -> Drafted {
    let fixture = Fixture::new(db).await;
    let loans = records(8);
    let payments = loans.iter().map(|loan| payment(&loan.loan_ref, &loan.loan_ref, 12_300)).collect();
    fixture.load(TestFile::loans(loans)).await;
    fixture.load(TestFile::payments(payments)).await;
    fixture.decide().await;
    cases::treat(&fixture.store, ACTOR, fixture.scope, true, at(9)).await.unwrap();
    let claimed = jobs::claim(&fixture.store, "worker").await.unwrap().expect("a job waits");
    assert_eq!(claimed.job, Job::CarryOut { portfolio: fixture.portfolio });
    let due = cases::due(&fixture.store, fixture.portfolio, at(10) + TimeDelta::days(3), 100).await.unwrap();
    let case = due.into_iter().find(|case| case.track == Track::Legal).expect("a loan on the legal track");
    let step = CaseStep {
        case: case.id,
        loan: case.loan,
        borrower: case.borrower,
        step: case.step,
        kind: TreatmentKind::LegalNotice,
        template: Some(("notice-before-action".to_owned(), 1)),
        checks: Vec::new(),
        done: Done::Notice { subject: "Notice".to_owned(), body: "Dear A,\n\npay.".to_owned() },
        next: None,
    };
    let steps = [step];
    for _ in 0..2 {
        cases::carried_out(&fixture.store, &claimed.lease, fixture.portfolio, &steps, at(10)).await.unwrap();
    }
    jobs::complete(&fixture.store, &claimed.lease, "Done.", at(11)).await.unwrap();
    let lead = fixture.user("lead@example.test", Role::Lead, None).await;
    let agent = fixture.user("agent@example.test", Role::Agent, None).await;
    let listed = notices::list(&fixture.store, fixture.scope, NoticeState::Drafted, 1).await.unwrap();
    assert_eq!((listed.rows.len(), listed.counts.as_slice()), (1, &[1, 0, 0, 0, 0][..]), "another attempt drafts none");
    let id = listed.rows[0].id;
    Drafted { fixture, id, lead, agent }
}

fn decision(notice: NoticeId) -> Decision<'static> {
    Decision { notice, rationale: RATIONALE, limitation_on: None }
}

fn today() -> NaiveDate {
    at(20).date_naive()
}

impl Drafted {
    async fn approve(&self, by: &SignedIn, decision: Decision<'_>) -> store::Result<()> {
        notices::approve(&self.fixture.store, by.actor(), self.fixture.scope, decision, at(20)).await
    }

    async fn serve(&self, on: NaiveDate, proof: &str) -> store::Result<()> {
        self.serve_although(on, proof, "").await
    }

    async fn serve_although(&self, on: NaiveDate, proof: &str, although: &str) -> store::Result<()> {
        let served = Served { on, method: ServiceMethod::Post, proof, although };
        notices::serve(&self.fixture.store, self.agent.actor(), self.fixture.scope, self.id, served, at(30)).await
    }

    async fn state(&self) -> NoticeState {
        notices::get(&self.fixture.store, self.fixture.scope, self.id).await.unwrap().state
    }
}

fn refused(result: store::Result<()>, words: &str) {
    match result {
        Err(StoreError::Conflict(message)) => assert!(message.contains(words), "{message}"),
        other => panic!("{other:?} in place of: {words}"),
    }
}

async fn a_draft_says_what_is_known_of_the_loan(db: TestDatabase) {
    let Drafted { fixture, id, .. } = drafted(db).await;
    let notice = notices::get(&fixture.store, fixture.scope, id).await.unwrap();
    let loan = store::loans::get(&fixture.store, fixture.scope, notice.loan).await.unwrap().record;
    let items: Vec<(&str, i64)> =
        notice.text.items.iter().map(|item| (item.label.as_str(), item.amount.minor)).collect();
    assert_eq!(items[0], ("Amount lent", loan.loan_amount.unwrap().minor));
    assert_eq!(items[1], ("Received so far, 1 payment", 12_300));
    let owed = items.last().unwrap();
    assert!(owed.0.starts_with("Owed as of "), "{}", owed.0);
    assert_eq!(owed.1, loan.outstanding_amount.unwrap().minor);
    assert_eq!(notice.text.recipient, [loan.borrower.name.unwrap()]);
    let case = cases::of_loan(&fixture.store, fixture.scope, notice.loan).await.unwrap().remove(0);
    assert_eq!((case.actions.len(), case.actions[0].state), (1, ActionState::Drafted));
}

async fn a_notice_is_approved_by_somebody_else_and_served_once(db: TestDatabase) {
    let drafted = drafted(db).await;
    let Drafted { fixture, id, lead, agent } = &drafted;
    refused(drafted.serve(today(), "RR 1").await, "waits for approval");
    refused(drafted.approve(lead, Decision { rationale: "  so  ", ..decision(*id) }).await, "20 characters");
    let over = Decision { limitation_on: Some(today()), ..decision(*id) };
    refused(drafted.approve(lead, over).await, "could not be asked any more");
    let by_job = notices::approve(&fixture.store, ACTOR, fixture.scope, decision(*id), at(20)).await;
    refused(by_job, "Only a person");
    // Who changes the words, even once and before somebody else, may not approve them.
    for (who, body) in [(lead, "Dear A,\n\nplease pay."), (agent, "Dear A,\n\npay now.")] {
        let words = ("Notice", body);
        notices::edit(&fixture.store, who.actor(), fixture.scope, *id, words, at(15)).await.unwrap();
    }
    refused(drafted.approve(lead, decision(*id)).await, "somebody else");
    let other = fixture.user("other@example.test", Role::Lead, None).await;
    let known = Decision { limitation_on: Some(today() + TimeDelta::days(400)), ..decision(*id) };
    drafted.approve(&other, known).await.unwrap();
    refused(drafted.approve(&other, known).await, "to be served");
    let words = ("Notice", "Other words");
    refused(notices::edit(&fixture.store, agent.actor(), fixture.scope, *id, words, at(25)).await, "to be served");
    refused(drafted.serve(today() + TimeDelta::days(1), "RR 1").await, "in the future");
    refused(drafted.serve(today() - TimeDelta::days(1), "RR 1").await, "after its approval");
    refused(drafted.serve(today(), "  ").await, "proof");
    drafted.serve(today(), "RR 1").await.unwrap();
    refused(drafted.serve(today(), "RR 2").await, "served");
    let notice = notices::get(&fixture.store, fixture.scope, *id).await.unwrap();
    let service = notice.service.unwrap();
    assert_eq!((service.proof.as_str(), service.answer_by), ("RR 1", today() + TimeDelta::days(30)));
    assert_eq!(notice.approved.map(|word| (word.by, word.said)), Some((Some(other.id), RATIONALE.to_owned())));
    assert_eq!(notice.text.body, "Dear A,\n\npay now.");
    let case = cases::of_loan(&fixture.store, fixture.scope, notice.loan).await.unwrap().remove(0);
    assert_eq!(case.actions[0].state, ActionState::Sent);
    let told = store::audit::list(&fixture.store, fixture.scope, 10).await.unwrap();
    let told: Vec<&str> = told.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(told[..4], ["notice.served", "notice.put_to_the_gate", "notice.approved", "notice.put_to_the_gate"]);
}

async fn a_draft_that_is_turned_down_is_never_served(db: TestDatabase) {
    let drafted = drafted(db).await;
    let Drafted { fixture, id, lead, .. } = &drafted;
    let turn_down =
        async || notices::turn_down(&fixture.store, lead.actor(), fixture.scope, decision(*id), at(20)).await;
    drafted.approve(lead, decision(*id)).await.unwrap();
    turn_down().await.unwrap();
    refused(turn_down().await, "does not wait any more");
    refused(drafted.approve(lead, decision(*id)).await, "turned down");
    refused(drafted.serve(today(), "RR 1").await, "turned down");
    assert_eq!(drafted.state().await, NoticeState::TurnedDown);
}

async fn a_notice_of_a_paid_or_moved_loan_is_refused(db: TestDatabase) {
    let drafted = drafted(db).await;
    let Drafted { fixture, id, lead, .. } = &drafted;
    let set = |column: &str, value: &str| format!("UPDATE loan SET {column} = {value} WHERE current_track = 'legal'");
    fixture.db.execute(&set("recovery_status", "'fully_recovered'")).await;
    refused(drafted.approve(lead, decision(*id)).await, "paid");
    fixture.db.execute(&set("recovery_status", "'open'")).await;
    drafted.approve(lead, decision(*id)).await.unwrap();
    fixture.db.execute("UPDATE recovery_case SET closed_at = opened_at, next_at = NULL WHERE track = 'legal'").await;
    refused(drafted.serve(today(), "RR 1").await, "left the legal track");
    // Cases follow decisions whenever loans are decided on anew, and notices follow cases.
    let score = Job::Score { portfolio: fixture.portfolio };
    jobs::enqueue(&fixture.store, ACTOR, fixture.portfolio, &score, at(31)).await.unwrap();
    fixture.decide_again(at(32)).await;
    assert_eq!(drafted.state().await, NoticeState::Withdrawn);
}

async fn notices_stay_within_the_scope(db: TestDatabase) {
    let drafted = drafted(db).await;
    let Drafted { fixture, id, lead, .. } = &drafted;
    let (legal, standard) = (fixture.track(Track::Legal), fixture.track(Track::Standard));
    assert!(notices::get(&fixture.store, legal, *id).await.is_ok());
    for scope in [standard, fixture.neighbour().await.scope] {
        assert!(notices::get(&fixture.store, scope, *id).await.is_err());
        let listed = notices::list(&fixture.store, scope, NoticeState::Drafted, 1).await.unwrap();
        assert_eq!((listed.rows.len(), listed.counts[0]), (0, 0));
        let approved = notices::approve(&fixture.store, lead.actor(), scope, decision(*id), at(20)).await;
        assert!(matches!(approved, Err(StoreError::NotFound(_))), "{approved:?}");
    }
}

async fn the_gate_is_asked_before_a_notice_is_approved_and_served(db: TestDatabase) {
    let drafted = drafted(db).await;
    let Drafted { fixture, id, lead, .. } = &drafted;
    let loan = notices::get(&fixture.store, fixture.scope, *id).await.unwrap().loan;
    let hold = async |kind: HoldKind| {
        let new = NewHold { loan, kind, covers: HoldScope::Person, until: None, note: "as was told" };
        holds::set(&fixture.store, lead.actor(), fixture.scope, new, at(12)).await.unwrap()
    };
    let end = async |hold| {
        holds::end(&fixture.store, lead.actor(), fixture.scope, (loan, hold), "it is over", at(13)).await.unwrap();
    };
    let bankrupt = hold(HoldKind::Bankruptcy).await;
    refused(drafted.approve(lead, decision(*id)).await, "contact rules do not allow");
    assert_eq!(drafted.state().await, NoticeState::Drafted);
    end(bankrupt).await;
    drafted.approve(lead, decision(*id)).await.unwrap();
    let deceased = hold(HoldKind::Deceased).await;
    refused(drafted.serve(today(), "RR 1").await, "contact rules do not allow");
    end(deceased).await;
    drafted.serve_although(today(), "RR 1", "Nobody knew of anything.").await.unwrap();
    let asked = "SELECT COUNT(*) FROM gate_check WHERE kind = 'legal_notice'";
    assert_eq!(fixture.db.number(asked).await, 4, "each answer is kept");
    assert_eq!(breaches::list(&fixture.store, fixture.scope).await.unwrap(), [], "it was allowed");
}

async fn a_notice_that_was_served_against_the_rules_is_a_breach(db: TestDatabase) {
    let drafted = drafted(db).await;
    let Drafted { fixture, id, lead, agent } = &drafted;
    drafted.approve(lead, decision(*id)).await.unwrap();
    let loan = notices::get(&fixture.store, fixture.scope, *id).await.unwrap().loan;
    let hold = NewHold { loan, kind: HoldKind::Deceased, covers: HoldScope::Person, until: None, note: "as was told" };
    holds::set(&fixture.store, lead.actor(), fixture.scope, hold, at(21)).await.unwrap();
    refused(drafted.serve_although(today(), "RR 1", "so").await, "20 characters");
    assert_eq!(drafted.state().await, NoticeState::Approved);
    let although = "The officer had left before the hold was known.";
    drafted.serve_although(today(), "RR 1", although).await.unwrap();
    assert_eq!(drafted.state().await, NoticeState::Served);
    let kept = breaches::list(&fixture.store, fixture.scope).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].what, kept[0].loan, kept[0].reason.as_str()), (Breached::Notice(*id), loan, although));
    assert_eq!(kept[0].answer.rule_ids().collect::<Vec<_>>(), ["all.hold"]);
    assert_eq!(kept[0].recorded_by, agent.name);
}

async fn a_long_list_of_notices_has_pages(db: TestDatabase) {
    let Drafted { fixture, .. } = drafted(db).await;
    // Copies of the draft, each with an action of its own.
    for copy in 0..60 {
        let step = 100 + copy;
        let action = "INSERT INTO action (case_id, step, kind, state, detail, decided_at) SELECT case_id";
        fixture
            .db
            .execute(&format!("{action}, {step}, kind, state, detail, decided_at FROM action WHERE step = 0"))
            .await;
        let columns = "portfolio_id, loan_id, case_id, content, drafted_at, edited_by, rationale, service_proof";
        let copied = format!(
            "INSERT INTO legal_notice ({columns}, action_id) SELECT {columns}, (SELECT id FROM action WHERE step = {step}) \
             FROM legal_notice WHERE action_id = (SELECT id FROM action WHERE step = 0)"
        );
        assert_eq!(fixture.db.execute(&copied).await, 1);
    }
    let page = async |page| notices::list(&fixture.store, fixture.scope, NoticeState::Drafted, page).await.unwrap();
    let (first, second, third) = (page(1).await, page(2).await, page(3).await);
    assert_eq!((first.rows.len(), second.rows.len(), third.rows.len()), (50, 11, 0));
    assert_eq!((second.page, second.page_size, second.counts[0]), (2, 50, 61));
    assert!(first.rows.iter().all(|row| second.rows.iter().all(|other| other.id != row.id)));
    assert_eq!(page(0).await.page, 1);
}
