//! A legal notice, from the plan that asks for it to its service.

use crate::app::{TestApp, email, loan_file};
use axum::http::StatusCode;
use domain::access::{Actor, Role, Scope};
use domain::hold::{HoldKind, HoldScope};
use domain::notice::NoticeState;
use domain::policy::plan::{Step, StepCondition, TreatmentKind};
use engine::simulation::simulate;
use store::holds::NewHold;
use store::policies::{self, Approval, DraftChange};

/// An app whose plan of the legal track begins with a notice, and whose cases are treated.
async fn treated() -> (TestApp, Scope) {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let person = async |role| store::users::find_for_sign_in(&app.store, &email(role)).await.unwrap().unwrap().user;
    let [admin, executive] = [person(Role::Admin).await, person(Role::Executive).await];
    let (id, _) = policies::in_force(&app.store, portfolio.id, server::clock::now()).await.unwrap();
    let mut body = policies::body(&app.store, id).await.unwrap();
    body.plans.legal = vec![Step {
        kind: TreatmentKind::LegalNotice,
        on_day: 0,
        template: Some("notice-before-action".to_owned()),
        only: StepCondition { dpd_min: Some(1), ..StepCondition::default() },
    }];
    let change = DraftChange { bounds: Some((0.2, 0.4)), body: Some(body) };
    let now = server::clock::now;
    let draft = policies::save_draft(&app.store, admin.actor(), scope, change, now()).await.unwrap();
    policies::submit(&app.store, admin.actor(), scope, draft, "notices first", now()).await.unwrap();
    let approval = Approval { policy: draft, rationale: "agreed", starts_at: None };
    policies::approve(&app.store, executive.actor(), scope, approval, now()).await.unwrap();
    let cookie = app.sign_in(Role::Admin).await;
    app.send_file(Some(&cookie), "loans.csv", &loan_file(&simulate(11, 300))).await;
    app.work().await;
    let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
    app.post_form("/fn/train", Some(&cookie), &form).await;
    app.work().await;
    app.post_form("/fn/treat", Some(&cookie), &[("begins", "true")]).await;
    app.work().await;
    (app, scope)
}

#[tokio::test]
async fn a_notice_goes_out_only_after_a_person_has_approved_it() {
    let (app, scope) = treated().await;
    let [lead, agent, executive] =
        [app.sign_in(Role::Lead).await, app.sign_in(Role::Agent).await, app.sign_in(Role::Executive).await];
    let listed = store::notices::list(&app.store, scope, NoticeState::Drafted, 1).await.unwrap();
    let (id, loan) = (listed.rows[0].id, &listed.rows[0].loan_ref);
    let text = id.to_string();
    let list = app.page("/notices", Some(&lead)).await;
    assert!(list.text.contains(loan) && list.text.contains("Waits for approval"), "{}", list.text);
    let page = app.page(&format!("/notices/{id}"), Some(&lead)).await.text;
    assert!(page.contains("How the amount is made up") && page.contains("Approve this notice"), "{page}");
    assert_eq!(app.page(&format!("/notices/{id}"), Some(&executive)).await.status, StatusCode::FORBIDDEN);

    let letter = async || app.get(&format!("/notices/{id}/letter"), Some(&lead)).await;
    let draft = letter().await;
    assert_eq!(draft.status, StatusCode::OK);
    assert!(draft.text.starts_with("%PDF-"), "{}", &draft.text[..20]);
    let service = [("id", text.as_str()), ("on", ""), ("method", "post"), ("proof", "RR 1")];
    let today = server::clock::now().date_naive().to_string();
    let service = service.map(|(name, value)| (name, if name == "on" { today.as_str() } else { value }));
    assert_eq!(app.post_form("/fn/serve_notice", Some(&lead), &service).await.status, StatusCode::CONFLICT);
    let approval = async |cookie: &str, rationale: &str, limitation: &str| {
        let form = [("id", text.as_str()), ("rationale", rationale), ("limitation_on", limitation)];
        app.post_form("/fn/approve_notice", Some(cookie), &form).await.status
    };
    let why = "Three letters stayed without an answer.";
    assert_eq!(approval(&agent, why, "").await, StatusCode::FORBIDDEN);
    assert_eq!(approval(&lead, "so", "").await, StatusCode::CONFLICT);
    assert_eq!(approval(&lead, why, "soon").await, StatusCode::UNPROCESSABLE_ENTITY);
    approval(&lead, why, "2099-01-01").await;
    let approved = store::notices::get(&app.store, scope, id).await.unwrap();
    assert_eq!(
        (approved.state, approved.limitation_on.map(|day| day.to_string())),
        (NoticeState::Approved, Some("2099-01-01".to_owned()))
    );
    assert_ne!(letter().await.text, draft.text, "it is no draft any more");
    let page = app.page(&format!("/notices/{id}"), Some(&lead)).await.text;
    assert!(page.contains("It was served") && page.contains(why), "{page}");
    app.post_form("/fn/serve_notice", Some(&lead), &service).await;
    let served = store::notices::list(&app.store, scope, NoticeState::Served, 1).await.unwrap();
    assert_eq!(served.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    let page = app.page(&format!("/loans/{}", served.rows[0].loan), Some(&lead)).await.text;
    assert!(page.contains("RR 1"), "the loan tells of it");
    assert_eq!(app.get("/notices/999999/letter", Some(&lead)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_notice_that_was_served_against_the_rules_is_told_by_a_replay() {
    let (app, scope) = treated().await;
    let lead = app.sign_in(Role::Lead).await;
    let row = store::notices::list(&app.store, scope, NoticeState::Drafted, 1).await.unwrap().rows.remove(0);
    let id = row.id.to_string();
    let why = "Three letters stayed without an answer.";
    let approval = [("id", id.as_str()), ("rationale", why), ("limitation_on", "2099-01-01")];
    assert_eq!(app.post_form("/fn/approve_notice", Some(&lead), &approval).await.status, StatusCode::OK);
    let covers = HoldScope::Loan(row.loan);
    let hold = NewHold { loan: row.loan, kind: HoldKind::Dispute, covers, until: None, note: "a call" };
    store::holds::set(&app.store, Actor::CommandLine, scope, hold, server::clock::now()).await.unwrap();
    assert_eq!(crate::contact_gate::replay(&app, &[]).0, Some(0));

    let today = server::clock::now().date_naive().to_string();
    let served = [("id", id.as_str()), ("on", today.as_str()), ("method", "post"), ("proof", "RR 1")];
    let refused = app.post_form("/fn/serve_notice", Some(&lead), &served).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let although = "It had left before the call came in.";
    let served: Vec<_> = served.into_iter().chain([("although", although)]).collect();
    let answer = app.post_form("/fn/serve_notice", Some(&lead), &served).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let (code, words) = crate::contact_gate::replay(&app, &[]);
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("legal notice: all.hold") && words.contains(although), "{words}");
    let (_, words) = crate::contact_gate::replay(&app, &["--json"]);
    let found: serde_json::Value = serde_json::from_str(&words).unwrap();
    assert_eq!(found["breach_count"], 1);
    assert_eq!(
        (&found["breaches"][0]["although"], &found["breaches"][0]["loan"]),
        (&although.into(), &row.loan_ref.into())
    );
    app.work().await;
}
