//! `cargo xtask`: everything that a newcomer, a developer or CI does with this checkout. One file for each verb.
#![allow(
    clippy::disallowed_methods,
    reason = "a build tool reads its environment and measures time; the product does not"
)]

mod arguments;
mod bench;
mod build;
mod command;
mod deny;
mod fuzz;
mod install;
mod run;
mod test;
mod tidy;
mod workspace;

use anyhow::{Result, bail};
use arguments::Arguments;
use std::env;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask run    install what is needed, build, prepare demo data, serve it on this machine
    --port N       the port, 3000 unless said
    --release      an optimised server
    --dev          a site that builds quickly and loads slowly
cargo xtask test   install what is needed, then everything that CI checks
    --only A,B     these steps alone
    --skip A,B     all steps but these
    --long         besides, what takes long: fuzzing, a minute for each target
cargo xtask build  build the site and the server; takes --release and --dev
cargo xtask bench import   load 1,000,000 loans, beside pandas where PEER_PYTHON has it
    --loans N      so many instead
    --runs N       so many runs of each, 3 unless said
cargo xtask bench engine   learn from 10,000 to 1,000,000 loans, beside scikit-learn, LightGBM and XGBoost of PEER_PYTHON
    --loans A,B    so many instead; PEERS_DIR has make_loans.py, which makes them
cargo xtask bench decide   decide on 1,000,000 scored loans and plan their actions
    --loans N      so many instead
cargo xtask tidy   check the rules of ARCHITECTURE.md that no compiler checks
cargo xtask deny   check licences, bans and sources, and look for known vulnerabilities (needs the network)
cargo xtask help   this text

What is built stands in CARGO_TARGET_DIR, or else in the cache folder of this user, outside the checkout.";

fn main() -> ExitCode {
    match dispatch(Arguments::new(env::args().skip(1))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Arguments) -> Result<()> {
    let verb = arguments.next_word();
    match verb.as_deref() {
        Some("run") => run::run(&run::Options::parse(arguments)?),
        Some("test") => test::test(&test::Selection::parse(arguments)?),
        Some("build") => {
            let options = build::Options::parse(arguments)?;
            install::install(install::Needs::default())?;
            build::build(options)
        }
        Some("bench") => bench::bench(arguments),
        Some("tidy") => arguments.finish().and_then(|()| tidy::tidy()),
        Some("deny") => arguments.finish().and_then(|()| deny::check_all()),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no verb {other}\n\n{HELP}"),
    }
}
