//! The database: free functions, one module per business noun.
//!
//! This is the only crate that knows SeaORM. Entities stay inside; functions take and give the types
//! of `domain`. Every read takes a [`domain::access::Scope`] (or a portfolio, where a job reads all of
//! it), or is about the person who has signed in. Every write takes an [`domain::access::Actor`] and is
//! one transaction with its audit event and the job that it causes. Times are arguments: nothing here
//! reads a clock, but leases of jobs and the expiry of sessions, which follow the database's.

mod change;
mod connection;
mod entity;
mod error;
mod paid;

pub mod alerts;
pub mod arrears;
pub mod audit;
pub mod breaches;
pub mod cases;
pub mod contact_history;
pub mod costs;
pub mod demo;
pub mod follow_ups;
pub mod holds;
pub mod jobs;
pub mod letters;
pub mod loans;
pub mod messages;
pub mod models;
pub mod notices;
pub mod overrides;
pub mod policies;
pub mod portfolios;
pub mod scorings;
pub mod sessions;
pub mod settlements;
pub mod summaries;
pub mod teams;
pub mod templates;
pub mod uploads;
pub mod users;

pub use connection::Store;
pub use error::{Result, StoreError};
