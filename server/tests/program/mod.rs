//! The program as a user runs it, in a folder of its own.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use store::Store;
use tempfile::TempDir;

pub fn command(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_loan-recovery"));
    program.env_clear().current_dir(folder).args(arguments);
    program
}

pub fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("the program starts")
}

/// What it answers as JSON.
pub fn told(folder: &TempDir, arguments: &[&str]) -> Value {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The database that it made there.
pub async fn open(folder: &Path) -> Store {
    let url = format!("sqlite://{}", folder.join("data/loan-recovery.db").display());
    Store::connect(&url).await.expect("opens")
}
