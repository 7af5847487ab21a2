//! Cases follow decisions, steps are written down once, and messages leave once.

use crate::files::TestFile;
use crate::fixture::{ACTOR, Fixture, at, verdict};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{email, records};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Reach, Scope};
use domain::case::ActionState;
use domain::contact::{ActionKind, Channel};
use domain::gate::{Answer, Pack, Verdict};
use domain::job::Job;
use domain::policy::plan::TreatmentKind;
use domain::track::Track;
use store::cases::{self, CaseStep, Done, DueCase, GateCheck};
use store::jobs::{self, Lease};
use store::messages::{self, Attempt};
use store::policies::{self, Approval, DraftChange};
use store::scorings::Scoring;

on_both_databases!(
    a_decided_loan_has_one_open_case,
    nothing_is_asked_for_before_somebody_begins,
    a_step_is_written_down_once,
    a_message_leaves_once,
    a_message_whose_sender_died_is_in_doubt,
    a_wish_for_no_more_messages_is_heard_at_once,
    cases_stay_within_the_scope,
);

/// Six loans, of which two are on each track but the legal one, which has one; all borrowers have an address.
pub(crate) async fn decided(db: TestDatabase) -> Fixture {
    let fixture = Fixture::new(db).await;
    let mut loans = records(8);
    for (place, loan) in loans.iter_mut().enumerate() {
        loan.borrower.contacts = vec![email(&format!("b{place}@example.test"), Some(true))];
    }
    fixture.load(TestFile::loans(loans)).await;
    fixture.decide().await;
    fixture
}

async fn open(fixture: &Fixture) -> Vec<(String, i64)> {
    let mut open = Vec::new();
    for track in ["legal", "settlement", "standard"] {
        let sql = format!("SELECT COUNT(*) FROM recovery_case WHERE closed_at IS NULL AND track = '{track}'");
        open.push((track.to_owned(), fixture.db.number(&sql).await));
    }
    open.retain(|(_, loans)| *loans > 0);
    open
}

fn counts(legal: i64, settlement: i64, standard: i64) -> Vec<(String, i64)> {
    let all = [("legal", legal), ("settlement", settlement), ("standard", standard)];
    all.into_iter().filter(|(_, loans)| *loans > 0).map(|(track, loans)| (track.to_owned(), loans)).collect()
}

/// Takes the job that carries out what is due.
pub(crate) async fn carrying(fixture: &Fixture) -> Lease {
    let claimed = jobs::claim(&fixture.store, "worker").await.unwrap().expect("a job waits");
    assert_eq!(claimed.job, Job::CarryOut { portfolio: fixture.portfolio });
    claimed.lease
}

pub(crate) fn step(case: &DueCase, done: Done) -> CaseStep {
    let pack = Pack::find("none").unwrap();
    let answer = Answer { verdict: Verdict::Allow, reasons: Vec::new() };
    CaseStep {
        case: case.id,
        loan: case.loan,
        borrower: case.borrower,
        step: case.step,
        kind: TreatmentKind::EmailReminder,
        template: Some(("payment-reminder".to_owned(), 1)),
        checks: vec![GateCheck::new(ActionKind::Email, Channel::Email, "b@example.test", pack, answer)],
        done,
        next: Some((case.step + 1, at(10) + TimeDelta::days(7))),
    }
}

fn queued(case: &DueCase) -> Done {
    Done::Queued {
        channel: Channel::Email,
        recipient: case.contacts[0].value.clone(),
        subject: "Late".to_owned(),
        body: "Dear customer".to_owned(),
        opt_out_token: format!("token {}", case.id),
        carries_validation: false,
    }
}

/// Begins, and queues a message for each due case of the standard track.
pub(crate) async fn with_messages(fixture: &Fixture) -> Vec<DueCase> {
    cases::treat(&fixture.store, ACTOR, fixture.scope, true, at(9)).await.unwrap();
    let lease = carrying(fixture).await;
    let mut due = cases::due(&fixture.store, fixture.portfolio, at(10), 100).await.unwrap();
    due.retain(|case| case.track == Track::Standard);
    let steps: Vec<CaseStep> = due.iter().map(|case| step(case, queued(case))).collect();
    cases::carried_out(&fixture.store, &lease, fixture.portfolio, &steps, at(10)).await.unwrap();
    due
}

impl Fixture {
    /// The policy in force decides again on all loans, as a scoring does.
    pub(crate) async fn decide_again(&self, now: DateTime<Utc>) {
        let lease = loop {
            let claimed = jobs::claim(&self.store, "worker").await.unwrap().expect("a job waits");
            match claimed.job {
                Job::StartPolicy { policy, .. } => {
                    policies::start(&self.store, ACTOR, &claimed.lease, policy, now).await.unwrap();
                }
                job => {
                    assert_eq!(job, Job::Score { portfolio: self.portfolio });
                    break claimed.lease;
                }
            }
        };
        let (policy, rule) = policies::in_force(&self.store, self.portfolio, now).await.unwrap();
        let model = store::models::champion(&self.store, self.scope).await.unwrap().unwrap().id;
        let analysis = self.analysis(true).await;
        let decisions = analysis.decisions.into_iter().map(|mut new| {
            new.verdict = verdict(&rule, new.verdict.score);
            new
        });
        let decisions: Vec<_> = decisions.collect();
        let loans = decisions.len() as u32;
        let run = Scoring { portfolio: self.portfolio, model, policy, loans, is_whole: true, decisions, report: None };
        store::scorings::save(&self.store, ACTOR, &lease, &run, now).await.unwrap();
    }

    async fn states_of(&self, due: &[DueCase]) -> Vec<(ActionState, String)> {
        let mut states = Vec::new();
        for case in due {
            let case = cases::of_loan(&self.store, self.scope, case.loan).await.unwrap().remove(0);
            states.push((case.actions[0].state, case.actions[0].detail.clone()));
        }
        states
    }
}

async fn a_decided_loan_has_one_open_case(db: TestDatabase) {
    let fixture = decided(db).await;
    let recovered = "SELECT COUNT(*) FROM loan WHERE recovery_status = 'fully_recovered'";
    let recovered = fixture.db.number(recovered).await;
    let total: i64 = open(&fixture).await.iter().map(|(_, loans)| loans).sum();
    assert!(recovered > 0, "there are some to be left out");
    assert_eq!(total, 8 - recovered);
    let before = open(&fixture).await;
    // Another policy moves all loans to the legal track: their cases are closed, and others opened.
    let maker = fixture.user("ann@example.test", domain::access::Role::Admin, None).await;
    let change = DraftChange { bounds: Some((0.0, 0.0)), body: None };
    let id = policies::save_draft(&fixture.store, maker.actor(), fixture.scope, change, at(5)).await.unwrap();
    policies::submit(&fixture.store, maker.actor(), fixture.scope, id, "why", at(5)).await.unwrap();
    let approval = Approval { policy: id, rationale: "so", starts_at: None };
    policies::approve(&fixture.store, ACTOR, fixture.scope, approval, at(6)).await.unwrap();
    fixture.decide_again(at(7)).await;
    assert_eq!(open(&fixture).await, counts(total, 0, 0));
    let closed = fixture.db.number("SELECT COUNT(*) FROM recovery_case WHERE closed_at IS NOT NULL").await;
    let stayed = before.iter().find(|(track, _)| track == "legal").map_or(0, |(_, loans)| *loans);
    assert_eq!(closed, total - stayed, "who is on the track already stays");
}

async fn nothing_is_asked_for_before_somebody_begins(db: TestDatabase) {
    let fixture = decided(db).await;
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none());
    cases::look_for_due(&fixture.store, at(10)).await.unwrap();
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none());
    cases::treat(&fixture.store, ACTOR, fixture.scope, true, at(10)).await.unwrap();
    let treating = cases::treating(&fixture.store, fixture.scope, at(10)).await.unwrap();
    assert_eq!((treating.since, treating.due_cases), (Some(at(10)), treating.open_cases));
    let lease = carrying(&fixture).await;
    jobs::complete(&fixture.store, &lease, "Done.", at(10)).await.unwrap();
    cases::treat(&fixture.store, ACTOR, fixture.scope, false, at(11)).await.unwrap();
    cases::look_for_due(&fixture.store, at(12)).await.unwrap();
    assert!(jobs::claim(&fixture.store, "worker").await.unwrap().is_none());
}

async fn a_step_is_written_down_once(db: TestDatabase) {
    let fixture = decided(db).await;
    let due = with_messages(&fixture).await;
    assert!(due.len() > 2);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM message").await, due.len() as i64);
    let again = cases::due(&fixture.store, fixture.portfolio, at(10), 100).await.unwrap();
    assert!(again.iter().all(|case| case.track != Track::Standard), "the next step is a week away");
    // Another attempt of the same job, which was killed after its commit, finds the steps done.
    fixture.db.execute("UPDATE job SET lease_until_ms = 1 WHERE lease_until_ms IS NOT NULL").await;
    jobs::heartbeat(&fixture.store, "other").await.unwrap();
    let lease = carrying(&fixture).await;
    let steps: Vec<CaseStep> = due.iter().map(|case| step(case, queued(case))).collect();
    cases::carried_out(&fixture.store, &lease, fixture.portfolio, &steps, at(11)).await.unwrap();
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM message").await, due.len() as i64);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM gate_check").await, due.len() as i64);
    let case = cases::of_loan(&fixture.store, fixture.scope, due[0].loan).await.unwrap().remove(0);
    assert_eq!((case.track, case.policy_version, case.closed_at), (Track::Standard, 1, None));
    assert_eq!(case.next, Some((TreatmentKind::SmsReminder, at(10) + TimeDelta::days(7))));
    assert_eq!((case.actions.len(), case.actions[0].state), (1, ActionState::Queued));
    assert_eq!(case.actions[0].detail, due[0].contacts[0].value);
    // A deferred step comes back at its moment, and a closed case does not.
    let later = cases::due(&fixture.store, fixture.portfolio, at(20) + TimeDelta::days(7), 100).await.unwrap();
    let later: Vec<DueCase> = later.into_iter().filter(|case| case.track == Track::Standard).collect();
    let until = at(30) + TimeDelta::days(7);
    let steps = [step(&later[0], Done::Deferred { until }), step(&later[1], Done::Closed)];
    cases::carried_out(&fixture.store, &lease, fixture.portfolio, &steps, at(21)).await.unwrap();
    let ids = async |moment| {
        let due = cases::due(&fixture.store, fixture.portfolio, moment, 100).await.unwrap();
        due.iter().map(|case| case.id).filter(|id| [later[0].id, later[1].id].contains(id)).collect::<Vec<_>>()
    };
    assert_eq!(ids(until - TimeDelta::seconds(1)).await, [0_i64; 0]);
    assert_eq!(ids(until).await, [later[0].id]);
}

async fn a_message_leaves_once(db: TestDatabase) {
    let fixture = decided(db).await;
    let due = with_messages(&fixture).await;
    let claims = (0..due.len() + 3).map(|_| {
        let store = fixture.store.clone();
        tokio::spawn(async move { messages::claim(&store, Channel::Email, at(11)).await.unwrap() })
    });
    let mut claimed = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        claimed.extend(claim.await.unwrap());
    }
    let mut ids: Vec<i64> = claimed.iter().map(|message| message.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), due.len(), "each of them once");
    let settle = async |id, attempt| messages::settle(&fixture.store, id, attempt, at(12)).await.unwrap();
    let again = Attempt::Again { at: at(15), error: "the mail server is busy".to_owned() };
    settle(ids[0], Attempt::Sent).await;
    settle(ids[1], again).await;
    settle(ids[2], Attempt::Failed { error: "nobody has this address".to_owned() }).await;
    assert_eq!(messages::claim(&fixture.store, Channel::Email, at(14)).await.unwrap(), None);
    let back = messages::claim(&fixture.store, Channel::Email, at(15)).await.unwrap().unwrap();
    assert_eq!((back.id, back.attempts), (ids[1], 2));
    let counts = cases::treating(&fixture.store, fixture.scope, at(16)).await.unwrap().messages;
    assert_eq!((counts.sent, counts.failed, counts.in_doubt), (1, 1, 0));
    let states: Vec<_> = fixture.states_of(&due).await;
    assert_eq!(states.iter().filter(|(state, _)| *state == ActionState::Sent).count(), 1);
    let failed = states.iter().find(|(state, _)| *state == ActionState::Failed).unwrap();
    assert!(failed.1.contains("nobody has this address"), "{}", failed.1);
}

async fn a_message_whose_sender_died_is_in_doubt(db: TestDatabase) {
    let fixture = decided(db).await;
    with_messages(&fixture).await;
    let taken = messages::claim(&fixture.store, Channel::Email, at(11)).await.unwrap().unwrap();
    assert_eq!(messages::doubt(&fixture.store, at(11), at(12)).await.unwrap(), 0, "it may still be sent");
    assert_eq!(messages::doubt(&fixture.store, at(12), at(13)).await.unwrap(), 1);
    let next = messages::claim(&fixture.store, Channel::Email, at(14)).await.unwrap().unwrap();
    assert_ne!(next.id, taken.id, "it is not sent again");
    assert_eq!(cases::treating(&fixture.store, fixture.scope, at(15)).await.unwrap().messages.in_doubt, 1);
}

async fn a_wish_for_no_more_messages_is_heard_at_once(db: TestDatabase) {
    let fixture = decided(db).await;
    let due = with_messages(&fixture).await;
    let token = format!("token {}", due[0].id);
    let address = due[0].contacts[0].value.clone();
    let found = messages::by_opt_out_token(&fixture.store, &token).await.unwrap();
    assert_eq!(found, Some((Channel::Email, address.clone())));
    assert_eq!(messages::by_opt_out_token(&fixture.store, "token").await.unwrap(), None);
    for _ in 0..2 {
        messages::opt_out(&fixture.store, Actor::Visitor, &token, at(12)).await.unwrap();
    }
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM opt_out").await, 1);
    let waiting = "SELECT COUNT(*) FROM message WHERE failed_at IS NOT NULL";
    assert_eq!(fixture.db.number(waiting).await, 1, "what waited does not go out");
    let later = cases::due(&fixture.store, fixture.portfolio, at(10) + TimeDelta::days(8), 100).await.unwrap();
    let case = later.iter().find(|case| case.id == due[0].id).unwrap();
    assert_eq!(case.opt_outs, [(Channel::Email, address, at(12))]);
    assert!(case.sent.is_empty(), "it did not go out");
    let other = later.iter().find(|case| case.id == due[1].id).unwrap();
    assert_eq!((other.opt_outs.len(), other.sent.len()), (0, 1));
}

async fn cases_stay_within_the_scope(db: TestDatabase) {
    let fixture = decided(db).await;
    let loan = with_messages(&fixture).await[0].loan;
    let legal = fixture.track(Track::Legal);
    assert!(cases::of_loan(&fixture.store, legal, loan).await.is_err());
    assert!(cases::of_loan(&fixture.store, fixture.neighbour().await.scope, loan).await.is_err());
    assert!(cases::treating(&fixture.store, legal, at(20)).await.is_err());
    let nothing = Scope { reach: Reach::Nothing, ..fixture.scope };
    assert!(cases::treat(&fixture.store, ACTOR, nothing, true, at(20)).await.is_err());
    let treating = cases::treating(&fixture.store, fixture.neighbour().await.scope, at(20)).await.unwrap();
    assert_eq!((treating.since, treating.open_cases, treating.messages.waiting), (None, 0, 0));
}
