//! `loan-recovery analyze FILE`: the whole main job without a database.
//!
//! Read, check, scale, segment, fit, score, flag, assign; then a report for people or for programs, and on request
//! a file with every loan's score.

mod json;
mod look_back;
mod report;
mod scored_file;
mod watch;

use super::training_args::{TrainingArgs, UnknownName};
use super::{is_same_file, say};
use crate::clock::Stopwatch;
use crate::intake::{DEFAULT_PROFILE, ImportFault, LoanFile, LoanReading, describe, loan_profiles, read_loans};
use crate::usage;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::count::count;
use domain::money::Currency;
use domain::policy::Policy;
use engine::analysis::{Analysis, AnalysisError, analyse_after};
use look_back::{LookBackError, look_back};
use scored_file::ScoredFileError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use watch::{Timings, Watch};

/// Segment, score and assign the loans of a file, without a database.
#[derive(Args, Clone, Debug)]
pub struct AnalyzeArgs {
    /// Loan file: CSV, Excel or Parquet, packed or not
    file: PathBuf,

    /// How the file is read: a profile that comes with the program. The first has the 21 columns of the reference analysis
    #[arg(long, default_value = DEFAULT_PROFILE, value_parser = PossibleValuesParser::new(loan_profiles()))]
    profile: String,

    /// The same loans in a file of an earlier day, with which the model learns: their features of that day, and what became of them by
    /// the day of the first file
    #[arg(long, value_name = "FILE")]
    earlier: Option<PathBuf>,

    #[command(flatten)]
    training: TrainingArgs,

    /// Currency of the file's amounts (ISO 4217)
    #[arg(long, default_value = "USD", value_parser = currencies())]
    currency: Currency,

    /// Number of threads; 0 means one for each processor. It changes no result
    #[arg(long, default_value_t = 0, env = "RAYON_NUM_THREADS", value_parser = clap::value_parser!(u16).range(0..=256))]
    threads: u16,

    /// Write the file's columns with score, segment, flag and track of every loan to this CSV file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write the model to this file, for `loan-recovery score`
    #[arg(long, value_name = "FILE")]
    save_model: Option<PathBuf>,

    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn currencies() -> impl TypedValueParser<Value = Currency> {
    clap::builder::StringValueParser::new().try_map(Currency::try_from)
}

/// Why there is no report. The message names the file.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    #[error(transparent)]
    File(#[from] ImportFault),
    #[error("{}: {source}{rejected}", path.display())]
    Analysis {
        path: PathBuf,
        source: AnalysisError,
        /// How many rows were rejected and why the first was; empty where none was.
        rejected: String,
    },
    #[error("{}: {source}", path.display())]
    Earlier { path: PathBuf, source: LookBackError },
    #[error("--horizon-days: without --earlier features and outcomes are of one day, and there is no horizon")]
    NoHorizon,
    #[error("--flag: {0}")]
    Flag(AnalysisError),
    #[error(transparent)]
    Without(#[from] UnknownName),
    #[error("{}: cannot be written: {source}", path.display())]
    Output { path: PathBuf, source: ScoredFileError },
    #[error("{}: the model cannot be written: {source}", path.display())]
    Model { path: PathBuf, source: io::Error },
    #[error("the threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error("the report cannot be written: {0}")]
    Report(#[from] io::Error),
}

impl AnalyzeError {
    /// 2 for wrong arguments, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Flag(_) | Self::Without(_) | Self::NoHorizon) { 2 } else { 1 }
    }
}

/// What the report is made of.
struct Outcome<'a> {
    path: &'a Path,
    file: LoanFile,
    analysis: Analysis,
    policy: Policy,
    timings: Timings,
    peak_memory_mb: Option<f64>,
}

/// Runs the command; the report goes to `output`.
pub fn run(args: &AnalyzeArgs, output: &mut dyn Write) -> Result<(), AnalyzeError> {
    let started = Stopwatch::start();
    let mut reading = LoanReading::of_profile(&args.profile, args.currency)?;
    let extras = args.training.extra.iter().map(|column| reading.keep(column)).collect::<Result<_, _>>()?;
    let file = read_loans(&args.file, reading)?;
    let kept = file.records.iter().flat_map(|record| record.extras.keys().cloned()).collect();
    if args.earlier.is_none() && args.training.horizon_days.is_some_and(|days| days > 0) {
        return Err(AnalyzeError::NoHorizon);
    }
    let past = look_back(args, &file)?;
    let is_followed = past.as_ref().is_some_and(|past| past.follow_up.is_enough());
    let mut options = args.training.options(extras, &kept, is_followed)?;
    let past = past.filter(|_| options.follows());
    if let Some(past) = &past {
        options.as_of = Some(past.follow_up.horizon.as_of);
        options.horizon_days = Some(past.follow_up.horizon.days);
    }
    let watch = Watch::new(started.elapsed());
    let policy = Policy::default();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.into()).build()?;
    let analysis = pool
        .install(|| analyse_after(&file.records, past.as_ref(), args.currency, &options, &policy, &watch))
        .map_err(|source| args.analysis_error(source, &file))?;
    let timings = watch.finish(usage::cpu_seconds());
    if let Some(path) = &args.output {
        scored_file::write(&args.file, path, &file, &analysis)
            .map_err(|source| AnalyzeError::Output { path: path.clone(), source })?;
    }
    if let Some(path) = &args.save_model {
        save_model(&args.file, path, &analysis).map_err(|source| AnalyzeError::Model { path: path.clone(), source })?;
    }
    let peak_memory_mb = usage::peak_memory_mb();
    let outcome = Outcome { path: &args.file, file, analysis, policy, timings, peak_memory_mb };
    let text = if args.json { json::text(&outcome)? } else { report::text(&outcome, args) };
    Ok(say(output, &text)?)
}

fn save_model(input: &Path, path: &Path, analysis: &Analysis) -> io::Result<()> {
    if is_same_file(input, path) {
        return Err(io::Error::other("it is the loan file itself: name another one"));
    }
    std::fs::write(path, engine::model_file::to_bytes(&analysis.model).map_err(io::Error::other)?)
}

/// What a person must know where too little of a file could be used.
fn rejected_in_words(file: &LoanFile) -> String {
    let first = file
        .rejected
        .first()
        .map(|row| format!("; {} rejected, the first: {}", count(file.rejected_count, "row"), describe(row)));
    first.unwrap_or_default()
}

impl AnalyzeArgs {
    fn analysis_error(&self, source: AnalysisError, file: &LoanFile) -> AnalyzeError {
        match source {
            AnalysisError::UnknownSegment { .. } => AnalyzeError::Flag(source),
            _ => AnalyzeError::Analysis { path: self.file.clone(), source, rejected: rejected_in_words(file) },
        }
    }
}
