//! `cargo xtask build`: what the browser loads, and the server.

use crate::arguments::Arguments;
use crate::{command, workspace};
use anyhow::{Context as _, Result};

#[derive(Clone, Copy, Default)]
pub(crate) struct Options {
    /// An optimised server.
    pub(crate) release: bool,
    /// A site that builds quickly and loads slowly.
    pub(crate) development: bool,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let options = Self::take(&mut arguments);
        arguments.finish()?;
        Ok(options)
    }

    pub(crate) fn take(arguments: &mut Arguments) -> Self {
        Self { release: arguments.flag("--release"), development: arguments.flag("--dev") }
    }
}

pub(crate) fn build(options: Options) -> Result<()> {
    site(options.development)?;
    server(options.release)
}

fn site(development: bool) -> Result<()> {
    let folder = workspace::site_folder()?;
    let folder = folder.to_str().context("the build folder's name is not valid UTF-8")?;
    let mut arguments = vec!["run", "--quiet", "--package", "site", "--", "--out", folder];
    if development {
        arguments.push("--dev");
    }
    command::run(&mut command::cargo(&arguments)?)
}

fn server(release: bool) -> Result<()> {
    let mut arguments = vec!["build", "--package", "server"];
    if release {
        arguments.push("--release");
    }
    command::run(&mut command::cargo(&arguments)?)
}
