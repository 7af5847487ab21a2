//! Loading a large file: our import, which checks and keeps everything, beside pandas, which does neither.

use super::measure::{self, Usage};
use super::program;
use crate::arguments::Arguments;
use anyhow::{Context as _, Result, ensure};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

pub(crate) struct Options {
    loans: u32,
    runs: usize,
    /// A Python with pandas and `SQLAlchemy`.
    python: String,
    /// Of a database whose tables are all dropped before each run.
    postgres: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let number = |text: Option<String>, default| text.map_or(Ok(default), |text| text.parse::<u32>());
        let loans = number(arguments.value("--loans")?, 1_000_000).context("--loans is no number")?;
        let runs = number(arguments.value("--runs")?, 3).context("--runs is no number")? as usize;
        let python = env::var("PEER_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let postgres = env::var("BENCH_POSTGRES_URL").ok();
        arguments.finish()?;
        ensure!(runs > 0, "--runs must be 1 or more");
        Ok(Self { loans, runs, python, postgres })
    }
}

/// The days for which the loans are loaded: the second time, each one has a state to be kept as history.
const FIRST_DAY: &str = "2026-01-31";
const NEXT_DAY: &str = "2026-02-28";

/// pandas with its defaults but for the chunks, without which it would hold the table twice.
const PANDAS: &str = "import sys, pandas, sqlalchemy
pandas.read_csv(sys.argv[1]).to_sql('loans', sqlalchemy.create_engine(sys.argv[2]), if_exists='replace', index=False, chunksize=10000)";

pub(crate) fn bench(options: &Options) -> Result<()> {
    let program = program()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("loans.csv");
    let made = Command::new(&program).args(["simulate", "--loans", &options.loans.to_string()]).arg(&file).status()?;
    ensure!(made.success(), "the loans could not be made ({made})");
    let size_mb = fs::metadata(&file)?.len() as f64 / 1e6;
    println!("{} loans x 21 columns, {size_mb:.0} MB; medians of {} runs by turns", options.loans, options.runs);
    println!("| database | program | CPU s | wall s | peak MB | CPU ratio |");
    println!("|---|---|---|---|---|---|");
    compare(options, &program, folder.path(), &file, None)?;
    match &options.postgres {
        Some(url) => compare(options, &program, folder.path(), &file, Some(url))?,
        None => println!("PostgreSQL is left out: BENCH_POSTGRES_URL names no database (its tables would be dropped)"),
    }
    Ok(())
}

fn compare(options: &Options, program: &Path, folder: &Path, file: &Path, postgres: Option<&str>) -> Result<()> {
    let has_pandas = Command::new(&options.python).args(["-c", "import pandas, sqlalchemy"]).status();
    let has_pandas = has_pandas.is_ok_and(|status| status.success());
    let (mut ours, mut newer, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..options.runs {
        let folder = folder.join(format!("run-{run}"));
        fs::create_dir_all(&folder)?;
        clear(postgres)?;
        ours.push(measure::run(&import(program, &folder, file, postgres, FIRST_DAY))?);
        newer.push(measure::run(&import(program, &folder, file, postgres, NEXT_DAY))?);
        if has_pandas {
            clear(postgres)?;
            theirs.push(measure::run(&pandas(options, &folder, file, postgres))?);
        }
        fs::remove_dir_all(&folder)?;
    }
    let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let ours = measure::median(ours).context("no run")?;
    let theirs = measure::median(theirs);
    let ratio = theirs.map_or("–".to_owned(), |theirs| format!("{:.2}", ours.cpu_s / theirs.cpu_s));
    print(database, "loan-recovery import", ours, &ratio);
    let newer = measure::median(newer).context("no run")?;
    print(database, "loan-recovery import, the same loans a month later", newer, "–");
    match theirs {
        Some(theirs) => print(database, "pandas read_csv + to_sql", theirs, "1"),
        None => println!("pandas is left out: {} has no pandas with SQLAlchemy (set PEER_PYTHON)", options.python),
    }
    Ok(())
}

/// Empties the PostgreSQL database: what is there already need not be loaded.
pub(super) fn clear(postgres: Option<&str>) -> Result<()> {
    let Some(url) = postgres else { return Ok(()) };
    let sql = "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public";
    let status = Command::new("psql").args(["--quiet", "--command", sql, url]).status().context("psql is missing")?;
    ensure!(status.success(), "the database could not be emptied ({status})");
    Ok(())
}

fn print(database: &str, program: &str, usage: Usage, ratio: &str) {
    let Usage { cpu_s, wall_s, peak_mb } = usage;
    println!("| {database} | {program} | {cpu_s:.1} | {wall_s:.1} | {peak_mb:.0} | {ratio} |");
}

fn import(program: &Path, folder: &Path, file: &Path, postgres: Option<&str>, as_of: &str) -> Command {
    let url = postgres.map_or_else(|| format!("sqlite://{}/ours.db?mode=rwc", folder.display()), str::to_owned);
    let mut command = Command::new(program);
    command
        .arg("import")
        .arg(file)
        .args(["--as-of", as_of])
        .arg("--uploads")
        .arg(folder.join("uploads"))
        .env("DATABASE_URL", url);
    command
}

fn pandas(options: &Options, folder: &Path, file: &Path, postgres: Option<&str>) -> Command {
    let url = postgres.map_or_else(|| format!("sqlite:///{}/pandas.db", folder.display()), str::to_owned);
    let mut command = Command::new(&options.python);
    command.args(["-c", PANDAS]).arg(file).arg(url);
    command
}
