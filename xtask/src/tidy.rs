//! `cargo xtask tidy`: the invariants that no compiler checks. Each rule is a pure function from a file to findings.

mod arrows;
mod machine;
mod server_functions;
mod skipped;
mod source;

pub(crate) use arrows::is_room;

use crate::{command, workspace};
use anyhow::{Result, bail};
use std::fmt;
use std::fs;

/// A place that breaks a rule, and the rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    path: String,
    /// From one.
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.message)
    }
}

type Rule = fn(path: &str, text: &str) -> Vec<Finding>;

const RULES: [Rule; 9] = [
    arrows::check,
    machine::check,
    server_functions::check,
    skipped::check,
    source::feature_gates,
    source::database_library,
    source::learning_library,
    source::unfinished,
    source::length,
];

pub(crate) fn tidy() -> Result<()> {
    let (mut findings, mut files) = (Vec::new(), 0);
    let list = command::output("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    for path in list.split_terminator('\0') {
        // A file may be deleted and not yet committed; a picture is no text.
        let Ok(text) = fs::read_to_string(workspace::root().join(path)) else { continue };
        files += 1;
        findings.extend(RULES.iter().flat_map(|rule| rule(path, &text)));
    }
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: {files} files, nothing found"),
        1 => bail!("tidy found 1 thing to mend"),
        many => bail!("tidy found {many} things to mend"),
    }
    Ok(())
}
