//! Models after the first: who lets them decide, and what is taken away.

use crate::app::{TestApp, loan_file};
use axum::http::StatusCode;
use domain::access::{Role, Scope};
use domain::feature::Feature;
use domain::job::JobState;
use domain::loan::RecoveryStatus;
use domain::model::{ClassWeights, ExtraChoice, ModelState};
use engine::simulation::simulate;

#[tokio::test]
async fn somebody_else_approves_rolls_back_and_takes_a_model_away() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let (admin, executive) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Executive).await);
    let loans = simulate(11, 400);
    app.send_file(Some(&admin), "loans.csv", &loan_file(&loans)).await;
    app.work().await;
    for features in ["default", "reference"] {
        let form = [("features", features), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
        app.post_form("/fn/train", Some(&admin), &form).await;
        app.work().await;
    }
    let list = async || store::models::list(&app.store, scope).await.unwrap();
    let states = async || list().await.iter().map(|model| model.state).collect::<Vec<_>>();
    assert_eq!(states().await, [ModelState::Candidate, ModelState::Champion]);
    let (second, first) = (list().await[0].id.to_string(), list().await[1].id.to_string());
    let page = app.page("/models", Some(&executive)).await;
    assert!(page.text.contains("Model 2 waits for approval") && page.text.contains("Let model 2 decide"));
    let page = app.page("/models", Some(&admin)).await;
    assert!(page.text.contains("You had it trained") && !page.text.contains("Let model 2 decide"));

    let promote = async |cookie: &str, id: &str| app.post_form("/fn/promote_model", Some(cookie), &[("id", id)]).await;
    assert_eq!(promote(&admin, &second).await.status, StatusCode::CONFLICT);
    assert_eq!(states().await, [ModelState::Candidate, ModelState::Champion]);
    // The request only writes the approval down; pressed twice, it is one.
    for _ in 0..2 {
        assert!(promote(&executive, &second).await.status.as_u16() < 400);
    }
    assert_eq!(states().await, [ModelState::Candidate, ModelState::Champion]);
    let page = app.page("/models", Some(&executive)).await.text;
    assert!(page.contains("Model 2 takes over") && page.contains("Waiting"), "{page}");
    assert!(!page.contains("Let model 2 decide") && !page.contains("waits for approval"), "{page}");
    assert_eq!(promote(&admin, &second).await.status, StatusCode::CONFLICT, "not even then by who trained it");
    let approvals = async || {
        let trail = store::audit::list(&app.store, scope, 500).await.unwrap();
        trail.iter().filter(|event| event.action == "model.approved").count()
    };
    assert_eq!(approvals().await, 1);
    app.work().await;
    assert_eq!(states().await, [ModelState::Champion, ModelState::Retired]);
    let last = store::models::promotion(&app.store, scope).await.unwrap().unwrap();
    assert_eq!(
        (last.job.state, last.job.percent, last.job.message.as_str()),
        (JobState::Succeeded, 100, "Model 2 decides.")
    );
    assert!(!app.page("/models", Some(&executive)).await.text.contains("takes over"));
    assert!(app.page("/models", Some(&executive)).await.text.contains("Roll back to model 1"));
    assert_eq!(promote(&executive, &first).await.status, StatusCode::CONFLICT);
    assert_eq!(states().await, [ModelState::Champion, ModelState::Retired], "the way back needs a reason");
    let back = [("id", first.as_str()), ("reason", "The new one flags too many.")];
    app.post_form("/fn/promote_model", Some(&executive), &back).await;
    assert!(app.page("/models", Some(&executive)).await.text.contains("Model 1 takes over"));
    // Who changes their mind stops it before its turn, and asks again.
    let job = store::models::promotion(&app.store, scope).await.unwrap().unwrap().job.id.to_string();
    app.post_form("/fn/cancel_job", Some(&admin), &[("id", &job)]).await;
    app.work().await;
    assert_eq!(states().await, [ModelState::Champion, ModelState::Retired]);
    assert!(app.page("/models", Some(&executive)).await.text.contains("Cancelled"));
    app.post_form("/fn/promote_model", Some(&executive), &back).await;
    app.work().await;
    assert_eq!(states().await, [ModelState::Retired, ModelState::Champion]);
    assert_eq!(promote(&executive, "999").await.status, StatusCode::NOT_FOUND);
    assert!(app.page("/models", Some(&admin)).await.text.contains("Let decide because: The new one flags too many."));

    let taken = app.get(&format!("/models/{first}/file"), Some(&executive)).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert_eq!(app.get("/models/999/file", Some(&executive)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_model_that_leaks_waits_and_is_replaced_by_an_honest_one() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let (admin, executive) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Executive).await);
    let mut loans = simulate(13, 1_000);
    for loan in &mut loans {
        // Interest that is set after the outcome is known.
        let is_lost = loan.recovery_status == RecoveryStatus::WrittenOff;
        loan.interest_rate = loan.interest_rate.map(|rate| if is_lost { rate + 30.0 } else { rate });
    }
    app.send_file(Some(&admin), "loans.csv", &loan_file(&loans)).await;
    app.work().await;
    let train = async |left_out: &[(&'static str, &'static str)]| {
        let form = [("features", "default"), ("target", "observed"), ("segments", "4"), ("flagged", "")];
        app.post_form("/fn/train", Some(&admin), &[&form, left_out].concat()).await;
        app.work().await;
        store::models::list(&app.store, scope).await.unwrap().remove(0)
    };
    let leaking = train(&[]).await;
    assert!(leaking.has_leak_alarms() && leaking.state == ModelState::Candidate, "{leaking:?}");
    let page = app.page("/models", Some(&executive)).await.text;
    assert!(page.contains("Let model 1 decide") && page.contains("Until then no model decides"), "{page}");
    assert!(page.contains("tells outcomes apart almost by itself") && page.contains("It has leak alarms"), "{page}");
    let promote = async |id: &str, reason: &str| {
        app.post_form("/fn/promote_model", Some(&executive), &[("id", id), ("reason", reason)]).await.status
    };
    let id = leaking.id.to_string();
    assert_eq!(promote(&id, " ").await, StatusCode::CONFLICT);
    promote(&id, "We want to see what it says.").await;
    app.work().await;
    let warning = "Model 1, which decides, has leak alarms";
    for path in ["/dashboard", "/models"] {
        assert!(app.page(path, Some(&executive)).await.text.contains(warning), "{path}");
    }
    let honest = train(&[("learning[without][0]", "interest_rate")]).await;
    assert!(!honest.has_leak_alarms() && honest.state == ModelState::Candidate, "{honest:?}");
    let page = app.page("/models", Some(&executive)).await.text;
    assert!(page.contains("is no bar: it has leak alarms") && page.contains("Let model 2 decide"), "{page}");
    promote(&honest.id.to_string(), "").await;
    app.work().await;
    let champion = store::models::champion(&app.store, scope).await.unwrap();
    assert_eq!(champion.map(|champion| champion.version), Some(2));
    assert!(!app.page("/dashboard", Some(&executive)).await.text.contains("has leak alarms"));
}

#[tokio::test]
async fn scoring_decides_on_loans_that_came_or_changed() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let (admin, executive) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Executive).await);
    let told = async || store::jobs::latest(&app.store, scope, "score").await.unwrap().map(|job| job.message);
    let score = async || {
        let answer = app.post_form("/fn/score_loans", Some(&admin), &[]).await;
        app.work().await;
        answer.status
    };
    assert_eq!((score().await, told().await), (StatusCode::UNPROCESSABLE_ENTITY, None), "no model decides yet");
    let loans = simulate(11, 400);
    app.send_file(Some(&admin), "loans.csv", &loan_file(&loans[..380])).await;
    app.work().await;
    let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
    app.post_form("/fn/train", Some(&admin), &form).await;
    app.work().await;
    let page = app.page("/models", Some(&executive)).await;
    assert!(page.text.contains("All 380 loans on file have a decision") && !page.text.contains("Score loans now"));
    app.send_file(Some(&admin), "more.csv", &loan_file(&loans)).await;
    app.work().await;
    let page = app.page("/models", Some(&admin)).await;
    assert!(page.text.contains("380 of 400 loans on file have a decision; 20 came since"), "{}", page.text);
    score().await;
    let words = "Looked at 400 loans and decided on 20 that are new or have changed.";
    assert_eq!(told().await.as_deref(), Some(words));
    assert!(app.page("/models", Some(&admin)).await.text.contains("All 400 loans on file have a decision"));
    score().await;
    let words = "Looked at 400 loans: none has changed since it was decided on.";
    assert_eq!(told().await.as_deref(), Some(words));
}

#[tokio::test]
async fn a_training_takes_the_columns_method_and_scores_that_the_form_asks_for() {
    let (app, portfolio) = TestApp::with_people().await;
    let admin = app.sign_in(Role::Admin).await;
    app.send_file(Some(&admin), "loans.csv", &loan_file(&simulate(12, 200))).await;
    app.work().await;
    let form = [
        ("features", "default"),
        ("target", "observed"),
        ("segments", "4"),
        ("flagged", ""),
        ("learning[learner]", "histogram"),
        ("learning[calibration]", "no"),
        ("learning[validation]", "borrower"),
        ("learning[class_weights]", "balanced"),
        ("learning[without][2]", "tenure_months"),
        ("learning[without][5]", "interest_rate"),
        ("extras[1]", "Branch"),
        ("extras[4]", "NAICS"),
    ];
    app.post_form("/fn/train", Some(&admin), &form).await;
    app.work().await;
    let model = store::models::list(&app.store, Scope::whole(portfolio.id)).await.unwrap().remove(0);
    let names = ["Branch", "NAICS"].map(str::to_owned).to_vec();
    assert_eq!(model.options.extras, ExtraChoice::Named(names));
    assert_eq!((model.options.folds, model.options.class_weights), (Some(5), ClassWeights::Balanced));
    assert_eq!(model.options.without, [Feature::TenureMonths, Feature::InterestRate]);
    assert_eq!(model.figures.validation.as_ref().map(|validation| validation.folds), Some(5));
    assert_eq!((model.options.calibration, model.figures.is_calibrated), (Some(false), false));
    assert_eq!(model.figures.learner, "random forest (histograms)");
    let note = "\"Branch\" is not known of any loan, so it tells nothing apart";
    assert!(model.notes.iter().any(|found| found == note), "{:?}", model.notes);
}
