//! `site --out DIR [--dev]` builds everything that the browser loads.
//!
//! It is a program of its own, so that `cargo xtask` itself compiles in seconds.
#![allow(clippy::disallowed_methods, reason = "a build tool reads the variables that cargo sets")]

mod package;
mod styles;
mod wasm;

use anyhow::{Context as _, Result, bail};
use package::Package;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("site: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<()> {
    let options = Options::parse(env::args().skip(1))?;
    let root = checkout().canonicalize()?;
    let style = root.join("style");
    let compression = if options.development { package::Compression::None } else { package::Compression::Full };
    let mut package = Package::open(&options.out, compression)?;

    let program = wasm::build(&root, options.development)?;
    package.add("app.js", "loan-recovery.js", program.script.as_bytes())?;
    package.add("app.wasm", "loan-recovery.wasm", &program.wasm)?;
    styles::add(&mut package, &style)?;
    for (name, path) in FILES {
        let bytes = fs::read(style.join(path))
            .with_context(|| format!("style/{path} could not be read; has `npm ci` run in style/?"))?;
        package.add(name, name, &bytes)?;
    }
    package.finish()
}

/// Cargo says at run time which checkout it is: where checkouts share a build folder, this program may have been compiled
/// for another.
fn checkout() -> PathBuf {
    let site = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    site.join("../..")
}

/// Files that are shipped as they are: logical name, and place under `style/`.
const FILES: [(&str, &str); 4] = [
    ("charts.js", "charts.js"),
    ("theme.js", "theme.js"),
    ("plotly.js", "node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js"),
    ("favicon.svg", "favicon.svg"),
];

struct Options {
    out: PathBuf,
    /// Quick to build, large to load: no optimisation and no compression.
    development: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut out, mut development) = (None, false);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--out" => out = arguments.next().map(PathBuf::from),
                "--dev" => development = true,
                other => bail!("unknown argument {other}; usage: site --out DIR [--dev]"),
            }
        }
        Ok(Self { out: out.context("usage: site --out DIR [--dev]")?, development })
    }
}
