//! Every server function and every page, asked by a stranger and by each role.

use crate::app::{Answer, TestApp};
use axum::http::StatusCode;
use domain::access::Role::{self, Admin, Agent, Executive, Lead};
use leptos::server_fn::axum::server_fn_paths;

const EVERYBODY: &[Role] = &[Admin, Executive, Lead, Agent];
const MANAGEMENT: &[Role] = &[Admin, Executive, Lead];
const DESK: &[Role] = &[Admin, Lead, Agent];
const ADMINS: &[Role] = &[Admin];
const NOTICE_APPROVERS: &[Role] = &[Admin, Lead];
const APPROVERS: &[Role] = &[Admin, Executive];

/// Who may call each server function. One that is missing here fails the test.
const FUNCTIONS: [(&str, &[Role], &str); 56] = [
    ("/fn/viewer", EVERYBODY, ""),
    ("/fn/dashboard", MANAGEMENT, ""),
    ("/fn/strategies", MANAGEMENT, ""),
    (
        "/fn/loans",
        EVERYBODY,
        r#"{"filter":{"track":null,"segment":null,"status":null,"text":null,"sort":"score","descending":true,"page":1,"page_size":25}}"#,
    ),
    ("/fn/loan", EVERYBODY, "id=1"),
    ("/fn/settlement", EVERYBODY, r#"{"id":1,"asked":{}}"#),
    ("/fn/make_offer", EVERYBODY, "loan=1&then=draft"),
    ("/fn/make_plan", EVERYBODY, "loan=1"),
    ("/fn/send_settlement", EVERYBODY, "loan=1&id=1"),
    ("/fn/accept_settlement", EVERYBODY, "loan=1&id=1&how=letter&name=Ann"),
    ("/fn/withdraw_settlement", EVERYBODY, "loan=1&id=1&why=so"),
    ("/fn/work_queue", DESK, "page=1"),
    ("/fn/alerts", EVERYBODY, "page=1"),
    ("/fn/notices", DESK, "state=drafted&page=1"),
    ("/fn/notice", DESK, "id=0"),
    ("/fn/edit_notice", DESK, "id=0&subject=s&body=b"),
    ("/fn/approve_notice", NOTICE_APPROVERS, "id=0&rationale=why&limitation_on="),
    ("/fn/turn_down_notice", NOTICE_APPROVERS, "id=0&rationale=why"),
    ("/fn/serve_notice", DESK, "id=0&on=2026-11-23&method=post&proof=p"),
    ("/fn/letters", DESK, "state=to_print&page=1"),
    ("/fn/post_letter", DESK, "id=0&on=2026-11-23&proof="),
    ("/fn/uploads", ADMINS, ""),
    ("/fn/upload", ADMINS, "id=1"),
    ("/fn/train", ADMINS, "features=default&target=luck&segments=4&flagged="),
    ("/fn/cancel_job", ADMINS, "id=1"),
    ("/fn/new_upload", ADMINS, ""),
    ("/fn/map_columns", ADMINS, "id=1&save_as=&then=check"),
    ("/fn/delete_profile", ADMINS, "id=1&profile=none"),
    ("/fn/load_rows", ADMINS, "id=1"),
    ("/fn/undo_import", ADMINS, "id=1"),
    ("/fn/segments", MANAGEMENT, ""),
    ("/fn/models", MANAGEMENT, ""),
    ("/fn/score_loans", ADMINS, ""),
    ("/fn/reject_model", APPROVERS, "id=1"),
    ("/fn/promote_model", APPROVERS, "id=1"),
    ("/fn/policy", MANAGEMENT, "version=1"),
    ("/fn/templates", MANAGEMENT, ""),
    ("/fn/template", MANAGEMENT, "code=payment-letter"),
    ("/fn/save_template", APPROVERS, "code=payment-letter&from=1&subject=s&body=b&note=why"),
    ("/fn/treat", APPROVERS, "begins=false"),
    ("/fn/begin_draft", MANAGEMENT, ""),
    ("/fn/save_plan", MANAGEMENT, "version=0&track=legal"),
    ("/fn/save_authority", MANAGEMENT, "version=0&agent=1&lead=2&executive=3"),
    ("/fn/save_bounds", MANAGEMENT, "settlement_from=0.9&legal_above=0.1"),
    ("/fn/submit_policy", MANAGEMENT, "id=0&note=why"),
    ("/fn/discard_policy", MANAGEMENT, "id=0"),
    ("/fn/approve_policy", APPROVERS, "id=0&rationale=why"),
    ("/fn/turn_down_policy", APPROVERS, "id=0&rationale=why"),
    ("/fn/roll_back_policy", APPROVERS, "id=0&rationale=why"),
    ("/fn/settings", ADMINS, ""),
    ("/fn/set_hold", EVERYBODY, "loan=1&kind=dispute&covers=person&until=&note=why"),
    ("/fn/end_hold", MANAGEMENT, "loan=1&id=1&note=why"),
    ("/fn/override_track", MANAGEMENT, "loan=1&track=legal&reason=why"),
    ("/fn/end_override", MANAGEMENT, "loan=1&id=1&reason=why"),
    ("/fn/save_costs", ADMINS, "costs[call]=1.5"),
    ("/fn/save_contact_rules", ADMINS, "pack=none&time_zone=UTC&borrower_zones="),
];

const PUBLIC_FUNCTIONS: [&str; 5] = ["/fn/sign_in", "/fn/sign_out", "/fn/set_up", "/fn/opt_out_address", "/fn/opt_out"];

/// Who may open each page. One that is missing here fails the test.
const PAGES: [(&str, &[Role]); 18] = [
    ("/dashboard", MANAGEMENT),
    ("/strategies", MANAGEMENT),
    ("/strategies/{version}", MANAGEMENT),
    ("/strategies/templates", MANAGEMENT),
    ("/strategies/templates/{code}", MANAGEMENT),
    ("/segments", MANAGEMENT),
    ("/models", MANAGEMENT),
    ("/loans", EVERYBODY),
    ("/loans/{id}", EVERYBODY),
    ("/queue", DESK),
    ("/alerts", EVERYBODY),
    ("/letters", DESK),
    ("/notices", DESK),
    ("/notices/{id}", DESK),
    ("/uploads", ADMINS),
    ("/uploads/new", ADMINS),
    ("/uploads/{id}", ADMINS),
    ("/settings", ADMINS),
];

/// Who may fetch what is no page.
const OTHERS: [(&str, &[Role]); 5] = [
    ("/notices/1/letter", DESK),
    ("/letters/1/pdf", DESK),
    ("/uploads/1/files/1/rejected", ADMINS),
    ("/jobs/1/events", ADMINS),
    ("/models/1/file", APPROVERS),
];

/// With what strangers find there. Who has no message has nothing to opt out of.
const PUBLIC_PAGES: [(&str, StatusCode); 3] =
    [("/login", StatusCode::OK), ("/setup", StatusCode::OK), ("/opt-out", StatusCode::NOT_FOUND)];

/// Asks as each role. A bad form or a missing row may be answered in other ways, but never by letting the wrong
/// person in or keeping the right one out.
async fn check_roles(app: &TestApp, path: &str, allowed: &[Role], ask: impl AsyncFn(String) -> Answer) {
    for role in Role::ALL {
        let status = ask(app.sign_in(role).await).await.status;
        if allowed.contains(&role) {
            let faults = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::INTERNAL_SERVER_ERROR];
            assert!(!faults.contains(&status), "{path} as {role:?}: {status}");
        } else {
            assert_eq!(status, StatusCode::FORBIDDEN, "{path} as {role:?}");
        }
    }
}

#[tokio::test]
async fn every_server_function_asks_who_calls() {
    let (app, _) = TestApp::with_people().await;
    for (path, _) in server_fn_paths() {
        if PUBLIC_FUNCTIONS.contains(&path) {
            continue;
        }
        let (_, allowed, body) = FUNCTIONS
            .iter()
            .find(|(known, ..)| *known == path)
            .unwrap_or_else(|| panic!("{path} is not in the list of this test"));
        let call = async |cookie: Option<&str>| {
            if body.starts_with('{') {
                app.post_json(path, cookie, body).await
            } else {
                let form: Vec<(&str, &str)> = body.split('&').filter_map(|pair| pair.split_once('=')).collect();
                app.post_form(path, cookie, &form).await
            }
        };
        assert_eq!(call(None).await.status, StatusCode::UNAUTHORIZED, "{path} as a stranger");
        check_roles(&app, path, allowed, async |cookie| call(Some(&cookie)).await).await;
    }
}

#[tokio::test]
async fn every_page_asks_who_opens_it() {
    let (app, _) = TestApp::with_people().await;
    for listing in server::http::pages() {
        let pattern = listing.path();
        if let Some((_, status)) = PUBLIC_PAGES.iter().find(|(known, _)| *known == pattern) {
            assert_eq!(app.page(pattern, None).await.status, *status, "{pattern} as a stranger");
            continue;
        }
        let (_, allowed) = PAGES
            .iter()
            .find(|(known, _)| *known == pattern)
            .unwrap_or_else(|| panic!("{pattern} is not in the list of this test"));
        let path = pattern.replace("{id}", "1").replace("{version}", "1").replace("{code}", "payment-letter");
        assert_eq!(app.get(&path, None).await.status, StatusCode::UNAUTHORIZED, "{path} as a stranger's program");
        let led = app.page(&path, None).await;
        assert_eq!(
            (led.status, led.location),
            (StatusCode::SEE_OTHER, Some(format!("/login?next={}", path.replace('/', "%2F").replace('-', "%2D")))),
            "{path} as a stranger"
        );
        check_roles(&app, &path, allowed, async |cookie| app.page(&path, Some(&cookie)).await).await;
    }
}

#[tokio::test]
async fn what_is_no_page_asks_who_fetches_it() {
    let (app, _) = TestApp::with_people().await;
    for (path, allowed) in OTHERS {
        assert_eq!(app.get(path, None).await.status, StatusCode::UNAUTHORIZED, "{path} as a stranger");
        check_roles(&app, path, allowed, async |cookie| app.get(path, Some(&cookie)).await).await;
    }
}

#[tokio::test]
async fn each_role_is_led_to_its_first_page() {
    let (app, _) = TestApp::with_people().await;
    assert_eq!(app.page("/", None).await.location.as_deref(), Some("/login"));
    for role in Role::ALL {
        let cookie = app.sign_in(role).await;
        assert_eq!(app.page("/", Some(&cookie)).await.location.as_deref(), Some(role.home()));
    }
}

#[tokio::test]
async fn an_address_without_a_page_is_not_found() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Admin).await;
    for path in ["/nothing-here", "/loans/999", "/loans/x", "/uploads/999"] {
        let answer = app.page(path, Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text.contains("Not found"), "{path}");
    }
}

/// Values that a page makes while it renders are dropped on whichever thread ends the rendering.
#[tokio::test]
async fn pages_render_on_any_thread_time_and_again() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Admin).await;
    for round in 0..10 {
        for path in
            ["/dashboard", "/strategies", "/segments", "/models", "/loans", "/queue", "/uploads", "/login", "/setup"]
        {
            assert_eq!(app.page(path, Some(&cookie)).await.status, StatusCode::OK, "{path}, round {round}");
        }
    }
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_the_callers_fault() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Admin).await;
    let train = [("features", "default"), ("target", "observed"), ("segments", "-1"), ("flagged", "")];
    assert_eq!(app.post_form("/fn/train", Some(&cookie), &train).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        app.post_form("/fn/loan", Some(&cookie), &[("id", "abc")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(app.post_json("/fn/loans", Some(&cookie), "{").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn calls_after_the_session_ended_say_so_in_the_callers_language() {
    let (app, _) = TestApp::with_people().await;
    let answer = app.post_form("/fn/viewer", None, &[]).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
}

#[tokio::test]
async fn pages_carry_a_strict_policy_and_operators_get_answers() {
    let (app, _) = TestApp::with_people().await;
    assert_eq!(app.get("/healthz", None).await.text, "ok");
    assert_eq!(app.get("/readyz", None).await.text, "ready");
    let page = app.page("/login", None).await;
    let policy = page.policy.expect("a policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(!policy.split("style-src-attr").next().expect("a part").contains("unsafe-inline"), "{policy}");
    assert_eq!(
        page.text.matches("<script").count(),
        page.text.matches(&format!("nonce=\"{nonce}\"")).count() - 1,
        "one nonce a script, and one a preload"
    );
}
