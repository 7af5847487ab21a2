//! The web server over HTTP, with jobs, on a database of each test's own.

mod access;
mod app;
mod main_job;
mod sending;
mod signing_in;
