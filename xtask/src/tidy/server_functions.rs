//! A server function is an address that anybody can call, so its first statement says who may.

use super::Finding;

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    if !path.starts_with("app/src/") {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let attributes = lines.iter().enumerate().filter(|(_, line)| is_attribute(line.trim()));
    let open = attributes.filter(|(index, _)| !is_guarded(&lines[*index..]));
    open.map(|(index, _)| Finding::new(path, index + 1, "a server function must begin with authorise(…) or public()"))
        .collect()
}

fn is_attribute(line: &str) -> bool {
    line.strip_prefix("#[server").is_some_and(|rest| rest.starts_with([']', '(']))
}

/// The first statement after the imports, which a server function has in its body.
fn is_guarded(lines: &[&str]) -> bool {
    let code: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.starts_with("//")).collect();
    let code = code.join("\n");
    let Some(signature) = code.find("fn ") else { return false };
    let Some(body) = code[signature..].split_once("{\n").map(|(_, body)| body) else { return false };
    let first = body.split(';').map(str::trim).find(|statement| !statement.starts_with("use "));
    first.is_some_and(|statement| statement.contains("authorise(") || statement.contains("public("))
}

#[cfg(test)]
mod tests {
    use super::check;

    fn count(body: &str) -> usize {
        let text = format!(
            "#[server(prefix = \"/api\")]\npub async fn load(\n    id: u32,\n) -> Result<Loan, AppError> {{\n{body}\n}}\n"
        );
        check("app/src/pages/loan/api.rs", &text).len()
    }

    #[test]
    fn a_guard_comes_first() {
        assert_eq!(count("    let actor = authorise(Permission::LoanRead).await?;\n    work(actor)"), 0);
        assert_eq!(count("    use crate::{a, b};\n    use store::loans;\n    // Why.\n    public();\n    work()"), 0);
        assert_eq!(count("    authorise(Permission::LoanRead)\n        .await?;\n    work()"), 0);
    }

    #[test]
    fn anything_else_is_told() {
        assert_eq!(count("    let id = parse(id)?;\n    authorise(Permission::LoanRead).await?;"), 1);
        assert_eq!(count("    // authorise(Permission::LoanRead)\n    work()"), 1);
        assert_eq!(count("    work()"), 1);
    }

    #[test]
    fn other_rooms_have_none() {
        assert!(check("server/src/lib.rs", "#[server]\nfn f() {\n}").is_empty());
        assert!(check("app/src/lib.rs", "#[server_thing]\nfn f() {\n}").is_empty());
    }
}
