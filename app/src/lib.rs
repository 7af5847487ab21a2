//! Pages, components and server functions.
//!
//! Modules are gated here, and only here; nothing below asks which feature it is compiled with.

#![recursion_limit = "256"]

pub mod components;
pub mod error;
pub mod format;
pub mod live;
pub mod pages;
pub mod root;

/// Charts as Plotly's JSON, made on the server so that the browser needs no code for it.
#[cfg(feature = "ssr")]
pub mod figures;
/// Who is signed in, and what they may do.
#[cfg(feature = "ssr")]
pub mod guard;
/// The profiles that files are read by.
#[cfg(feature = "ssr")]
pub mod profiles;
/// The document around the application.
#[cfg(feature = "ssr")]
pub mod shell;
/// Signing in and out.
#[cfg(feature = "ssr")]
pub mod sign_in;
