use crate::fixture::{ACTOR, Fixture, at};
use crate::harness::{TestDatabase, on_both_databases};
use crate::records::{record, records};
use domain::access::{Actor, Role};
use domain::job::{Job, JobState, JobStatus};
use domain::listing::LoanFilter;
use domain::loan::RecoveryStatus;
use domain::model::{ModelCard, ModelState};
use domain::track::Track;
use store::scorings::NewDecision;
use store::{StoreError, jobs, loans, models, summaries};

on_both_databases!(
    a_model_that_passes_decides,
    a_model_that_fails_its_gate_changes_nothing,
    a_later_model_waits_for_somebody_elses_approval,
    a_champion_of_before_comes_back_in_one_step,
    an_approval_is_carried_out_once,
    an_approval_that_no_longer_holds_changes_nothing,
    a_first_model_with_leak_alarms_waits,
    a_clearly_worse_model_decides_for_a_written_reason_alone,
    models_are_compared_with_the_champion_of_the_day,
    a_champion_with_leak_alarms_is_no_bar,
    what_did_not_pass_is_never_promoted,
    a_candidate_that_is_turned_down_never_decides,
    a_stale_worker_saves_nothing,
    the_summary_equals_what_sql_counts,
    registers_stay_within_the_scope,
);

async fn a_model_that_passes_decides(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let person = fixture.user("ann@example.test", Role::Admin, None).await;
    fixture.import(records(1200)).await;
    assert_eq!(models::champion(&fixture.store, fixture.scope).await.unwrap(), None);
    let lease = fixture.training(person.actor()).await;
    let analysis = fixture.analysis(true).await;
    let saved = models::save_analysis(&fixture.store, Actor::Job(lease.job), &lease, &analysis, at(4)).await.unwrap();
    assert_eq!((saved.version, saved.state), (1, ModelState::Champion));
    assert_eq!((saved.fitted_by.as_str(), saved.fitted_at), ("ann@example.test", at(4)));
    assert_eq!(saved.options, analysis.model.options);
    assert_eq!(saved.figures, analysis.model.figures);
    assert_eq!(saved.segmentation, analysis.model.segmentation);
    assert_eq!(saved.notes, analysis.model.notes);
    assert_eq!(models::champion(&fixture.store, fixture.scope).await.unwrap(), Some(saved.clone()));
    assert_eq!(models::get(&fixture.store, fixture.scope, saved.id).await.unwrap(), saved);
    let artifact = models::artifact(&fixture.store, fixture.portfolio, saved.id).await.unwrap();
    assert_eq!(artifact, analysis.model.artifact);
    let training = models::training(&fixture.store, fixture.portfolio, saved.id).await.unwrap();
    assert_eq!(training, Some(analysis.model.training.clone()));
    let trained = models::trained_by_decisions(&fixture.store, fixture.portfolio, saved.id).await.unwrap();
    assert_eq!(trained.len(), 1200, "all decisions of the fixture are out of bag");
    let filter = LoanFilter { page_size: 500, ..LoanFilter::default() };
    let page = loans::page(&fixture.store, fixture.scope, &filter).await.unwrap();
    assert_eq!(page.total, 1200);
    for (row, NewDecision { loan, verdict, .. }) in page.rows.iter().zip(&analysis.decisions) {
        assert_eq!((row.id, row.verdict), (*loan, Some(*verdict)));
    }
    let status = jobs::status(&fixture.store, fixture.scope, lease.job).await.unwrap();
    assert_eq!((status.state, status.percent, status.message.as_str()), (JobState::Succeeded, 100, "A sentence."));
}

async fn a_model_that_fails_its_gate_changes_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(10)).await;
    fixture.decide().await;
    let look = async || {
        (
            models::champion(&fixture.store, fixture.scope).await.unwrap(),
            loans::page(&fixture.store, fixture.scope, &LoanFilter::default()).await.unwrap(),
            summaries::get(&fixture.store, fixture.scope).await.unwrap(),
            fixture.db.number("SELECT COUNT(*) FROM decision").await,
        )
    };
    let before = look().await;
    let lease = fixture.training(ACTOR).await;
    let analysis = fixture.analysis(false).await;
    let saved = models::save_analysis(&fixture.store, ACTOR, &lease, &analysis, at(9)).await.unwrap();
    assert_eq!((saved.version, saved.state), (2, ModelState::Candidate));
    assert_eq!(look().await, before);
    let listed = models::list(&fixture.store, fixture.scope).await.unwrap();
    assert_eq!(listed.iter().map(|card| card.version).collect::<Vec<_>>(), [2, 1]);
}

async fn a_later_model_waits_for_somebody_elses_approval(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let trainer = fixture.user("ann@example.test", Role::Admin, None).await;
    let approver = fixture.user("eve@example.test", Role::Executive, None).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    // The second one does not see the first loan, as if it had come meanwhile.
    let lease = fixture.training(trainer.actor()).await;
    let mut analysis = fixture.analysis(true).await;
    let unseen = analysis.decisions.remove(0).loan;
    let saved = models::save_analysis(&fixture.store, ACTOR, &lease, &analysis, at(9)).await.unwrap();
    assert_eq!((saved.version, saved.state), (2, ModelState::Candidate));
    let version_of = async |loan| {
        let loan = loans::get(&fixture.store, fixture.scope, loan).await.unwrap();
        loan.decision.map(|decision| decision.model_version)
    };
    assert_eq!(version_of(unseen).await, Some(1), "the first model decides until then");
    let status = jobs::status(&fixture.store, fixture.scope, lease.job).await.unwrap();
    assert!(status.message.contains("waits for approval"), "{}", status.message);

    let own = fixture.promote(trainer.actor(), saved.id, "", 10).await;
    assert!(matches!(own, Err(StoreError::Conflict(_))), "{own:?}");
    assert_eq!(version_of(unseen).await, Some(1));
    let promoted = fixture.promote(approver.actor(), saved.id, "", 11).await.unwrap();
    assert_eq!((promoted.version, promoted.state), (2, ModelState::Champion));
    let states: Vec<ModelState> =
        models::list(&fixture.store, fixture.scope).await.unwrap().iter().map(|card| card.state).collect();
    assert_eq!(states, [ModelState::Champion, ModelState::Retired]);
    assert_eq!((version_of(unseen).await, version_of(analysis.decisions[0].loan).await), (None, Some(2)));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM decision").await, 7, "earlier decisions are kept");
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!((summary.all.loans, summary.decided.loans), (4, 3));
    let again = fixture.promote(approver.actor(), saved.id, "", 12).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
}

async fn a_champion_of_before_comes_back_in_one_step(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let approver = fixture.user("eve@example.test", Role::Executive, None).await;
    fixture.import(records(6)).await;
    fixture.decide().await;
    let first = models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap();
    let look = async || loans::page(&fixture.store, fixture.scope, &LoanFilter::default()).await.unwrap();
    let before = look().await;
    let lease = fixture.training(ACTOR).await;
    let mut analysis = fixture.analysis(true).await;
    for NewDecision { verdict, .. } in &mut analysis.decisions {
        verdict.score = 1.0 - verdict.score;
    }
    let second = models::save_analysis(&fixture.store, ACTOR, &lease, &analysis, at(9)).await.unwrap();
    let promote = async |id, minute| fixture.promote(approver.actor(), id, "It was safer.", minute).await.unwrap();
    promote(second.id, 10).await;
    assert_ne!(look().await, before);
    assert_eq!(promote(first.id, 11).await.state, ModelState::Champion);
    assert_eq!(look().await, before, "every score is as it was");
    assert_eq!(models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap().id, first.id);
}

async fn an_approval_is_carried_out_once(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let approver = fixture.user("eve@example.test", Role::Executive, None).await;
    fixture.import(records(4)).await;
    for _ in 0..3 {
        fixture.decide().await;
    }
    let listed = models::list(&fixture.store, fixture.scope).await.unwrap();
    let (other, model, champion) = (listed[0].id, listed[1].id, listed[2].id);
    let approve = |model, minute| {
        models::approve(&fixture.store, approver.actor(), fixture.scope, model, " Because. ", at(minute))
    };
    assert_eq!(models::promotion(&fixture.store, fixture.scope).await.unwrap(), None);
    let job = approve(model, 10).await.unwrap();
    assert_eq!(approve(model, 11).await.unwrap(), job, "a second press asks for nothing new");
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM audit_event WHERE action = 'model.approved'").await, 1);
    let beside = approve(other, 11).await;
    assert!(matches!(&beside, Err(StoreError::Conflict(words)) if words.contains("on its way")), "{beside:?}");
    let rejected = models::reject(&fixture.store, ACTOR, fixture.scope, model, at(11)).await;
    assert!(matches!(&rejected, Err(StoreError::Conflict(words)) if words.contains("on its way")), "{rejected:?}");
    let decides = async || models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!(decides().await.id, champion, "the job has not come to it yet");
    let under_way = models::promotion(&fixture.store, fixture.scope).await.unwrap().unwrap();
    assert_eq!((under_way.model, under_way.job.id, under_way.job.state), (model, job, JobState::Queued));
    assert_eq!(models::promotion(&fixture.store, fixture.track(Track::Legal)).await.unwrap(), None);

    let claimed = jobs::claim(&fixture.store, "worker").await.unwrap().unwrap();
    assert_eq!(
        claimed.job,
        Job::Promote { portfolio: fixture.portfolio, model, rationale: "Because.".to_owned() },
        "it comes before whatever else waits"
    );
    models::promote(&fixture.store, &claimed.lease, model, "Because.", at(12)).await.unwrap();
    let card = decides().await;
    assert_eq!((card.id, card.promoted_at, card.rationale.as_str()), (model, Some(at(12)), "Because."));
    let by = format!(
        "SELECT COUNT(*) FROM audit_event WHERE action = 'model.promoted' AND details LIKE '%\"approved_by\":\"user:{}\"%'",
        approver.id
    );
    assert_eq!(fixture.db.number(&by).await, 1, "the trail names who approved it");
    let before = fixture.db.dump().await;
    let stale = models::promote(&fixture.store, &claimed.lease, other, "Because.", at(13)).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
    assert_eq!(fixture.db.dump().await, before, "a worker that lost its lease changes nothing");
    assert!(approve(other, 14).await.is_ok(), "the next one may follow");
}

async fn an_approval_that_no_longer_holds_changes_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    let (leaking, _) = train(&fixture, 0.97, &[TERM]).await;
    let (worse, _) = train(&fixture, 0.74, &[TERM]).await;
    promote(&fixture, &leaking, "Nothing better is there.").await.unwrap();
    let approve =
        async |model: &ModelCard| models::approve(&fixture.store, ACTOR, fixture.scope, model.id, "So.", at(10)).await;
    // Cancelled before its turn: everything is as it was, and it can be approved again.
    let job = approve(&worse).await.unwrap();
    jobs::request_cancel(&fixture.store, ACTOR, fixture.scope, job, at(11)).await.unwrap();
    let again = approve(&worse).await.unwrap();
    assert_ne!(again, job);
    // Turned down behind the back of the approval, as nothing but the job's own look would find.
    fixture.db.execute(&format!("UPDATE model SET rejected_at = fitted_at WHERE id = {}", worse.id)).await;
    let lease = fixture.lease_of(again).await;
    let refused = models::promote(&fixture.store, &lease, worse.id, "So.", at(12)).await;
    assert!(matches!(&refused, Err(StoreError::Conflict(words)) if words.contains("turned down")), "{refused:?}");
    assert_eq!(models::champion(&fixture.store, fixture.scope).await.unwrap().unwrap().id, leaking.id);
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM audit_event WHERE action = 'model.promoted'").await, 1);
}

/// Trains a model whose area has an interval of 0.02 to either side.
async fn train(fixture: &Fixture, area: f64, leak_alarms: &[&str]) -> (ModelCard, JobStatus) {
    let lease = fixture.training(ACTOR).await;
    let mut analysis = fixture.analysis(true).await;
    let figures = &mut analysis.model.figures;
    (figures.auc, figures.auc_interval) = (Some(area), Some((area - 0.02, area + 0.02)));
    figures.leak_alarms = leak_alarms.iter().map(|alarm| (*alarm).to_owned()).collect();
    let saved = models::save_analysis(&fixture.store, Actor::Job(lease.job), &lease, &analysis, at(9)).await.unwrap();
    (saved, jobs::status(&fixture.store, fixture.scope, lease.job).await.unwrap())
}

async fn promote(fixture: &Fixture, model: &ModelCard, reason: &str) -> Result<ModelCard, StoreError> {
    fixture.promote(ACTOR, model.id, reason, 10).await
}

/// Refused without a reason, which names what speaks against the model.
async fn expect_reason_needed(fixture: &Fixture, model: &ModelCard, words: &str) {
    for reason in ["", "  \n"] {
        let refused = promote(fixture, model, reason).await;
        assert!(matches!(&refused, Err(StoreError::Conflict(told)) if told.contains(words)), "{refused:?}");
    }
}

const TERM: &str = "\"Term\" tells outcomes apart almost by itself (AUC 0.92)";

async fn a_first_model_with_leak_alarms_waits(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    let (leaking, job) = train(&fixture, 0.97, &[TERM]).await;
    assert_eq!(leaking.state, ModelState::Candidate);
    assert_eq!(models::champion(&fixture.store, fixture.scope).await.unwrap(), None);
    let told = format!("A sentence. {TERM}. It waits for approval on the page Models; until then no model decides.");
    assert_eq!((job.state, job.message), (JobState::Succeeded, told));
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan WHERE current_decision_id IS NOT NULL").await, 0);
    expect_reason_needed(&fixture, &leaking, "It has leak alarms").await;
    let promoted = promote(&fixture, &leaking, " The term is known on the first day. ").await.unwrap();
    assert_eq!(
        (promoted.state, promoted.rationale.as_str()),
        (ModelState::Champion, "The term is known on the first day.")
    );
    assert_eq!(fixture.db.number("SELECT COUNT(*) FROM loan WHERE current_decision_id IS NOT NULL").await, 4);
    let in_trail = "SELECT COUNT(*) FROM audit_event WHERE action = 'model.promoted' AND details LIKE \
                    '%The term is known on the first day.%'";
    assert_eq!(fixture.db.number(in_trail).await, 1);
}

async fn a_clearly_worse_model_decides_for_a_written_reason_alone(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    let (first, _) = train(&fixture, 0.86, &[]).await;
    assert_eq!(first.state, ModelState::Champion);
    let (worse, job) = train(&fixture, 0.74, &[]).await;
    assert!(job.message.contains("is worse than the 0.86 (0.84–0.88) of model 1, which decides"), "{}", job.message);
    expect_reason_needed(&fixture, &worse, "is worse than the 0.86").await;
    let promoted = promote(&fixture, &worse, "It leaves out what we may not ask.").await.unwrap();
    assert_eq!((promoted.state, promoted.version), (ModelState::Champion, 2));
    // The way back is open to one who says why, and is compared with nothing.
    expect_reason_needed(&fixture, &first, "It decided before").await;
    assert_eq!(promote(&fixture, &first, "We may ask.").await.unwrap().rationale, "We may ask.");
    expect_reason_needed(&fixture, &worse, "It decided before").await;
    assert!(promote(&fixture, &worse, &"x".repeat(models::REASON_MAX + 1)).await.is_err());
    assert!(promote(&fixture, &worse, "As before.").await.is_ok());
}

async fn models_are_compared_with_the_champion_of_the_day(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    train(&fixture, 0.69, &[]).await;
    let (second, job) = train(&fixture, 0.74, &[]).await;
    assert!(!job.message.contains("worse"), "{}", job.message);
    let (third, _) = train(&fixture, 0.86, &[]).await;
    promote(&fixture, &third, "").await.unwrap();
    expect_reason_needed(&fixture, &second, "is worse than the 0.86 (0.84–0.88) of model 3").await;
}

async fn a_champion_with_leak_alarms_is_no_bar(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    let (leaking, _) = train(&fixture, 0.97, &[TERM]).await;
    promote(&fixture, &leaking, "Nothing better is there.").await.unwrap();
    let (honest, job) = train(&fixture, 0.86, &[]).await;
    assert!(job.message.contains("is no bar: it has leak alarms"), "{}", job.message);
    let promoted = promote(&fixture, &honest, "").await.unwrap();
    assert_eq!((promoted.state, promoted.rationale.as_str()), (ModelState::Champion, ""));
}

async fn what_did_not_pass_is_never_promoted(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let lease = fixture.training(ACTOR).await;
    let failed = fixture.analysis(false).await;
    let failed = models::save_analysis(&fixture.store, ACTOR, &lease, &failed, at(9)).await.unwrap();
    let refused = promote(&fixture, &failed, "Why not.").await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    let neighbour = fixture.neighbour().await;
    for scope in [neighbour.scope, fixture.nothing(), fixture.track(Track::Legal)] {
        let hidden = models::approve(&fixture.store, ACTOR, scope, failed.id, "Why not.", at(10)).await;
        assert!(matches!(hidden, Err(StoreError::NotFound("model"))), "{hidden:?}");
    }
}

async fn a_candidate_that_is_turned_down_never_decides(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    fixture.decide().await;
    let models = models::list(&fixture.store, fixture.scope).await.unwrap();
    let (candidate, champion) = (&models[0], &models[1]);
    let reject = |scope, id| models::reject(&fixture.store, Actor::CommandLine, scope, id, at(9));
    for scope in [fixture.neighbour().await.scope, fixture.nothing(), fixture.track(Track::Legal)] {
        let hidden = reject(scope, candidate.id).await;
        assert!(matches!(hidden, Err(StoreError::NotFound("model"))), "{hidden:?}");
    }
    assert_eq!(reject(fixture.scope, candidate.id).await.unwrap().state, ModelState::Rejected);
    for id in [candidate.id, champion.id] {
        let refused = reject(fixture.scope, id).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
    }
    let refused = promote(&fixture, candidate, "Why not.").await;
    assert!(matches!(&refused, Err(StoreError::Conflict(words)) if words.contains("turned down")), "{refused:?}");
}

async fn a_stale_worker_saves_nothing(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    let lease = fixture.training(ACTOR).await;
    let analysis = fixture.analysis(true).await;
    models::save_analysis(&fixture.store, ACTOR, &lease, &analysis, at(4)).await.unwrap();
    let again = models::save_analysis(&fixture.store, ACTOR, &lease, &analysis, at(5)).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    assert_eq!(models::list(&fixture.store, fixture.scope).await.unwrap().len(), 1);
    let lease = fixture.neighbour().await.training(ACTOR).await;
    let foreign = models::save_analysis(&fixture.store, ACTOR, &lease, &analysis, at(5)).await;
    assert!(matches!(foreign, Err(StoreError::Conflict(_))), "{foreign:?}");
}

async fn the_summary_equals_what_sql_counts(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    let neighbour = fixture.neighbour().await;
    neighbour.import(records(7)).await;
    fixture.import(records(60)).await;
    fixture.decide().await;
    fixture.import(vec![record(61), record(5)]).await;
    let summary = summaries::get(&fixture.store, fixture.scope).await.unwrap().unwrap();
    let id = fixture.portfolio;
    let from = format!("FROM loan l LEFT JOIN decision d ON d.id = l.current_decision_id WHERE l.portfolio_id = {id}");
    let check = async |tally: domain::summary::Tally, only: &str| {
        let loans = fixture.db.number(&format!("SELECT COUNT(*) {from} AND {only}")).await;
        let money = format!("SELECT CAST(COALESCE(SUM(l.outstanding_minor), 0) AS bigint) {from} AND {only}");
        assert_eq!(
            (i64::from(tally.loans), tally.outstanding.unwrap().minor),
            (loans, fixture.db.number(&money).await),
            "{only}"
        );
        assert!(loans > 0, "{only}");
    };
    check(summary.all, "1 = 1").await;
    check(summary.decided, "d.id IS NOT NULL").await;
    check(summary.high_risk, "d.is_high_risk").await;
    for (track, tally) in &summary.tracks {
        check(*tally, &format!("d.track = '{}'", track.code())).await;
    }
    for (status, tally) in &summary.by_status {
        check(*tally, &format!("l.recovery_status = '{}'", status.code())).await;
    }
    for segment in &summary.segments {
        check(segment.all, &format!("d.segment = {}", segment.number)).await;
    }
    let lent = format!("SELECT CAST(SUM(l.loan_amount_minor) AS bigint) {from}");
    assert_eq!(summary.lent.unwrap().minor, fixture.db.number(&lent).await);
    assert_eq!(summary.by_status.len(), RecoveryStatus::ALL.len());
    assert_eq!(summaries::as_of(&fixture.store, fixture.track(Track::Legal)).await.unwrap(), Some(summary.as_of));
    for scope in [fixture.nothing(), fixture.track(Track::Legal)] {
        assert_eq!(summaries::get(&fixture.store, scope).await.unwrap(), None);
    }
}

async fn registers_stay_within_the_scope(db: TestDatabase) {
    let fixture = Fixture::new(db).await;
    fixture.import(records(4)).await;
    fixture.decide().await;
    let champion = models::champion(&fixture.store, fixture.track(Track::Legal)).await.unwrap().unwrap();
    let neighbour = fixture.neighbour().await;
    for scope in [neighbour.scope, fixture.nothing()] {
        assert_eq!(models::champion(&fixture.store, scope).await.unwrap(), None);
        assert!(models::list(&fixture.store, scope).await.unwrap().is_empty());
        let found = models::get(&fixture.store, scope, champion.id).await;
        assert!(matches!(found, Err(StoreError::NotFound("model"))), "{found:?}");
    }
    let elsewhere = models::training(&fixture.store, neighbour.portfolio, champion.id).await;
    assert!(matches!(elsewhere, Err(StoreError::NotFound("model"))), "{elsewhere:?}");
    assert!(models::trained_by_decisions(&fixture.store, neighbour.portfolio, champion.id).await.unwrap().is_empty());
    let found = models::artifact(&fixture.store, neighbour.portfolio, champion.id).await;
    assert!(matches!(found, Err(StoreError::NotFound("model"))), "{found:?}");
}
