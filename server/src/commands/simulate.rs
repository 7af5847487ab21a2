//! `loan-recovery simulate FILE`: a made-up loan book, for trials and benchmarks. Without a file, days pass on the demo
//! portfolio.

use super::live;
use crate::settings::{DatabaseSettings, OutreachSettings};
use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use clap::{Args, ValueEnum};
use engine::simulation::{CURRENCY, Shift, ShiftKind, SimulationOptions, Simulator, Treatment, Truth};
use std::path::{Path, PathBuf};

/// Write a made-up loan book with the 21 columns of the reference analysis; or, without a file, let days pass on the demo portfolio
#[derive(Args, Clone, Debug)]
pub struct SimulateArgs {
    /// The CSV file to write; without it, `--days` pass on the demo portfolio, and what is due on them is done
    file: Option<PathBuf>,

    /// Number of loans
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    loans: u32,

    /// Seed of every random choice; the same seed gives the same loans
    #[arg(long, default_value_t = 42)]
    seed: u64,

    /// The day of the snapshot; the same one if it is left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,

    /// The share of loans, 0 to 1, that are closed at the snapshot
    #[arg(long)]
    closed_share: Option<f64>,

    /// Days to go on after the snapshot, without anything being done about arrears
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    days: u32,

    /// Something that changes in the world of the loans on a day, and stays so
    #[arg(long, value_enum)]
    shift: Option<ShiftArg>,

    /// How strong the shift is: a share below 1 of incomes or of secured loans, or what is added to the log-odds of a missed payment
    #[arg(long, requires = "shift", default_value_t = 0.3)]
    shift_strength: f64,

    /// The day of the shift; the day of the snapshot if it is left out. A shift of the mix changes loans that are drawn as of a day
    /// from then on
    #[arg(long, value_name = "YYYY-MM-DD", requires = "shift")]
    shift_from: Option<NaiveDate>,

    /// Another CSV file, for all payments; the loans then have two columns more, the day for which a row speaks and the day
    /// of the loan
    #[arg(long, value_name = "FILE")]
    payments: Option<PathBuf>,

    /// Another CSV file, for what is true of each loan and no lender knows
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,

    #[command(flatten)]
    database: DatabaseSettings,

    #[command(flatten)]
    outreach: OutreachSettings,

    /// Print what was done on each day as JSON
    #[arg(long)]
    json: bool,
}

/// What may shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ShiftArg {
    /// Incomes fall, and payments with them
    Incomes,
    /// The same features mean more risk
    Risk,
    /// Secured loans become rarer
    Mix,
}

impl ShiftArg {
    fn kind(self) -> ShiftKind {
        match self {
            Self::Incomes => ShiftKind::IncomesFall,
            Self::Risk => ShiftKind::RiskRises,
            Self::Mix => ShiftKind::MixShifts,
        }
    }
}

pub async fn run(args: SimulateArgs) -> Result<()> {
    match &args.file {
        Some(file) => write_book(&args, file),
        None => live::run(args.days, &args.database, &args.outreach, args.json).await,
    }
}

fn write_book(args: &SimulateArgs, book: &Path) -> Result<()> {
    let book = book.to_owned();
    let mut files = vec![&book];
    files.extend(args.payments.iter().chain(&args.truth));
    let are_different = (1..files.len()).all(|place| !files[..place].contains(&files[place]));
    ensure!(are_different, "loans, payments and truth are three files: give each a name of its own");
    let mut options = SimulationOptions::new(args.seed, args.loans as usize);
    options.as_of = args.as_of.unwrap_or(options.as_of);
    options.closed_share = args.closed_share.unwrap_or(options.closed_share);
    let (strength, from) = (args.shift_strength, args.shift_from.unwrap_or(options.as_of));
    options.shift = args.shift.map(|shift| Shift { from, kind: shift.kind(), strength });
    let mut simulator = Simulator::new(options)?;
    let happened = simulator.advance(options.as_of + Days::new(args.days.into()), &[])?;
    let loans = simulator.records();
    let Some(file) = &args.payments else {
        write(&book, &ingest::write::loans(&loans, CURRENCY)?)?;
        return write_truth(args, &simulator);
    };
    write(&book, &ingest::write::dated_loans(&loans, CURRENCY)?)?;
    let mut payments = simulator.history();
    payments.extend(happened.payments);
    write(file, &ingest::write::payments(&payments, CURRENCY)?)?;
    write_truth(args, &simulator)
}

fn write_truth(args: &SimulateArgs, simulator: &Simulator) -> Result<()> {
    args.truth.as_ref().map_or(Ok(()), |file| write(file, &truth_table(&simulator.truths())?))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(file, content).with_context(|| format!("{} cannot be written", file.display()))
}

fn truth_table(truths: &[Truth]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let uplifts = Treatment::ALL.map(|treatment| format!("Uplift_{}", treatment.label().replace(' ', "_")));
    let names = ["Loan_ID", "True_Risk", "Cure_Hazard"].map(str::to_owned);
    writer.write_record(names.iter().chain(&uplifts))?;
    for truth in truths {
        let figures = [truth.risk, truth.cure_hazard].into_iter().chain(truth.uplift);
        let figures = figures.map(|figure| format!("{figure:.6}"));
        writer.write_record([truth.loan_ref.clone()].into_iter().chain(figures))?;
    }
    Ok(writer.into_inner()?)
}
