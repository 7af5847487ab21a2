//! Training on an earlier day: what files of later days say became of its loans, counted here from the files by themselves, and what
//! became of loans that the model scored.

mod program;

use chrono::{Days, NaiveDate};
use domain::access::Scope;
use domain::scoring_report::RateDrift;
use program::{open, run, told};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;

const LOANS: usize = 1_500;
const YEAR: u64 = 365;
/// One loan in so many is in no later file.
const LEFT_OUT: usize = 40;

/// Days after the first file for which each file speaks.
const FILES: [u64; 4] = [0, 180, YEAR, 2 * YEAR];

fn day(after: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 1, 31).expect("a day") + Days::new(after)
}

/// Writes the book so many days later, with all its payments up to then; `shift` are words of the command line.
fn write_book(folder: &TempDir, after: u64, shift: &[&str]) -> [String; 2] {
    let [loans, payments] = [format!("loans-{after}.csv"), format!("payments-{after}.csv")];
    let (first, later, count) = (day(0).to_string(), after.to_string(), LOANS.to_string());
    let made = ["simulate", &loans, "--loans", &count, "--as-of", &first, "--closed-share", "0.2", "--days", &later];
    let made = run(folder, &[&made[..], &["--payments", &payments], shift].concat());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    if after > 0 {
        let path = folder.path().join(&loans);
        let text = std::fs::read_to_string(&path).expect("is there");
        let kept = text.lines().enumerate().filter(|(line, _)| *line == 0 || line % LEFT_OUT != 0);
        std::fs::write(&path, kept.map(|(_, row)| row.to_owned() + "\n").collect::<String>()).expect("is written");
    }
    [loans, payments]
}

fn import(folder: &TempDir, files: &[String; 2]) {
    for file in files {
        told(folder, &["import", "--json", file]);
    }
}

/// Status and days past due by loan, as a file says.
fn read(folder: &Path, after: u64) -> BTreeMap<String, (String, u64)> {
    let mut reader = csv::Reader::from_path(folder.join(format!("loans-{after}.csv"))).expect("is there");
    let head = reader.headers().expect("a header").clone();
    let place = |name: &str| head.iter().position(|other| other == name).expect("a column");
    let [loan, status, overdue] = ["Loan_ID", "Recovery_Status", "Days_Past_Due"].map(place);
    let row =
        |row: csv::StringRecord| (row[loan].to_owned(), (row[status].to_owned(), row[overdue].parse().unwrap_or(0)));
    reader.records().map(|found| row(found.expect("a row"))).collect()
}

/// What became of loans after a day.
#[derive(Debug, Default, PartialEq)]
struct Count {
    lost: u64,
    kept: u64,
    censored: u64,
    settled: u64,
}

/// Counts from the files of the days `from` and later ones, the last of which ends the horizon.
fn count(folder: &Path, from: u64, later: &[u64]) -> Count {
    let then = read(folder, from);
    let later: Vec<_> = later.iter().map(|after| read(folder, *after)).collect();
    let days = YEAR;
    let mut count = Count::default();
    for (loan, (status, _)) in &then {
        let told: Vec<&(String, u64)> = later.iter().filter_map(|file| file.get(loan)).collect();
        let ended =
            told.iter().map(|(status, _)| status.as_str()).find(|status| *status != "Open" && !status.is_empty());
        let of = match (status.as_str(), ended, told.last()) {
            ("Open" | "", Some("Fully Recovered"), _) => &mut count.kept,
            ("Open" | "", Some(_), _) => &mut count.lost,
            ("Open" | "", None, None) => &mut count.censored,
            // What was overdue on the day is still so if the oldest unpaid instalment fell due before it.
            ("Open" | "", None, Some((_, overdue))) if *overdue > days => &mut count.lost,
            ("Open" | "", None, Some(_)) => &mut count.kept,
            _ => &mut count.settled,
        };
        *of += 1;
    }
    count
}

/// Files up to the first year on file, and the model that was trained on their first day.
fn trained() -> (TempDir, Value) {
    let folder = TempDir::new().expect("a folder");
    for after in &FILES[..3] {
        let files = write_book(&folder, *after, &[]);
        import(&folder, &files);
    }
    let as_of = day(0).to_string();
    let asked = ["--target", "observed", "--as-of", &as_of, "--horizon-days", "365", "--trees", "60", "--folds", "0"];
    let model = told(&folder, &[&["train", "--json"], &asked[..]].concat());
    (folder, model)
}

#[test]
fn the_outcomes_of_a_horizon_are_those_that_files_tell() {
    let (folder, model) = trained();
    let (figures, expected) = (&model["figures"], count(folder.path(), 0, &FILES[1..3]));
    assert!(
        expected.lost > 100 && expected.kept > 100 && expected.censored > 10 && expected.settled > 100,
        "{expected:?}"
    );
    let follow_up = &figures["follow_up"];
    assert_eq!(follow_up["horizon"], serde_json::json!({ "as_of": day(0), "days": YEAR }));
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("a number: {value}"));
    let [lost, kept, censored, settled] = ["lost", "kept", "censored", "settled"].map(|name| number(&follow_up[name]));
    assert_eq!(Count { lost, kept, censored, settled }, expected);
    let learned = number(&figures["train_rows"]) + number(&figures["test_rows"]);
    assert_eq!(learned, expected.lost + expected.kept, "all of them train or test, and no other loan does");
    assert_eq!(model["options"]["as_of"], serde_json::json!(day(0)));

    // Within half a year fewer are lost.
    let shorter = ["train", "--json", "--target", "observed", "--trees", "5", "--folds", "0", "--horizon-days", "180"];
    let shorter = told(&folder, &[&shorter[..], &["--as-of", &day(0).to_string()]].concat());
    let follow_up = &shorter["figures"]["follow_up"];
    let all = ["lost", "kept", "censored", "settled"].map(|name| number(&follow_up[name])).iter().sum::<u64>();
    assert!(all == LOANS as u64 && number(&follow_up["lost"]) < lost, "{follow_up}");
    let beyond = run(&folder, &["train", "--target", "observed", "--as-of", &day(YEAR).to_string()]);
    assert!(String::from_utf8_lossy(&beyond.stderr).contains("No file tells what became of the loans"), "{beyond:?}");
}

/// What the scores of a year ago are worth by the file of the second year.
async fn watched(shift: &[&str]) -> (RateDrift, Vec<String>, Count) {
    let (folder, model) = trained();
    assert_eq!(model["state"], "champion", "{model}");
    let first = told(&folder, &["score", "--json"]);
    assert!(first["message"].as_str().is_some_and(|words| words.starts_with("Looked at 1,500 loans")), "{first}");
    let calibration = async || {
        let store = open(folder.path()).await;
        let portfolio = store::portfolios::first(&store).await.expect("answers").expect("a portfolio");
        let scope = Scope::whole(portfolio.id);
        let champion = store::models::champion(&store, scope).await.expect("answers").expect("decides");
        assert_eq!(champion.figures.caution(), None, "features are of the day before outcomes");
        let last = store::scorings::last_report(&store, scope, champion.id).await.expect("answers");
        let report = last.and_then(|(_, report)| report).expect("is watched");
        (report.calibration, report.alarms)
    };
    assert_eq!(calibration().await.0, None, "no horizon is over");
    let files = write_book(&folder, FILES[3], shift);
    import(&folder, &files);
    told(&folder, &["score", "--json"]);
    let (found, alarms) = calibration().await;
    let count = count(folder.path(), YEAR, &FILES[3..]);
    (found.expect("the horizon of the first scores is over"), alarms, count)
}

#[tokio::test]
async fn scores_are_held_against_outcomes_once_their_horizon_is_over() {
    let (quiet, alarms, expected) = watched(&[]).await;
    assert_eq!((quiet.rows, quiet.horizon_days), ((expected.lost + expected.kept) as u32, Some(365)));
    assert!((quiet.observed - expected.lost as f64 / f64::from(quiet.rows)).abs() < 1e-12, "{quiet:?} {expected:?}");
    assert!(!quiet.is_alarm, "{quiet:?} {alarms:?}");

    let from = day(YEAR).to_string();
    let (worse, alarms, expected) =
        watched(&["--shift", "risk", "--shift-strength", "1.5", "--shift-from", &from]).await;
    assert_eq!(worse.rows, (expected.lost + expected.kept) as u32);
    let words = "More loans are lost within 365 days of their score than the scores say";
    assert!(worse.is_alarm && alarms.iter().any(|alarm| alarm.starts_with(words)), "{worse:?} {alarms:?}");
}
