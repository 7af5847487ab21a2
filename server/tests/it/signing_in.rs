//! First start, signing in and out, and requests from other sites.

use crate::app::{PASSWORD, SETUP_TOKEN, TestApp, email};
use axum::body::Body;
use axum::http::{StatusCode, header};
use domain::access::Role;

fn first_start<'a>(token: &'a str, password: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("token", token),
        ("portfolio", "Northern"),
        ("currency", "EUR"),
        ("name", "Ada"),
        ("email", "ada@site.test"),
        ("password", password),
    ]
}

#[tokio::test]
async fn the_first_start_makes_one_administrator_and_no_second() {
    let app = TestApp::new().await;
    assert_eq!(app.page("/", None).await.location.as_deref(), Some("/setup"));
    assert!(app.page("/setup", None).await.text.contains("the link that the server printed"));
    let wrong = app.post_form("/fn/set_up", None, &first_start("guess", PASSWORD)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let short = app.post_form("/fn/set_up", None, &first_start(SETUP_TOKEN, "short")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("at least") || short.text.contains("12"), "{}", short.text);
    assert_eq!(store::users::count(&app.store).await.unwrap(), 0);

    let done = app.post_form("/fn/set_up", None, &first_start(SETUP_TOKEN, PASSWORD)).await;
    let cookie = done.cookie.expect("a session");
    assert_eq!(app.page("/uploads", Some(&cookie)).await.status, StatusCode::OK);
    assert_eq!(app.page("/", None).await.location.as_deref(), Some("/login"));
    let portfolio = store::portfolios::first(&app.store).await.unwrap().unwrap();
    assert_eq!((portfolio.name.as_str(), portfolio.currency.code()), ("Northern", "EUR"));

    let again = app.post_form("/fn/set_up", None, &first_start(SETUP_TOKEN, PASSWORD)).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(store::users::count(&app.store).await.unwrap(), 1);
}

#[tokio::test]
async fn wrong_passwords_lock_and_unknown_people_are_told_the_same() {
    let (app, _) = TestApp::with_people().await;
    let unknown = app.sign_in_with("nobody@site.test", PASSWORD).await;
    let wrong = app.sign_in_with(&email(Role::Lead), "wrong password").await;
    assert_eq!((unknown.status, &unknown.text), (wrong.status, &wrong.text));
    assert!(wrong.cookie.is_none());
    for _ in 2..store::users::FAILED_ATTEMPTS_MAX {
        assert_eq!(app.sign_in_with(&email(Role::Lead), "wrong password").await.text, wrong.text);
    }
    // The try that locks is answered as the others are, and so is the right password after it.
    for password in ["wrong password", PASSWORD] {
        let locked = app.sign_in_with(&email(Role::Lead), password).await;
        assert_eq!((locked.status, &locked.text), (wrong.status, &wrong.text));
        assert!(locked.cookie.is_none());
    }
    app.sign_in(Role::Admin).await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_ended() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Executive).await;
    assert_eq!(app.get("/dashboard", Some(&cookie)).await.status, StatusCode::OK);
    app.post_form("/fn/sign_out", Some(&cookie), &[]).await;
    assert_eq!(app.get("/dashboard", Some(&cookie)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn plain_forms_are_led_back_with_what_was_wrong() {
    let (app, _) = TestApp::with_people().await;
    let request = TestApp::request("POST", "/fn/sign_in", None)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .header(header::REFERER, "http://site.test/login")
        .body(Body::from("email=x%40site.test&password=wrong&next="))
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.location.expect("a location");
    assert!(location.starts_with("http://site.test/login?__path="), "{location}");
    let page = app.page(location.trim_start_matches("http://site.test"), None).await;
    assert!(page.text.contains("Email and password do not match."), "{}", page.text);
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let (app, _) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    for path in ["/fn/train", "/fn/cancel_job", "/uploads/receive", "/fn/sign_in"] {
        let request = TestApp::request("POST", path, Some(&cookie))
            .header(header::ORIGIN, "http://evil.test")
            .body(Body::empty())
            .unwrap();
        assert_eq!(app.send(request).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn next_leads_nowhere_else() {
    let (app, _) = TestApp::with_people().await;
    for (next, location) in [
        ("/loans", "/loans"),
        ("//evil.test", "/dashboard"),
        ("https://evil.test", "/dashboard"),
        ("/\\evil.test", "/dashboard"),
        ("/\r\nX", "/dashboard"),
        ("/\t/evil.test", "/dashboard"),
    ] {
        let form = [("email", email(Role::Admin)), ("password", PASSWORD.to_owned()), ("next", next.to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(app.post_form("/fn/sign_in", None, &form).await.location.as_deref(), Some(location), "{next}");
    }
}
