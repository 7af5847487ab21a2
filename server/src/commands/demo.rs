//! `loan-recovery demo`: fills a new database with a made-up portfolio, trained and scored, and four people.
//!
//! The portfolio goes the way of every other: a file with the 21 columns, an import job, a training job.

use super::open;
use crate::clock;
use crate::intake::{ArrivedTable, arrive, recognise};
use crate::jobs::run_until_idle;
use crate::settings::{DatabaseSettings, StorageSettings};
use anyhow::{Context, Result, bail, ensure};
use app::sign_in::hash_password;
use clap::Args;
use domain::access::{Actor, Role, Scope};
use domain::count::count;
use domain::id::TeamId;
use domain::job::{Job, JobState};
use domain::loan::LoanRecord;
use domain::model::{Target, TrainingOptions};
use domain::money::Currency;
use domain::team::Portfolio;
use domain::track::Track;
use domain::upload::{Upload, UploadState};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use store::Store;
use store::uploads::{NewFile, NewUpload, Next};
use store::users::NewUser;

const LOANS: usize = 5000;
const SEED: u64 = 42;
const PASSWORD: &str = "recovery-demo";
const FILE_NAME: &str = "demo-loans.csv";
const CONTACTS_NAME: &str = "demo-contacts.csv";
/// One borrower in so many has said no to e-mails.
const REFUSES: usize = 10;

/// The four people, and the track of the agent's team.
const PEOPLE: [(&str, &str, Role, Option<Track>); 4] = [
    ("admin@demo.test", "Ada Admin", Role::Admin, None),
    ("executive@demo.test", "Eve Executive", Role::Executive, None),
    ("lead@demo.test", "Leo Lead", Role::Lead, Some(Track::Legal)),
    ("agent@demo.test", "Ann Agent", Role::Agent, Some(Track::Legal)),
];

/// Fill a new database with a made-up portfolio of 5,000 loans and four demo users
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    storage: StorageSettings,
}

pub async fn run(args: DemoArgs) -> Result<()> {
    let store = open(&args.database).await?;
    if store::demo::holds_demo(&store).await? {
        finish(&store).await?;
        println!("The demo stands already.");
        return Ok(());
    }
    if !store::demo::is_empty(&store).await? {
        bail!("the database holds other data; the demo needs a database of its own (see DATABASE_URL)");
    }
    let portfolio =
        store::portfolios::create(&store, Actor::CommandLine, "Demo portfolio", Currency::USD, true, clock::now())
            .await?;
    add_people(&store, &portfolio).await?;
    let loans = engine::simulation::simulate(SEED, LOANS);
    send_file(&store, &portfolio, &args.storage, CONTACTS_NAME, contacts(&loans).as_bytes()).await?;
    let content = ingest::write::loans(&loans, portfolio.currency)?;
    send_file(&store, &portfolio, &args.storage, FILE_NAME, &content).await?;
    finish(&store).await?;
    println!("The demo is ready: {}, trained and scored.", count(LOANS, "loan"));
    for (email, _, role, _) in PEOPLE {
        println!("  {email}  {PASSWORD}  ({})", role.label().to_lowercase());
    }
    Ok(())
}

async fn add_people(store: &Store, portfolio: &Portfolio) -> Result<()> {
    let teams = store::teams::list(store, Scope::whole(portfolio.id)).await?;
    let team_of =
        |track: Track| -> Option<TeamId> { teams.iter().find(|team| team.track == track).map(|team| team.id) };
    for (email, name, role, track) in PEOPLE {
        let new = NewUser {
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            password_hash: hash_password(PASSWORD)
                .map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?,
            portfolio: portfolio.id,
            team: track.and_then(team_of),
        };
        store::users::create(store, Actor::CommandLine, new, clock::now()).await?;
    }
    Ok(())
}

/// Addresses that lead nowhere, so that nobody is reached by the demo.
fn contacts(loans: &[LoanRecord]) -> String {
    let mut rows = "Borrower_ID,Email,Email_Consent,Phone,Phone_Consent,Address\n".to_owned();
    for (place, loan) in loans.iter().enumerate() {
        let id = &loan.borrower.borrower_ref;
        let consent = if place % REFUSES == 0 { "no" } else { "yes" };
        // Numbers that are given to nobody, for use in stories.
        let number = format!("+44 7700 900{:03}", place % 1_000);
        let address = format!("\"{} Example Street, Anytown\"", place + 1);
        // Writing to a string does not fail.
        let _ = writeln!(rows, "{id},{}@example.invalid,{consent},{number},{consent},{address}", id.to_lowercase());
    }
    rows
}

/// Takes a made-up file in as if an admin had sent it.
async fn send_file(
    store: &Store,
    portfolio: &Portfolio,
    storage: &StorageSettings,
    name: &str,
    content: &[u8],
) -> Result<Upload> {
    std::fs::create_dir_all(&storage.uploads)
        .with_context(|| format!("{} cannot be made", storage.uploads.display()))?;
    let path = std::path::absolute(storage.uploads.join(name))?;
    std::fs::write(&path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    let tables = arrive(&path, name, &[])?;
    let file = |table: &ArrivedTable| NewFile {
        name: table.source.name.clone(),
        path: path.clone(),
        size_bytes: content.len() as i64,
        sha256: format!("{:x}", Sha256::digest(content)),
        preview: Some(table.preview.clone()),
    };
    let now = clock::now();
    let new = NewUpload {
        portfolio: portfolio.id,
        as_of: now.date_naive(),
        corrects: false,
        files: tables.iter().map(file).collect(),
        refusal: None,
    };
    let known = recognise(&tables, &[]).context("the demo's file is not recognised")?;
    let upload = store::uploads::receive(store, Actor::CommandLine, new, now).await?;
    let (actor, scope) = (Actor::CommandLine, Scope::whole(portfolio.id));
    let profile = Some(known.profile.as_str());
    store::uploads::confirm(store, actor, scope, upload.id, &known.readings, profile, Next::Import, now).await?;
    Ok(upload)
}

/// Imports, trains and scores, as far as that is not done: a demo that was broken off is taken up again.
async fn finish(store: &Store) -> Result<()> {
    let portfolio = store::portfolios::first(store).await?.context("there is no portfolio")?;
    let scope = Scope::whole(portfolio.id);
    run_until_idle(store).await;
    let upload = store::uploads::list(store, scope, 1).await?.into_iter().next();
    ensure!(
        upload.is_some_and(|upload| upload.state == UploadState::Imported),
        "the demo's file was not imported; remove the database and start again"
    );
    if store::models::champion(store, scope).await?.is_some() {
        return Ok(());
    }
    let options = TrainingOptions { target: Target::Observed, ..TrainingOptions::default() };
    let job = Job::TrainAndScore { portfolio: portfolio.id, options };
    let id = store::jobs::enqueue(store, Actor::CommandLine, portfolio.id, &job, clock::now()).await?;
    run_until_idle(store).await;
    let status = store::jobs::status(store, scope, id).await?;
    ensure!(
        status.state == JobState::Succeeded,
        "the demo's training ended as {}: {}",
        status.state.label().to_lowercase(),
        status.message
    );
    Ok(())
}
