//! Models after the first: who lets them decide, and what is taken away.

use crate::app::{TestApp, loan_file};
use axum::http::StatusCode;
use domain::access::{Role, Scope};
use domain::feature::Feature;
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
    promote(&executive, &second).await;
    assert_eq!(states().await, [ModelState::Champion, ModelState::Retired]);
    assert!(app.page("/models", Some(&executive)).await.text.contains("Roll back to model 1"));
    promote(&executive, &first).await;
    assert_eq!(states().await, [ModelState::Retired, ModelState::Champion]);
    assert_eq!(promote(&executive, "999").await.status, StatusCode::NOT_FOUND);
    // Each promotion asks for a scoring.
    app.work().await;

    let taken = app.get(&format!("/models/{first}/file"), Some(&executive)).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert_eq!(app.get("/models/999/file", Some(&executive)).await.status, StatusCode::NOT_FOUND);
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
