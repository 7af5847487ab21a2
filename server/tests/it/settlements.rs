//! Offers and plans over HTTP: from the form to the letter box, by the people who may.

use crate::app::{TestApp, loan_file};
use crate::mail_server::MailServer;
use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use domain::access::{Role, Scope};
use domain::id::LoanId;
use domain::listing::{LoanFilter, LoanRow};
use domain::loan::RecoveryStatus;
use domain::settlement::SettlementState;
use domain::settlement::view::SettlementView;
use domain::track::Track;
use engine::simulation::simulate;
use server::channels::{self, Mailer};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn day(after: u64) -> String {
    today().checked_add_days(Days::new(after)).unwrap().to_string()
}

fn today() -> NaiveDate {
    server::clock::now().date_naive()
}

struct Site {
    app: TestApp,
    scope: Scope,
}

impl Site {
    /// A portfolio whose loans are decided on, and whose borrowers have addresses.
    async fn new() -> Self {
        let (app, portfolio) = TestApp::with_people().await;
        let admin = app.sign_in(Role::Admin).await;
        let loans = simulate(11, 300);
        app.send_file(Some(&admin), "loans.csv", &loan_file(&loans)).await;
        app.work().await;
        let rows: Vec<String> =
            loans.iter().map(|loan| format!("{0},{0}@example.test,yes", loan.borrower.borrower_ref)).collect();
        let borrowers = format!("Borrower_ID,Email,Email_Consent\n{}\n", rows.join("\n"));
        app.send_file(Some(&admin), "borrowers.csv", borrowers.as_bytes()).await;
        app.work().await;
        let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
        app.post_form("/fn/train", Some(&admin), &form).await;
        app.work().await;
        Self { app, scope: Scope::whole(portfolio.id) }
    }

    /// Loans of a track that are open and have something to settle.
    async fn loans(&self, track: Track) -> Vec<LoanRow> {
        let filter = LoanFilter { track: Some(track), page_size: 100, ..LoanFilter::default() };
        let mut rows = store::loans::page(&self.app.store, self.scope, &filter).await.unwrap().rows;
        rows.retain(|row| {
            row.recovery_status == RecoveryStatus::Open && row.outstanding_amount.is_some_and(|of| of.minor > 100_000)
        });
        rows
    }

    async fn settlements(&self, loan: LoanId) -> Vec<SettlementView> {
        store::settlements::of_loan(&self.app.store, self.scope, loan, today()).await.unwrap()
    }

    async fn offer(&self, who: &str, loan: LoanId, haircut: &str, then: &str) -> crate::app::Answer {
        let (id, until, by) = (loan.to_string(), day(14), day(30));
        let form = [
            ("loan", id.as_str()),
            ("asked[kind]", "offer"),
            ("asked[haircut]", haircut),
            ("asked[first_payment]", "50.00"),
            ("asked[expires_on]", &until),
            ("asked[pay_by]", &by),
            ("then", then),
        ];
        self.app.post_form("/fn/make_offer", Some(who), &form).await
    }

    async fn plan(
        &self,
        who: &str,
        loan: LoanId,
        count: &str,
        limitation_on: &str,
        reason: &str,
    ) -> crate::app::Answer {
        let basis = store::settlements::basis(&self.app.store, self.scope, loan).await.unwrap();
        let amount = format!("{:.2}", basis.balance.unwrap().minor as f64 / 100.0);
        let (id, start) = (loan.to_string(), day(10));
        let form = [
            ("loan", id.as_str()),
            ("asked[kind]", "plan"),
            ("asked[amount]", &amount),
            ("asked[count]", count),
            ("asked[start_on]", &start),
            ("asked[interval]", "monthly"),
            ("asked[limitation_on]", limitation_on),
            ("asked[reason]", reason),
        ];
        self.app.post_form("/fn/make_plan", Some(who), &form).await
    }

    async fn act(&self, what: &str, who: &str, loan: LoanId, id: &str, more: &[(&str, &str)]) -> crate::app::Answer {
        let loan = loan.to_string();
        let form: Vec<(&str, &str)> =
            [("loan", loan.as_str()), ("id", id)].into_iter().chain(more.iter().copied()).collect();
        self.app.post_form(&format!("/fn/{what}_settlement"), Some(who), &form).await
    }
}

#[tokio::test]
async fn an_offer_goes_from_the_form_to_a_yes() {
    let site = Site::new().await;
    // Agents of the tests work the legal track.
    let loan = site.loans(Track::Legal).await.remove(0);
    let (agent, lead) = (site.app.sign_in(Role::Agent).await, site.app.sign_in(Role::Lead).await);
    let address = format!("/loans/{}", loan.id);
    let page = site.app.page(&address, Some(&agent)).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Make an offer", "Make a repayment plan", "Worth today", "Wait", "You may let go up to 10 %"] {
        assert!(page.text.contains(words), "{words}");
    }
    // The form shows what its terms come to, without scripts.
    let asked = format!(
        "{address}?asked[kind]=offer&asked[haircut]=25&asked[first_payment]=0&asked[expires_on]={}&asked[pay_by]={}",
        day(14),
        day(30)
    );
    let page = site.app.page(&asked, Some(&agent)).await;
    assert!(
        page.text.contains("25 % is more than your role may let go") && page.text.contains("Payments as they would be")
    );

    let refused = site.offer(&agent, loan.id, "25", "offer").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text.contains("recovery agent, 10 %") && refused.text.contains("team lead or executive"),
        "{}",
        refused.text
    );
    assert_eq!(site.offer(&agent, loan.id, "lots", "offer").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(site.settlements(loan.id).await.is_empty());

    // A draft is sent by somebody whose role may.
    site.offer(&agent, loan.id, "25", "draft").await;
    let draft = site.settlements(loan.id).await.remove(0);
    let id = draft.id.to_string();
    assert_eq!((draft.state, draft.haircut_percent), (SettlementState::Drafted, 25));
    assert!(site.app.page(&address, Some(&lead)).await.text.contains("Send the offer"));
    let refused = site.act("send", &agent, loan.id, &id, &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(refused.text.contains("25 % is more than your role may let go"), "{}", refused.text);
    let yes = [("how", "telephone"), ("name", "Ann Example")];
    assert_eq!(site.act("accept", &agent, loan.id, &id, &yes).await.status, StatusCode::CONFLICT, "a draft");
    site.act("send", &lead, loan.id, &id, &[]).await;
    assert_eq!(site.settlements(loan.id).await[0].state, SettlementState::Offered);

    // Two write the same yes down at once: there is one.
    assert_eq!(
        site.act("accept", &agent, loan.id, &id, &[("how", "dream"), ("name", "Ann")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let (one, other) =
        tokio::join!(site.act("accept", &agent, loan.id, &id, &yes), site.act("accept", &lead, loan.id, &id, &yes));
    for answer in [one, other] {
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{}: {}", answer.status, answer.text);
    }
    let events = store::audit::list(&site.app.store, site.scope, 1000).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.action == "settlement.accepted").count(), 1);
    let page = site.app.page(&address, Some(&lead)).await;
    assert!(page.text.contains("by Ann Example, by telephone; written down by"), "{}", page.text);
    assert_eq!(site.offer(&lead, loan.id, "5", "offer").await.status, StatusCode::CONFLICT, "one is open");
    site.act("withdraw", &lead, loan.id, &id, &[("why", "A mistake")]).await;
    assert!(site.app.page(&address, Some(&lead)).await.text.contains("A mistake"));
}

#[tokio::test]
async fn a_plan_needs_time_and_reasons() {
    let site = Site::new().await;
    let loans = site.loans(Track::Settlement).await;
    let loan = loans[0].id;
    let (agent, lead) = (site.app.sign_in(Role::Agent).await, site.app.sign_in(Role::Lead).await);
    assert_eq!(site.plan(&agent, loan, "6", "", "Why.").await.status, StatusCode::NOT_FOUND, "another team's loan");
    let refused = site.plan(&lead, loan, "6", &day(100), "Sells a car.").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("after the limitation date"), "{}", refused.text);
    // One instalment of all that is owed takes more than anybody earns in a month.
    let dear = site.plan(&lead, loan, "1", "", " ").await;
    assert_eq!(dear.status, StatusCode::CONFLICT);
    assert!(dear.text.contains("Why it can be paid:"), "{}", dear.text);
    site.plan(&lead, loan, "6", &day(200), "Sells a car.").await;
    let made = site.settlements(loan).await.remove(0);
    assert_eq!(
        (made.state, made.instalments.len(), made.reason.as_str()),
        (SettlementState::Offered, 6, "Sells a car.")
    );
    let page = site.app.page(&format!("/loans/{loan}"), Some(&lead)).await;
    assert!(page.text.contains("Sells a car.") && page.text.contains("The borrower accepts"));
}

#[tokio::test]
async fn the_policy_drafts_offers_and_their_emails_leave_once() {
    let site = Site::new().await;
    let (executive, lead, server) =
        (site.app.sign_in(Role::Executive).await, site.app.sign_in(Role::Lead).await, MailServer::start().await);
    site.app.post_form("/fn/treat", Some(&executive), &[("begins", "true")]).await;
    site.app.work().await;
    let loans = site.loans(Track::Settlement).await;
    let draft = site.settlements(loans[0].id).await.remove(0);
    assert_eq!((draft.state, draft.haircut_percent, draft.drafted_by), (SettlementState::Drafted, 10, None));
    site.act("send", &lead, loans[0].id, &draft.id.to_string(), &[]).await;
    site.app.work().await;
    let mailer = Mailer::new(&server.url(), "Recovery <recovery@lender.test>").unwrap();
    let stop = CancellationToken::new();
    let sending = tokio::spawn(channels::run(site.app.store.clone(), mailer, stop.clone()));
    let waiting = async || {
        store::cases::treating(&site.app.store, site.scope, server::clock::now()).await.unwrap().messages.waiting
    };
    for _ in 0..600 {
        if waiting().await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    sending.await.unwrap();
    let is_offer = |text: &str| text.contains("An offer to settle loan");
    let mails = server.mails();
    let offers: Vec<_> = mails.iter().filter(|mail| is_offer(&mail.text)).collect();
    assert_eq!(offers.len(), 1, "of {} messages", mails.len());
    let to = format!("{}@example.test", loans[0].borrower_ref);
    assert!(offers[0].to.eq_ignore_ascii_case(&to), "{} {to}", offers[0].to);
    // Nothing goes out again, and the treatments of the loan tell of it.
    site.app.work().await;
    assert_eq!(waiting().await, 0);
    let page = site.app.page(&format!("/loans/{}", loans[0].id), Some(&lead)).await;
    assert!(page.text.contains("Settlement offer") && page.text.contains("Sent"), "{}", page.text);
}
