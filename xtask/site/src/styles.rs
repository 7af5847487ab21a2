//! Styles: one file from `style/main.css` and all that it imports, with the fonts that it names.

use crate::package::Package;
use anyhow::{Context as _, Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use std::fs;
use std::path::Path;

pub(crate) fn add(package: &mut Package, style: &Path) -> Result<()> {
    let bundle = bundle(&style.join("main.css"))?;
    let mut css = bundle.css;
    for url in bundle.urls {
        let target =
            if url.address.starts_with("data:") { url.address } else { add_font(package, &url.file, &url.address)? };
        css = css.replace(&url.placeholder, &target);
    }
    package.add("app.css", "loan-recovery.css", css.as_bytes())?;
    Ok(())
}

struct Bundle {
    css: String,
    urls: Vec<Url>,
}

/// A `url()` of a style sheet, which stands in the bundle as a placeholder.
struct Url {
    placeholder: String,
    address: String,
    /// The style sheet, to which the address is relative.
    file: String,
}

/// No browser targets are given, so that `light-dark()`, nesting and `color-mix()` stay as they are written.
fn bundle(main: &Path) -> Result<Bundle> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(main).map_err(|error| anyhow!("{error}"))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}"))?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: true,
            analyze_dependencies: Some(DependencyOptions { remove_imports: true }),
            ..PrinterOptions::default()
        })
        .map_err(|error| anyhow!("{error}"))?;
    let mut urls = Vec::new();
    for dependency in printed.dependencies.unwrap_or_default() {
        match dependency {
            Dependency::Url(url) => {
                urls.push(Url { placeholder: url.placeholder, address: url.url, file: url.loc.file_path });
            }
            Dependency::Import(import) => {
                bail!("{}: an import of {} would reach the browser", import.loc.file_path, import.url);
            }
        }
    }
    Ok(Bundle { css: printed.code, urls })
}

fn add_font(package: &mut Package, sheet: &str, address: &str) -> Result<String> {
    let (logical, file) = FONTS
        .iter()
        .find_map(|(end, logical)| address.ends_with(end).then_some((*logical, *logical)))
        .with_context(|| format!("{sheet} loads {address}, which is not among the files of the site"))?;
    let path = Path::new(sheet).parent().unwrap_or(Path::new("")).join(address);
    let content = fs::read(&path)
        .with_context(|| format!("{} could not be read; has `npm ci` run in style/?", path.display()))?;
    package.add(logical, file, &content)
}

/// How an address ends, and the logical name of the font.
const FONTS: [(&str, &str); 2] =
    [("inter-latin-wght-normal.woff2", "inter.woff2"), ("inter-latin-ext-wght-normal.woff2", "inter-ext.woff2")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modern_css_survives_and_urls_are_found() {
        let folder = std::env::temp_dir().join(format!("site-styles-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the test");
        fs::write(
            folder.join("main.css"),
            "@import \"./a.css\"; b { color: color-mix(in oklab, var(--x) 50%, red); & i { left: 0 } }",
        )
        .expect("main.css");
        fs::write(folder.join("a.css"), ":root { --x: light-dark(#fff, #000); color: light-dark(red, blue) } @font-face { font-family: F; src: url(f.woff2) }")
            .expect("a.css");
        let bundle = bundle(&folder.join("main.css")).expect("a bundle");
        fs::remove_dir_all(&folder).expect("the folder goes");

        for kept in [
            "--x:light-dark(#fff,#000)",
            "color:light-dark(red,#00f)",
            "color-mix(in oklab, var(--x) 50%, red)",
            "& i{left:0}",
        ] {
            assert!(bundle.css.contains(kept), "{kept} in {}", bundle.css);
        }
        assert_eq!(bundle.urls.len(), 1);
        assert_eq!(bundle.urls[0].address, "f.woff2");
        assert!(bundle.css.contains(&bundle.urls[0].placeholder));
    }
}
