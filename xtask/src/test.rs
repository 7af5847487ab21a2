//! `cargo xtask test`: everything that must hold before a change is taken.

use crate::arguments::Arguments;
use crate::workspace::BROWSER_TARGET;
use crate::{build, command, deny, fuzz, install, tidy, workspace};
use anyhow::{Result, bail, ensure};
use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

struct Step {
    name: &'static str,
    run: fn() -> Result<()>,
    /// A step without which this one makes no sense.
    after: Option<&'static str>,
    /// Whether it runs only when it is asked for.
    is_long: bool,
}

const fn step(name: &'static str, run: fn() -> Result<()>) -> Step {
    Step { name, run, after: None, is_long: false }
}

/// Quick ones first, so that a slip is told early.
const STEPS: [Step; 9] = [
    step("format", format),
    step("tidy", tidy::tidy),
    step("deny", deny::check_offline),
    step("clippy", clippy_server),
    step("clippy-browser", clippy_browser),
    step("tests", tests),
    step("build", build_all),
    Step { after: Some("build"), ..step("browser", browser) },
    Step { is_long: true, ..step("fuzz", fuzz::fuzz) },
];

/// The steps that a developer asked for: all of them, unless said.
pub(crate) struct Selection(Vec<&'static Step>);

impl Selection {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let only = names(arguments.value("--only")?)?;
        let skip = names(arguments.value("--skip")?)?.unwrap_or_default();
        let is_long = arguments.flag("--long");
        arguments.finish()?;
        let is_chosen = |step: &&Step| match &only {
            Some(only) => only.iter().any(|name| name == step.name),
            None => is_long || !step.is_long,
        };
        let chosen = STEPS.iter().filter(is_chosen);
        Ok(Self(chosen.filter(|step| !skip.iter().any(|name| name == step.name)).collect()))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|step| step.name == name)
    }
}

fn names(list: Option<String>) -> Result<Option<Vec<String>>> {
    let Some(list) = list else { return Ok(None) };
    let names: Vec<String> = list.split(',').map(str::to_owned).collect();
    for name in &names {
        let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        ensure!(known.contains(&name.as_str()), "there is no step {name}; the steps are {}", known.join(", "));
    }
    Ok(Some(names))
}

pub(crate) fn test(selection: &Selection) -> Result<()> {
    install::install(install::Needs {
        lints: true,
        postgres: selection.has("tests"),
        browser: selection.has("browser"),
    })?;
    let mut results: Vec<Outcome> = Vec::new();
    for step in &selection.0 {
        println!("\n=== {} ===", step.name);
        let broken =
            step.after.filter(|name| results.iter().any(|earlier| earlier.name == *name && earlier.error.is_some()));
        let start = Instant::now();
        let result = match broken {
            Some(name) => Err(anyhow::anyhow!("not run, because {name} failed")),
            None => (step.run)(),
        };
        let error = result.err().map(|error| format!("{error:#}"));
        if let Some(error) = &error {
            eprintln!("{error}");
        }
        results.push(Outcome { name: step.name, took: start.elapsed(), error });
    }
    summarise(&results)
}

struct Outcome {
    name: &'static str,
    took: Duration,
    error: Option<String>,
}

fn summarise(results: &[Outcome]) -> Result<()> {
    println!("\n=== summary ===");
    for Outcome { name, took, error } in results {
        let word = if error.is_some() { "FAILED" } else { "passed" };
        println!("{word}  {name:<15} {:>7.1} s", took.as_secs_f64());
    }
    let failed: Vec<&str> =
        results.iter().filter(|outcome| outcome.error.is_some()).map(|outcome| outcome.name).collect();
    if !failed.is_empty() {
        bail!("{} of {} steps failed: {}", failed.len(), results.len(), failed.join(", "));
    }
    println!("\nAll {} steps passed.", results.len());
    Ok(())
}

fn format() -> Result<()> {
    command::run(&mut command::cargo(&["fmt", "--all", "--check"])?)
}

fn clippy_server() -> Result<()> {
    command::run(&mut command::cargo(&[
        "clippy",
        "--workspace",
        "--exclude",
        "frontend",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?)
}

/// What the browser runs is other code: the feature `hydrate` instead of `ssr`.
fn clippy_browser() -> Result<()> {
    let arguments =
        ["clippy", "--package", "app", "--package", "frontend", "--target", BROWSER_TARGET, "--", "-D", "warnings"];
    command::run(&mut command::cargo(&arguments)?)
}

/// One run for both databases: a test of the store uses SQLite always, and PostgreSQL where `TEST_POSTGRES_URL` names one.
fn tests() -> Result<()> {
    const TESTS: [&str; 4] = ["test", "--workspace", "--exclude", "frontend"];
    const WITH_URL: &str =
        r#"TEST_POSTGRES_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE" exec "$@""#;
    if env::var_os("TEST_POSTGRES_URL").is_some() {
        return command::run(&mut command::cargo(&TESTS)?);
    }
    let cargo = command::cargo(&TESTS)?;
    let mut command = Command::new("pg_virtualenv");
    // The cluster lives for this run, so nothing is lost if the machine dies.
    command.args(["-o", "fsync=off", "-o", "max_connections=200", "--", "sh", "-c", WITH_URL, "sh"]);
    command.current_dir(workspace::root()).arg(cargo.get_program()).args(cargo.get_args());
    command::with_build_settings(&mut command)?;
    command::run(&mut command)
}

/// The release form of what the browser loads: that is what people get, so that is what is tested.
fn build_all() -> Result<()> {
    build::build(build::Options::default())
}

fn browser() -> Result<()> {
    let mut command = Command::new("npx");
    command
        .current_dir(workspace::root().join("end2end"))
        .args(["--no-install", "playwright", "test"])
        .env("LOAN_RECOVERY_BIN", workspace::server_binary(false)?)
        .env("LOAN_RECOVERY_SITE", workspace::site_folder()?);
    command::run(&mut command)
}
