//! A change of the policy from draft to decisions, by the people who may.

use crate::app::{TestApp, loan_file};
use axum::http::StatusCode;
use domain::access::{Role, Scope};
use domain::policy::version::PolicyState;
use domain::track::Track;
use engine::simulation::simulate;

#[tokio::test]
async fn a_policy_is_drafted_approved_by_somebody_else_and_decided_by() {
    let (app, portfolio) = TestApp::with_people().await;
    let scope = Scope::whole(portfolio.id);
    let (admin, lead, executive) =
        (app.sign_in(Role::Admin).await, app.sign_in(Role::Lead).await, app.sign_in(Role::Executive).await);
    app.send_file(Some(&admin), "loans.csv", &loan_file(&simulate(11, 400))).await;
    app.work().await;
    let form = [("features", "default"), ("target", "segment-proxy"), ("segments", "4"), ("flagged", "")];
    app.post_form("/fn/train", Some(&admin), &form).await;
    app.work().await;
    let versions = async || store::policies::list(&app.store, scope, server::clock::now()).await.unwrap();
    let states = async || versions().await.iter().map(|version| version.state).collect::<Vec<_>>();

    let bounds = [("settlement_from", "0.30"), ("legal_above", "0.60")];
    let crossed = [("settlement_from", "0.90"), ("legal_above", "0.60")];
    let refused = app.post_form("/fn/save_bounds", Some(&lead), &crossed).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("begins at 0.90"), "{}", refused.text);
    app.post_form("/fn/save_bounds", Some(&lead), &bounds).await;
    let plan = [
        ("version", "2"),
        ("track", "standard"),
        ("steps[0][kind]", "call"),
        ("steps[0][on_day]", "9"),
        ("steps[0][dpd_min]", "5"),
        ("steps[1][kind]", "email_reminder"),
        ("steps[1][on_day]", "2"),
        ("steps[1][template]", "payment-reminder"),
        ("steps[2][kind]", ""),
        ("steps[2][on_day]", ""),
    ];
    app.post_form("/fn/save_plan", Some(&lead), &plan).await;
    let bands = [("version", "2"), ("agent", "5"), ("lead", "20"), ("executive", "40")];
    let with = |drafted| bands.into_iter().chain([("drafted", drafted)]).collect::<Vec<_>>();
    let refused = app.post_form("/fn/save_authority", Some(&lead), &with("41")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    app.post_form("/fn/save_authority", Some(&lead), &with("15")).await;
    let draft = versions().await.remove(0);
    assert_eq!((draft.policy.settlement_from, draft.policy.legal_above), (0.30, 0.60));
    let days: Vec<u16> = draft.body.plans.of(Track::Standard).iter().map(|step| step.on_day).collect();
    assert_eq!((days, draft.body.haircut_max_percent(Role::Lead)), (vec![2, 9], 20));
    assert_eq!(draft.body.drafted_haircut_percent(), 15);

    let id = draft.id.to_string();
    let note = [("id", id.as_str()), ("note", "settle earlier")];
    app.post_form("/fn/submit_policy", Some(&lead), &note).await;
    let page = app.page("/strategies", Some(&executive)).await;
    assert!(page.text.contains("Policy 2 waits for approval") && page.text.contains("settle earlier"), "{}", page.text);
    assert!(page.text.contains("Approve policy 2"));
    assert!(!app.page("/strategies", Some(&lead)).await.text.contains("Approve policy 2"));
    let silent = app.post_form("/fn/approve_policy", Some(&executive), &[("id", &id), ("rationale", " ")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(states().await, [PolicyState::Submitted, PolicyState::InForce]);
    app.post_form("/fn/approve_policy", Some(&executive), &[("id", &id), ("rationale", "agreed")]).await;
    app.work().await;
    assert_eq!(states().await, [PolicyState::InForce, PolicyState::Former]);

    // Counts by track are those of the bounds, applied to the stored scores.
    let summary = store::summaries::get(&app.store, scope).await.unwrap().unwrap();
    let scores = store::summaries::scores(&app.store, scope).await.unwrap();
    let expected = scores.by_track(&draft.policy).map(|load| load.loans);
    assert_eq!(summary.tracks.iter().map(|(_, tally)| tally.loans).collect::<Vec<_>>(), expected);
    let before = scores.by_track(&domain::policy::Policy::default()).map(|load| load.loans);
    assert_ne!(before, expected);

    let first = versions().await[1].id.to_string();
    app.post_form("/fn/roll_back_policy", Some(&executive), &[("id", &first), ("rationale", "too many")]).await;
    app.work().await;
    let summary = store::summaries::get(&app.store, scope).await.unwrap().unwrap();
    assert_eq!(summary.tracks.iter().map(|(_, tally)| tally.loans).collect::<Vec<_>>(), before);
    assert_eq!(app.page("/strategies/7", Some(&lead)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.page("/strategies/2", Some(&lead)).await.status, StatusCode::OK);
}
