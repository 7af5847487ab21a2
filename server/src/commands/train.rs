//! `loan-recovery train`: segments, trains, tests and scores on all loans of the database, as the browser does it.

use super::training_args::TrainingArgs;
use super::{models, reach, say, work_or_cancel, work_until_done};
use crate::clock;
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use clap::Args;
use domain::access::{Actor, Scope};
use domain::id::JobId;
use domain::job::{Job, JobState};
use domain::model::TrainingOptions;
use std::io::{stderr, stdout};
use store::Store;

/// Train a model on all loans of the database, and score them
///
/// The first model that passes its gate without a leak alarm decides; another one waits until somebody lets it:
/// `models promote N --as EMAIL`.
#[derive(Args, Clone, Debug)]
pub struct TrainArgs {
    #[command(flatten)]
    training: TrainingArgs,

    /// The day whose features the model learns from, where files of several days are on file. Left out, it is the newest from which
    /// the horizon is over and outcomes are enough
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,

    /// Print the model and its figures as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: DatabaseSettings,
}

pub async fn run(args: TrainArgs) -> Result<()> {
    let (store, scope) = reach(&args.database).await?;
    ensure!(store::loans::count(&store, scope.portfolio).await? > 0, "there are no loans yet: import a file first");
    let kept = store::loans::extra_columns(&store, scope.portfolio).await?;
    for name in &args.training.extra {
        let names = kept.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let those = if names.is_empty() { "no extra columns are kept with the loans" } else { names.as_str() };
        ensure!(kept.contains(name), "--extra {name}: no loan has such a column; those that are there: {those}");
    }
    let is_open = args.training.target.is_none() && args.training.horizon_days != Some(0);
    let (as_of, days) = (args.as_of, args.training.horizon_days);
    let is_followed = is_open && store::follow_ups::find(&store, scope.portfolio, as_of, days).await?.is_some();
    let options = args.training.options(args.training.extra.clone(), &kept, is_followed)?;
    let options = TrainingOptions { as_of, ..options };
    let job = Job::TrainAndScore { portfolio: scope.portfolio, options };
    let job = request(&store, scope, &job).await?;
    let status = work_or_cancel(&store, scope, job).await?;
    ensure!(status.state == JobState::Succeeded, "the training ended as {}: {}", status.state.code(), status.message);
    let newest = store::models::list(&store, scope).await?.into_iter().next().context("the training left no model")?;
    let text = if args.json {
        format!("{:#}\n", models::figures(&newest))
    } else {
        let champion = store::models::champion(&store, scope).await?;
        let lines =
            std::iter::once(models::in_words(&newest)).chain(newest.notes.iter().map(|note| format!("- {note}")));
        lines.chain(models::waiting(&newest, champion.as_ref())).map(|line| line + "\n").collect()
    };
    Ok(say(&mut stdout(), &text)?)
}

/// Asks for a training of its own. One that waits or runs already was asked for with other options, or is what a killed process
/// left: it is worked off first.
async fn request(store: &Store, scope: Scope, job: &Job) -> Result<JobId> {
    loop {
        let added = store::jobs::request(store, Actor::CommandLine, scope.portfolio, job, clock::now()).await?;
        if added.is_new {
            return Ok(added.id);
        }
        say(&mut stderr(), "Another training was asked for before. This one begins when that has ended.\n")?;
        let before = work_until_done(store, scope, added.id).await?;
        say(&mut stderr(), &format!("The other training ended as {}.\n", before.state.code()))?;
    }
}
