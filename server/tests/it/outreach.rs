//! Treatments carried out: from a decision to a letter box, by a mail server that speaks SMTP.

use crate::app::{TestApp, email, loan_file};
use crate::mail_server::MailServer;
use axum::http::StatusCode;
use domain::access::{Role, Scope};
use domain::loan::LoanRecord;
use domain::policy::plan::{Step, StepCondition, TreatmentKind};
use engine::simulation::simulate;
use server::channels::{self, Mailer};
use std::time::Duration;
use store::Store;
use store::policies::{self, Approval, DraftChange};
use tokio_util::sync::CancellationToken;

/// Lets the outbox work until nothing waits.
pub(crate) async fn send(app: &TestApp, scope: Scope, server: &MailServer) {
    let mailer = Mailer::new(&server.url(), "Recovery <recovery@lender.test>").unwrap();
    let stop = CancellationToken::new();
    let sending = tokio::spawn(channels::run(app.store.clone(), mailer, stop.clone()));
    for _ in 0..600 {
        if waiting(&app.store, scope).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    sending.await.unwrap();
}

pub(crate) async fn waiting(store: &Store, scope: Scope) -> u32 {
    store::cases::treating(store, scope, server::clock::now()).await.unwrap().messages.waiting
}

/// An app whose borrowers have addresses; two of them said no.
pub(crate) async fn decided() -> (TestApp, Scope) {
    let (app, portfolio) = TestApp::with_people().await;
    let admin = app.sign_in(Role::Admin).await;
    let loans = simulate(11, 300);
    app.send_file(Some(&admin), "loans.csv", &loan_file(&loans)).await;
    app.work().await;
    let row = |(place, loan): (usize, &LoanRecord)| {
        let consent = if place < 100 { "no" } else { "yes" };
        format!("{},b{place}@example.test,{consent}", loan.borrower.borrower_ref)
    };
    let rows: Vec<String> = loans.iter().enumerate().map(row).collect();
    let borrowers = format!("Borrower_ID,Email,Email_Consent\n{}\n", rows.join("\n"));
    app.send_file(Some(&admin), "borrowers.csv", borrowers.as_bytes()).await;
    app.work().await;
    let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
    app.post_form("/fn/train", Some(&admin), &form).await;
    app.work().await;
    (app, Scope::whole(portfolio.id))
}

/// An app whose plan of the standard track is one step, and whose treatments have begun. `contact` gives e-mail, its consent, number,
/// its consent and address of the borrower at a place, between commas.
pub(crate) async fn begun(kind: TreatmentKind, template: &str, contact: impl Fn(usize) -> String) -> (TestApp, Scope) {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let person = async |role| store::users::find_for_sign_in(&app.store, &email(role)).await.unwrap().unwrap().user;
    let [admin, executive] = [person(Role::Admin).await, person(Role::Executive).await];
    let now = server::clock::now;
    let (id, _) = policies::in_force(&app.store, portfolio.id, now()).await.unwrap();
    let mut body = policies::body(&app.store, id).await.unwrap();
    let only = StepCondition { dpd_min: Some(1), ..StepCondition::default() };
    body.plans.standard = vec![Step { kind, on_day: 0, template: Some(template.to_owned()), only }];
    let change = DraftChange { bounds: None, body: Some(body) };
    let draft = policies::save_draft(&app.store, admin.actor(), scope, change, now()).await.unwrap();
    policies::submit(&app.store, admin.actor(), scope, draft, "one step", now()).await.unwrap();
    let approval = Approval { policy: draft, rationale: "agreed", starts_at: None };
    policies::approve(&app.store, executive.actor(), scope, approval, now()).await.unwrap();
    let cookie = app.sign_in(Role::Admin).await;
    let loans = simulate(11, 300);
    app.send_file(Some(&cookie), "loans.csv", &loan_file(&loans)).await;
    app.work().await;
    let row = |(place, loan): (usize, &LoanRecord)| format!("{},{}", loan.borrower.borrower_ref, contact(place));
    let rows: Vec<String> = loans.iter().enumerate().map(row).collect();
    let borrowers = format!("Borrower_ID,Email,Email_Consent,Phone,Phone_Consent,Address\n{}\n", rows.join("\n"));
    app.send_file(Some(&cookie), "borrowers.csv", borrowers.as_bytes()).await;
    app.work().await;
    let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
    app.post_form("/fn/train", Some(&cookie), &form).await;
    app.work().await;
    app.post_form("/fn/treat", Some(&cookie), &[("begins", "true")]).await;
    app.work().await;
    (app, scope)
}

#[tokio::test]
async fn reminders_reach_those_who_may_be_reached_once() {
    let (app, scope) = decided().await;
    let (executive, server) = (app.sign_in(Role::Executive).await, MailServer::start().await);
    send(&app, scope, &server).await;
    assert!(server.mails().is_empty(), "nobody has begun");
    app.post_form("/fn/treat", Some(&executive), &[("begins", "true")]).await;
    app.work().await;
    let queued = waiting(&app.store, scope).await;
    assert!(queued > 0);
    send(&app, scope, &server).await;
    let mails = server.mails();
    assert_eq!(mails.len(), queued as usize);
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    to.dedup();
    assert_eq!(to.len(), mails.len(), "nobody is reached twice");
    let number = |address: &str| address.trim_start_matches('b').split('@').next().unwrap().parse::<usize>().unwrap();
    assert!(to.iter().all(|address| number(address) >= 100), "a no is heard: {to:?}");
    let mail = &mails[0];
    assert!(mail.text.contains("Subject: A payment on loan") && mail.text.contains("From: Recovery"), "{}", mail.text);
    assert_eq!(mail.from, "recovery@lender.test");
    // Nothing goes out again, whoever looks, and the page tells how many did.
    app.work().await;
    send(&app, scope, &server).await;
    assert_eq!(server.mails().len(), queued as usize);
    let page = app.page("/strategies", Some(&executive)).await;
    assert!(page.text.contains("Stop carrying treatments out"));
    let counts = store::cases::treating(&app.store, scope, server::clock::now()).await.unwrap().messages;
    assert_eq!((counts.sent, counts.failed, counts.in_doubt), (queued, 0, 0));

    // The link in the message stops what would come.
    let link = mail.link();
    let page = app.page(&link, None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Send no more e-mails") && !page.text.contains(&mail.to), "the address is hidden");
    let token = link.split('=').nth(1).unwrap();
    app.post_form("/fn/opt_out", None, &[("message", token)]).await;
    assert!(app.page(&format!("{link}&done=1"), None).await.text.contains("No more e-mails go to"));
    assert_eq!(app.page("/opt-out?message=unknown", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.post_form("/fn/opt_out", None, &[("message", "unknown")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_server_that_refuses_or_is_not_there_loses_no_message() {
    let (app, scope) = decided().await;
    let executive = app.sign_in(Role::Executive).await;
    app.post_form("/fn/treat", Some(&executive), &[("begins", "true")]).await;
    app.work().await;
    let queued = waiting(&app.store, scope).await;
    let server = MailServer::start().await;
    // Each third is refused for good, each third is not taken yet.
    server.refuse(|place| match place % 3 {
        0 => Some("550 no such user"),
        1 => Some("451 try later"),
        _ => None,
    });
    let mailer = Mailer::new(&server.url(), "recovery@lender.test").unwrap();
    let stop = CancellationToken::new();
    let sending = tokio::spawn(channels::run(app.store.clone(), mailer, stop.clone()));
    let counts = async || store::cases::treating(&app.store, scope, server::clock::now()).await.unwrap().messages;
    for _ in 0..600 {
        let counts = counts().await;
        if counts.sent + counts.failed + queued.div_ceil(3).min(counts.waiting) >= queued {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    sending.await.unwrap();
    let found = counts().await;
    assert_eq!(found.sent + found.failed + found.waiting, queued);
    assert_eq!(found.in_doubt, 0);
    assert!(found.sent > 0 && found.failed > 0 && found.waiting > 0, "{found:?}");
    assert_eq!(server.mails().len(), found.sent as usize);
    let silent = Mailer::new("smtp://127.0.0.1:1", "recovery@lender.test").unwrap();
    let stop = CancellationToken::new();
    let sending = tokio::spawn(channels::run(app.store.clone(), silent, stop.clone()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.cancel();
    sending.await.unwrap();
    assert_eq!(counts().await, found, "what waits for its next moment goes on waiting");
}
