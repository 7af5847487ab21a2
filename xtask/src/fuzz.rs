//! Fuzzing of what reads strangers' files. It runs on the stable compiler, without sanitizers: our own code has no `unsafe`,
//! and what a panic or an endless loop would do is seen without them.

use crate::{command, workspace};
use anyhow::{Context as _, Result};
use std::fs;
use std::process::Command;

/// The programs in `fuzz/src/bin`.
const TARGETS: [&str; 2] = ["reader", "mapper"];

/// How long each of them runs.
const SECONDS: u32 = 60;

/// What makes the compiler tell libFuzzer which code an input reached.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Builds the targets, and runs each of them for a minute. Inputs that reached new code are kept beside what is built, so that
/// the next run goes on from there; one that broke something is named in the output.
pub(crate) fn fuzz() -> Result<()> {
    let folder = workspace::build_folder()?.join("fuzz");
    let triple = host_triple()?;
    let manifest = workspace::root().join("fuzz/Cargo.toml");
    let mut build = command::cargo(&["build", "--release", "--locked"])?;
    // The triple keeps the flags away from build scripts.
    build.arg("--manifest-path").arg(manifest).args(["--target", &triple]);
    build.env("CARGO_TARGET_DIR", &folder).env("RUSTFLAGS", FLAGS);
    command::run(&mut build)?;
    for target in TARGETS {
        let corpus = folder.join("corpus").join(target);
        let findings = folder.join("findings").join(target);
        for folder in [&corpus, &findings] {
            fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
        }
        let mut run = Command::new(folder.join(&triple).join("release").join(target));
        run.arg(format!("-max_total_time={SECONDS}")).args([
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
        ]);
        run.arg(format!("-artifact_prefix={}/", findings.display()));
        run.arg(corpus).arg(workspace::root().join("fuzz/seeds").join(target));
        command::run(&mut run)?;
    }
    Ok(())
}

fn host_triple() -> Result<String> {
    let version = command::output("rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}
