//! Where things stand.

use crate::tidy;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What Rust calls the browser.
pub(crate) const BROWSER_TARGET: &str = "wasm32-unknown-unknown";

/// The checkout. Cargo says at run time which one it is: where checkouts share a build folder, the program may have been
/// compiled for another.
pub(crate) fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask.parent().map_or_else(|| xtask.clone(), Path::to_owned)
}

/// What cargo builds: outside the checkout, so that a fresh clone reuses it.
pub(crate) fn build_folder() -> Result<PathBuf> {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Ok(env::current_dir()?.join(folder)),
        None => Ok(cache_folder()?.join("target")),
    }
}

/// Programs that we install for ourselves.
pub(crate) fn tools_folder() -> Result<PathBuf> {
    Ok(cache_folder()?.join("tools"))
}

/// What the browser loads, built by the program `site`.
pub(crate) fn site_folder() -> Result<PathBuf> {
    Ok(build_folder()?.join("site"))
}

pub(crate) fn server_binary(release: bool) -> Result<PathBuf> {
    let profile = if release { "release" } else { "debug" };
    Ok(build_folder()?.join(profile).join(format!("loan-recovery{}", env::consts::EXE_SUFFIX)))
}

/// An optimised example program.
pub(crate) fn example(name: &str) -> Result<PathBuf> {
    Ok(build_folder()?.join("release").join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}

/// Makes cargo compile our own crates again when another checkout was the last to use the build folder.
///
/// Cargo knows a crate of ours by its place within the checkout, and takes what it finds for fresh where no source is newer;
/// so it would run the other checkout's code. What we depend on stays as it is.
pub(crate) fn claim_build_folder() -> Result<()> {
    let folder = build_folder()?;
    let marker = folder.join("checkout");
    let root = root();
    if fs::read(&marker).is_ok_and(|last| last == root.as_os_str().as_encoded_bytes()) {
        return Ok(());
    }
    for target in [folder.clone(), folder.join(BROWSER_TARGET)] {
        for fingerprint in
            entries(&target).flat_map(|profile| entries(&profile.join(".fingerprint"))).filter(|path| is_ours(path))
        {
            fs::remove_dir_all(&fingerprint)
                .with_context(|| format!("{} could not be removed", fingerprint.display()))?;
        }
    }
    fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
    fs::write(&marker, root.as_os_str().as_encoded_bytes())
        .with_context(|| format!("{} could not be written", marker.display()))
}

/// What a folder holds; nothing where there is none.
fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// `domain-0123456789abcdef` is what cargo knows of our crate `domain`.
fn is_ours(fingerprint: &Path) -> bool {
    let name = fingerprint.file_name().unwrap_or_default().to_string_lossy();
    name.rsplit_once('-').is_some_and(|(package, _)| tidy::is_room(package))
}

fn cache_folder() -> Result<PathBuf> {
    let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = caches.or_else(|| env::home_dir().map(|home| home.join(".cache")));
    Ok(caches.context("there is no home folder; set XDG_CACHE_HOME or CARGO_TARGET_DIR")?.join("loan-recovery-engine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_crates_are_compiled_again() {
        assert!(is_ours(Path::new("debug/.fingerprint/domain-0123456789abcdef")));
        assert!(!is_ours(Path::new("debug/.fingerprint/sea-orm-0123456789abcdef")));
        assert!(!is_ours(Path::new("debug/.fingerprint/app-data-0123456789abcdef")));
    }
}
