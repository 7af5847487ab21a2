//! Composition root: command line, configuration, router, uploads, jobs.

pub mod channels;
pub mod clock;
pub mod commands;
pub mod http;
mod intake;
pub mod jobs;
pub mod settings;
pub mod telemetry;
pub mod usage;
