//! What a program uses from its start to its end, as the kernel counts it.

use crate::command;
use anyhow::{Context as _, Result, bail, ensure};
use std::fs;
use std::process::{Command, Stdio};

/// What one run used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// In user and kernel mode, of all threads.
    pub(crate) cpu_s: f64,
    pub(crate) wall_s: f64,
    /// The most memory that was resident at any time.
    pub(crate) peak_mb: f64,
}

/// Runs a program to its end. GNU time counts, since the standard library tells nothing of ended children.
pub(crate) fn run(program: &Command) -> Result<Usage> {
    ensure!(command::find("time").is_some(), "GNU time is missing: install the package \"time\"");
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("usage");
    let mut timed = Command::new("time");
    timed
        .args(["--format", "%U %S %e %M", "--output"])
        .arg(&report)
        .arg(program.get_program())
        .args(program.get_args());
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            timed.env(name, value);
        }
    }
    let status = timed.stdout(Stdio::null()).status().context("GNU time could not be started")?;
    ensure!(status.success(), "{} failed ({status})", program.get_program().display());
    parse(&fs::read_to_string(&report)?)
}

fn parse(report: &str) -> Result<Usage> {
    let figures: Vec<f64> = report.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [user, kernel, wall_s, kib] = figures.as_slice() else { bail!("GNU time reported \"{report}\"") };
    Ok(Usage { cpu_s: user + kernel, wall_s: *wall_s, peak_mb: kib * 1024.0 / 1e6 })
}

/// The run with the middle CPU time.
pub(crate) fn median(mut runs: Vec<Usage>) -> Option<Usage> {
    runs.sort_by(|a, b| a.cpu_s.total_cmp(&b.cpu_s));
    runs.get(runs.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read_and_medians_found() {
        let usage = parse("1.50 0.25 2.10 100000\n").unwrap();
        assert!((usage.cpu_s - 1.75).abs() < 1e-9 && (usage.peak_mb - 102.4).abs() < 1e-9);
        assert!(parse("Command exited").is_err());
        let run = |cpu_s| Usage { cpu_s, wall_s: 0.0, peak_mb: 0.0 };
        assert!((median(vec![run(3.0), run(1.0), run(2.0)]).unwrap().cpu_s - 2.0).abs() < 1e-9);
    }
}
