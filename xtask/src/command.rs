//! Starting other programs.

use crate::workspace;
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

/// Cargo in the checkout, with the build folder and the linker that every build of ours uses. They must not differ from
/// one call to the next, or cargo would build everything again.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root()).args(arguments);
    with_build_settings(&mut command)?;
    Ok(command)
}

/// Gives a program that will start cargo the same settings.
pub(crate) fn with_build_settings(command: &mut Command) -> Result<()> {
    command.env("CARGO_TARGET_DIR", workspace::build_folder()?);
    if let Some(variable) = linker_variable()
        && env::var_os(variable).is_none()
        && find("mold").is_some()
    {
        // This variable joins the flags of .cargo/config.toml; RUSTFLAGS would replace them.
        command.env(variable, "-C link-arg=-fuse-ld=mold");
    }
    Ok(())
}

fn linker_variable() -> Option<&'static str> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Some("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS"),
        ("linux", "aarch64") => Some("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS"),
        _ => None,
    }
}

/// Runs a program to its end; its output goes to the terminal.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = display(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("{line} could not be started"))?;
    ensure!(status.success(), "{line} failed ({status})");
    Ok(())
}

/// Whether a program can be started and succeeds; its output is thrown away.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a program prints.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let command_line = || format!("{program} {}", arguments.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", command_line()))?;
    ensure!(output.status.success(), "{} failed ({})", command_line(), output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program stands on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&path).map(|folder| folder.join(&name)).find(|file| fs::metadata(file).is_ok_and(|m| m.is_file()))
}

fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
