//! What is true on one machine only does not belong into the repository.

use super::Finding;

/// Folders of the machines that this was made on.
const FOLDERS: [&str; 2] = ["/work/", "/root/"];

/// A lock file with such an address ties everybody to one registry.
const HOSTS: [&str; 5] = ["registry.npmjs.org", "index.crates.io", "static.crates.io", "pypi.org", "deb.debian.org"];

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    // Cargo.lock names its registry, and this file names what it looks for.
    if path == "Cargo.lock" || path == "xtask/src/tidy/machine.rs" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(folder) = FOLDERS.iter().find(|folder| has_path(line, folder)) {
            findings.push(Finding::new(path, index + 1, format!("{folder} is a folder of one machine")));
        }
        if let Some(host) = HOSTS.iter().find(|host| line.contains(*host)) {
            findings.push(Finding::new(
                path,
                index + 1,
                format!("{host} is a choice of the machine, not of the project"),
            ));
        }
        if path.ends_with("package-lock.json") && line.contains("\"resolved\":") {
            findings.push(Finding::new(path, index + 1, "a lock file must not hold download addresses; see .npmrc"));
        }
    }
    findings
}

/// Whether a line has an absolute path that begins so; `app/work/` is none.
fn has_path(line: &str, folder: &str) -> bool {
    let is_part_of_name = |c: char| c.is_alphanumeric() || "._-)}".contains(c);
    line.match_indices(folder).any(|(start, _)| !line[..start].ends_with(is_part_of_name))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn absolute_folders_are_told() {
        assert_eq!(check("README.md", "one\nsee /work/data\n")[0].line, 2);
        assert_eq!(check("a.rs", "\"/root/.cache\"").len(), 1);
        assert!(check("a.rs", "pages/work/queue and ../root/x").is_empty());
    }

    #[test]
    fn addresses_of_registries_are_told() {
        let line = "\"resolved\": \"https://registry.npmjs.org/a\"";
        assert_eq!(check("style/package-lock.json", line).len(), 2);
        assert!(check("Cargo.lock", "https://index.crates.io/").is_empty());
    }
}
