//! Templates: who changes them, what is refused, and which words are sent.

use crate::app::TestApp;
use crate::mail_server::MailServer;
use crate::outreach::{decided, send};
use axum::http::StatusCode;
use domain::access::Role;

impl TestApp {
    async fn save_words(&self, cookie: &str, from: &str, subject: &str, body: &str, note: &str) -> crate::app::Answer {
        let form = [("code", "payment-reminder"), ("from", from), ("subject", subject), ("body", body), ("note", note)];
        self.post_form("/fn/save_template", Some(cookie), &form).await
    }
}

#[tokio::test]
async fn the_latest_words_are_sent_and_wrong_ones_are_refused() {
    let (app, scope) = decided().await;
    let (executive, lead) = (app.sign_in(Role::Executive).await, app.sign_in(Role::Lead).await);
    let list = app.page("/strategies/templates", Some(&lead)).await.text;
    for words in ["Payment reminder, SMS", "Settlement offer, letter", "Notice before action", "Came with the program"]
    {
        assert!(list.contains(words), "{words}: {list}");
    }
    let address = "/strategies/templates/payment-reminder";
    let page = app.page(address, Some(&lead)).await.text;
    for words in ["Dear Ana Example", "USD 5,000.00", "With a made-up borrower"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Save a new version"), "a lead reads them alone");
    let loan = store::loans::all_for_training(&app.store, scope.portfolio).await.unwrap().remove(0).1.loan_ref;
    let page = app.page(&format!("{address}?loan={loan}"), Some(&executive)).await.text;
    assert!(page.contains("Save a new version") && page.contains(&format!("on your loan {loan} is")), "{page}");
    let page = app.page(&format!("{address}?loan=NONE"), Some(&executive)).await.text;
    assert!(page.contains("There is no loan NONE here"), "{page}");
    assert_eq!(app.page("/strategies/templates/none", Some(&executive)).await.status, StatusCode::NOT_FOUND);

    let good = "Dear {{borrower}}, please pay {{instalment}}. {{opt_out}}";
    for (from, subject, body, note, status, words) in [
        (
            "1",
            "Late",
            "Pay, {{name}}. {{opt_out}}",
            "why",
            StatusCode::CONFLICT,
            "{{name}} is no variable; there are {{borrower}}",
        ),
        ("1", "Late", "Pay {{to_pay}}. {{opt_out}}", "why", StatusCode::CONFLICT, "{{to_pay}} has no value here"),
        ("1", "Late", "Pay.", "why", StatusCode::CONFLICT, "{{opt_out}} is missing"),
        ("1", " ", good, "why", StatusCode::CONFLICT, "A subject is needed"),
        ("1", "Late", good, " ", StatusCode::UNPROCESSABLE_ENTITY, "Why: say it in a few words"),
        ("7", "Late", good, "why", StatusCode::CONFLICT, "Somebody has saved version 1 meanwhile"),
    ] {
        let refused = app.save_words(&executive, from, subject, body, note).await;
        assert_eq!(refused.status, status, "{}", refused.text);
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
    assert_eq!(app.save_words(&lead, "1", "Late", good, "why").await.status, StatusCode::FORBIDDEN);
    let saved = app.save_words(&executive, "1", "Loan {{loan}} needs you", good, "a friendlier tone").await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    let page = app.page(address, Some(&executive)).await.text;
    for words in ["version 2", "a friendlier tone", "Dear Ana Example, please pay USD 250.00", "Version 1"] {
        assert!(page.contains(words), "{words}: {page}");
    }

    app.post_form("/fn/treat", Some(&executive), &[("begins", "true")]).await;
    app.work().await;
    let server = MailServer::start().await;
    send(&app, scope, &server).await;
    let mails = server.mails();
    assert!(mails.len() > 10);
    for mail in mails {
        assert!(mail.text.contains("needs you") && mail.text.contains("please pay USD"), "{}", mail.text);
        assert!(mail.link().len() > 30);
    }
}
