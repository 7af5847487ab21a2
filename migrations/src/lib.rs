//! Changes of the database schema, one file each, in the order in which they are made.
//!
//! One set serves SQLite and PostgreSQL. Money is a bigint of minor units, JSON is text (PostgreSQL would
//! reorder it otherwise, and hashes are taken of it), and a table that refers to another comes after it.

mod m20261123_000001_portfolio;
mod m20261123_000002_team;
mod m20261123_000003_user;
mod m20261123_000004_session;
mod m20261123_000005_job;
mod m20261123_000006_upload;
mod m20261123_000007_borrower;
mod m20261123_000008_loan;
mod m20261123_000009_model;
mod m20261123_000010_policy;
mod m20261123_000011_scoring;
mod m20261123_000012_decision;
mod m20261123_000013_portfolio_summary;
mod m20261123_000014_audit;
mod m20261123_000015_recovery_case;
mod m20261123_000016_settlement;
mod m20261123_000018_legal_notice;
mod m20261123_000021_hold;
mod m20261123_000024_letter;
mod m20261123_000025_template;
mod m20261123_000026_alert;
mod m20261123_000027_track_override;
mod m20261123_000028_action_cost;
mod m20261124_000029_breach;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::{MigrationTrait, async_trait};

#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_portfolio::Migration),
            Box::new(m20261123_000002_team::Migration),
            Box::new(m20261123_000003_user::Migration),
            Box::new(m20261123_000004_session::Migration),
            Box::new(m20261123_000005_job::Migration),
            Box::new(m20261123_000006_upload::Migration),
            Box::new(m20261123_000007_borrower::Migration),
            Box::new(m20261123_000008_loan::Migration),
            Box::new(m20261123_000009_model::Migration),
            Box::new(m20261123_000010_policy::Migration),
            Box::new(m20261123_000011_scoring::Migration),
            Box::new(m20261123_000012_decision::Migration),
            Box::new(m20261123_000013_portfolio_summary::Migration),
            Box::new(m20261123_000014_audit::Migration),
            Box::new(m20261123_000015_recovery_case::Migration),
            Box::new(m20261123_000016_settlement::Migration),
            Box::new(m20261123_000018_legal_notice::Migration),
            Box::new(m20261123_000021_hold::Migration),
            Box::new(m20261123_000024_letter::Migration),
            Box::new(m20261123_000025_template::Migration),
            Box::new(m20261123_000026_alert::Migration),
            Box::new(m20261123_000027_track_override::Migration),
            Box::new(m20261123_000028_action_cost::Migration),
            Box::new(m20261124_000029_breach::Migration),
        ]
    }
}
