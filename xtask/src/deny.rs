//! `cargo xtask deny`: what we depend on, by licence, source and known vulnerability.

use crate::{command, workspace};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// What a machine without a network can check; `cargo xtask test` does.
pub(crate) fn check_offline() -> Result<()> {
    check(&["licenses", "bans", "sources"])
}

pub(crate) fn check_all() -> Result<()> {
    check(&["licenses", "bans", "sources", "advisories"])
}

fn check(what: &[&str]) -> Result<()> {
    command::run(Command::new(program()?).current_dir(workspace::root()).args(["--all-features", "check"]).args(what))
}

/// cargo-deny from the search path, else our own, which takes four minutes to build once.
fn program() -> Result<PathBuf> {
    const VERSION: &str = "0.20.2";
    if let Some(program) = command::find("cargo-deny") {
        return Ok(program);
    }
    let tools = workspace::tools_folder()?;
    let program = tools.join("bin/cargo-deny");
    if !program.exists() {
        let arguments = ["install", "--locked", "--quiet", "--version", VERSION, "cargo-deny", "--root"];
        command::run(command::cargo(&arguments)?.arg(&tools))?;
    }
    Ok(program)
}
