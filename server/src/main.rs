//! The `loan-recovery` program.

use clap::{Parser, Subcommand};
use server::commands::analyze::{self, AnalyzeArgs};
use server::commands::demo::{self, DemoArgs};
use server::commands::gate::{self, GateArgs};
use server::commands::import::{self, ImportArgs};
use server::commands::migrate::{self, MigrateArgs};
use server::commands::models::{self, ModelsArgs};
use server::commands::score::{self, ScoreArgs};
use server::commands::serve::{self, ServeArgs};
use server::commands::simulate::{self, SimulateArgs};
use server::commands::train::{self, TrainArgs};
use server::commands::user::{self, UserArgs};
use server::commands::worker::{self, WorkerArgs};
use std::process::ExitCode;

/// Loan recovery: segments, risk scores and recovery tracks
#[derive(Parser)]
#[command(name = "loan-recovery", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Analyze(AnalyzeArgs),
    Score(Box<ScoreArgs>),
    Serve(Box<ServeArgs>),
    Simulate(Box<SimulateArgs>),
    Demo(DemoArgs),
    Train(Box<TrainArgs>),
    Import(ImportArgs),
    User(UserArgs),
    Worker(WorkerArgs),
    Migrate(MigrateArgs),
    Models(ModelsArgs),
    Gate(GateArgs),
}

/// The exit code of a check that ran and found something.
const FOUND: u8 = 2;

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Analyze(args) => return analysed(analyze::run(&args, &mut std::io::stdout().lock())),
        Command::Score(args) => on_runtime(score::run(*args)),
        Command::Serve(args) => on_runtime(serve::run(*args)),
        Command::Simulate(args) => on_runtime(simulate::run(*args)),
        Command::Train(args) => on_runtime(train::run(*args)),
        Command::Demo(args) => on_runtime(demo::run(args)),
        Command::Import(args) => on_runtime(import::run(args)),
        Command::User(args) => on_runtime(user::run(args)),
        Command::Worker(args) => on_runtime(worker::run(args)),
        Command::Models(args) => on_runtime(models::run(args)),
        Command::Migrate(args) => on_runtime(migrate::run(args)),
        Command::Gate(args) => match on_runtime(gate::run(args)) {
            // What was found is told already.
            Ok(false) => return ExitCode::from(FOUND),
            outcome => outcome.map(|_| ()),
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loan-recovery: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn analysed(outcome: Result<(), analyze::AnalyzeError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loan-recovery: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn on_runtime<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
