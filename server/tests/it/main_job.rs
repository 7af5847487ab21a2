//! A file goes in, loans are trained on and scored, and pages show what the analysis found.

use crate::app::{TestApp, loan_file};
use axum::http::StatusCode;
use domain::access::{Role, Scope};
use domain::job::JobState;
use domain::listing::LoanFilter;
use domain::loan::RecoveryStatus;
use domain::model::{ModelState, Target, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;
use domain::track::Track;
use domain::upload::UploadState;
use engine::analysis::{Unwatched, analyse};
use engine::simulation::simulate;

const TRAIN_ON_OUTCOMES: [(&str, &str); 4] =
    [("features", "default"), ("target", "observed"), ("segments", "4"), ("flagged", "")];

#[tokio::test]
async fn pages_show_what_the_analysis_of_the_same_file_finds() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let loans = simulate(7, 800);
    let cookie = app.sign_in(Role::Admin).await;
    app.send_file(Some(&cookie), "loans.csv", &loan_file(&loans)).await;
    app.work().await;
    app.post_form("/fn/train", Some(&cookie), &TRAIN_ON_OUTCOMES).await;
    app.work().await;

    let options = TrainingOptions { target: Target::Observed, ..TrainingOptions::default() };
    let expected = analyse(&loans, Currency::USD, &options, &Policy::default(), &Unwatched).unwrap();
    let summary = store::summaries::get(&app.store, scope).await.unwrap().unwrap();
    for track in Track::ALL {
        let count = expected.verdicts.iter().filter(|verdict| verdict.track == track).count() as u32;
        assert_eq!(summary.tracks[track as usize].1.loans, count, "{track:?}");
    }
    assert_eq!(
        summary.high_risk.loans as usize,
        expected.verdicts.iter().filter(|verdict| verdict.is_high_risk).count()
    );
    for (found, wanted) in summary.segments.iter().zip(&expected.segmentation.segments) {
        assert_eq!((&found.name, found.all.loans, found.risk), (&wanted.name, wanted.size, wanted.risk));
    }
    let champion = store::models::champion(&app.store, scope).await.unwrap().unwrap();
    assert_eq!(champion.figures, expected.figures);

    let page = app.page("/dashboard", Some(&cookie)).await;
    assert_eq!(page.status, StatusCode::OK);
    for segment in &expected.segmentation.segments {
        assert!(page.text.contains(&segment.name), "{}", segment.name);
    }
    assert!(!page.text.contains("NaN"));
    assert!(!page.text.contains("Proxy: learned"), "scores were learned from outcomes");
}

#[tokio::test]
async fn agents_work_their_track_alone_highest_score_first() {
    let (app, portfolio) = TestApp::with_people().await;
    let admin = app.sign_in(Role::Admin).await;
    app.send_file(Some(&admin), "loans.csv", &loan_file(&simulate(8, 600))).await;
    app.work().await;
    app.post_form("/fn/train", Some(&admin), &TRAIN_ON_OUTCOMES).await;
    app.work().await;
    let queue = store::loans::queue(&app.store, Scope::whole(portfolio.id), Some(Track::Legal), 1, 500).await.unwrap();
    let scores: Vec<f64> = queue.rows.iter().filter_map(|row| Some(row.verdict?.score)).collect();
    assert!(!scores.is_empty() && scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    assert!(queue.rows.iter().all(|row| row.recovery_status != RecoveryStatus::FullyRecovered));

    let agent = app.sign_in(Role::Agent).await;
    let page = app.page("/queue", Some(&agent)).await;
    assert!(page.text.contains(&queue.rows[0].loan_ref));
    let filter = LoanFilter { track: Some(Track::Standard), ..LoanFilter::default() };
    let other = store::loans::page(&app.store, Scope::whole(portfolio.id), &filter).await.unwrap().rows[0].id;
    assert_eq!(app.page(&format!("/loans/{other}"), Some(&agent)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.page(&format!("/loans/{}", queue.rows[0].id), Some(&agent)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_model_no_better_than_chance_decides_nothing() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    let mut loans = simulate(9, 300);
    // Outcomes by turns have nothing to do with the loans.
    for (place, loan) in loans.iter_mut().enumerate() {
        loan.recovery_status = if place % 2 == 0 { RecoveryStatus::WrittenOff } else { RecoveryStatus::FullyRecovered };
    }
    app.send_file(Some(&cookie), "chance.csv", &loan_file(&loans)).await;
    app.work().await;
    app.post_form("/fn/train", Some(&cookie), &TRAIN_ON_OUTCOMES).await;
    app.work().await;
    assert!(store::models::champion(&app.store, scope).await.unwrap().is_none());
    assert_eq!(store::models::list(&app.store, scope).await.unwrap()[0].state, ModelState::Candidate);
    let job = store::jobs::latest(&app.store, scope, "train_and_score").await.unwrap().unwrap();
    assert!(job.message.contains("chance"), "{}", job.message);
    let page = app.page("/uploads", Some(&cookie)).await;
    assert!(page.text.contains("chance"));
    let page = app.page("/dashboard", Some(&cookie)).await;
    assert!(page.text.contains("No loan has a decision yet"));
}

#[tokio::test]
async fn a_second_click_trains_once_and_a_stopped_job_changes_nothing() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    app.send_file(Some(&cookie), "loans.csv", &loan_file(&simulate(10, 200))).await;
    app.work().await;
    app.post_form("/fn/train", Some(&cookie), &TRAIN_ON_OUTCOMES).await;
    let first = store::jobs::latest(&app.store, scope, "train_and_score").await.unwrap().unwrap();
    app.post_form("/fn/train", Some(&cookie), &TRAIN_ON_OUTCOMES).await;
    let second = store::jobs::latest(&app.store, scope, "train_and_score").await.unwrap().unwrap();
    assert_eq!(first.id, second.id);
    app.post_form("/fn/cancel_job", Some(&cookie), &[("id", &first.id.to_string())]).await;
    app.work().await;
    let stopped = store::jobs::status(&app.store, scope, first.id).await.unwrap();
    assert_eq!(stopped.state, JobState::Cancelled);
    assert!(store::models::list(&app.store, scope).await.unwrap().is_empty());
}

#[tokio::test]
async fn training_on_no_loans_is_refused_and_on_few_fails_with_the_reason() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let cookie = app.sign_in(Role::Admin).await;
    let refused = app.post_form("/fn/train", Some(&cookie), &TRAIN_ON_OUTCOMES).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(store::jobs::latest(&app.store, scope, "train_and_score").await.unwrap().is_none());
    app.send_file(Some(&cookie), "few.csv", &loan_file(&simulate(12, 5))).await;
    app.work().await;
    app.post_form("/fn/train", Some(&cookie), &TRAIN_ON_OUTCOMES).await;
    app.work().await;
    let job = store::jobs::latest(&app.store, scope, "train_and_score").await.unwrap().unwrap();
    assert_eq!(job.state, JobState::Failed);
    assert!(job.message.contains("Only 5 usable loans:"), "{}", job.message);
}

#[tokio::test]
async fn a_first_file_with_fewer_loans_than_segments_is_refused_and_a_later_one_is_not() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let state = async || store::uploads::list(&app.store, Scope::whole(portfolio.id), 1).await.unwrap().remove(0);
    let loans = simulate(13, 33);
    app.send_file(Some(&cookie), "three.csv", &loan_file(&loans[..3])).await;
    app.work().await;
    let refused = state().await;
    assert_eq!(refused.state, UploadState::Refused);
    let message = refused.message.unwrap();
    assert!(message.starts_with("three.csv: only 3 usable loans"), "{message}");
    assert_eq!(store::loans::count(&app.store, portfolio.id).await.unwrap(), 0);
    for part in [&loans[..30], &loans[30..]] {
        app.send_file(Some(&cookie), "part.csv", &loan_file(part)).await;
        app.work().await;
        assert_eq!(state().await.state, UploadState::Imported);
    }
    assert_eq!(store::loans::count(&app.store, portfolio.id).await.unwrap(), 33);
}

#[tokio::test]
async fn the_same_file_twice_changes_no_loan() {
    let (app, portfolio) = TestApp::with_people().await;
    let cookie = app.sign_in(Role::Admin).await;
    let file = loan_file(&simulate(11, 50));
    let mut before = None;
    for address in ["/uploads/1", "/uploads/1?same"] {
        let sent = app.send_file(Some(&cookie), "loans.csv", &file).await;
        assert_eq!(sent.text, address);
        app.work().await;
        let loans = store::loans::all_for_training(&app.store, portfolio.id).await.unwrap();
        assert_eq!(loans.len(), 50);
        assert!(before.replace(loans.clone()).is_none_or(|before| before == loans));
    }
}
