//! The web server over HTTP, with jobs, on a database of each test's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod app;
mod contact_gate;
mod letters;
mod mail_server;
mod main_job;
mod mended;
mod models;
mod notices;
mod outreach;
mod policies;
mod sending;
mod settlements;
mod signing_in;
mod sms;
mod sms_gateway;
mod templates;
mod watching;
