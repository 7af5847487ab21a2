//! Learning and scoring: our forest and k-means beside scikit-learn, and two boosters for comparison, on the same loans.

use super::{measure, program};
use crate::arguments::Arguments;
use crate::command;
use anyhow::{Context as _, Result, ensure};
use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Options {
    /// Numbers of loans, one comparison each.
    sizes: Vec<u32>,
    /// A Python with pandas, scikit-learn, `LightGBM` and `XGBoost`.
    python: String,
    /// The folder that holds `make_loans.py`.
    peers: Option<PathBuf>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let sizes = arguments.value("--loans")?.unwrap_or_else(|| "10000,100000,1000000".to_owned());
        let sizes =
            sizes.split(',').map(str::parse).collect::<Result<_, _>>().context("--loans is no list of numbers")?;
        let python = env::var("PEER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let peers = env::var_os("PEERS_DIR").map(PathBuf::from);
        arguments.finish()?;
        Ok(Self { sizes, python, peers })
    }
}

/// Loans that forests are tested on.
const TEST_LOANS: u32 = 100_000;

/// CPU seconds for a million loans at best: coding their values, and a hundred trees of ten levels; and the same with reading them
/// from a file. Reckoned as 0.05 s, 0.33 s and 0.06 s on two processors.
const LIMIT_SCORE_CPU_S: f64 = 2.0 * (0.05 + 0.33);
const LIMIT_FILE_CPU_S: f64 = LIMIT_SCORE_CPU_S + 2.0 * 0.06;

/// Each peer with its defaults, 100 trees and one thread.
const PEERS: &str = r"import json, os, sys, time
os.environ['OMP_NUM_THREADS'] = '1'
import pandas
from lightgbm import LGBMClassifier
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier
COLUMNS = ['Age', 'Monthly_Income', 'Loan_Amount', 'Loan_Tenure', 'Interest_Rate', 'Collateral_Value',
           'Outstanding_Loan_Amount', 'Monthly_EMI', 'Num_Missed_Payments', 'Days_Past_Due']
figures = {}
def timed(name, work, runs=1):
    before = time.process_time()
    for _ in range(runs):
        result = work()
    figures[name] = (time.process_time() - before) / runs
    return result
def read(path):
    loans = pandas.read_csv(path)
    return loans[COLUMNS].to_numpy(float), (loans.Recovery_Status == 'Written Off').to_numpy(int)
rows, labels = timed('read_cpu_s', lambda: read(sys.argv[1]))
test_rows, test_labels = timed('read_test_cpu_s', lambda: read(sys.argv[2]))
for name, model in (('forest', RandomForestClassifier(100, random_state=42, n_jobs=1)),
                    ('lightgbm', LGBMClassifier(random_state=42, n_jobs=1, verbosity=-1)),
                    ('xgboost', XGBClassifier(random_state=42, n_jobs=1))):
    timed(name + '_fit_cpu_s', lambda: model.fit(rows, labels))
    scores = timed(name + '_score_cpu_s', lambda: model.predict_proba(test_rows)[:, 1], 3)
    if name == 'forest':
        timed('score_all_cpu_s', lambda: model.predict_proba(rows))
    figures[name + '_auc'] = roc_auc_score(test_labels, scores)
standardised = timed('scale_cpu_s', lambda: StandardScaler().fit_transform(rows))
figures['inertia'] = timed('kmeans_cpu_s', lambda: KMeans(4, random_state=42, n_init=10).fit(standardised)).inertia_
print(json.dumps(figures))";

pub(crate) fn bench(options: &Options) -> Result<()> {
    let Some(peers) = &options.peers else {
        println!("PEERS_DIR names no folder with make_loans.py, which makes the loans: nothing was compared");
        return Ok(());
    };
    command::run(&mut command::cargo(&["build", "--release", "--package", "engine", "--example", "bench"])?)?;
    let (program, whole) = (crate::workspace::example("bench")?, program()?);
    let folder = tempfile::tempdir()?;
    let test = make_loans(options, peers, folder.path(), TEST_LOANS, 2)?;
    println!("CPU seconds on one thread; tested on {TEST_LOANS} loans; ratio: scikit-learn ÷ ours");
    println!(
        "| loans | work | ours | scikit-learn | ratio | LightGBM | XGBoost | ours on 2 threads, wall ratio | of the limit |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for loans in &options.sizes {
        let train = make_loans(options, peers, folder.path(), *loans, 1)?;
        let run =
            |threads: &str| figures(Command::new(&program).arg(&train).arg(&test).env("RAYON_NUM_THREADS", threads));
        let (one, two) = (run("1")?, run("2")?);
        let theirs = figures(Command::new(&options.python).args(["-c", PEERS]).arg(&train).arg(&test))?;
        print(*loans, &one, &two, &theirs)?;
        print_files(*loans, &Files { program: &whole, train: &train, test: &test }, &theirs)?;
    }
    Ok(())
}

fn make_loans(options: &Options, peers: &Path, folder: &Path, loans: u32, seed: u32) -> Result<PathBuf> {
    let file = folder.join(format!("loans-{loans}-{seed}.csv"));
    let mut command = Command::new(&options.python);
    command.arg(peers.join("make_loans.py")).arg(loans.to_string()).arg(&file).arg(seed.to_string());
    let status = command.status().with_context(|| format!("{} could not be started", options.python))?;
    ensure!(status.success(), "make_loans.py failed ({status})");
    Ok(file)
}

type Figures = HashMap<String, f64>;

fn figures(command: &mut Command) -> Result<Figures> {
    let output = command.output().with_context(|| format!("{} is missing", command.get_program().display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed: {said}", command.get_program().display());
    parse(&String::from_utf8(output.stdout)?)
}

/// Reads a JSON object of numbers, without a parser of all JSON.
fn parse(text: &str) -> Result<Figures> {
    let members = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).context("no JSON object")?;
    members
        .split(',')
        .map(|member| {
            let (name, number) = member.split_once(':').with_context(|| format!("not a member: {member}"))?;
            Ok((name.trim().trim_matches('"').to_owned(), number.trim().parse()?))
        })
        .collect()
}

fn print(loans: u32, one: &Figures, two: &Figures, theirs: &Figures) -> Result<()> {
    let get = |figures: &Figures, name: &str| figures.get(name).copied().with_context(|| format!("no figure {name}"));
    for (work, stage, peer) in [
        ("forest, fit", "fit", "forest_fit"),
        ("forest, score", "score", "forest_score"),
        ("k-means", "kmeans", "kmeans"),
    ] {
        let (ours, peer) = (get(one, &format!("{stage}_cpu_s"))?, get(theirs, &format!("{peer}_cpu_s"))?);
        let booster = |name: &str| {
            theirs.get(&format!("{name}_{stage}_cpu_s")).map_or("–".to_owned(), |cpu_s| format!("{cpu_s:.2}"))
        };
        let wall = format!("{stage}_wall_s");
        println!(
            "| {loans} | {work} | {ours:.3} | {peer:.2} | {:.1} | {} | {} | {:.2} | {} |",
            peer / ours,
            booster("lightgbm"),
            booster("xgboost"),
            get(one, &wall)? / get(two, &wall)?,
            if stage == "score" { of_limit(LIMIT_SCORE_CPU_S, TEST_LOANS, ours) } else { "–".to_owned() }
        );
    }
    println!(
        "| {loans} | AUC | {:.4} | {:.4} | {:+.4} | {:.4} | {:.4} | – | – |",
        get(one, "auc")?,
        get(theirs, "forest_auc")?,
        get(one, "auc")? - get(theirs, "forest_auc")?,
        get(theirs, "lightgbm_auc")?,
        get(theirs, "xgboost_auc")?
    );
    let (ours, peer) = (get(one, "inertia")?, get(theirs, "inertia")?);
    println!("| {loans} | inertia | {ours:.0} | {peer:.0} | {:+.2} % | – | – | – | – |", (ours / peer - 1.0) * 100.0);
    let megabytes = get(one, "forest_bytes")? / 1e6;
    println!("| {loans} | forest in the model file, MB | {megabytes:.1} | – | – | – | – | – | – |");
    Ok(())
}

/// What the program does with whole files, each in a process of its own.
struct Files<'a> {
    program: &'a Path,
    train: &'a Path,
    test: &'a Path,
}

/// From a file to a model and the scores of all its loans, and from another file to scores by that model. Of the peers the same steps
/// are added up; they check nothing, and tell nothing but scores.
fn print_files(loans: u32, files: &Files<'_>, theirs: &Figures) -> Result<()> {
    let get = |name: &str| theirs.get(name).copied().with_context(|| format!("no figure {name}"));
    let folder = tempfile::tempdir()?;
    let model = folder.path().join("model");
    let analyze = |threads: &str| {
        let mut command = Command::new(files.program);
        command.arg("analyze").arg(files.train).args(["--features", "reference", "--target", "observed", "--json"]);
        command.args(["--threads", threads, "--save-model"]).arg(&model);
        measure::run(&command)
    };
    let score = |threads: &str| {
        let mut command = Command::new(files.program);
        command.arg("score").arg(files.test).arg("--model").arg(&model).args(["--json", "--although-refused"]);
        measure::run(command.env("RAYON_NUM_THREADS", threads))
    };
    let analysis = ["read", "scale", "kmeans", "forest_fit", "score_all"];
    let analysis = analysis.iter().map(|name| get(&format!("{name}_cpu_s"))).sum::<Result<f64>>()?;
    let scoring = get("read_test_cpu_s")? + get("forest_score_cpu_s")?;
    let (one, two) = (analyze("1")?, analyze("2")?);
    let wall = one.wall_s / two.wall_s;
    println!(
        "| {loans} | file → model and scores ({:.0} MB) | {:.2} | {analysis:.2} | {:.1} | – | – | {wall:.2} | – |",
        one.peak_mb,
        one.cpu_s,
        analysis / one.cpu_s
    );
    let (one, two) = (score("1")?, score("2")?);
    let wall = one.wall_s / two.wall_s;
    println!(
        "| {loans} | file of {TEST_LOANS} → scores ({:.0} MB) | {:.2} | {scoring:.2} | {:.1} | – | – | {wall:.2} | {} |",
        one.peak_mb,
        one.cpu_s,
        scoring / one.cpu_s,
        of_limit(LIMIT_FILE_CPU_S, TEST_LOANS, one.cpu_s)
    );
    Ok(())
}

/// How near a time is to what a processor could do at best.
fn of_limit(limit_cpu_s: f64, loans: u32, cpu_s: f64) -> String {
    format!("{:.0} %", 100.0 * limit_cpu_s * f64::from(loans) / 1e6 / cpu_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_of_numbers_are_read() {
        let figures = parse("{\"fit_cpu_s\": 1.5, \"auc\": 0.88}\n").unwrap();
        assert!((figures["fit_cpu_s"] - 1.5).abs() < 1e-12 && (figures["auc"] - 0.88).abs() < 1e-12);
        assert!(parse("Traceback").is_err());
        assert!(parse("{\"auc\"}").is_err());
    }
}
