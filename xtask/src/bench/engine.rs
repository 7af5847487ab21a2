//! Learning and scoring: our forest and k-means beside scikit-learn, and two boosters for comparison, on the same loans.

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
def read(path):
    loans = pandas.read_csv(path)
    return loans[COLUMNS].to_numpy(float), (loans.Recovery_Status == 'Written Off').to_numpy(int)
(rows, labels), (test_rows, test_labels) = read(sys.argv[1]), read(sys.argv[2])
figures = {}
def timed(name, work):
    before = time.process_time()
    result = work()
    figures[name] = time.process_time() - before
    return result
for name, model in (('forest', RandomForestClassifier(100, random_state=42, n_jobs=1)),
                    ('lightgbm', LGBMClassifier(random_state=42, n_jobs=1, verbosity=-1)),
                    ('xgboost', XGBClassifier(random_state=42, n_jobs=1))):
    timed(name + '_fit_cpu_s', lambda: model.fit(rows, labels))
    scores = timed(name + '_score_cpu_s', lambda: model.predict_proba(test_rows)[:, 1])
    figures[name + '_auc'] = roc_auc_score(test_labels, scores)
standardised = StandardScaler().fit_transform(rows)
figures['inertia'] = timed('kmeans_cpu_s', lambda: KMeans(4, random_state=42, n_init=10).fit(standardised)).inertia_
print(json.dumps(figures))";

pub(crate) fn bench(options: &Options) -> Result<()> {
    let Some(peers) = &options.peers else {
        println!("PEERS_DIR names no folder with make_loans.py, which makes the loans: nothing was compared");
        return Ok(());
    };
    command::run(&mut command::cargo(&["build", "--release", "--package", "engine", "--example", "bench"])?)?;
    let program = crate::workspace::example("bench")?;
    let folder = tempfile::tempdir()?;
    let test = make_loans(options, peers, folder.path(), TEST_LOANS, 2)?;
    println!("CPU seconds on one thread; tested on {TEST_LOANS} loans; ratio: scikit-learn ÷ ours");
    println!("| loans | work | ours | scikit-learn | ratio | LightGBM | XGBoost | ours on 2 threads, wall ratio |");
    println!("|---|---|---|---|---|---|---|---|");
    for loans in &options.sizes {
        let train = make_loans(options, peers, folder.path(), *loans, 1)?;
        let run =
            |threads: &str| figures(Command::new(&program).arg(&train).arg(&test).env("RAYON_NUM_THREADS", threads));
        let (one, two) = (run("1")?, run("2")?);
        let theirs = figures(Command::new(&options.python).args(["-c", PEERS]).arg(&train).arg(&test))?;
        print(*loans, &one, &two, &theirs)?;
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
            "| {loans} | {work} | {ours:.2} | {peer:.2} | {:.1} | {} | {} | {:.2} |",
            peer / ours,
            booster("lightgbm"),
            booster("xgboost"),
            get(one, &wall)? / get(two, &wall)?
        );
    }
    println!(
        "| {loans} | AUC | {:.4} | {:.4} | {:+.4} | {:.4} | {:.4} | – |",
        get(one, "auc")?,
        get(theirs, "forest_auc")?,
        get(one, "auc")? - get(theirs, "forest_auc")?,
        get(theirs, "lightgbm_auc")?,
        get(theirs, "xgboost_auc")?
    );
    let (ours, peer) = (get(one, "inertia")?, get(theirs, "inertia")?);
    println!("| {loans} | inertia | {ours:.0} | {peer:.0} | {:+.2} % | – | – | – |", (ours / peer - 1.0) * 100.0);
    println!("| {loans} | forest in the model file, MB | {:.1} | – | – | – | – | – |", get(one, "forest_bytes")? / 1e6);
    Ok(())
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
