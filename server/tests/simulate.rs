//! `loan-recovery simulate` as a user runs it, and what the importer makes of its files.

use serde_json::Value;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_loan-recovery"));
    program.env_clear().current_dir(folder).args(arguments).output().expect("the program starts")
}

fn lines(folder: &TempDir, file: &str) -> Vec<String> {
    let text = fs::read_to_string(folder.path().join(file)).expect("is there");
    text.lines().map(str::to_owned).collect()
}

fn import(folder: &TempDir, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["import", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn payments_of_a_simulated_portfolio_tell_the_arrears_of_its_loans() {
    for days in ["0", "200"] {
        let folder = TempDir::new().expect("a folder");
        let made = run(
            &folder,
            &[
                "simulate",
                "loans.csv",
                "--loans",
                "400",
                "--days",
                days,
                "--payments",
                "paid.csv",
                "--truth",
                "truth.csv",
            ],
        );
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let loans = import(&folder, &["loans.csv", "--kind", "loans"]);
        let paid = import(&folder, &["paid.csv", "--kind", "payments"]);
        let rows = (lines(&folder, "paid.csv").len() - 1) as u64;
        assert_eq!((&loans["profile"], &paid["profile"]), (&"original-analysis-dated".into(), &"payments".into()));
        for (report, rows) in [(&loans, 400), (&paid, rows)] {
            let counts = [&report["accepted"], &report["rejected"], &report["warned"], &report["disagreeing"]];
            assert_eq!(counts.map(Value::as_u64), [Some(rows), Some(0), Some(0), Some(0)], "{report}");
        }
        assert!(rows > 4000, "{rows}");
        let truth = lines(&folder, "truth.csv");
        assert_eq!(truth.len(), 401);
        assert!(truth[0].starts_with("Loan_ID,True_Risk,Cure_Hazard,Uplift_reminder,"), "{}", truth[0]);
        assert!(truth[1].starts_with("LN-000001,0."), "{}", truth[1]);

        // One payment less, and the importer says that the files disagree.
        let loan = lines(&folder, "loans.csv")[1].split(',').nth(6).expect("an id").to_owned();
        let is_last = |line: &&String| line.contains(&loan) && line.contains("Instalment");
        let left_out = lines(&folder, "paid.csv").iter().rfind(is_last).expect("a payment").clone();
        let fewer: Vec<String> = lines(&folder, "paid.csv").into_iter().filter(|line| *line != left_out).collect();
        let other = TempDir::new().expect("a folder");
        fs::write(other.path().join("fewer.csv"), fewer.join("\n")).expect("is written");
        fs::copy(folder.path().join("loans.csv"), other.path().join("loans.csv")).expect("is copied");
        import(&other, &["loans.csv"]);
        assert_eq!(import(&other, &["fewer.csv"])["disagreeing"], 1);
    }
}

#[test]
fn a_shift_changes_the_world_from_its_day_on() {
    let folder = TempDir::new().expect("a folder");
    let make = |file: &str, more: &[&str]| {
        let truth = format!("truth-{file}");
        let made = run(&folder, &[&["simulate", file, "--loans", "600", "--truth", &truth], more].concat());
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let column = |file: &str, name: &str| -> Vec<f64> {
            let lines = lines(&folder, file);
            let place = lines[0].split(',').position(|column| column == name).expect("a column");
            lines[1..]
                .iter()
                .map(|line| line.split(',').nth(place).expect("a cell").parse().expect("a number"))
                .collect()
        };
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
        let secured = column(file, "Collateral_Value").iter().filter(|value| **value > 0.0).count();
        (mean(column(file, "Monthly_Income")), secured, mean(column(&truth, "True_Risk")))
    };
    let (income, secured, risk) = make("usual.csv", &[]);
    let poorer = make("incomes.csv", &["--shift", "incomes", "--shift-strength", "0.4"]);
    assert!((poorer.0 / income - 0.6).abs() < 1e-3 && poorer.2 > risk, "{poorer:?}");
    let riskier = make("risk.csv", &["--shift", "risk", "--shift-strength", "1"]);
    assert!(riskier.2 > risk + 0.05 && (riskier.0 - income).abs() < 1e-9, "{riskier:?}");
    let bare = make("mix.csv", &["--shift", "mix", "--shift-strength", "0.8"]);
    assert!(bare.1 * 2 < secured, "{} of {secured} are secured", bare.1);
    assert_eq!(make("later.csv", &["--shift", "mix", "--shift-from", "2031-01-01"]).1, secured);
}

#[test]
fn without_payments_a_book_has_the_columns_of_the_reference_analysis() {
    let folder = TempDir::new().expect("a folder");
    assert!(run(&folder, &["simulate", "a.csv", "--loans", "5"]).status.success());
    assert!(run(&folder, &["simulate", "b.csv", "--loans", "8"]).status.success());
    let (shorter, longer) = (lines(&folder, "a.csv"), lines(&folder, "b.csv"));
    assert_eq!((shorter.len(), shorter[0].split(',').count()), (6, 21));
    assert_eq!(shorter, longer[..6]);
    let check = |arguments: &[&str], words: &str| {
        let output = run(&folder, &[&["simulate", "c.csv", "--loans", "5"], arguments].concat());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && message.contains(words), "{message}");
        assert!(!folder.path().join("c.csv").exists());
    };
    check(&["--payments", "c.csv"], "give each a name of its own");
    check(&["--payments", "d.csv", "--truth", "d.csv"], "give each a name of its own");
    check(&["--closed-share", "2"], "the share of closed loans cannot be 2");
    check(&["--as-of", "1900-01-01"], "choose a day from 1950 to 2200");
    check(&["--shift", "luck"], "incomes, risk, mix");
    check(&["--shift-strength", "0.5"], "--shift");
    check(&["--shift", "mix", "--shift-strength", "1"], "a shift cannot have the strength 1");
}
