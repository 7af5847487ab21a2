//! `cargo xtask bench`: figures of the optimised program beside those of what people would use instead, in one run.

mod decide;
mod engine;
mod import;
mod measure;

use crate::arguments::Arguments;
use crate::{command, install, workspace};
use anyhow::{Result, bail};
use std::path::PathBuf;

pub(crate) fn bench(mut arguments: Arguments) -> Result<()> {
    let name = arguments.next_word();
    match name.as_deref() {
        Some("import") => import::bench(&import::Options::parse(arguments)?),
        Some("engine") => engine::bench(&engine::Options::parse(arguments)?),
        Some("decide") => decide::bench(&decide::Options::parse(arguments)?),
        Some(other) => bail!("there is no benchmark {other}; there are import, engine and decide"),
        None => bail!("which benchmark? There are import, engine and decide"),
    }
}

/// The optimised program.
fn program() -> Result<PathBuf> {
    install::install(install::Needs::default())?;
    command::run(&mut command::cargo(&["build", "--release", "--package", "server"])?)?;
    workspace::server_binary(true)
}
