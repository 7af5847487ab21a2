//! `loan-recovery migrate`: brings the database's schema up to date.

use super::open;
use crate::settings::DatabaseSettings;
use anyhow::Result;
use clap::Args;

/// Bring the database's schema up to date
#[derive(Args, Clone, Debug)]
pub struct MigrateArgs {
    #[command(flatten)]
    database: DatabaseSettings,
}

pub async fn run(args: MigrateArgs) -> Result<()> {
    open(&args.database).await?;
    println!("The database is up to date.");
    Ok(())
}
