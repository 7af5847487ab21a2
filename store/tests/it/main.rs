//! The store on both databases: each behaviour is one body that runs on SQLite always, and on PostgreSQL where
//! `TEST_POSTGRES_URL` says where one is.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod files;
mod fixture;
mod follow_ups;
mod harness;
mod records;

mod alerts;
mod arrears;
mod audit;
mod borrowers;
mod cases;
mod chunks;
mod complements;
mod conflicts;
mod contact_history;
mod costs;
mod findings;
mod holds;
mod import;
mod jobs;
mod leases;
mod letters;
mod loans;
mod migration;
mod models;
mod notices;
mod opt_outs;
mod order;
mod overrides;
mod payments;
mod policies;
mod portfolios;
mod profiles;
mod scorings;
mod sessions;
mod settlements;
mod snapshots;
mod templates;
mod undo;
mod undo_refused;
mod uploads;
mod users;
