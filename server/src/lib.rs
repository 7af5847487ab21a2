//! Composition root: command line, configuration, router, uploads, jobs.

pub mod clock;
pub mod commands;
pub mod http;
pub mod jobs;
pub mod loan_file;
pub mod settings;
pub mod telemetry;
pub mod usage;
