//! What the contact gate is asked with: the portfolio's rules, holds, and all that was done.

use crate::app::TestApp;
use crate::mail_server::MailServer;
use crate::outreach::{decided, send, waiting};
use axum::body::Body;
use axum::http::{StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Actor, Role, Scope};
use domain::case::{ActionState, Outgoing};
use domain::contact::Channel;
use domain::hold::{HoldKind, HoldScope};
use domain::id::LoanId;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;
use store::holds::NewHold;
use store::messages::{self, Attempt};

#[tokio::test]
async fn an_admin_chooses_the_rules_and_is_told_what_they_will_not_allow() {
    let (app, portfolio) = TestApp::with_people().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = app.page("/settings", Some(&admin)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("unknown.time-zone") && page.text.contains("us.validation-5-days"), "{}", page.text);
    // As a browser without scripts sends it.
    let body = "pack=in-rbi&time_zone=Asia/Kolkata&borrower_zones=Asia/Kolkata,+Asia/Dubai";
    let request = TestApp::request("POST", "/fn/save_contact_rules", Some(&admin))
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = app.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::FOUND, Some("/settings")));
    let kept = store::portfolios::contact_rules(&app.store, portfolio.id).await.unwrap();
    assert_eq!((kept.pack.id, kept.zone.name(), kept.borrower_zones.len()), ("in-rbi", "Asia/Kolkata", 2));
    let page = app.page("/settings", Some(&admin)).await.text;
    assert!(!page.contains("unknown.time-zone") && page.contains("Asia/Kolkata, Asia/Dubai"), "{page}");
    for (pack, zone, zones, words) in [
        ("eu", "UTC", "", "no pack of contact rules"),
        ("none", "Mars/Phobos", "", "Mars/Phobos"),
        ("none", "UTC", "UTC Moon", "Moon"),
    ] {
        let form = [("pack", pack), ("time_zone", zone), ("borrower_zones", zones)];
        let refused = app.post_form("/fn/save_contact_rules", Some(&admin), &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    assert_eq!(store::portfolios::contact_rules(&app.store, portfolio.id).await.unwrap().pack.id, "in-rbi");
}

/// The loans to which messages are on their way.
async fn queued(app: &TestApp, scope: Scope) -> Vec<LoanId> {
    let mut queued = Vec::new();
    for (loan, _) in store::loans::all_for_training(&app.store, scope.portfolio).await.unwrap() {
        let cases = store::cases::of_loan(&app.store, scope, loan).await.unwrap();
        if cases.iter().flat_map(|case| &case.actions).any(|action| action.state == ActionState::Queued) {
            queued.push(loan);
        }
    }
    queued
}

#[tokio::test]
async fn a_hold_stops_what_is_on_its_way_until_it_is_ended() {
    let (app, scope) = decided().await;
    let (lead, executive) = (app.sign_in(Role::Lead).await, app.sign_in(Role::Executive).await);
    let zone = domain::contact_rules::ContactRules::read("none", "America/New_York", "").unwrap();
    store::portfolios::set_contact_rules(&app.store, Actor::CommandLine, scope, &zone, server::clock::now())
        .await
        .unwrap();
    app.post_form("/fn/treat", Some(&executive), &[("begins", "true")]).await;
    app.work().await;
    let loans = queued(&app, scope).await;
    assert!(loans.len() > 3 && loans.len() == waiting(&app.store, scope).await as usize);
    let held = loans[0].to_string();
    let path = format!("/loans/{held}");
    let form = |covers: &'static str, until: &'static str, note: &'static str| {
        [
            ("loan", held.clone()),
            ("kind", "dispute".to_owned()),
            ("covers", covers.to_owned()),
            ("until", until.to_owned()),
            ("note", note.to_owned()),
        ]
    };
    let set = async |form: [(&str, String); 5]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        app.post_form("/fn/set_hold", Some(&lead), &form).await
    };
    assert_eq!(set(form("person", "", " ")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(set(form("person", "soon", "why")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(set(form("person", "2020-01-01", "why")).await.status, StatusCode::CONFLICT);
    assert_eq!(set(form("x@example.test", "", "why")).await.status, StatusCode::CONFLICT);
    assert_eq!(set(form("person", "2999-12-31", "a letter came")).await.status, StatusCode::OK);
    let page = app.page(&path, Some(&lead)).await.text;
    for words in
        ["a letter came", "1 Jan 3000, 00:00 EST", "all.hold", "End this hold: Dispute", "One hold is in force"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }

    let server = MailServer::start().await;
    send(&app, scope, &server).await;
    assert_eq!(server.mails().len(), loans.len() - 1, "all but the one that is held");
    let case = store::cases::of_loan(&app.store, scope, loans[0]).await.unwrap().remove(0);
    let action = &case.actions[0];
    assert_eq!((action.state, action.rules.as_slice()), (ActionState::Failed, &["all.hold".to_owned()][..]));
    assert!(action.detail.contains("Not allowed any more: There is a hold"), "{}", action.detail);
    assert!(app.page(&path, Some(&lead)).await.text.contains("Not allowed any more"));
    let replay = replay(&app, &[]);
    assert_eq!(replay.0, Some(0), "{}", replay.1);
    assert!(replay.1.ends_with("checked by none, version 1: no breach.\n"), "{}", replay.1);

    let id = store::holds::of_loan(&app.store, scope, loans[0]).await.unwrap()[0].id.to_string();
    let end = [("loan", held.as_str()), ("id", id.as_str()), ("note", "it was answered")];
    assert_eq!(app.post_form("/fn/end_hold", Some(&lead), &end).await.status, StatusCode::OK);
    assert_eq!(app.post_form("/fn/end_hold", Some(&lead), &end).await.status, StatusCode::CONFLICT);
    let page = app.page(&path, Some(&lead)).await.text;
    assert!(page.contains("by Team lead: it was answered") && page.contains("Nothing is on hold"), "{page}");
    // Each makes the loans be decided on again.
    app.work().await;
}

/// The exit code and the output of a replay.
pub(crate) fn replay(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_loan-recovery"));
    program.env_clear().args(["gate", "replay", "--database-url", &app.database_url()]).args(arguments);
    let output = program.output().unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), words + &String::from_utf8_lossy(&output.stderr))
}

/// Takes the next message and sends it, whatever the gate would say.
async fn send_anyway(app: &TestApp, at: DateTime<Utc>) -> Option<Outgoing> {
    let taken = messages::claim(&app.store, Channel::Email, at).await.unwrap()?;
    messages::settle(&app.store, taken.id, Attempt::Sent, at).await.unwrap();
    Some(taken)
}

#[tokio::test]
async fn a_replay_tells_each_thing_that_should_not_have_been_done() {
    let (app, scope) = decided().await;
    let executive = app.sign_in(Role::Executive).await;
    let rules = domain::contact_rules::ContactRules::read("none", "America/New_York", "America/New_York").unwrap();
    let now = server::clock::now();
    store::portfolios::set_contact_rules(&app.store, Actor::CommandLine, scope, &rules, now).await.unwrap();
    app.post_form("/fn/treat", Some(&executive), &[("begins", "true")]).await;
    app.work().await;
    let sent = waiting(&app.store, scope).await;
    assert!(sent > 4);
    assert_eq!(replay(&app, &[]).0, Some(0), "nothing has gone out");
    // Tomorrow, in the small hours and at noon in New York.
    let tomorrow = now.date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::days(1);
    let (night, noon) = (tomorrow + TimeDelta::hours(7), tomorrow + TimeDelta::hours(17));
    let mut expected: BTreeMap<i64, Vec<&str>> = BTreeMap::new();

    let at_night = send_anyway(&app, night).await.unwrap();
    expected.insert(at_night.id, vec!["us.hours-8-to-21"]);
    // One is being sent when its reader wants no more; the mail server does not take it, and somebody sends it later.
    let unwanted = messages::claim(&app.store, Channel::Email, noon).await.unwrap().unwrap();
    let again = Attempt::Again { at: noon + TimeDelta::minutes(2), error: "busy".to_owned() };
    messages::settle(&app.store, unwanted.id, again, noon).await.unwrap();
    let token = unwanted.body.split("message=").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    // The wish withdraws what waits, so the message is claimed again before.
    let taken = messages::claim(&app.store, Channel::Email, noon + TimeDelta::minutes(1)).await.unwrap().unwrap();
    assert_ne!(taken.id, unwanted.id);
    let loan = taken.loan;
    let hold = NewHold { loan, kind: HoldKind::Hardship, covers: HoldScope::Loan(loan), until: None, note: "ill" };
    let set_at = noon + TimeDelta::seconds(30);
    store::holds::set(&app.store, Actor::CommandLine, scope, hold, set_at).await.unwrap();
    messages::settle(&app.store, taken.id, Attempt::Sent, noon + TimeDelta::minutes(1)).await.unwrap();
    expected.insert(taken.id, vec!["all.hold"]);
    let mut reclaimed = None;
    while let Some(next) = messages::claim(&app.store, Channel::Email, noon + TimeDelta::minutes(3)).await.unwrap() {
        if next.id == unwanted.id {
            reclaimed = Some(next.id);
        } else {
            messages::settle(&app.store, next.id, Attempt::Sent, noon + TimeDelta::minutes(3)).await.unwrap();
        }
    }
    let opted_out_at = noon + TimeDelta::minutes(2);
    messages::opt_out(&app.store, Actor::Visitor, token, opted_out_at).await.unwrap();
    let reclaimed = reclaimed.expect("it came back");
    messages::settle(&app.store, reclaimed, Attempt::Sent, noon + TimeDelta::minutes(4)).await.unwrap();
    expected.insert(reclaimed, vec!["all.opt-out"]);

    let (code, words) = replay(&app, &["--pack", "us-reg-f", "--json"]);
    assert_eq!(code, Some(2), "{words}");
    let found: Value = serde_json::from_str(&words).unwrap();
    let breaches = found["breaches"].as_array().unwrap();
    let told: BTreeMap<i64, Vec<&str>> = breaches
        .iter()
        .map(|breach| {
            let rules = breach["rules"].as_array().unwrap();
            (breach["message"].as_i64().unwrap(), rules.iter().map(|rule| rule.as_str().unwrap()).collect())
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!((&found["checks"], &found["breach_count"]), (&sent.into(), &3.into()));
    assert_eq!((&found["pack"], &found["borrower_zones"]), (&"us-reg-f".into(), &"America/New_York".into()));
    let (code, words) = replay(&app, &[]);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("all.hold. There is a hold.") && words.ends_with("version 1: 2 breaches.\n"), "{words}");
    app.work().await;
}
