//! `loan-recovery analyze` as a user runs it: the program itself, on files.

use domain::money::Currency;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Means and deviations of the reference analysis (scikit-learn) on the original 500 loans, by feature.
const SCALE: [(&str, f64, f64); 10] = [
    ("age", 43.116, 12.720_477_4),
    ("monthly_income", 134_829.92, 68_900.352_870_2),
    ("loan_amount", 1_024_907.032, 590_164.548_718_6),
    ("tenure_months", 46.104, 18.218_814_0),
    ("interest_rate", 11.192_82, 3.771_432_3),
    ("collateral_value", 603_224.017_284, 744_966.986_202_0),
    ("outstanding_amount", 562_725.976_684, 471_885.460_857_2),
    ("monthly_instalment", 15_861.536_02, 18_690.512_720_0),
    ("missed_payments", 1.912, 2.108_140_4),
    ("days_past_due", 70.678, 60.150_796_5),
];

/// The centres A, B, C and D of the reference analysis, in the order of [`SCALE`].
const CENTERS: [[f64; 10]; 4] = [
    [40.23, 122_736.0, 731_951.0, 43.88, 11.02, 281_405.0, 317_917.0, 9_141.0, 0.895, 20.46],
    [46.49, 135_246.0, 1_605_667.0, 24.0, 10.68, 1_115_122.0, 1_258_981.0, 59_734.0, 2.196, 77.76],
    [46.19, 141_633.0, 601_292.0, 49.11, 11.50, 277_617.0, 268_256.0, 6_618.0, 3.106, 122.56],
    [42.32, 142_916.0, 1_616_815.0, 54.09, 11.28, 1_155_846.0, 916_537.0, 17_493.0, 1.853, 77.74],
];

fn analyze(file: &Path, more: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_loan-recovery");
    Command::new(program).arg("analyze").arg(file).args(more).output().expect("the program starts")
}

fn figures(file: &Path, more: &[&str]) -> Value {
    let output = analyze(file, &[more, &["--json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What must not differ between two runs: everything but times and memory.
fn lasting(mut figures: Value) -> Value {
    let fields = figures.as_object_mut().expect("an object");
    fields.remove("timings").expect("timings");
    fields.remove("peak_memory_mb").expect("peak_memory_mb");
    figures
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

/// The original 500 loans; nothing in a stranger's clone.
fn reference_file() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/notebook-loans.csv");
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
    }
    path.exists().then_some(path)
}

/// A simulated portfolio as a loan file.
fn simulated_file(folder: &TempDir, loans: usize) -> PathBuf {
    let path = folder.path().join("simulated.csv");
    let content = ingest::write::loans(&engine::simulation::simulate(5, loans), Currency::USD).expect("is written");
    fs::write(&path, content).expect("is written");
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn reference_analysis_is_reproduced() {
    let Some(file) = reference_file() else { return };
    let plain = figures(&file, &["--features", "reference"]);
    assert_eq!((plain["rows"].as_u64(), plain["rejected"].as_u64()), (Some(500), Some(0)));
    for (feature, mean, std) in SCALE {
        let check = |part: &str, expected: f64| {
            let found = number(&plain["scaler"][part][feature]);
            assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{part} of {feature}: {found}");
        };
        check("mean", mean);
        check("std", std);
    }
    assert!(number(&plain["segmentation"]["inertia"]) <= 3460.1);
    let segments = plain["segmentation"]["segments"].as_array().expect("segments");
    let ids = CENTERS.map(|center| matching_segment(segments, &center));
    let flag = format!("{},{}", ids[0], ids[3]);
    let flagged = figures(&file, &["--features", "reference", "--flag", &flag]);
    assert_eq!(flagged["model"]["test_rows"].as_u64(), Some(100));
    assert!(number(&flagged["model"]["auc"]) >= 0.96 && number(&flagged["model"]["accuracy"]) >= 0.88);
    assert!((38..=60).contains(&flagged["test_tracks"]["legal"].as_u64().expect("a count")));
    let one_thread = figures(&file, &["--features", "reference", "--flag", &flag, "--threads", "1"]);
    assert_eq!(lasting(flagged), lasting(one_thread));
}

/// The id of the segment whose centre is nearest; it is within 0.45 standard deviations in each feature.
fn matching_segment(segments: &[Value], center: &[f64; 10]) -> u64 {
    let offsets = |segment: &Value| -> Vec<f64> {
        SCALE.iter().zip(center).map(|((name, _, std), at)| (number(&segment["center"][name]) - at) / std).collect()
    };
    let distance = |segment: &&Value| offsets(segment).iter().map(|offset| offset * offset).sum::<f64>();
    let nearest = segments.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("a segment");
    assert!(offsets(nearest).iter().all(|offset| offset.abs() <= 0.45), "{nearest}");
    nearest["id"].as_u64().expect("a number")
}

#[test]
fn inertia_does_not_hang_on_the_seed() {
    let Some(file) = reference_file() else { return };
    for seed in ["1", "2", "3", "4711"] {
        let found = figures(&file, &["--features", "reference", "--trees", "1", "--seed", seed]);
        assert!(number(&found["segmentation"]["inertia"]) <= 3460.1, "seed {seed}");
    }
}

#[test]
fn chance_is_called_chance() {
    let Some(file) = reference_file() else { return };
    let found = figures(&file, &["--features", "reference", "--target", "observed"]);
    assert_eq!(found["model"]["gate"]["passed"], Value::Bool(false));
    let reason = found["model"]["gate"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("not better than chance"), "{reason}");
}

/// A file of `shared` that is not of this project; nothing in a stranger's clone.
fn shared_file(name: &str) -> Option<PathBuf> {
    let path = reference_file()?.with_file_name(name);
    assert!(path.exists(), "{} is absent", path.display());
    Some(path)
}

#[test]
fn columns_that_a_profile_keeps_are_learned_from_and_scored_elsewhere() {
    let Some(file) = shared_file("sba-case.csv") else { return };
    let folder = folder();
    let model = folder.path().join("model.lrmodel");
    let model = model.to_str().expect("UTF-8");
    let profile = ["--profile", "sba", "--target", "observed", "--trees", "20"];
    let found = figures(&file, &[&profile[..], &["--all-extras", "--without", "Term", "--save-model", model]].concat());
    let features: Vec<&str> = found["features"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(features.contains(&"Portion") && features.contains(&"BankState") && !features.contains(&"Term"));
    assert!(number(&found["model"]["auc"]) > 0.8);

    let score = |more: &[&str]| {
        let program = env!("CARGO_BIN_EXE_loan-recovery");
        Command::new(program).arg("score").arg(&file).args(["--model", model]).args(more).output().expect("starts")
    };
    let scored = score(&["--profile", "sba", "--json"]);
    assert!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stderr));
    let told: Value = serde_json::from_slice(&scored.stdout).expect("JSON");
    assert_eq!(told["loans"], Value::from(2101));

    // A column of an outcome is refused before anything is read, one that is not there by its name.
    for (more, words) in [
        (&["--extra", "ChgOffDate"][..], "column ChgOffDate is read as date of charge-off, which no model may see"),
        (&["--extra", "Nonsense"], "Nonsense"),
        (&["--without", "Term"], "the feature set default has monthly_income, loan_amount, "),
        (&["--without", "Term"], "--all-extras"),
        (&["--all-extras", "--without", "Turm"], "the extra columns are "),
    ] {
        let refused = analyze(&file, &[&profile[..], more].concat());
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && message.contains(words), "{message}");
    }
}

#[test]
fn learner_weights_calibration_and_folds_are_chosen_and_reported() {
    let folder = folder();
    let file = simulated_file(&folder, 400);
    let model = |more: &[&str]| figures(&file, &[&["--trees", "10"], more].concat())["model"].clone();
    let chosen = model(&["--target", "observed", "--class-weights", "balanced", "--folds", "3", "--no-calibration"]);
    assert_eq!(chosen["learner"], "random forest (histograms)");
    assert_eq!((&chosen["class_weights"], &chosen["is_calibrated"]), (&Value::from("balanced"), &Value::Bool(false)));
    let auc = &chosen["validation"]["auc"];
    assert!(auc["folds"] == 3 && number(&auc["interval"][0]) < number(&auc["mean"]), "{chosen}");
    assert_eq!(chosen["validation"]["lift"].as_array().map(Vec::len), Some(10));
    assert!(chosen["gate"]["reason"].as_str().is_some_and(|reason| reason.contains("over 3 folds")), "{chosen}");

    let usual = model(&["--target", "observed", "--learner", "histogram"]);
    assert_eq!((&usual["is_calibrated"], &usual["validation"]["folds"]), (&Value::Bool(true), &Value::from(5)));
    let without = figures(&file, &["--trees", "10", "--without", "loan_amount", "--without", "unsecured"]);
    let features: Vec<&str> =
        without["features"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(features.len() == 11 && !features.contains(&"loan_amount") && !features.contains(&"unsecured"));
    let proxy = model(&[]);
    assert_eq!((&proxy["is_calibrated"], &proxy["validation"]), (&Value::Bool(false), &Value::Null));

    for (more, words) in [
        (&["--class-weights", "balanced", "--learner", "smartcore"][..], "smartcore takes no class weights"),
        (&["--folds", "1"], "the validation cannot have 1 fold"),
        (&["--folds", "21"], "--folds"),
    ] {
        let refused = analyze(&file, more);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && message.contains(words), "{message}");
    }
}

#[test]
fn figures_of_a_simulated_portfolio_fit_together() {
    let folder = folder();
    let file = simulated_file(&folder, 400);
    for more in [&["--target", "observed"][..], &["--features", "reference", "--segments", "5", "--threads", "2"]] {
        let found = figures(&file, more);
        let sum = |part: &Value| part.as_object().expect("counts").values().map(number).sum::<f64>() as u64;
        assert_eq!(sum(&found["tracks"]), 400);
        assert_eq!(Some(sum(&found["test_tracks"])), found["model"]["test_rows"].as_u64());
        let segments = found["segmentation"]["segments"].as_array().expect("segments");
        assert_eq!(Some(segments.len() as u64), found["segmentation"]["k"].as_u64());
        assert_eq!(segments.iter().map(|segment| number(&segment["size"])).sum::<f64>() as u64, 400);
        let features: Vec<&str> =
            found["features"].as_array().expect("features").iter().filter_map(Value::as_str).collect();
        for part in [&found["scaler"]["mean"], &found["scaler"]["std"], &segments[0]["center"]] {
            assert!(features.iter().all(|feature| part[feature].is_f64()), "{part}");
        }
        assert_eq!(lasting(found), lasting(figures(&file, &[more, &["--threads", "1"][..0]].concat())));
    }
}

#[test]
fn what_is_known_of_no_loan_is_null() {
    let Some(file) = shared_file("sba-case.csv") else { return };
    let found = figures(&file, &["--profile", "sba", "--trees", "1"]);
    for segment in found["segmentation"]["segments"].as_array().expect("segments") {
        assert_eq!(segment["center"]["monthly_income"], Value::Null, "{segment}");
        assert!(segment["center"]["loan_amount"].is_f64(), "{segment}");
    }
    assert_eq!(found["scaler"]["mean"]["monthly_income"], Value::Null);
}

#[test]
fn every_figure_over_folds_is_told() {
    let folder = folder();
    let output = analyze(&simulated_file(&folder, 400), &["--trees", "5", "--target", "observed"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    // Lines are broken anywhere between words.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let figures = ["Gini 0.", "): AUC 0.", ", Gini 0.", ", KS 0.", ", Brier 0.", ", calibration error 0."];
    assert!(figures.iter().chain(&["tenth 1 ", "tenth 10 "]).all(|words| text.contains(words)), "{text}");
}

#[test]
fn scored_file_has_every_accepted_loan() {
    let folder = folder();
    let file = simulated_file(&folder, 200);
    let text = fs::read_to_string(&file).expect("is read");
    let spoilt =
        text.lines().enumerate().map(|(line, row)| if line == 3 { format!("{row},x") } else { row.to_owned() });
    fs::write(&file, spoilt.collect::<Vec<_>>().join("\n")).expect("is written");
    let output = folder.path().join("scored.csv");
    let output_text = output.to_str().expect("UTF-8");
    let found = figures(&file, &["--trees", "20", "--output", output_text]);
    assert_eq!((found["rows"].as_u64(), found["rejected"].as_u64()), (Some(200), Some(1)));

    let mut reader = csv::Reader::from_path(&output).expect("is read");
    let header = reader.headers().expect("a header").clone();
    assert_eq!(header.len(), 28);
    let column = |name: &str| header.iter().position(|cell| cell == name).expect("a column");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 199);
    assert_eq!(rows[2][column("Loan_ID")], *"LN-000004", "line 4 of the input was rejected");
    let count = |name: &str, value: &str| rows.iter().filter(|row| row[column(name)] == *value).count() as u64;
    assert_eq!(Some(count("Recovery_Track", "legal")), found["tracks"]["legal"].as_u64());
    assert_eq!(Some(count("High_Risk", "Yes")), found["high_risk"].as_u64());
    assert_eq!(Some(count("Held_Out", "Yes")), found["model"]["test_rows"].as_u64());
    assert!(
        rows.iter().all(|row| row[column("Risk_Score")].parse().is_ok_and(|score: f64| (0.0..=1.0).contains(&score)))
    );
    assert_eq!(fs::read_dir(folder.path()).expect("is read").count(), 2, "no partial file is left");

    // What was scored can be scored again, without its columns standing twice.
    let again =
        analyze(&output, &["--trees", "20", "--output", folder.path().join("again.csv").to_str().expect("UTF-8")]);
    assert!(again.status.success());
    assert_eq!(fs::read(&output).expect("is read"), fs::read(folder.path().join("again.csv")).expect("is read"));
}

#[test]
fn report_for_people_says_what_matters() {
    let folder = folder();
    let output = analyze(&simulated_file(&folder, 300), &["--trees", "20"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for words in ["300 rows, none rejected", "SEGMENTS", "RISK MODEL", "Proxy: learned from segments", "Gate", "TRACKS"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains("NaN") && output.stderr.is_empty());
}

#[test]
fn refusals_name_the_file_and_the_reason() {
    let folder = folder();
    let good = simulated_file(&folder, 30);
    let bad = folder.path().join("bad.csv");
    let check = |output: Output, code, words: &[&str]| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(output.stdout.is_empty());
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    fs::write(&bad, "Age,Age\n1,2\n").expect("is written");
    check(analyze(&bad, &[]), 1, &["loan-recovery: ", "bad.csv: line 1: column Age stands twice"]);
    check(analyze(&folder.path().join("none.csv"), &[]), 1, &["none.csv: the file cannot be read"]);
    check(analyze(&good, &["--segments", "31"]), 2, &["31", "--segments"]);
    check(analyze(&good, &["--flag", "4"]), 2, &["--flag: there is no segment 4", "numbers are 0 to 3"]);
    check(analyze(&good, &["--flag", "one"]), 2, &["--flag"]);
    check(analyze(&good, &["--features", "all"]), 2, &["--features", "reference"]);
    check(analyze(&good, &["--currency", "XYZ"]), 2, &["XYZ", "is not a currency"]);
    check(
        analyze(&good, &["--output", good.to_str().expect("UTF-8")]),
        1,
        &["simulated.csv", "it is the loan file itself"],
    );
    check(analyze(&good, &["--output", "/no/such/folder/out.csv"]), 1, &["/no/such/folder/out.csv: cannot be written"]);
    fs::write(&bad, fs::read_to_string(&good).expect("is read").lines().take(4).collect::<Vec<_>>().join("\n"))
        .expect("is written");
    check(analyze(&bad, &[]), 1, &["bad.csv: only 3 usable loans"]);
}

#[test]
fn an_extra_column_that_is_not_there_is_refused_by_its_name() {
    let folder = folder();
    let refused = analyze(&simulated_file(&folder, 60), &["--target", "observed", "--extra", "nosuch", "--json"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{message}");
    assert!(message.contains("simulated.csv") && message.contains("nosuch"), "{message}");
}

#[test]
fn a_saved_model_scores_loans_elsewhere_as_it_did_here() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let run = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_loan-recovery");
        Command::new(program).current_dir(&folder).args(arguments).output().expect("the program starts")
    };
    assert!(run(&["simulate", "--loans", "300", "loans.csv"]).status.success());
    let analysed = run(&["analyze", "loans.csv", "--output", "here.csv", "--save-model", "model.lrmodel"]);
    assert!(analysed.status.success(), "{}", String::from_utf8_lossy(&analysed.stderr));
    let scored = run(&["score", "loans.csv", "--model", "model.lrmodel", "--output", "there.csv", "--json"]);
    assert!(scored.status.success(), "{}", String::from_utf8_lossy(&scored.stderr));
    let told: Value = serde_json::from_slice(&scored.stdout).expect("JSON");
    assert_eq!((&told["loans"], &told["rejected"]), (&300.into(), &0.into()));
    assert_eq!((&told["gate"]["passed"], &told["caution"]), (&Value::Bool(true), &"proxy".into()));
    let foreign = run(&["score", "loans.csv", "--model", "model.lrmodel", "--currency", "EUR"]);
    let message = String::from_utf8_lossy(&foreign.stderr).into_owned();
    assert!(!foreign.status.success() && message.contains("in USD and cannot score loans in EUR"), "{message}");
    assert!(run(&["score", "loans.csv", "--model", "model.lrmodel", "--currency", "USD"]).status.success());
    // The loans that the model learned from are among them, and look like the others.
    assert_eq!((&told["alarms"], &told["drift"]["rows"]), (&serde_json::json!([]), &300.into()));
    let shift = ["--shift", "incomes", "--shift-strength", "0.8", "--shift-from", "2020-01-01"];
    let made = run(&[&["simulate", "--loans", "300", "poorer.csv"][..], &shift].concat());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let scored = run(&["score", "poorer.csv", "--model", "model.lrmodel", "--output", "poor.csv"]);
    let words = String::from_utf8_lossy(&scored.stdout).into_owned();
    assert!(words.contains("Drift: Monthly income has moved away from"), "{words}");

    let column = |file: &str, name: &str| -> Vec<String> {
        let mut reader = csv::Reader::from_path(path(file)).expect("is there");
        let place = reader.headers().expect("a header").iter().position(|head| head == name).expect(name);
        reader.records().map(|row| row.expect("a row")[place].to_owned()).collect()
    };
    let (here, there) = (column("here.csv", "Risk_Score"), column("there.csv", "Risk_Score"));
    assert_eq!(column("here.csv", "Segment"), column("there.csv", "Segment"));
    let sources = column("here.csv", "Score_Source");
    let unseen: Vec<usize> = (0..300).filter(|row| sources[*row] == "model").collect();
    assert_eq!(unseen.len(), 60, "a fifth was held out");
    for row in unseen {
        let number = |text: &str| text.parse::<f64>().expect("a number");
        // The analysis writes six decimals.
        assert!((number(&here[row]) - number(&there[row])).abs() < 1e-6, "row {row}");
    }

    let before = fs::read(path("loans.csv")).expect("is there");
    for onto in [
        ["score", "loans.csv", "--model", "model.lrmodel", "--output", "loans.csv"],
        ["score", "loans.csv", "--model", "model.lrmodel", "--output", "model.lrmodel"],
        ["analyze", "loans.csv", "--trees", "5", "--save-model", "loans.csv"],
    ] {
        let refused = run(&onto);
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("name another one"));
    }
    assert_eq!(fs::read(path("loans.csv")).expect("is there"), before);

    for (content, words) in [(&b"PK"[..], "not a model of this product"), (b"LRMODEL\n", "cut short")] {
        fs::write(path("bad.lrmodel"), content).expect("is written");
        let refused = run(&["score", "loans.csv", "--model", "bad.lrmodel"]);
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1));
        assert!(message.contains("bad.lrmodel") && message.matches(words).count() == 1, "{message}");
    }
}

#[test]
fn a_model_that_its_gate_refused_scores_only_where_somebody_insists() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let file = simulated_file(&folder, 400);
    // Each loan gets the outcome of another one, so that nothing can be learned.
    let mut reader = csv::Reader::from_path(&file).expect("is there");
    let head = reader.headers().expect("a header").clone();
    let place = head.iter().position(|name| name == "Recovery_Status").expect("a column");
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let mut writer = csv::Writer::from_path(path("noise.csv")).expect("is made");
    writer.write_record(&head).expect("is written");
    for (number, row) in rows.iter().enumerate() {
        let outcome = &rows[(number + 57) % rows.len()][place];
        let cells = row.iter().enumerate().map(|(column, cell)| if column == place { outcome } else { cell });
        writer.write_record(cells).expect("is written");
    }
    writer.flush().expect("is written");
    let (noise, model) = (path("noise.csv"), path("noise.lrmodel"));
    let more = ["--target", "observed", "--trees", "40", "--folds", "0", "--save-model", &model];
    assert_eq!(figures(Path::new(&noise), &more)["model"]["gate"]["passed"], Value::Bool(false));
    let score = |more: &[&str]| {
        let program = env!("CARGO_BIN_EXE_loan-recovery");
        Command::new(program).args(["score", &noise, "--model", &model]).args(more).output().expect("starts")
    };
    let refused = score(&["--json"]);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{message}");
    assert!(message.contains("did not pass its gate") && message.contains("--although-refused"), "{message}");
    let insisted = score(&["--although-refused", "--json"]);
    let told: Value = serde_json::from_slice(&insisted.stdout).expect("JSON");
    assert_eq!((&told["gate"]["passed"], &told["caution"]), (&Value::Bool(false), &"same_day".into()));
    assert!(told["leaks"].is_array());
    let words = String::from_utf8_lossy(&score(&["--although-refused"]).stderr).into_owned();
    assert!(words.contains("Refused by its gate: ") && words.contains("Caution: Features and outcomes are"), "{words}");
}

/// Arguments for a file whose rows have days, and for a quick training.
fn dated<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["--profile", "original-analysis-dated", "--trees", "40", "--folds", "0"], more].concat()
}

#[test]
fn a_file_of_an_earlier_day_lets_the_model_learn_what_became_of_its_loans() {
    let folder = TempDir::new().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (then, now) = (path("then.csv"), path("now.csv"));
    for (file, days) in [(&then, "0"), (&now, "366")] {
        let program = env!("CARGO_BIN_EXE_loan-recovery");
        let payments = path("payments.csv");
        let more = ["--loans", "2500", "--closed-share", "0.2", "--days", days, "--payments", &payments];
        let made = Command::new(program).arg("simulate").arg(file).args(more).output().expect("starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    // Nobody asked for a target: a file of an earlier day tells enough outcomes.
    let found = figures(Path::new(&now), &dated(&["--earlier", &then]));
    let (model, follow_up) = (&found["model"], &found["model"]["follow_up"]);
    assert_eq!((model["target"].as_str(), &follow_up["horizon"]["days"]), (Some("observed"), &365.into()));
    assert!(follow_up["lost"].as_u64() >= Some(50) && follow_up["settled"].as_u64() > Some(0), "{follow_up}");
    assert!((0.75..0.95).contains(&number(&model["auc"])), "{}", model["auc"]);
    assert_eq!(model["gate"]["passed"], Value::Bool(true));
    let alone = figures(Path::new(&now), &dated(&[]));
    assert_eq!(
        (alone["model"]["target"].as_str(), &alone["model"]["follow_up"]),
        (Some("segment-proxy"), &Value::Null)
    );
    for (file, more, words) in [
        (&now, vec!["--horizon-days", "90"], "without --earlier"),
        (&now, vec!["--earlier", &then, "--horizon-days", "400"], "choose fewer days or an earlier file"),
        (&then, vec!["--earlier", &now], "of no later day than"),
    ] {
        let refused = analyze(Path::new(file), &dated(&more));
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && message.contains(words), "{message}");
    }
}
