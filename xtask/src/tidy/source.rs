//! Rules about Rust source.

use super::Finding;

/// Modules are gated in one place; an item never is.
pub(super) fn feature_gates(path: &str, text: &str) -> Vec<Finding> {
    if path == "app/src/lib.rs" {
        return Vec::new();
    }
    let is_gate = |line: &str| {
        line.contains("feature =") && (line.contains("cfg(") || line.contains("cfg_attr(") || line.contains("cfg!("))
    };
    lines_where(path, text, is_gate, "a feature may gate a module in app/src/lib.rs, and nothing elsewhere")
}

pub(super) fn database_library(path: &str, text: &str) -> Vec<Finding> {
    if path.starts_with("store/") || path.starts_with("migrations/") {
        return Vec::new();
    }
    lines_where(path, text, |line| line.contains("sea_orm"), "only store and migrations may know SeaORM")
}

pub(super) fn learning_library(path: &str, text: &str) -> Vec<Finding> {
    if path.starts_with("engine/") {
        return Vec::new();
    }
    lines_where(path, text, |line| line.contains("smartcore::"), "only engine may know smartcore")
}

/// Clippy refuses `unwrap`; these it would let pass with an allowance.
pub(super) fn unfinished(path: &str, text: &str) -> Vec<Finding> {
    let is_unfinished = |line: &str| line.contains("todo!(") || line.contains("unimplemented!(");
    lines_where(path, text, is_unfinished, "unfinished code")
}

pub(super) fn length(path: &str, text: &str) -> Vec<Finding> {
    const MOST: usize = 500;
    let lines = text.lines().count();
    if is_rust(path) && lines > MOST {
        return vec![Finding::new(path, MOST + 1, format!("{lines} lines; a file of more than {MOST} should be two"))];
    }
    Vec::new()
}

fn lines_where(path: &str, text: &str, breaks: impl Fn(&str) -> bool, message: &str) -> Vec<Finding> {
    // These rules name what they look for, and would find themselves.
    if !is_rust(path) || path == "xtask/src/tidy/source.rs" {
        return Vec::new();
    }
    production_lines(path, text)
        .filter(|(_, line)| breaks(line))
        .map(|(number, _)| Finding::new(path, number, message))
        .collect()
}

/// Lines of code, numbered from one, without comments and without tests, which stand last in a file.
fn production_lines<'a>(path: &str, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    text.lines()
        .enumerate()
        .take_while(move |(_, line)| !is_test && line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

fn is_rust(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_stand_in_one_file() {
        let gate = "use a;\n#[cfg(feature = \"ssr\")]\nmod b;\n";
        assert!(feature_gates("app/src/lib.rs", gate).is_empty());
        assert_eq!(feature_gates("app/src/root.rs", gate)[0].line, 2);
        assert_eq!(feature_gates("app/src/root.rs", "#![cfg_attr(feature = \"ssr\", allow(x))]").len(), 1);
        assert!(feature_gates("app/src/root.rs", "#[cfg(target_arch = \"wasm32\")]").is_empty());
    }

    #[test]
    fn libraries_stay_in_their_room() {
        assert!(database_library("store/src/loans.rs", "use sea_orm::X;").is_empty());
        assert_eq!(database_library("server/src/main.rs", "use sea_orm_migration::X;").len(), 1);
        assert!(database_library("README.md", "sea_orm").is_empty());
        assert!(learning_library("engine/src/lib.rs", "use smartcore::X;").is_empty());
        assert_eq!(learning_library("app/src/lib.rs", "use smartcore::X;").len(), 1);
    }

    #[test]
    fn comments_and_tests_are_no_code() {
        assert!(
            unfinished("a/src/lib.rs", "// todo!() would be wrong\n#[cfg(test)]\nmod tests {\n todo!() }").is_empty()
        );
        assert!(unfinished("a/tests/it/main.rs", "todo!()").is_empty());
        assert_eq!(unfinished("a/src/lib.rs", "fn f() {\n    todo!()\n}").first().map(|finding| finding.line), Some(2));
    }

    #[test]
    fn long_files_are_told() {
        assert!(length("a/src/lib.rs", &"x\n".repeat(500)).is_empty());
        assert_eq!(length("a/src/lib.rs", &"x\n".repeat(501)).len(), 1);
        assert!(length("Cargo.lock", &"x\n".repeat(501)).is_empty());
    }
}
