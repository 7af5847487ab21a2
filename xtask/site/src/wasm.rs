//! The program of the browser: cargo, then wasm-bindgen, then wasm-opt.

use crate::package::write_whole;
use anyhow::{Context as _, Result, anyhow, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use wasm_bindgen_cli_support::Bindgen;

pub(crate) struct Program {
    pub(crate) script: String,
    pub(crate) wasm: Vec<u8>,
}

pub(crate) fn build(root: &Path, development: bool) -> Result<Program> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let compiled = compile(root, &target, development)?;
    let mut program = bind(&compiled)?;
    if !development {
        program.wasm = optimise(root, &target.join("site-work"), &program.wasm)?;
    }
    Ok(program)
}

fn compile(root: &Path, target: &Path, development: bool) -> Result<PathBuf> {
    let (profile, folder) = if development { ("dev", "debug") } else { ("wasm-release", "wasm-release") };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args([
        "build",
        "--package",
        "frontend",
        "--lib",
        "--target",
        TRIPLE,
        "--profile",
        profile,
    ]);
    run(&mut command)?;
    Ok(target.join(TRIPLE).join(folder).join("frontend.wasm"))
}

const TRIPLE: &str = "wasm32-unknown-unknown";

/// The page passes the address of the WebAssembly to `init`, so the script needs no default for it, and the hash in
/// that address breaks nothing.
fn bind(compiled: &Path) -> Result<Program> {
    let mut output = Bindgen::new()
        .input_path(compiled)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .out_name("loan-recovery")
                .typescript(false)
                .omit_default_module_path(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate_output()
        })
        .map_err(|error| anyhow!("wasm-bindgen: {error:#}"))?;
    let is_self_contained = output.snippets().values().all(Vec::is_empty)
        && output.local_modules().is_empty()
        && output.npm_dependencies().is_empty();
    ensure!(
        is_self_contained,
        "a dependency of the frontend brings JavaScript of its own, which this program does not ship"
    );
    Ok(Program { script: output.js().to_owned(), wasm: output.wasm_mut().emit_wasm() })
}

/// wasm-opt takes most of the time, so its result is kept under the hash of what went in.
fn optimise(root: &Path, work: &Path, wasm: &[u8]) -> Result<Vec<u8>> {
    fs::create_dir_all(work).with_context(|| format!("{} could not be made", work.display()))?;
    let hash = xxhash_rust::xxh3::xxh3_64(&[wasm, FLAGS.concat().as_bytes()].concat());
    let optimised = work.join(format!("{hash:016x}.wasm"));
    if !optimised.exists() {
        forget_older(work)?;
        let input = work.join("input.wasm");
        let output = work.join("output.wasm");
        write_whole(&input, wasm)?;
        let program = root.join("style/node_modules/binaryen/bin/wasm-opt");
        ensure!(program.exists(), "{} is missing; run `npm ci` in style/", program.display());
        run(Command::new("node").arg(program).args(FLAGS).arg(&input).arg("-o").arg(&output))?;
        fs::rename(&output, &optimised)?;
    }
    Ok(fs::read(&optimised)?)
}

/// Exactly the features that rustc uses and browsers have: `--all-features` builds, and then fails in Chromium.
const FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

fn forget_older(work: &Path) -> Result<()> {
    for file in fs::read_dir(work)? {
        fs::remove_file(file?.path())?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{program} could not be started"))?;
    ensure!(status.success(), "{program} failed ({status}): {command:?}");
    Ok(())
}
