//! What the stages of learning cost: reads two files of loans (train, test), prints CPU and wall seconds as JSON.
//!
//! `cargo run --release -p engine --example bench -- TRAIN.csv TEST.csv`; `cargo xtask bench engine` runs it
//! beside others. Files are split at commas alone: a quotation mark would be read as part of a value.

use domain::feature::FeatureSet;
use engine::feature::FeatureMatrix;
use engine::histogram::{self, ClassWeights, HistogramOptions};
use engine::metric;
use engine::model_file;
use engine::scaler::Scaler;
use engine::segmentation::{self, SegmentationOptions};
use std::error::Error;
use std::time::Instant;
use std::{env, fs};

/// The columns of the reference set, in its order.
const COLUMNS: [&str; 10] = [
    "Age",
    "Monthly_Income",
    "Loan_Amount",
    "Loan_Tenure",
    "Interest_Rate",
    "Collateral_Value",
    "Outstanding_Loan_Amount",
    "Monthly_EMI",
    "Num_Missed_Payments",
    "Days_Past_Due",
];

/// Scoring, and learning from few loans, is so short that the kernel's hundredths of a second would tell little of one run.
const SCORINGS: u32 = 10;
const SHORT_FITS: u32 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = env::args().skip(1);
    let (rows, labels) = read(&paths.next().ok_or("which file of loans to learn from?")?)?;
    let (test_rows, test_labels) = read(&paths.next().ok_or("which file of loans to test on?")?)?;
    let options = HistogramOptions::new(100, 42, ClassWeights::None)?;
    let fits = if labels.len() < 50_000 { SHORT_FITS } else { 1 };
    let (fitted, fit) = timed_often("fit", fits, || histogram::fit(&rows, &labels, options, &|_| true))?;
    let forest = fitted?.forest;
    let (scores, score) = timed_often("score", SCORINGS, || forest.score_all(&test_rows))?;
    let auc = metric::auc(&scores, &test_labels).ok_or("the test file has one outcome only")?.area;
    let standardised = Scaler::fit(&rows).transform(&rows);
    let options = SegmentationOptions::new(4, 42)?;
    let (clusters, kmeans) = timed("kmeans", || segmentation::fit(&standardised, COLUMNS.len(), options, &|_| true))?;
    println!(
        "{{{fit}, {score}, {kmeans}, \"auc\": {auc}, \"inertia\": {}, \"forest_bytes\": {}}}",
        clusters?.inertia,
        model_file::forest_bytes(&forest)
    );
    Ok(())
}

fn read(path: &str) -> Result<(FeatureMatrix, Vec<bool>), Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().ok_or("an empty file")?.split(',').collect();
    let place =
        |name: &str| header.iter().position(|other| *other == name).ok_or(format!("{path} has no column {name}"));
    let columns = COLUMNS.iter().map(|name| place(name)).collect::<Result<Vec<usize>, _>>()?;
    let status = place("Recovery_Status")?;
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        for column in &columns {
            values.push(cells[*column].parse::<f64>()?);
        }
        labels.push(cells[status] == "Written Off");
    }
    let rows = FeatureMatrix::from_values(FeatureSet::Reference.features(), values).ok_or("rows of unequal length")?;
    Ok((rows, labels))
}

/// Runs a stage; its CPU and wall seconds as members of a JSON object.
fn timed<T>(name: &str, stage: impl Fn() -> T) -> Result<(T, String), Box<dyn Error>> {
    timed_often(name, 1, stage)
}

/// As [`timed`], the mean of so many runs.
#[expect(clippy::disallowed_methods, reason = "this program measures; it is no part of the engine")]
fn timed_often<T>(name: &str, runs: u32, stage: impl Fn() -> T) -> Result<(T, String), Box<dyn Error>> {
    let (clock, cpu) = (Instant::now(), cpu_s()?);
    for _ in 1..runs {
        stage();
    }
    let result = stage();
    let (wall, cpu) = (clock.elapsed().as_secs_f64(), cpu_s()? - cpu);
    let (wall, cpu) = (wall / f64::from(runs), cpu / f64::from(runs));
    Ok((result, format!("\"{name}_cpu_s\": {cpu:.4}, \"{name}_wall_s\": {wall:.4}")))
}

/// CPU seconds of all threads so far. The kernel counts them in hundredths; these are fields 14 and 15, and the
/// second field, the program's name, ends with the last parenthesis.
fn cpu_s() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
    let ticks = fields.take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks as f64 / 100.0)
}
