//! `loan-recovery train` and `score` as a user runs them on a database.

mod program;

use domain::access::{Actor, Role, Scope};
use domain::job::{Job, JobState};
use domain::model::{ModelState, ScoreSource, Target, TrainingOptions};
use program::{command, open, run, told};
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::Duration;
use store::Store;
use store::users::NewUser;
use tempfile::TempDir;

/// A database with loans on file.
async fn with_loans(loans: &str) -> (TempDir, Store, Scope) {
    let folder = TempDir::new().expect("a folder");
    assert!(run(&folder, &["simulate", "loans.csv", "--loans", loans]).status.success());
    told(&folder, &["import", "--json", "--as-of", "2026-01-31", "loans.csv"]);
    let store = open(folder.path()).await;
    let portfolio = store::portfolios::first(&store).await.expect("answers").expect("a portfolio");
    (folder, store, Scope::whole(portfolio.id))
}

#[tokio::test]
async fn a_training_that_was_asked_for_before_does_not_take_this_ones_options() {
    let (folder, store, scope) = with_loans("120").await;
    let options = TrainingOptions { trees: 7, ..TrainingOptions::default() };
    let before = Job::TrainAndScore { portfolio: scope.portfolio, options };
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
    store::jobs::enqueue(&store, Actor::CommandLine, scope.portfolio, &before, now).await.expect("is asked for");
    let output = run(&folder, &["train", "--trees", "9", "--target", "observed", "--json"]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && words.contains("Another training was asked for before"), "{words}");
    let model: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&model["options"]["trees"], &model["options"]["target"]), (&9.into(), &"observed".into()));
    let models = store::models::list(&store, scope).await.expect("answers");
    let trained = |model: &domain::model::ModelCard| (model.version, model.options.trees, model.figures.target);
    assert_eq!(
        models.iter().map(trained).collect::<Vec<_>>(),
        [(2, 9, Target::Observed), (1, 7, Target::SegmentProxy)]
    );
}

#[tokio::test]
async fn a_training_that_is_broken_off_is_cancelled() {
    let (folder, store, scope) = with_loans("4000").await;
    let mut training = command(&folder, &["train", "--trees", "1000", "--target", "observed"]);
    let mut training = training.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let status = async || store::jobs::latest(&store, scope, "train_and_score").await.expect("answers");
    let mut begun = false;
    for _ in 0..200 {
        begun = status().await.is_some_and(|job| job.state == JobState::Running);
        if begun {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(begun, "{:?}", status().await);
    let interrupt = Command::new("kill").args(["-INT", &training.id().to_string()]).status();
    assert!(interrupt.expect("kill starts").success());
    assert!(!training.wait().expect("ends").success());
    assert_eq!(status().await.map(|job| job.state), Some(JobState::Cancelled));
    assert!(store::models::list(&store, scope).await.expect("answers").is_empty());
}

#[tokio::test]
async fn loans_that_a_file_changes_are_not_flattered() {
    let (folder, store, scope) = with_loans("300").await;
    let model = told(&folder, &["train", "--target", "observed", "--trees", "60", "--json"]);
    assert_eq!(model["state"], "champion", "{model}");
    let champion = store::models::champion(&store, scope).await.expect("answers").expect("decides");
    let held = async || store::scorings::held(&store, scope.portfolio, champion.id).await.expect("answers");
    let before = held().await;

    // The same loans a month later, each with a little more income.
    let mut reader = csv::Reader::from_path(folder.path().join("loans.csv")).expect("is there");
    let head = reader.headers().expect("a header").clone();
    let income = head.iter().position(|name| name == "Monthly_Income").expect("a column");
    let mut writer = csv::Writer::from_path(folder.path().join("later.csv")).expect("is made");
    writer.write_record(&head).expect("is written");
    for row in reader.records() {
        let row = row.expect("a row");
        let more = |text: &str| (text.parse::<f64>().expect("a number") + 1.0).to_string();
        let cell = |(place, text): (usize, &str)| if place == income { more(text) } else { text.to_owned() };
        writer.write_record(row.iter().enumerate().map(cell)).expect("is written");
    }
    writer.flush().expect("is written");
    told(&folder, &["import", "--json", "--as-of", "2026-02-28", "later.csv"]);
    let scored = told(&folder, &["score", "--json"]);
    let words = "Looked at 300 loans and decided on 300 that are new or have changed.";
    assert_eq!(scored["message"], words);

    let after = held().await;
    let mean = |held: &std::collections::HashMap<_, store::scorings::Held>| {
        let trained = held.values().filter(|held| held.source == ScoreSource::OutOfBag);
        let scores: Vec<f64> = trained.map(|held| held.verdict.score).collect();
        (scores.len(), scores.iter().sum::<f64>() / scores.len() as f64)
    };
    for (loan, held) in &before {
        assert_eq!(after[loan].source, held.source, "{loan}");
        assert!((after[loan].verdict.score - held.verdict.score).abs() < 0.25, "{loan}: {held:?} {:?}", after[loan]);
    }
    let ((loans, was), (_, is)) = (mean(&before), mean(&after));
    assert!(loans > 100 && (was - is).abs() < 0.01, "{loans} loans: {was} {is}");
    let (_, report) = store::scorings::last_report(&store, scope, champion.id).await.expect("answers").expect("a run");
    let report = report.expect("is watched");
    assert_eq!((report.population.recent, report.calibration), (300, None), "no outcome came in");
    assert!(report.recent.is_some() && report.alarms.is_empty(), "{:?}", report.alarms);
    assert_eq!(champion.state, ModelState::Champion);
    assert_eq!(scored["alarms"], serde_json::json!([]));

    // Incomes that have tripled are told of, also by a scoring that finds nothing new.
    let richer = |row: &csv::StringRecord| -> Vec<String> {
        let more = |text: &str| (text.parse::<f64>().expect("a number") * 3.0).to_string();
        row.iter().enumerate().map(|(place, text)| if place == income { more(text) } else { text.to_owned() }).collect()
    };
    let mut reader = csv::Reader::from_path(folder.path().join("loans.csv")).expect("is there");
    let mut writer = csv::Writer::from_path(folder.path().join("richer.csv")).expect("is made");
    writer.write_record(&head).expect("is written");
    for row in reader.records() {
        writer.write_record(richer(&row.expect("a row"))).expect("is written");
    }
    writer.flush().expect("is written");
    told(&folder, &["import", "--json", "--as-of", "2026-03-31", "richer.csv"]);
    let words = String::from_utf8(run(&folder, &["score"]).stdout).expect("text");
    assert!(words.contains("\nDrift: Monthly income has moved away"), "{words}");
    let scored = told(&folder, &["score", "--json"]);
    let alarms = scored["alarms"].as_array().expect("a list");
    assert!(alarms.iter().any(|alarm| alarm.as_str().is_some_and(|alarm| alarm.starts_with("Monthly income"))));
}

/// Adds somebody.
async fn person(store: &Store, scope: Scope, email: &str, role: Role) -> Actor {
    let new = NewUser {
        email: email.to_owned(),
        name: email.to_owned(),
        role,
        password_hash: String::new(),
        portfolio: scope.portfolio,
        team: None,
    };
    store::users::create(store, Actor::CommandLine, new, moment()).await.expect("is added").actor()
}

fn moment() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
}

#[tokio::test]
async fn a_model_is_approved_by_somebody_who_may_and_did_not_have_it_trained() {
    let (folder, store, scope) = with_loans("300").await;
    let trainer = person(&store, scope, "trainer@example.org", Role::Admin).await;
    person(&store, scope, "boss@example.org", Role::Executive).await;
    person(&store, scope, "lead@example.org", Role::Lead).await;
    let train = ["train", "--target", "observed", "--trees", "30", "--folds", "0", "--json"];
    assert_eq!(told(&folder, &train)["state"], "champion");
    let options = TrainingOptions { trees: 30, folds: Some(0), target: Target::Observed, ..TrainingOptions::default() };
    let job = Job::TrainAndScore { portfolio: scope.portfolio, options };
    store::jobs::enqueue(&store, trainer, scope.portfolio, &job, moment()).await.expect("is asked for");
    let third = told(&folder, &["train", "--target", "segment-proxy", "--trees", "30", "--json"]);
    assert_eq!((&third["version"], &third["state"]), (&3.into(), &"candidate".into()));

    let refused = run(&folder, &["train", "--extra", "nosuch"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && message.contains("--extra nosuch: no loan has such a column"), "{message}");

    let promote = |more: &[&str]| {
        let output = run(&folder, &[&["models", "promote"], more].concat());
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (more, words) in [
        (&["2"][..], "--as <EMAIL>"),
        (&["2", "--as", "nobody@example.org"], "nobody of this portfolio signs in as"),
        (&["2", "--as", "lead@example.org"], "may not approve models"),
        (&["2", "--as", "trainer@example.org"], "somebody else must approve it"),
        (&["3", "--as", "trainer@example.org"], "learned from segments"),
        (&["1", "--as", "boss@example.org"], "decides already"),
    ] {
        let (succeeded, message) = promote(more);
        assert!(!succeeded && message.contains(words), "{more:?}: {message}");
    }
    for more in [
        &["2", "--as", "Boss@example.org"][..],
        &["3", "--as", "trainer@example.org", "--reason", "To see what segments say"],
    ] {
        let (succeeded, message) = promote(more);
        assert!(succeeded, "{more:?}: {message}");
    }
    let champion = store::models::champion(&store, scope).await.expect("answers").expect("decides");
    assert_eq!((champion.version, champion.rationale.as_str()), (3, "To see what segments say"));
}
