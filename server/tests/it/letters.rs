//! Letters by post: from a step of a plan to a person who prints and posts them.

use crate::app::TestApp;
use crate::outreach::begun;
use axum::body::Body;
use axum::http::{StatusCode, header};
use domain::access::{Role, Scope};
use domain::case::ActionState;
use domain::hold::{HoldKind, HoldScope};
use domain::letter::{LetterRow, LetterState};
use domain::policy::plan::TreatmentKind;
use store::holds::NewHold;

async fn listed(app: &TestApp, scope: Scope, state: LetterState) -> Vec<LetterRow> {
    store::letters::list(&app.store, scope, state, 1, server::clock::now()).await.unwrap().rows
}

impl TestApp {
    /// Sends the form by which a letter is printed.
    async fn print(&self, letter: impl std::fmt::Display, cookie: &str) -> crate::app::Answer {
        let request = Self::request("POST", &format!("/letters/{letter}/print"), Some(cookie));
        self.send(request.header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    async fn post_letter(&self, letter: impl std::fmt::Display, cookie: &str, on: &str, proof: &str) -> StatusCode {
        let letter = letter.to_string();
        let form = [("id", letter.as_str()), ("on", on), ("proof", proof)];
        self.post_form("/fn/post_letter", Some(cookie), &form).await.status
    }
}

#[tokio::test]
async fn a_letter_is_printed_and_posted_by_a_person_once() {
    let contact = |place: usize| {
        if place.is_multiple_of(4) { ",,,,".to_owned() } else { format!(",,,,\"{place} High St, Leeds\"") }
    };
    let (app, scope) = begun(TreatmentKind::Letter, "payment-letter", contact).await;
    let waiting = listed(&app, scope, LetterState::ToPrint).await;
    assert_eq!(waiting[0].recipient[2], "Leeds");
    let treating = store::cases::treating(&app.store, scope, server::clock::now()).await.unwrap();
    let all = treating.messages.letters;
    assert_eq!((waiting.len(), treating.messages.waiting), (50, 0));
    let second = store::letters::list(&app.store, scope, LetterState::ToPrint, 2, server::clock::now()).await.unwrap();
    assert!(second.counts[0] == u64::from(all) && second.rows.len() as u32 == (all - 50).min(50), "of {all}");
    assert!(second.rows.iter().all(|row| waiting.iter().all(|other| other.id != row.id)));
    let [lead, admin, executive] =
        [app.sign_in(Role::Lead).await, app.sign_in(Role::Admin).await, app.sign_in(Role::Executive).await];
    let (first, id) = (&waiting[0], waiting[0].id);
    let page = app.page("/letters", Some(&lead)).await.text;
    assert!(page.contains(&first.loan_ref) && page.contains("Print: letter for loan"), "{page}");
    let loan = app.page(&format!("/loans/{}", first.loan), Some(&lead)).await.text;
    assert!(loan.contains("Waits for a person") && loan.contains("High St"), "{loan}");

    // Nobody is told that what is not printed is posted; a preview is marked as a draft.
    let today = server::clock::now().date_naive().to_string();
    let preview = app.get(&format!("/letters/{id}/pdf"), Some(&lead)).await;
    assert!(preview.status == StatusCode::OK && preview.text.starts_with("%PDF-"));
    assert_eq!(app.post_letter(id, &lead, &today, "").await, StatusCode::CONFLICT);
    assert_eq!(app.print(id, &executive).await.status, StatusCode::FORBIDDEN);
    assert_eq!(app.print(999_999, &lead).await.status, StatusCode::NOT_FOUND);
    let printed = app.print(id, &lead).await;
    assert_eq!(printed.status, StatusCode::OK, "{}", printed.text);
    assert_ne!(printed.text, preview.text, "it is no draft any more");
    assert_eq!(app.print(id, &lead).await.text, printed.text, "a jam of paper is no matter");
    assert_eq!(listed(&app, scope, LetterState::Printed).await.len(), 1);
    let page = app.page("/letters?state=printed", Some(&lead)).await.text;
    assert!(page.contains("It was posted") && page.contains(&first.loan_ref), "{page}");

    for (on, status) in [
        ("2020-01-01", StatusCode::CONFLICT),
        ("2999-01-01", StatusCode::CONFLICT),
        ("soon", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(app.post_letter(id, &lead, on, "").await, status, "{on}");
    }
    assert_eq!(app.post_letter(id, &lead, &today, &"x".repeat(201)).await, StatusCode::CONFLICT);
    let (one, other) =
        tokio::join!(app.post_letter(id, &lead, &today, "list 7"), app.post_letter(id, &lead, &today, "list 7"));
    assert_eq!((one, other), (StatusCode::OK, StatusCode::OK), "the same click twice is as once");
    assert_eq!(app.post_letter(id, &admin, &today, "list 8").await, StatusCode::CONFLICT);
    assert_eq!(app.print(id, &lead).await.status, StatusCode::CONFLICT);
    let posted = listed(&app, scope, LetterState::Posted).await;
    assert_eq!(posted.len(), 1);
    assert!(posted[0].detail.contains("Team lead; proof: list 7"), "{}", posted[0].detail);
    let case = store::cases::of_loan(&app.store, scope, first.loan).await.unwrap().remove(0);
    assert_eq!(case.actions[0].state, ActionState::Sent);

    // A hold that came after a letter was made stops it.
    let held = &waiting[1];
    let now = server::clock::now();
    let covers = HoldScope::Loan(held.loan);
    let hold = NewHold { loan: held.loan, kind: HoldKind::Dispute, covers, until: None, note: "a call" };
    store::holds::set(&app.store, domain::access::Actor::CommandLine, scope, hold, now).await.unwrap();
    let refused = app.print(held.id, &lead).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("There is a hold"), "{}", refused.text);
    let case = store::cases::of_loan(&app.store, scope, held.loan).await.unwrap().remove(0);
    assert_eq!(case.actions[0].rules, ["all.hold"], "the answer is on file");
    let replay = crate::contact_gate::replay(&app, &[]);
    assert_eq!(replay.0, Some(0), "{}", replay.1);
    app.work().await;
}

#[tokio::test]
async fn an_offer_goes_by_post_where_no_email_may_go() {
    let contact = |place: usize| match place % 3 {
        0 => format!("b{place}@example.test,no,,,{place} High St"),
        1 => format!(",,,,{place} High St"),
        _ => format!("b{place}@example.test,yes,,,{place} High St"),
    };
    let (app, scope) = begun(TreatmentKind::Letter, "payment-letter", contact).await;
    let lead = app.sign_in(Role::Lead).await;
    let before = listed(&app, scope, LetterState::ToPrint).await;
    let before_all =
        u64::from(store::cases::treating(&app.store, scope, server::clock::now()).await.unwrap().messages.letters);
    let mut of_place = std::collections::HashMap::new();
    for row in &before {
        let place: usize = row.recipient[1].split(' ').next().unwrap().parse().unwrap();
        of_place.entry(place % 3).or_insert((row.loan, row.loan_ref.clone()));
    }
    let on = |days| (server::clock::now() + chrono::TimeDelta::days(days)).date_naive().to_string();
    for place in 0..3 {
        let loan = of_place[&place].0.to_string();
        let form = [
            ("loan", loan.as_str()),
            ("asked[haircut]", "5"),
            ("asked[first_payment]", "0"),
            ("asked[kind]", "offer"),
            ("asked[expires_on]", &on(10)),
            ("asked[pay_by]", &on(20)),
            ("then", "send"),
        ];
        let made = app.post_form("/fn/make_offer", Some(&lead), &form).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    }
    app.work().await;
    let all = store::letters::list(&app.store, scope, LetterState::ToPrint, 1, server::clock::now()).await.unwrap();
    assert_eq!(all.counts[0], before_all + 2, "two letters were added");
    let last = all.counts[0].div_ceil(50) as u32;
    let mut rows = Vec::new();
    for page in 1..=last {
        rows.extend(
            store::letters::list(&app.store, scope, LetterState::ToPrint, page, server::clock::now())
                .await
                .unwrap()
                .rows,
        );
    }
    let offers: Vec<&LetterRow> = rows.iter().filter(|row| row.subject.contains("offer to settle")).collect();
    let mut found: Vec<String> = offers.iter().map(|row| row.loan_ref.clone()).collect();
    let mut expected = vec![of_place[&0].1.clone(), of_place[&1].1.clone()];
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "who may be reached by e-mail is");
    let waiting = store::cases::treating(&app.store, scope, server::clock::now()).await.unwrap().messages.waiting;
    assert_eq!(waiting, 1);

    // What is withdrawn is not sent any more.
    let row = offers[0];
    let today = server::clock::now().date_naive();
    let offer = store::settlements::of_loan(&app.store, scope, row.loan, today).await.unwrap().remove(0);
    let (loan, id) = (row.loan.to_string(), offer.id.to_string());
    let form = [("loan", loan.as_str()), ("id", id.as_str()), ("why", "a mistake")];
    assert_eq!(app.post_form("/fn/withdraw_settlement", Some(&lead), &form).await.status, StatusCode::OK);
    let refused = app.print(row.id, &lead).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.text.contains("not open any more"), "{}", refused.text);
    assert_eq!(app.print(offers[1].id, &lead).await.status, StatusCode::OK);
    app.work().await;
}
