//! What must stand on the machine before anything is built. On Debian and its kin, as root, we install what is missing;
//! elsewhere we say what it is.

use crate::workspace::BROWSER_TARGET;
use crate::{command, workspace};
use anyhow::{Context as _, Result, bail, ensure};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What a verb needs beyond the compiler and Node.
#[derive(Clone, Copy, Default)]
pub(crate) struct Needs {
    pub(crate) lints: bool,
    pub(crate) postgres: bool,
    pub(crate) browser: bool,
}

pub(crate) fn install(needs: Needs) -> Result<()> {
    workspace::claim_build_folder()?;
    system_packages(needs)?;
    rust_target()?;
    if needs.lints {
        rust_components()?;
    }
    node()?;
    npm_packages("style")?;
    if needs.browser {
        npm_packages("end2end")?;
    }
    Ok(())
}

/// A program that the system's packages bring.
struct SystemProgram {
    package: &'static str,
    reason: &'static str,
    optional: bool,
    is_present: bool,
}

fn system_programs(needs: Needs) -> Vec<SystemProgram> {
    let program = |package, reason, is_present| SystemProgram { package, reason, optional: false, is_present };
    let mut programs = vec![
        program("build-essential", "a C compiler and linker", command::find("cc").is_some()),
        SystemProgram {
            optional: true,
            ..program("mold", "a faster linker", !cfg!(target_os = "linux") || command::find("mold").is_some())
        },
    ];
    if needs.postgres {
        programs.push(program(
            "postgresql",
            "PostgreSQL with pg_virtualenv, or TEST_POSTGRES_URL set to an empty database",
            has_postgres(),
        ));
    }
    if needs.browser {
        programs.push(program("chromium", "the browser of the browser tests, or CHROMIUM set to one", has_chromium()));
    }
    programs
}

fn has_postgres() -> bool {
    let has_server = fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| versions.next().is_some());
    env::var_os("TEST_POSTGRES_URL").is_some() || (has_server && command::find("pg_virtualenv").is_some())
}

fn has_chromium() -> bool {
    env::var_os("CHROMIUM").is_some() || Path::new("/usr/bin/chromium").exists()
}

fn system_packages(needs: Needs) -> Result<()> {
    let missing: Vec<SystemProgram> =
        system_programs(needs).into_iter().filter(|program| !program.is_present).collect();
    let can_install = command::find("apt-get").is_some() && is_root();
    if !can_install {
        let needed: Vec<String> = missing
            .iter()
            .filter(|program| !program.optional)
            .map(|program| format!("  {:<16} {}", program.package, program.reason))
            .collect();
        ensure!(
            needed.is_empty(),
            "please install (the names are Debian's), or run this as root on Debian:\n{}",
            needed.join("\n")
        );
        return Ok(());
    }
    if missing.is_empty() {
        return Ok(());
    }
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    command::run(apt().args(["update", "--quiet=2"]))?;
    let packages = missing.iter().map(|program| program.package);
    command::run(apt().args(["install", "--yes", "--quiet=2", "--no-install-recommends"]).args(packages))
}

fn is_root() -> bool {
    command::output("id", &["-u"]).is_ok_and(|id| id.trim() == "0")
}

fn rust_target() -> Result<()> {
    let sysroot = command::output("rustc", &["--print", "sysroot"])?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(BROWSER_TARGET).exists() {
        return Ok(());
    }
    ensure!(
        command::find("rustup").is_some(),
        "Rust's target {BROWSER_TARGET} is missing, and there is no rustup to add it"
    );
    command::run(Command::new("rustup").current_dir(workspace::root()).args(["target", "add", BROWSER_TARGET]))
}

fn rust_components() -> Result<()> {
    if command::succeeds("cargo", &["clippy", "--version"]) && command::succeeds("cargo", &["fmt", "--version"]) {
        return Ok(());
    }
    ensure!(command::find("rustup").is_some(), "clippy or rustfmt is missing, and there is no rustup to add them");
    command::run(Command::new("rustup").current_dir(workspace::root()).args(["component", "add", "clippy", "rustfmt"]))
}

fn node() -> Result<()> {
    const OLDEST: u32 = 20;
    let advice = format!("please install Node.js {OLDEST} or newer, with npm");
    if command::find("npm").is_none() {
        bail!("npm is missing; {advice}");
    }
    let version = command::output("node", &["--version"]).with_context(|| advice.clone())?;
    let major = major_version(&version).with_context(|| format!("node --version said {version:?}; {advice}"))?;
    ensure!(major >= OLDEST, "Node.js is {}; {advice}", version.trim());
    Ok(())
}

/// `v20.20.2` is 20.
fn major_version(text: &str) -> Option<u32> {
    text.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

/// `npm ci` where it has not run since the lock file changed.
fn npm_packages(folder: &str) -> Result<()> {
    let folder = workspace::root().join(folder);
    let changed = |path: &str| fs::metadata(folder.join(path)).and_then(|file| file.modified());
    let locked = changed("package-lock.json").with_context(|| format!("{}/package-lock.json", folder.display()))?;
    // npm writes this file last.
    if changed("node_modules/.package-lock.json").is_ok_and(|installed| installed >= locked) {
        return Ok(());
    }
    println!("In {}:", folder.display());
    command::run(Command::new("npm").current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn node_versions() {
        assert_eq!(major_version("v20.20.2\n"), Some(20));
        assert_eq!(major_version("22.1.0"), Some(22));
        assert_eq!(major_version("not found"), None);
    }
}
