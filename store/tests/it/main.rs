//! The store on both databases: each behaviour is one body that runs on SQLite always, and on PostgreSQL where
//! `TEST_POSTGRES_URL` says where one is.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod fixture;
mod harness;

mod audit;
mod import;
mod jobs;
mod leases;
mod loans;
mod migration;
mod models;
mod portfolios;
mod sessions;
mod uploads;
mod users;
