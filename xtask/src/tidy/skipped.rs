//! A test that does not run says why, on its own line.

use super::Finding;

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let extension = path.rsplit('.').next().unwrap_or_default();
    let lacks_reason = match extension {
        "rs" => rust_lacks_reason,
        "ts" | "js" | "mjs" => script_lacks_reason,
        _ => return Vec::new(),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| lacks_reason(line.trim_start()));
    lines.map(|(index, _)| Finding::new(path, index + 1, "a skipped test must say why, on this line")).collect()
}

fn rust_lacks_reason(line: &str) -> bool {
    line.starts_with("#[ignore") && !line.starts_with("#[ignore = \"")
}

/// `test.skip(condition, "reason")` says why; `test.skip("title", async …)` needs a comment.
fn script_lacks_reason(line: &str) -> bool {
    let skips = [".skip(", ".fixme("].iter().any(|call| line.contains(call)) && !line.starts_with("//");
    let gives_reason =
        line.contains("//") || (line.contains(['"', '\'', '`']) && !line.contains("=> {") && !line.contains("async"));
    skips && !gives_reason
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn rust() {
        assert!(check("a/src/lib.rs", "    #[ignore = \"needs a server\"]\n#[test]").is_empty());
        assert_eq!(check("a/src/lib.rs", "#[test]\n    #[ignore]\n")[0].line, 2);
    }

    #[test]
    fn scripts() {
        for passes in ["test.skip(!scripts, 'needs scripts');", "test.skip(\"x\", async () => { // waits for issue 3"] {
            assert!(check("end2end/tests/a.spec.ts", passes).is_empty(), "{passes}");
        }
        for fails in ["test.skip(\"x\", async ({ page }) => {", "test.fixme();", "test.describe.skip(\"x\", () => {"] {
            assert_eq!(check("end2end/tests/a.spec.ts", fails).len(), 1, "{fails}");
        }
    }
}
