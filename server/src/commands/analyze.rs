//! `loan-recovery analyze FILE`: the whole main job without a database.
//!
//! Read, check, scale, segment, fit, score, flag, assign; then a report for people or for programs, and on request
//! a file with every loan's score.

mod json;
mod report;
mod scored_file;
mod watch;

use super::{is_same_file, say};
use crate::clock::Stopwatch;
use crate::intake::{ImportFault, LoanFile, describe, read_loans};
use crate::usage;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::count::count;
use domain::feature::FeatureSet;
use domain::model::{Target, TrainingOptions};
use domain::money::Currency;
use domain::policy::Policy;
use engine::analysis::{Analysis, AnalysisError, analyse};
use scored_file::ScoredFileError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use watch::{Timings, Watch};

/// Segment, score and assign the loans of a file, without a database.
#[derive(Args, Clone, Debug)]
pub struct AnalyzeArgs {
    /// Loan file with the 21 columns of the reference analysis: CSV, Excel or Parquet, packed or not
    file: PathBuf,

    /// What the model looks at: "reference" are the ten columns of the original analysis, age among them; "default" has
    /// no protected attribute, and ratios
    #[arg(long, default_value = "default", value_parser = feature_sets())]
    features: FeatureSet,

    /// What the model learns: "segment-proxy" is whether a loan lies in a high-risk segment, "observed" whether it was
    /// written off
    #[arg(long, default_value = "segment-proxy", value_parser = targets())]
    target: Target,

    /// Number of segments
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=12))]
    segments: u32,

    /// Segments to count as high risk, in place of those that their centres suggest
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    flag: Option<Vec<i32>>,

    /// Number of trees
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    trees: u32,

    /// Seed of every random choice; the same seed gives the same result
    #[arg(long, default_value_t = 42)]
    seed: u64,

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

fn feature_sets() -> impl TypedValueParser<Value = FeatureSet> {
    PossibleValuesParser::new(FeatureSet::ALL.map(FeatureSet::code))
        .try_map(|code| FeatureSet::find(&code).ok_or("is not a feature set"))
}

fn targets() -> impl TypedValueParser<Value = Target> {
    PossibleValuesParser::new(Target::ALL.map(Target::code))
        .try_map(|code| Target::find(&code).ok_or("is not a target"))
}

fn currencies() -> impl TypedValueParser<Value = Currency> {
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
    #[error("--flag: {0}")]
    Flag(AnalysisError),
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
        if matches!(self, Self::Flag(_)) { 2 } else { 1 }
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
    let reading = Stopwatch::start();
    let file = read_loans(&args.file, args.currency)?;
    let watch = Watch::new(reading.elapsed());
    let policy = Policy::default();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads.into()).build()?;
    let analysis = pool
        .install(|| analyse(&file.records, args.currency, &args.options(), &policy, &watch))
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
    fn options(&self) -> TrainingOptions {
        TrainingOptions {
            features: self.features,
            target: self.target,
            segments: self.segments,
            flagged_segments: self.flag.clone(),
            trees: self.trees,
            seed: self.seed,
            ..TrainingOptions::default()
        }
    }

    fn analysis_error(&self, source: AnalysisError, file: &LoanFile) -> AnalyzeError {
        match source {
            AnalysisError::UnknownSegment { .. } => AnalyzeError::Flag(source),
            _ => AnalyzeError::Analysis { path: self.file.clone(), source, rejected: rejected_in_words(file) },
        }
    }
}
