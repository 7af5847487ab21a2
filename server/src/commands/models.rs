//! `loan-recovery models`: the registry of models, and which of them decides.

use super::{reach, say, work_until_done};
use crate::clock;
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use domain::access::{Permission, Scope, SignedIn};
use domain::champion::{compare, reasons_needed};
use domain::count::count;
use domain::job::JobState;
use domain::model::{ModelCard, ModelState};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::stdout;
use std::path::PathBuf;
use store::Store;

/// The models of the database: list them, let one decide, take one along
#[derive(Args, Clone, Debug)]
pub struct ModelsArgs {
    #[command(subcommand)]
    command: ModelsCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum ModelsCommand {
    List(ListArgs),
    Promote(PromoteArgs),
    Export(ExportArgs),
}

/// List all models, the newest first
#[derive(Args, Clone, Debug)]
struct ListArgs {
    /// Print them as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Let a model decide in place of the champion, or a former champion again; then decide on loans that came since
#[derive(Args, Clone, Debug)]
struct PromoteArgs {
    /// Its version, as `models list` shows it
    version: i32,
    /// Who approves it: the e-mail address of an administrator or an executive who did not have it trained
    #[arg(long = "as", value_name = "EMAIL")]
    approver: String,
    /// Why, in words that are kept: asked for where the model decided before, is clearly worse than the one that decides, learned
    /// from segments where that one learned from outcomes, or has leak alarms
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Print the model as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Write a model to a file, for `loan-recovery score FILE --model`
#[derive(Args, Clone, Debug)]
struct ExportArgs {
    /// Its version, as `models list` shows it
    version: i32,
    /// The file to write
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseSettings,
}

pub async fn run(args: ModelsArgs) -> Result<()> {
    match args.command {
        ModelsCommand::List(args) => list(&args).await,
        ModelsCommand::Promote(args) => promote(&args).await,
        ModelsCommand::Export(args) => export(&args).await,
    }
}

async fn find(store: &Store, scope: Scope, version: i32) -> Result<ModelCard> {
    let models = store::models::list(store, scope).await?;
    let versions: Vec<String> = models.iter().map(|model| model.version.to_string()).collect();
    match models.into_iter().find(|model| model.version == version) {
        Some(model) => Ok(model),
        None if versions.is_empty() => bail!("there is no model yet: train one with `loan-recovery train`"),
        None => bail!("there is no model {version}; there are {}", versions.join(", ")),
    }
}

async fn list(args: &ListArgs) -> Result<()> {
    let (store, scope) = reach(&args.database).await?;
    let models = store::models::list(&store, scope).await?;
    let text = if args.json {
        format!("{:#}\n", Value::Array(models.iter().map(figures).collect()))
    } else if models.is_empty() {
        "There is no model yet.\n".to_owned()
    } else {
        models.iter().fold(String::new(), |mut text, model| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}", in_words(model));
            text
        })
    };
    Ok(say(&mut stdout(), &text)?)
}

/// The person who approves a model by this address; the store sees to it that it is not the one who had it trained.
async fn approver(store: &Store, scope: Scope, email: &str) -> Result<SignedIn> {
    let found = store::users::find_for_sign_in(store, email).await?.map(|found| found.user);
    let Some(person) = found.filter(|person| person.portfolio == scope.portfolio) else {
        bail!("--as: nobody of this portfolio signs in as {email}");
    };
    let may = person.role.may(Permission::ApproveModels);
    ensure!(may, "--as: {email} may not approve models: only an administrator or an executive may");
    Ok(person)
}

async fn promote(args: &PromoteArgs) -> Result<()> {
    let (store, scope) = reach(&args.database).await?;
    let actor = approver(&store, scope, &args.approver).await?.actor();
    let model = find(&store, scope, args.version).await?;
    let champion = store::models::champion(&store, scope).await?;
    let needed = reasons_needed(&model, champion.as_ref());
    ensure!(
        !model.is_approvable() || needed.is_empty() || !args.reason.trim().is_empty(),
        "model {} decides only for a written reason. {}. Give it with --reason TEXT",
        model.version,
        needed.join(". ")
    );
    let job = store::models::approve(&store, actor, scope, model.id, &args.reason, clock::now()).await?;
    let promotion = work_until_done(&store, scope, job).await?;
    ensure!(promotion.state == JobState::Succeeded, "model {} does not decide: {}", model.version, promotion.message);
    // The promotion asked for it.
    let scoring = store::jobs::latest(&store, scope, "score").await?;
    if let Some(job) = scoring.filter(|job| !job.state.is_finished()) {
        work_until_done(&store, scope, job.id).await?;
    }
    let text = if args.json {
        format!("{:#}\n", figures(&store::models::get(&store, scope, model.id).await?))
    } else {
        format!("{}\n", promotion.message)
    };
    Ok(say(&mut stdout(), &text)?)
}

async fn export(args: &ExportArgs) -> Result<()> {
    let (store, scope) = reach(&args.database).await?;
    let model = find(&store, scope, args.version).await?;
    let artifact = store::models::artifact(&store, scope.portfolio, model.id).await?;
    std::fs::write(&args.file, artifact).with_context(|| format!("{} cannot be written", args.file.display()))?;
    Ok(say(&mut stdout(), &format!("Model {} is in {}.\n", model.version, args.file.display()))?)
}

/// What `--json` prints of a model.
pub(super) fn figures(model: &ModelCard) -> Value {
    json!({
        "version": model.version,
        "state": model.state.code(),
        "options": model.options,
        "figures": model.figures,
        "gini": model.figures.gini(),
        "target_words": model.figures.target_words(),
        "segmentation": model.segmentation,
        "notes": model.notes,
        "fitted_by": model.fitted_by,
        "fitted_at": model.fitted_at,
        "promoted_at": model.promoted_at,
        "rationale": model.rationale,
    })
}

/// What a model waits for; nothing where it decides, or cannot.
pub(super) fn waiting(model: &ModelCard, champion: Option<&ModelCard>) -> Option<String> {
    let is_waiting = model.state == ModelState::Candidate && model.is_approvable();
    let needed = reasons_needed(model, champion);
    let beside = champion.and_then(|champion| compare(&model.figures, &champion.figures, champion.version));
    let reason = if needed.is_empty() { "" } else { " --reason TEXT" };
    let mut words = beside.map(|beside| format!("{}. ", beside.words)).unwrap_or_default();
    let version = model.version;
    // Writing to a string does not fail.
    let _ = write!(words, "It waits for approval: `loan-recovery models promote {version} --as EMAIL{reason}`.");
    is_waiting.then_some(words)
}

/// A model in a line.
pub(super) fn in_words(model: &ModelCard) -> String {
    let auc = model.figures.auc.map_or_else(|| "AUC not known".to_owned(), |auc| format!("AUC {auc:.3}"));
    let leaks = if model.has_leak_alarms() { ". It has leak alarms" } else { "" };
    format!(
        "Model {}, {}: {}; {auc} on {}. {}{leaks}.",
        model.version,
        model.state.label().to_lowercase(),
        model.figures.target_words(),
        count(model.figures.test_rows, "held-out loan"),
        model.figures.gate.reason.trim_end_matches('.')
    )
}
