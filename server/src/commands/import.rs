//! `loan-recovery import FILE…`: files into the database, as the browser does it, in one command.

mod report;

use super::{open, work_until_done};
use crate::clock;
use crate::intake::{ArrivedTable, arrive, assign, check_numbers, on_the_way, recognise, refuse_twins};
use crate::settings::{DatabaseSettings, StorageSettings};
use anyhow::{Context, Result, anyhow, bail, ensure};
use chrono::NaiveDate;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::access::{Actor, Scope};
use domain::field::FileKind;
use domain::id::UploadId;
use domain::mapping::{Profile, ProfileFile};
use domain::money::Currency;
use domain::team::Portfolio;
use domain::upload::{Upload, UploadState, is_possible_day};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use store::Store;
use store::uploads::{NewFile, NewUpload, Next, Sent};

/// Load loans, payments and borrowers from files into the database
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// Files that belong together: CSV, Excel or Parquet, packed or not
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// What the rows are; a profile or a mapping of another kind is refused
    #[arg(long, value_parser = kinds())]
    kind: Option<FileKind>,

    /// How the files are read: the id of a profile that comes with the program, or the name of a saved one. Without it,
    /// and without --mapping, the columns must be those of a known profile
    #[arg(long, conflicts_with = "mapping")]
    profile: Option<String>,

    /// How the files are read: a mapping in a TOML file
    #[arg(long, value_name = "FILE.toml")]
    mapping: Option<PathBuf>,

    /// Read numbers as the profile or the mapping says, though those of the files look otherwise
    #[arg(long)]
    numbers_as_said: bool,

    /// The day for which the files speak, where their rows don't say it; today if it is left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,

    /// Let rows replace what another file says of the same day, instead of listing conflicts
    #[arg(long)]
    corrects: bool,

    /// The currency (ISO 4217) of a portfolio that is made for the first import
    #[arg(long, default_value = "USD", value_parser = currencies())]
    currency: Currency,

    /// Print the counts as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: DatabaseSettings,

    #[command(flatten)]
    storage: StorageSettings,
}

fn kinds() -> impl TypedValueParser<Value = FileKind> {
    PossibleValuesParser::new([FileKind::Loans, FileKind::Payments, FileKind::Borrowers].map(FileKind::code))
        .try_map(|code| FileKind::find(&code).ok_or("is not a kind"))
}

fn currencies() -> impl TypedValueParser<Value = Currency> {
    clap::builder::StringValueParser::new().try_map(Currency::try_from)
}

pub async fn run(args: ImportArgs) -> Result<()> {
    let today = clock::now().date_naive();
    ensure!(
        args.as_of.is_none_or(|day| is_possible_day(day, today)),
        "--as-of: choose a day from 1950 on, and none in the future"
    );
    let store = open(&args.database).await?;
    let (actor, now) = (Actor::CommandLine, clock::now());
    let portfolio = store::portfolios::first_or_create(&store, actor, "Portfolio", args.currency, now).await?;
    let scope = Scope::whole(portfolio.id);
    let saved = store::uploads::profiles(&store, scope).await?;
    let mut tables = Vec::new();
    for path in &args.files {
        tables.extend(arrive(path, &path.display().to_string(), &saved)?);
    }
    let (profile, readings) = args.readings(&tables, &saved)?;
    args.check_kind(&readings)?;

    let hashes = args.files.iter().map(|path| sha256(path)).collect::<Result<Vec<_>>>()?;
    let sha256: Vec<&str> = hashes.iter().map(String::as_str).collect();
    let names: Vec<String> = args.files.iter().map(|path| path.display().to_string()).collect();
    refuse_twins(names.iter().map(String::as_str).zip(sha256.iter().copied()))?;
    let sent = Sent { sha256: &sha256, as_of: args.as_of, corrects: args.corrects };
    if let Some(earlier) = store::uploads::find_imported(&store, scope, sent).await? {
        let names_a_reading = args.mapping.is_some() || args.profile.is_some();
        ensure!(
            !names_a_reading || is_read_as(&store, &earlier, &sha256, &readings).await?,
            "the same was loaded before and read in another way, see /uploads/{}; undo that import, then load it again",
            earlier.id
        );
        return args.report(&store, &portfolio, &earlier, true).await;
    }
    let begun = store::uploads::find_importing(&store, scope, sent).await?;
    let id = if let Some(begun) = begun {
        go_on_with(&store, scope, &begun).await?
    } else {
        if !args.numbers_as_said {
            check_numbers(&tables, &readings)?;
        }
        let id = receive(&store, &args, &portfolio, &tables, &hashes).await?.id;
        let (actor, now, profile) = (Actor::CommandLine, clock::now(), profile.as_deref());
        store::uploads::confirm(&store, actor, scope, id, &readings, profile, Next::Import, now).await?;
        id
    };
    let job = store::uploads::get(&store, scope, id).await?.job.context("the import has no job")?;
    work_until_done(&store, scope, job).await?;
    let upload = store::uploads::get(&store, scope, id).await?;
    match upload.state {
        UploadState::Imported => args.report(&store, &portfolio, &upload, false).await,
        // Somebody else may have sent the same meanwhile.
        UploadState::Refused => match store::uploads::find_imported(&store, scope, sent).await? {
            Some(earlier) => args.report(&store, &portfolio, &earlier, true).await,
            None => bail!(upload.message.unwrap_or_else(|| "the file was refused".to_owned())),
        },
        state => {
            let job = upload.job.context("the import has no job")?;
            let status = store::jobs::status(&store, scope, job).await?;
            bail!("the import ended as {}: {}", state.label().to_lowercase(), status.message)
        }
    }
}

/// Whether an earlier import of the files read them in the same way.
/// `sha256` are the files that are sent now, which may be a part of those of the earlier import.
async fn is_read_as(store: &Store, earlier: &Upload, sha256: &[&str], readings: &[Vec<ProfileFile>]) -> Result<bool> {
    let plan = store::uploads::plan(store, earlier.id).await?;
    let sent = plan.files.iter().filter(|file| sha256.contains(&file.sha256.as_str()));
    let before: Vec<_> = sent.flat_map(|file| &file.readings).collect();
    let now: Vec<_> = readings.iter().flatten().collect();
    Ok(before.len() == now.len() && now.iter().all(|reading| before.contains(reading)))
}

/// An import of the same files that broke off, as when its process was killed, goes on behind what it stored.
async fn go_on_with(store: &Store, scope: Scope, begun: &Upload) -> Result<UploadId> {
    let job = begun.job.context("the import has no job")?;
    eprintln!("An import of the same did not end; going on with it, as soon as nobody else works on it.");
    if store::jobs::status(store, scope, job).await?.state.is_finished() {
        store::uploads::start(store, Actor::CommandLine, scope, begun.id, clock::now()).await?;
    }
    Ok(begun.id)
}

/// Copies the files to where uploads are kept, as if an admin had sent them.
async fn receive(
    store: &Store,
    args: &ImportArgs,
    portfolio: &Portfolio,
    tables: &[ArrivedTable],
    hashes: &[String],
) -> Result<Upload> {
    let folder = &args.storage.uploads;
    let mut files = Vec::new();
    for (path, hash) in args.files.iter().zip(hashes) {
        let copying = || format!("{} cannot be copied to {}", path.display(), folder.display());
        let copy = on_the_way::create(folder).with_context(copying)?;
        let size_bytes = std::fs::copy(path, copy.path()).with_context(copying)? as i64;
        let stored = std::path::absolute(folder.join(format!("{hash}-{}", on_the_way::random_part(&copy))))?;
        copy.persist(&stored).with_context(copying)?;
        for table in tables.iter().filter(|table| table.source.path == *path) {
            files.push(NewFile {
                name: without_folder(&table.source.name, path),
                path: stored.clone(),
                size_bytes,
                sha256: hash.clone(),
                preview: Some(table.preview.clone()),
            });
        }
    }
    let as_of = args.as_of.unwrap_or_else(|| clock::now().date_naive());
    let new = NewUpload { portfolio: portfolio.id, as_of, corrects: args.corrects, files, refusal: None };
    Ok(store::uploads::receive(store, Actor::CommandLine, new, clock::now()).await?)
}

/// The name of a table without the folder that its file lies in, which concerns nobody who sees the upload.
fn without_folder(name: &str, path: &Path) -> String {
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    name.strip_prefix(&folder).unwrap_or(name).trim_start_matches(std::path::is_separator).to_owned()
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).with_context(|| format!("{} cannot be read", path.display()))? {
            0 => return Ok(format!("{:x}", hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

impl ImportArgs {
    /// How each table is read, and by which profile.
    fn readings(&self, tables: &[ArrivedTable], saved: &[Profile]) -> Result<(Option<String>, Vec<Vec<ProfileFile>>)> {
        if let Some(path) = &self.mapping {
            let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            let profile = ingest::profile::parse(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?;
            return Ok((None, some(assign(&profile, tables), &path.display().to_string())?));
        }
        if let Some(name) = &self.profile {
            let known = ingest::profile::profile(name);
            let profile = known.or_else(|| saved.iter().find(|profile| profile.title == *name || profile.id == *name));
            let profile = profile.with_context(|| unknown_profile(name, saved))?;
            return Ok((Some(profile.id.clone()), some(assign(profile, tables), name)?));
        }
        let found = recognise(tables, saved).with_context(|| self.unknown(tables))?;
        Ok((Some(found.profile), found.readings))
    }

    /// Says that no profile fits, and what is known of the reason.
    fn unknown(&self, tables: &[ArrivedTable]) -> String {
        let mut text = format!(
            "{}: its columns are those of no known profile; name one with --profile, or write a --mapping",
            self.files[0].display()
        );
        for ArrivedTable { source, preview } in tables {
            let line = preview.header_line;
            if let Some(almost) = &preview.almost {
                let _ = write!(text, "\n{}: line {line}: {almost}", source.name);
            }
            let mut doubled: Vec<_> = preview.columns.iter().filter(|column| column.is_doubled).collect();
            // Both of a pair say the same.
            doubled.sort_by_key(|column| &column.column);
            doubled.dedup_by_key(|column| &column.column);
            for column in doubled {
                let warning = column.warning.as_deref().unwrap_or_default();
                let _ = write!(text, "\n{}: line {line}, column {}: {warning}", source.name, column.column);
            }
        }
        text
    }

    fn check_kind(&self, readings: &[Vec<ProfileFile>]) -> Result<()> {
        let Some(kind) = self.kind else { return Ok(()) };
        let is_there = readings.iter().flatten().any(|reading| reading.mapping.kind == kind);
        ensure!(
            is_there,
            "the profile or mapping has no file of {}, which --kind asks for",
            kind.label().to_lowercase()
        );
        Ok(())
    }
}

fn some(readings: Vec<Vec<ProfileFile>>, name: &str) -> Result<Vec<Vec<ProfileFile>>> {
    ensure!(
        readings.iter().any(|readings| !readings.is_empty()),
        "{name} reads none of these files: their names must be those of its files"
    );
    Ok(readings)
}

fn unknown_profile(name: &str, saved: &[Profile]) -> String {
    let known = ingest::profile::profiles().iter().map(|profile| &profile.id);
    let all: Vec<&str> = known.chain(saved.iter().map(|profile| &profile.title)).map(String::as_str).collect();
    format!("there is no profile {name}; there are {}", all.join(", "))
}
