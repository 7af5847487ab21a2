//! `loan-recovery user add`: adds a person who may sign in.

use super::open;
use crate::clock;
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result, bail, ensure};
use app::sign_in::hash_password;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use domain::access::{Actor, PASSWORD_LENGTH_MIN, Role, Scope};
use domain::id::TeamId;
use std::io::BufRead;
use store::Store;
use store::users::NewUser;

/// People who may sign in
#[derive(Args, Clone, Debug)]
pub struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Subcommand, Clone, Debug)]
enum UserCommand {
    Add(AddArgs),
}

/// Add a person; the password is read from standard input
#[derive(Args, Clone, Debug)]
struct AddArgs {
    #[command(flatten)]
    database: DatabaseSettings,
    /// What the person signs in with
    #[arg(long)]
    email: String,
    /// What the person is called
    #[arg(long)]
    name: String,
    /// What the person does
    #[arg(long, value_parser = roles())]
    role: Role,
    /// The team that an agent works in, by its name
    #[arg(long)]
    team: Option<String>,
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::code)).try_map(|code| Role::find(&code).ok_or("is not a role"))
}

pub async fn run(args: UserArgs) -> Result<()> {
    let UserCommand::Add(args) = args.command;
    let store = open(&args.database).await?;
    let portfolio = store::portfolios::first(&store)
        .await?
        .context("there is no portfolio yet; start the server and set it up first")?;
    let team = match &args.team {
        Some(name) => Some(team_called(&store, Scope::whole(portfolio.id), name).await?),
        None => None,
    };
    ensure!(args.email.contains('@'), "--email: enter an address with an @");
    let password = read_password()?;
    let new = NewUser {
        email: args.email,
        name: args.name,
        role: args.role,
        password_hash: hash_password(&password)
            .map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?,
        portfolio: portfolio.id,
        team,
    };
    let person = store::users::create(&store, Actor::CommandLine, new, clock::now()).await?;
    println!("{} may sign in as {}.", person.email, person.role.label().to_lowercase());
    Ok(())
}

async fn team_called(store: &Store, scope: Scope, name: &str) -> Result<TeamId> {
    let teams = store::teams::list(store, scope).await?;
    let Some(team) = teams.iter().find(|team| team.name.eq_ignore_ascii_case(name)) else {
        let known: Vec<&str> = teams.iter().map(|team| team.name.as_str()).collect();
        bail!("--team: there is no team \"{name}\"; there are {}", known.join(", "));
    };
    Ok(team.id)
}

fn read_password() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(
        password.chars().count() >= PASSWORD_LENGTH_MIN,
        "the password on standard input needs at least {PASSWORD_LENGTH_MIN} characters"
    );
    Ok(password)
}
