//! Which room may know which other room, and which libraries belong to one room.

use super::Finding;

/// The arrows of ARCHITECTURE.md: a crate, and those of ours that it may depend on.
const ARROWS: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("engine", &["domain"]),
    ("ingest", &["domain"]),
    ("letters", &[]),
    ("store", &["domain", "migrations"]),
    ("migrations", &[]),
    ("app", &["domain", "store"]),
    ("server", &["app", "store", "engine", "ingest", "letters", "migrations", "domain"]),
    ("frontend", &["app"]),
    ("fuzz", &["domain", "ingest"]),
    ("xtask", &[]),
    ("site", &[]),
];

/// Tests of these may make their data with the engine's simulator.
const TESTED_WITH_ENGINE: [&str; 2] = ["store", "server"];

/// A library, and the only crates that may know it.
const LIBRARIES: [(&str, &[&str]); 4] = [
    ("sea-orm", &["store", "migrations"]),
    ("sea-orm-migration", &["store", "migrations"]),
    ("smartcore", &["engine"]),
    ("typst", &["letters"]),
];

/// Whether a crate is one of ours.
pub(crate) fn is_room(name: &str) -> bool {
    ARROWS.iter().any(|(room, _)| *room == name)
}

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let Some(folder) = path.strip_suffix("/Cargo.toml") else { return Vec::new() };
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let Some((_, allowed)) = ARROWS.iter().find(|(room, _)| *room == name) else {
        return vec![Finding::new(path, 1, format!("{name} is not among the rooms of xtask/src/tidy/arrows.rs"))];
    };
    let mut findings = Vec::new();
    for Dependency { name: other, line, optional, in_tests } in dependencies(text) {
        let for_tests = in_tests && other == "engine" && TESTED_WITH_ENGINE.contains(&name);
        if is_room(other) && !allowed.contains(&other) && !for_tests {
            findings.push(Finding::new(path, line, format!("{name} must not depend on {other}")));
        }
        if name == "app" && other == "store" && !optional {
            findings.push(Finding::new(
                path,
                line,
                "app may know store only under the feature ssr, so it must be optional",
            ));
        }
        let keepers = LIBRARIES.iter().find(|(library, _)| *library == other).map(|(_, keepers)| *keepers);
        if let Some(keepers) = keepers.filter(|keepers| !keepers.contains(&name)) {
            findings.push(Finding::new(path, line, format!("only {} may know {other}", keepers.join(" and "))));
        }
    }
    findings.extend(features_with_store(text).into_iter().map(|line| {
        Finding::new(path, line, "store may be switched on by the feature ssr alone, or the browser would get it")
    }));
    findings
}

struct Dependency<'a> {
    name: &'a str,
    line: usize,
    optional: bool,
    in_tests: bool,
}

/// Our manifests give each dependency a line of its own, or a section of its own.
fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let (mut section, mut found) = ("", Vec::new());
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = header;
            if let Some((kind, name)) = header.rsplit_once("dependencies.") {
                found.push(Dependency { name, line: index + 1, optional: false, in_tests: kind.ends_with("dev-") });
            }
        } else if section.ends_with("dependencies") && !line.starts_with('#') && line.contains('=') {
            let end = line.find(['.', '=', ' ']).unwrap_or(line.len());
            let optional = line.contains("optional = true");
            found.push(Dependency {
                name: &line[..end],
                line: index + 1,
                optional,
                in_tests: section.ends_with("dev-dependencies"),
            });
        }
    }
    found
}

/// Lines where a feature other than `ssr` brings the store.
fn features_with_store(manifest: &str) -> Vec<usize> {
    let (mut section, mut feature, mut found) = ("", "", Vec::new());
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = header;
        } else if section == "features" {
            feature = line.split_once(" = [").map_or(feature, |(name, _)| name);
            if feature != "ssr"
                && (line.contains("\"dep:store\"") || line.contains("\"store/") || line.contains("\"store\""))
            {
                found.push(index + 1);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::check;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(path, text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn allowed_arrows_pass() {
        assert!(messages("engine/Cargo.toml", "[dependencies]\ndomain.workspace = true\nserde = \"1\"\n").is_empty());
        assert!(messages("store/Cargo.toml", "[dev-dependencies]\nengine.workspace = true\n").is_empty());
        let app =
            "[dependencies]\nstore = { workspace = true, optional = true }\n[features]\nssr = [\n  \"dep:store\",\n]\n";
        assert!(messages("app/Cargo.toml", app).is_empty());
        assert!(messages("Cargo.toml", "[workspace.dependencies]\nsmartcore = \"1\"\n").is_empty());
    }

    #[test]
    fn wrong_arrows_are_told_with_their_line() {
        let found = messages("domain/Cargo.toml", "[package]\n\n[dependencies]\nstore = { path = \"../store\" }\n");
        assert_eq!(found, ["domain/Cargo.toml:4: domain must not depend on store"]);
        let found = messages("engine/Cargo.toml", "[dependencies.store]\nworkspace = true\n");
        assert_eq!(found, ["engine/Cargo.toml:1: engine must not depend on store"]);
        let found = messages("engine/Cargo.toml", "[dev-dependencies]\napp.workspace = true\n");
        assert_eq!(found, ["engine/Cargo.toml:2: engine must not depend on app"]);
        let found = messages("store/Cargo.toml", "[dependencies]\nengine.workspace = true\n");
        assert_eq!(found, ["store/Cargo.toml:2: store must not depend on engine"]);
    }

    #[test]
    fn the_browser_never_gets_the_store() {
        let found = messages(
            "app/Cargo.toml",
            "[dependencies]\nstore.workspace = true\n[features]\nhydrate = [\"dep:store\"]\n",
        );
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn libraries_stay_in_their_room() {
        let found = messages("server/Cargo.toml", "[dependencies]\nsea-orm.workspace = true\nsmartcore = \"0.7\"\n");
        assert_eq!(
            found,
            [
                "server/Cargo.toml:2: only store and migrations may know sea-orm",
                "server/Cargo.toml:3: only engine may know smartcore"
            ]
        );
    }

    #[test]
    fn an_unknown_room_is_told() {
        assert_eq!(messages("helpers/Cargo.toml", "[package]\n").len(), 1);
    }
}
