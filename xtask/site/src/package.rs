//! The folder that the server serves: `DIR/pkg/` with files named by their content, and
//! `DIR/manifest.json` that says which file plays which part.

use anyhow::{Context as _, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Full,
}

pub(crate) struct Package {
    folder: PathBuf,
    compression: Compression,
    /// Logical name to file name.
    entries: BTreeMap<String, String>,
}

impl Package {
    pub(crate) fn open(out: &Path, compression: Compression) -> Result<Self> {
        fs::create_dir_all(out.join("pkg"))
            .with_context(|| format!("{} could not be made", out.join("pkg").display()))?;
        Ok(Self { folder: out.to_owned(), compression, entries: BTreeMap::new() })
    }

    /// Adds a file under a logical name and answers with its name in `pkg/`, which holds a hash of its content.
    ///
    /// A file that stands already is the same file, so nothing is compressed twice.
    pub(crate) fn add(&mut self, logical: &str, file: &str, content: &[u8]) -> Result<String> {
        let name = hashed_name(file, content);
        let path = self.pkg().join(&name);
        write_if_absent(&path, || Ok(content.to_vec()))?;
        if self.compression == Compression::Full && is_compressible(file) {
            write_if_absent(&with_suffix(&path, "gz"), || gzip(content))?;
            write_if_absent(&with_suffix(&path, "br"), || brotli(content))?;
        }
        println!("  {logical:<16} {}", sizes(&path)?);
        self.entries.insert(logical.to_owned(), name.clone());
        Ok(name)
    }

    /// Writes the manifest and removes what earlier builds left.
    pub(crate) fn finish(self) -> Result<()> {
        write_whole(&self.folder.join("manifest.json"), manifest(&self.entries).as_bytes())?;
        let current: BTreeSet<&str> = self.entries.values().map(String::as_str).collect();
        for file in fs::read_dir(self.pkg())? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let original = name.strip_suffix(".br").or(name.strip_suffix(".gz")).unwrap_or(&name);
            let stale_copy = original != name && self.compression == Compression::None;
            if !current.contains(original) || stale_copy {
                fs::remove_file(file.path())?;
            }
        }
        println!("  in {}", self.folder.display());
        Ok(())
    }

    fn pkg(&self) -> PathBuf {
        self.folder.join("pkg")
    }
}

/// `charts.js` becomes `charts.0123456789abcdef.js`.
fn hashed_name(file: &str, content: &[u8]) -> String {
    let hash = xxhash_rust::xxh3::xxh3_64(content);
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "bin"));
    format!("{stem}.{hash:016x}.{extension}")
}

fn manifest(entries: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = entries.iter().map(|(logical, name)| format!("  {logical:?}: \"/pkg/{name}\"")).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// Fonts of the kind woff2 are brotli inside already.
fn is_compressible(file: &str) -> bool {
    Path::new(file).extension().is_none_or(|extension| extension != "woff2")
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    const BUFFER: usize = 64 * 1024;
    const QUALITY: u32 = 11;
    const WINDOW_BITS: u32 = 22;
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), BUFFER, QUALITY, WINDOW_BITS);
    encoder.write_all(content)?;
    Ok(encoder.into_inner())
}

fn write_if_absent(path: &Path, content: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    if path.exists() { Ok(()) } else { write_whole(path, &content()?) }
}

/// Writes beside and renames, so that an interrupted build leaves no half file under a name that says "done".
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let partial = with_suffix(path, "partial");
    fs::write(&partial, content).with_context(|| format!("{} could not be written", partial.display()))?;
    fs::rename(&partial, path).with_context(|| format!("{} could not be written", path.display()))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// What a file weighs, and what of it travels.
fn sizes(path: &Path) -> Result<String> {
    let kilobytes = |bytes: u64| format!("{:>7.1} kB", bytes as f64 / 1000.0);
    let raw = kilobytes(fs::metadata(path)?.len());
    let compressed = fs::metadata(with_suffix(path, "br")).ok();
    Ok(compressed.map_or(raw.clone(), |file| format!("{raw}, brotli {}", kilobytes(file.len()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_the_content() {
        let name = hashed_name("charts.js", b"one");
        assert_eq!(name, hashed_name("charts.js", b"one"));
        assert_ne!(name, hashed_name("charts.js", b"two"));
        assert!(name.starts_with("charts."), "{name}");
    }

    #[test]
    fn the_manifest_is_json() {
        let entries =
            BTreeMap::from([("app.js".to_owned(), "a.1.js".to_owned()), ("app.css".to_owned(), "a.2.css".to_owned())]);
        assert_eq!(manifest(&entries), "{\n  \"app.css\": \"/pkg/a.2.css\",\n  \"app.js\": \"/pkg/a.1.js\"\n}\n");
    }
}
