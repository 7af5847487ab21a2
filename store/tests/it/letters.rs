//! Letters wait for a person, are posted once, and are taken back where their case ends.

use crate::cases::{carrying, decided, step};
use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use chrono::Days;
use domain::access::{Role, SignedIn};
use domain::case::ActionState;
use domain::contact::Channel;
use domain::hold::{HoldKind, HoldScope};
use domain::letter::{LetterRow, LetterState};
use domain::track::Track;
use store::breaches;
use store::cases::{self, Done, DueCase};
use store::holds::NewHold;
use store::letters::{Posting, list, post, print};
use store::policies::{self, Approval, DraftChange};
use store::{Result, StoreError};

on_both_databases!(
    a_letter_is_posted_once,
    a_letter_of_a_case_that_has_ended_goes_nowhere,
    a_letter_that_was_posted_against_the_rules_is_a_breach,
);

/// Letters to the borrowers of the standard track, and somebody who posts them.
async fn with_letters(db: TestDatabase) -> (Fixture, SignedIn) {
    let fixture = decided(db).await;
    let lead = fixture.user("lead@example.test", Role::Lead, None).await;
    cases::treat(&fixture.store, ACTOR, fixture.scope, true, at(9)).await.unwrap();
    let lease = carrying(&fixture).await;
    let mut due = cases::due(&fixture.store, fixture.portfolio, at(10), 100).await.unwrap();
    due.retain(|case| case.track == Track::Standard);
    let letter = |case: &DueCase| Done::Queued {
        channel: Channel::Post,
        recipient: format!("{} High Street, Leeds", case.id),
        subject: "Late".to_owned(),
        body: "Dear customer".to_owned(),
        opt_out_token: format!("token {}", case.id),
        carries_validation: false,
    };
    let steps: Vec<_> = due.iter().map(|case| step(case, letter(case))).collect();
    cases::carried_out(&fixture.store, &lease, fixture.portfolio, &steps, at(10)).await.unwrap();
    store::jobs::complete(&fixture.store, &lease, "Done.", at(10)).await.unwrap();
    (fixture, lead)
}

impl Fixture {
    async fn letters(&self, state: LetterState) -> Vec<LetterRow> {
        list(&self.store, self.scope, state, 1, at(60)).await.unwrap().rows
    }
}

fn on(on: chrono::NaiveDate, proof: &str) -> Posting<'_> {
    Posting { on, proof, although: "" }
}

fn words(refused: Result<()>) -> String {
    match refused {
        Err(StoreError::Conflict(words)) => words,
        other => panic!("{other:?}"),
    }
}

async fn a_letter_is_posted_once(db: TestDatabase) {
    let (fixture, lead) = with_letters(db).await;
    let (store, scope, actor) = (&fixture.store, fixture.scope, lead.actor());
    let all = fixture.letters(LetterState::ToPrint).await;
    assert!(all.len() > 2);
    let lines: Vec<&str> = all[0].recipient.iter().map(String::as_str).collect();
    assert!(lines.len() == 3 && lines[0].starts_with("Person") && lines[2] == "Leeds", "{lines:?}");
    let treating = cases::treating(store, scope, at(11)).await.unwrap();
    assert_eq!((treating.messages.letters as usize, treating.messages.waiting), (all.len(), 0));
    assert!(treating.to_do >= treating.messages.letters, "a person has to do it");
    assert!(store::messages::claim(store, Channel::Email, at(20)).await.unwrap().is_none(), "no machine takes it");
    let (id, today) = (all[0].id, at(20).date_naive());
    assert!(words(post(store, actor, scope, id, on(today, ""), at(20)).await).contains("Print the letter first"));
    assert!(words(print(store, ACTOR, scope, id, at(20)).await).contains("Only a person"));
    let other = fixture.track(Track::Legal);
    assert!(matches!(print(store, actor, other, id, at(20)).await, Err(StoreError::NotFound(_))));
    assert!(list(store, other, LetterState::ToPrint, 1, at(20)).await.unwrap().rows.is_empty());
    print(store, actor, scope, id, at(20)).await.unwrap();
    print(store, actor, scope, id, at(21)).await.unwrap();
    let early = today.checked_sub_days(Days::new(1)).unwrap();
    assert!(words(post(store, actor, scope, id, on(early, ""), at(30)).await).contains("Posted on"));
    post(store, actor, scope, id, on(today, " list 7 "), at(30)).await.unwrap();
    post(store, actor, scope, id, on(today, "list 7"), at(31)).await.unwrap();
    let twice = words(post(store, actor, scope, id, on(today, "list 8"), at(32)).await);
    assert!(twice.contains("Somebody has written down already"), "{twice}");
    assert!(words(print(store, actor, scope, id, at(33)).await).contains("posted already"));
    assert_eq!(fixture.letters(LetterState::Posted).await[0].detail.matches("list 7").count(), 1);
    let audited = "SELECT COUNT(*) FROM audit_event WHERE action = 'letter.posted'";
    assert_eq!(fixture.db.number(audited).await, 1);
    let case = cases::of_loan(store, scope, all[0].loan).await.unwrap().remove(0);
    assert_eq!((case.actions[0].state, case.actions[0].at), (ActionState::Sent, at(30)));
    // It counts among what reached the borrower.
    let reached = store::contact_history::reached(store, fixture.portfolio, 0, 9).await.unwrap();
    let sent: Vec<_> = reached.iter().flat_map(|(_, history)| &history.messages).collect();
    assert_eq!((sent.len(), sent[0].channel, sent[0].at), (1, Channel::Post, at(30)));
}

async fn a_letter_of_a_case_that_has_ended_goes_nowhere(db: TestDatabase) {
    let (fixture, lead) = with_letters(db).await;
    let (store, scope, actor) = (&fixture.store, fixture.scope, lead.actor());
    let all = fixture.letters(LetterState::ToPrint).await;
    print(store, actor, scope, all[0].id, at(11)).await.unwrap();
    let maker = fixture.user("ann@example.test", Role::Admin, None).await;
    let change = DraftChange { bounds: Some((0.0, 0.0)), body: None };
    let id = policies::save_draft(store, maker.actor(), scope, change, at(12)).await.unwrap();
    policies::submit(store, maker.actor(), scope, id, "why", at(12)).await.unwrap();
    let approval = Approval { policy: id, rationale: "so", starts_at: None };
    policies::approve(store, ACTOR, scope, approval, at(13)).await.unwrap();
    fixture.decide_again(at(14)).await;
    assert_eq!(
        fixture.letters(LetterState::ToPrint).await.len() + fixture.letters(LetterState::Printed).await.len(),
        0
    );
    let withheld = fixture.letters(LetterState::Withheld).await;
    assert_eq!(withheld.len(), all.len());
    assert!(withheld[0].detail.contains("The case ended"), "{}", withheld[0].detail);
    let refused = words(post(store, actor, scope, all[0].id, on(at(15).date_naive(), ""), at(15)).await);
    assert!(refused.contains("not to be sent any more"), "{refused}");
    let cases = cases::of_loan(store, scope, all[0].loan).await.unwrap();
    let states: Vec<_> = cases.iter().flat_map(|case| &case.actions).map(|action| action.state).collect();
    assert_eq!(states, [ActionState::Failed]);
}

async fn a_letter_that_was_posted_against_the_rules_is_a_breach(db: TestDatabase) {
    let (fixture, lead) = with_letters(db).await;
    let (store, scope, actor) = (&fixture.store, fixture.scope, lead.actor());
    let letter = fixture.letters(LetterState::ToPrint).await.remove(0);
    let today = at(30).date_naive();
    print(store, actor, scope, letter.id, at(11)).await.unwrap();
    let covers = HoldScope::Person;
    let hold = NewHold { loan: letter.loan, kind: HoldKind::Bankruptcy, covers, until: None, note: "a letter came" };
    store::holds::set(store, actor, scope, hold, at(20)).await.unwrap();
    assert!(words(post(store, actor, scope, letter.id, on(today, ""), at(30)).await).contains("do not allow"));
    let short = Posting { although: "so", ..on(today, "") };
    assert!(words(post(store, actor, scope, letter.id, short, at(31)).await).contains("20 characters"));
    assert_eq!(breaches::list(store, scope).await.unwrap(), []);
    let although = "It lay in the outgoing mail already.";
    post(store, actor, scope, letter.id, Posting { although, ..on(today, "list 7") }, at(32)).await.unwrap();
    let kept = breaches::list(store, scope).await.unwrap();
    assert_eq!(kept.iter().map(|breach| breach.reason.as_str()).collect::<Vec<_>>(), [although]);
    assert_eq!((kept[0].loan, kept[0].at, kept[0].recorded_by.as_str()), (letter.loan, at(32), "lead@example.test"));
    assert_eq!(kept[0].answer.rule_ids().collect::<Vec<_>>(), ["all.hold"]);
    assert_eq!(breaches::list(store, fixture.neighbour().await.scope).await.unwrap(), []);
    // A letter that the rules allow is none, whatever is said.
    let other = fixture.letters(LetterState::ToPrint).await.remove(0);
    print(store, actor, scope, other.id, at(33)).await.unwrap();
    post(store, actor, scope, other.id, Posting { although, ..on(today, "") }, at(34)).await.unwrap();
    assert_eq!(breaches::list(store, scope).await.unwrap().len(), 1);
}
