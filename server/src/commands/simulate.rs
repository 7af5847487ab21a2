//! `loan-recovery simulate FILE`: a made-up loan book, for trials and benchmarks.

use anyhow::{Context, Result};
use clap::Args;
use domain::money::Currency;
use std::path::PathBuf;

/// Write a made-up loan book with the 21 columns of the reference analysis
#[derive(Args, Clone, Debug)]
pub struct SimulateArgs {
    /// The CSV file to write
    file: PathBuf,

    /// Number of loans
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    loans: u32,

    /// Seed of every random choice; the same seed gives the same loans
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

pub fn run(args: &SimulateArgs) -> Result<()> {
    let loans = engine::simulation::simulate(args.seed, args.loans as usize);
    let content = ingest::write::loans(&loans, Currency::USD)?;
    std::fs::write(&args.file, content).with_context(|| format!("{} cannot be written", args.file.display()))
}
