//! Deciding on all loans and planning actions for them, by the program's own jobs; and what people wait for meanwhile.

use super::{import, program};
use crate::arguments::Arguments;
use crate::{command, workspace};
use anyhow::{Context as _, Result, ensure};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) struct Options {
    loans: u32,
    /// Of a database whose tables are all dropped before.
    postgres: Option<String>,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let loans = arguments.value("--loans")?.map_or(Ok(1_000_000), |text| text.parse());
        let loans = loans.context("--loans is no number")?;
        let postgres = std::env::var("BENCH_POSTGRES_URL").ok();
        arguments.finish()?;
        Ok(Self { loans, postgres })
    }
}

pub(crate) fn bench(options: &Options) -> Result<()> {
    let program = program()?;
    command::run(&mut command::cargo(&["build", "--release", "--package", "server", "--example", "decide"])?)?;
    let folder = tempfile::tempdir()?;
    println!("{} loans, each of a borrower with an e-mail address; the program's own jobs, all threads", options.loans);
    println!("| database | stage | of | CPU s | wall s |");
    println!("|---|---|---|---|---|");
    let sqlite = format!("sqlite://{}/decide.db?mode=rwc", folder.path().display());
    measure(options, &program, folder.path(), "SQLite", &sqlite)?;
    let Some(url) = &options.postgres else {
        println!("PostgreSQL is left out: BENCH_POSTGRES_URL names no database (its tables would be dropped)");
        return Ok(());
    };
    import::clear(Some(url))?;
    measure(options, &program, folder.path(), "PostgreSQL", url)
}

fn measure(options: &Options, program: &Path, folder: &Path, database: &str, url: &str) -> Result<()> {
    let (loans, contacts) = (folder.join("loans.csv"), folder.join("contacts.csv"));
    let count = options.loans.to_string();
    command::run(Command::new(program).args(["simulate", "--loans", &count, "--closed-share", "0.1"]).arg(&loans))?;
    fs::write(&contacts, contacts_of(&fs::read_to_string(&loans)?)?)?;
    let uploads = folder.join("uploads");
    for file in [&contacts, &loans] {
        let mut import = Command::new(program);
        command::run(import.arg("import").arg(file).arg("--uploads").arg(&uploads).env("DATABASE_URL", url))?;
    }
    let mut train = Command::new(program);
    command::run(train.args(["train", "--target", "observed"]).env("DATABASE_URL", url))?;
    let output = Command::new(workspace::example("decide")?).arg(url).output().context("the example is missing")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the example failed: {said}");
    for line in String::from_utf8(output.stdout)?.lines() {
        let figure = |name: &str| figure(line, name).with_context(|| format!("no {name} in {line}"));
        let (stage, of) = (figure("stage")?, figure("count")?);
        println!("| {database} | {stage} | {of} | {} | {} |", figure("cpu_s")?, figure("wall_s")?);
    }
    Ok(())
}

/// A file of addresses for the borrowers of a file of loans, whose first column they are.
fn contacts_of(loans: &str) -> Result<String> {
    let mut lines = loans.lines();
    let is_first = lines.next().is_some_and(|header| header.starts_with("Borrower_ID,"));
    ensure!(is_first, "the made-up book does not begin with its borrowers");
    let mut contacts = "Borrower_ID,Email,Email_Consent\n".to_owned();
    for line in lines {
        let id = line.split(',').next().unwrap_or_default();
        writeln!(contacts, "{id},{}@example.invalid,yes", id.to_lowercase())?;
    }
    Ok(contacts)
}

/// A member of a line of JSON that holds texts without commas, and numbers.
fn figure<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let rest = line.split_once(&format!("\"{name}\": "))?.1;
    rest.split([',', '}']).next().map(|value| value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_addresses_are_read() {
        let line = r#"{"stage": "gate none", "count": 20, "cpu_s": 1.50, "wall_s": 1.6}"#;
        assert_eq!((figure(line, "stage"), figure(line, "wall_s")), (Some("gate none"), Some("1.6")));
        assert_eq!(figure(line, "peak"), None);
        let contacts = contacts_of("Borrower_ID,Age\nBR_1,40\n").unwrap();
        assert_eq!(contacts, "Borrower_ID,Email,Email_Consent\nBR_1,br_1@example.invalid,yes\n");
        assert!(contacts_of("Age\n1\n").is_err());
    }
}
