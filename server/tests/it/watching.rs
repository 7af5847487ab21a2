//! What changed of loans is told, decided on again, and overridden by people; and what treatments cost.

use crate::app::{Answer, TestApp, file_body, loan_file};
use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use domain::access::{Role, Scope};
use domain::decision::Occasion;
use domain::id::LoanId;
use domain::listing::{DecisionView, LoanFilter};
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::policy::plan::TreatmentKind;
use domain::track::Track;
use engine::simulation::simulate;

struct Site {
    app: TestApp,
    scope: Scope,
    admin: String,
    loans: Vec<LoanRecord>,
}

impl Site {
    /// A portfolio whose loans were decided on as they were ten days ago.
    async fn new() -> Self {
        let (app, portfolio) = TestApp::with_people().await;
        let admin = app.sign_in(Role::Admin).await;
        let mut loans = simulate(13, 300);
        for loan in &mut loans {
            loan.recovery_status = RecoveryStatus::Open;
            loan.days_past_due = loan.days_past_due.map(|days| days.clamp(1, 25));
        }
        let site = Self { app, scope: Scope::whole(portfolio.id), admin, loans };
        let before = server::clock::now().date_naive().checked_sub_days(Days::new(10)).unwrap();
        site.load(before, &site.loans).await;
        let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
        site.app.post_form("/fn/train", Some(&site.admin), &form).await;
        site.app.work().await;
        site
    }

    async fn load(&self, day: NaiveDate, loans: &[LoanRecord]) {
        let as_of = format!("--limit\r\nContent-Disposition: form-data; name=\"as_of\"\r\n\r\n{day}\r\n");
        let form = [as_of.into_bytes(), file_body("loans.csv", &loan_file(loans))].concat();
        let sent = self.app.send_form("*/*", Some(&self.admin), form).await;
        assert!(sent.status.is_success() || sent.status.is_redirection(), "{sent:?}");
        self.app.work().await;
    }

    async fn load_today(&self, loans: &[LoanRecord]) {
        self.load(server::clock::now().date_naive(), loans).await;
    }

    async fn id(&self, loan_ref: &str) -> LoanId {
        let filter = LoanFilter { text: Some(loan_ref.to_owned()), page_size: 500, ..LoanFilter::default() };
        let rows = store::loans::page(&self.app.store, self.scope, &filter).await.unwrap().rows;
        rows.iter().find(|row| row.loan_ref == loan_ref).unwrap().id
    }

    async fn decision(&self, loan: LoanId) -> DecisionView {
        store::loans::get(&self.app.store, self.scope, loan).await.unwrap().decision.unwrap()
    }

    async fn page(&self, path: &str) -> String {
        let page = self.app.page(path, Some(&self.admin)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        page.text
    }

    async fn post(&self, path: &str, who: Role, form: &[(&str, &str)]) -> Answer {
        let cookie = self.app.sign_in(who).await;
        self.app.post_form(path, Some(&cookie), form).await
    }
}

#[tokio::test]
async fn a_later_file_raises_alerts_and_its_loans_are_decided_on_again() {
    let site = Site::new().await;
    assert!(site.page("/alerts").await.contains("No alerts yet"));
    assert!(site.page("/dashboard").await.contains("href=\"/alerts\""), "the navigation leads there");
    let mut late = site.loans[..2].to_vec();
    late[0].days_past_due = Some(70);
    late[1].days_past_due = Some(0);
    site.load_today(&late).await;
    let (behind, cleared) = (site.id(&late[0].loan_ref).await, site.id(&late[1].loan_ref).await);
    for loan in [behind, cleared] {
        let decision = site.decision(loan).await;
        assert_eq!((decision.occasion, decision.found.is_empty()), (Occasion::Event, false), "{decision:?}");
    }
    let list = site.page("/alerts").await;
    for words in ["Days past due from 1–30 to 61–90", "Days past due from 1–30 to 0", "2 alerts"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    assert!(list.contains(&format!("href=\"/loans/{behind}\"")) && !list.contains("Not yet"), "{list}");
    assert!(site.page("/alerts?kind=bucket_change").await.contains("61–90"));
    assert!(site.page("/alerts?kind=broken_promise").await.contains("No alerts of this kind"));
    assert!(site.page("/alerts?page=9").await.contains("past the last one"));
    let page = site.page(&format!("/loans/{behind}")).await;
    assert!(page.contains("Something happened on the loan. Days past due from 1–30 to 61–90"), "{page}");
    let page = site.page(&format!("/loans/{cleared}")).await;
    assert!(page.contains("The arrears are cleared."), "{page}");
    // An agent sees those of the own track alone.
    let agent = site.app.sign_in(Role::Agent).await;
    let on_legal = [behind, cleared].map(async |loan| site.decision(loan).await.track == Track::Legal);
    let mut legal = 0;
    for is_on in on_legal {
        legal += usize::from(is_on.await);
    }
    let seen = site.app.page("/alerts", Some(&agent)).await.text;
    assert_eq!(seen.matches("href=\"/loans/").count(), legal, "{seen}");
}

#[tokio::test]
async fn a_hold_is_told_and_makes_the_loan_be_decided_on_again() {
    let site = Site::new().await;
    let loan = site.id(&site.loans[4].loan_ref).await;
    let id = loan.to_string();
    let form = [("loan", id.as_str()), ("kind", "dispute"), ("covers", "loan"), ("until", ""), ("note", "a letter")];
    site.post("/fn/set_hold", Role::Lead, &form).await;
    site.app.work().await;
    assert_eq!(site.decision(loan).await.occasion, Occasion::Event);
    assert!(site.page("/alerts?kind=hold").await.contains("Dispute: hold set"));
}

#[tokio::test]
async fn a_lead_overrides_a_track_until_somebody_ends_it() {
    let site = Site::new().await;
    let loan = site.id(&site.loans[7].loan_ref).await;
    let (id, before) = (loan.to_string(), site.decision(loan).await);
    let other = Track::ALL.into_iter().find(|track| *track != before.track).unwrap();
    let set = |reason| [("loan", id.clone()), ("track", other.code().to_owned()), ("reason", reason)];
    let post = async |path: &str, form: &[(&str, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = site.post(path, Role::Lead, &form).await;
        site.app.work().await;
        answer
    };
    assert_eq!(post("/fn/override_track", &set("x".repeat(1001))).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(post("/fn/override_track", &set(" ".to_owned())).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(post("/fn/override_track", &set("She called us".to_owned())).await.status.is_success());
    assert_eq!(post("/fn/override_track", &set("Again".to_owned())).await.status, StatusCode::CONFLICT);
    let page = site.page(&format!("/loans/{loan}")).await;
    let words = format!("It is on the {} track all the same", other.label().to_lowercase());
    assert!(page.contains(&words) && page.contains("She called us"), "{page}");
    assert!(page.contains(&format!("the {} track takes scores", before.track.label().to_lowercase())), "{page}");
    // A scoring, and facts that change, leave it where it is.
    let mut later = site.loans[7].clone();
    later.days_past_due = Some(100);
    site.load_today(&[later]).await;
    site.app.post_form("/fn/score_loans", Some(&site.admin), &[]).await;
    site.app.work().await;
    let held = site.decision(loan).await;
    assert_eq!((held.track, held.occasion), (other, Occasion::Override));
    assert!(site.page("/strategies").await.contains("1 in 30 days"));
    let chosen = store::overrides::of_loan(&site.app.store, site.scope, loan).await.unwrap()[0].id.to_string();
    let end = [("loan", id.clone()), ("id", chosen), ("reason", "It was a mistake".to_owned())];
    assert!(post("/fn/end_override", &end).await.status.is_success());
    let after = site.decision(loan).await;
    assert_eq!((after.track, after.occasion), (after.policy.track(after.score), Occasion::OverrideEnded));
}

#[tokio::test]
async fn an_admin_says_what_treatments_cost() {
    let (app, portfolio) = TestApp::with_people().await;
    let admin = app.sign_in(Role::Admin).await;
    let save = async |call: &str, email: &str| {
        let form = [("costs[call]", call), ("costs[email_reminder]", email), ("costs[letter]", "")];
        app.post_form("/fn/save_costs", Some(&admin), &form).await.status
    };
    assert_eq!(save("4.25", "-1").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(save("1000000", "0").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(save("4.25", "0.02").await.is_success());
    let costs = store::costs::get(&app.store, portfolio.id).await.unwrap();
    let minor = |kind| costs.of(kind).map(|cost| cost.minor);
    assert_eq!(minor(TreatmentKind::Call), Some(425));
    assert_eq!((minor(TreatmentKind::EmailReminder), minor(TreatmentKind::Letter)), (Some(2), None));
    let page = app.page("/settings", Some(&admin)).await.text;
    assert!(page.contains("value=\"4.25\"") && page.contains("value=\"0.02\""), "{page}");
}
