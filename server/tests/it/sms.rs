//! SMS: from a step of a plan to a gateway, and back from a borrower who wants no more of them.

use crate::app::TestApp;
use crate::outreach::{begun, waiting};
use crate::sms_gateway::{Gateway, Reply, hmac_sha256, secret};
use axum::body::Body;
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::access::{Role, Scope};
use domain::case::MessageCounts;
use domain::policy::plan::TreatmentKind;
use server::channels::{self, SmsGateway, WebhookSecret};
use std::time::Duration;
use store::messages::{Attempt, settle};
use tokio_util::sync::CancellationToken;

const ANSWERED_WITHIN: Duration = Duration::from_millis(300);

/// The number of the borrower at a place, as a file writes it.
fn number(place: usize) -> String {
    format!("(212) 555-{place:04}")
}

/// An app whose plan of the standard track begins with an SMS; a third of its borrowers said no, a third nothing.
async fn texted() -> (TestApp, Scope) {
    let contact = |place: usize| format!(",,{},{},", number(place), ["yes", "no", ""][place % 3]);
    begun(TreatmentKind::SmsReminder, "payment-reminder-sms", contact).await
}

async fn counts(app: &TestApp, scope: Scope) -> MessageCounts {
    store::cases::treating(&app.store, scope, server::clock::now()).await.unwrap().messages
}

/// Lets the outbox work until `done`.
async fn send(app: &TestApp, scope: Scope, url: &str, tells_twins: bool, done: impl Fn(MessageCounts) -> bool) {
    let secret = WebhookSecret::read(crate::app::WEBHOOK_SECRET).unwrap();
    let gateway = SmsGateway::new(url, secret, tells_twins, ANSWERED_WITHIN).unwrap();
    let stop = CancellationToken::new();
    let sending = tokio::spawn(channels::run(app.store.clone(), gateway, stop.clone()));
    for _ in 0..600 {
        if done(counts(app, scope).await) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    sending.await.unwrap();
}

#[tokio::test]
async fn reminders_reach_those_who_may_be_reached_once() {
    let (app, scope) = texted().await;
    let queued = waiting(&app.store, scope).await;
    assert!(queued > 10, "{queued}");
    let gateway = Gateway::start(|_| Reply::Status(202, "")).await;
    send(&app, scope, &gateway.url(), false, |counts| counts.waiting == 0).await;
    let counts = counts(&app, scope).await;
    assert_eq!((counts.sent, counts.failed, counts.in_doubt), (queued, 0, 0));
    let asked = gateway.asked();
    assert_eq!(asked.len(), queued as usize, "each was signed, and came once");
    let mut ids: Vec<&str> = asked.iter().map(|asked| asked.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), asked.len());
    for asked in asked {
        let place: usize = asked.to[10..].parse().unwrap();
        assert!(place % 3 != 1, "a no is heard: {}", asked.to);
        assert!(asked.text.contains("Reply STOP") && asked.text.contains("/opt-out?message="), "{}", asked.text);
    }
}

#[tokio::test]
async fn a_gateway_that_refuses_is_believed_and_one_that_is_busy_is_asked_again() {
    let (app, scope) = texted().await;
    let queued = waiting(&app.store, scope).await;
    // The first is refused for good, the second not taken yet, and so on.
    let gateway = Gateway::start(|place| match place % 3 {
        0 => Reply::Status(422, "no such\nnumber"),
        1 => Reply::Status(500, "busy"),
        _ => Reply::Status(200, "{}"),
    })
    .await;
    let is_asked = {
        let gateway = gateway.clone();
        move |_| gateway.asked().len() == queued as usize
    };
    send(&app, scope, &gateway.url(), false, is_asked).await;
    let found = counts(&app, scope).await;
    let refused = queued.div_ceil(3);
    let busy = (queued + 1) / 3;
    assert_eq!((found.failed, found.waiting, found.in_doubt), (refused, busy, 0), "of {queued}");
    let page = {
        let loans = store::loans::all_for_training(&app.store, scope.portfolio).await.unwrap();
        let mut told = Vec::new();
        for (loan, _) in loans {
            let cases = store::cases::of_loan(&app.store, scope, loan).await.unwrap();
            told.extend(cases.into_iter().flat_map(|case| case.actions).map(|action| action.detail));
        }
        told.join("\n")
    };
    assert!(page.contains("the SMS gateway refused it (422 Unprocessable Entity: no such number)"), "{page}");

    // What was not taken is taken when its time has come, under the same id.
    let waits: Vec<_> = gateway.asked().into_iter().skip(1).step_by(3).collect();
    for asked in &waits {
        let now = server::clock::now();
        settle(&app.store, asked.message(), Attempt::Again { at: now, error: "busy".to_owned() }, now).await.unwrap();
    }
    let better = Gateway::start(|_| Reply::Status(200, "")).await;
    send(&app, scope, &better.url(), false, |counts| counts.waiting == 0).await;
    let ids = |asked: Vec<crate::sms_gateway::Asked>| {
        let mut ids: Vec<String> = asked.into_iter().map(|asked| asked.id).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(better.asked()), ids(waits));
    let found = counts(&app, scope).await;
    assert_eq!((found.sent, found.waiting), (queued - refused, 0));
}

#[tokio::test]
async fn a_message_without_an_answer_is_in_doubt_unless_the_gateway_tells_twins() {
    let (app, scope) = texted().await;
    let queued = waiting(&app.store, scope).await;
    let silent = Gateway::start(|place| if place == 0 { Reply::Silence } else { Reply::HangUp }).await;
    send(&app, scope, &silent.url(), false, |counts| counts.in_doubt > 1).await;
    let found = counts(&app, scope).await;
    assert!(found.in_doubt > 1 && found.in_doubt + found.waiting == queued, "{found:?}");
    assert_eq!(silent.asked().len(), found.in_doubt as usize);
    let before = silent.asked().len();
    send(&app, scope, &silent.url(), true, |_| silent.asked().len() > before + 1).await;
    let twins = counts(&app, scope).await;
    assert_eq!(twins, found, "they wait for another attempt under the same id");
    // Who cannot be reached has taken nothing.
    send(&app, scope, "http://127.0.0.1:1/", false, |_| false).await;
    assert_eq!(counts(&app, scope).await, found);
}

impl TestApp {
    /// What the gateway tells; `signed_at` is off by so many seconds.
    async fn inbound(&self, body: &str, late: i64, key: &[u8]) -> crate::app::Answer {
        let seconds = (server::clock::now().timestamp() - late).to_string();
        let signed = [b"in-1.", seconds.as_bytes(), b".", body.as_bytes()].concat();
        let request = TestApp::request("POST", "/hooks/sms", None)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", "in-1")
            .header("webhook-timestamp", &seconds)
            .header("webhook-signature", format!("v1,{}", STANDARD.encode(hmac_sha256(key, &signed))));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

#[tokio::test]
async fn who_answers_stop_gets_no_more() {
    let (app, scope) = texted().await;
    let queued = waiting(&app.store, scope).await;
    let gateway = Gateway::start(|_| Reply::Status(202, "")).await;
    let is_one_asked = {
        let gateway = gateway.clone();
        move |_| !gateway.asked().is_empty()
    };
    send(&app, scope, &gateway.url(), false, is_one_asked).await;
    assert!(counts(&app, scope).await.waiting > 2, "others still wait");
    let number_of = |to: &str| format!("+1{}", to.replace(|letter: char| !letter.is_ascii_digit(), ""));

    // Words that mean nothing here are answered and dropped; who is not the gateway is not heard.
    let to = number_of(&gateway.asked()[0].to);
    let says = |from: &str, text: &str| format!(r#"{{"from":"{from}","text":"{text}","received":1}}"#);
    let answer = app.inbound(&says(&to, "I paid yesterday"), 0, &secret()).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, r#"{"opted_out":false}"#));
    let stop = says(&to, "Stopp!");
    assert_eq!(app.inbound(&stop, 0, b"another secret").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.inbound(&stop, 400, &secret()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/hooks/sms", None).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(app.inbound("{}", 0, &secret()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = app.inbound(&says("+4915112345678", "STOP"), 0, &secret()).await;
    assert_eq!(answer.text, r#"{"borrowers":0,"opted_out":true}"#);

    // The one who was reached, and one who waits to be, say stop.
    let (lead, mut stopped) = (app.sign_in(Role::Lead).await, Vec::new());
    for (loan, record) in store::loans::all_for_training(&app.store, scope.portfolio).await.unwrap() {
        let mut cases = store::cases::of_loan(&app.store, scope, loan).await.unwrap();
        let Some(action) = cases.pop().and_then(|case| case.actions.into_iter().next()) else { continue };
        if action.state == domain::case::ActionState::Queued && stopped.is_empty() {
            stopped.push((loan, action.detail, record));
        }
    }
    let (loan, address, _) = stopped.pop().unwrap();
    for from in [&to, &number_of(&address)] {
        let answer = app.inbound(&says(from, "please STOP"), 0, &secret()).await;
        assert_eq!(answer.text, r#"{"borrowers":1,"opted_out":true}"#);
    }
    send(&app, scope, &gateway.url(), false, |counts| counts.waiting == 0).await;
    let found = counts(&app, scope).await;
    assert_eq!((found.sent, found.failed), (queued - 1, 1));
    assert!(gateway.asked().iter().all(|asked| asked.to != address), "{address}");
    let page = app.page(&format!("/loans/{loan}"), Some(&lead)).await.text;
    assert!(page.contains("The borrower wants no more messages to this address"), "{page}");

    // The link in a message says what it stops.
    let text = &gateway.asked()[0].text;
    let link = &text[text.find("/opt-out?message=").unwrap()..];
    let page = app.page(link, None).await.text;
    assert!(page.contains("Send no more SMS") && !page.contains("e-mail"), "{page}");
    app.work().await;
}
