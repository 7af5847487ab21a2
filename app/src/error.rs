//! The one error that server functions answer with and pages show.
//!
//! Each variant is something that a person can act on. Everything else is `Internal`: it was
//! logged once on the server, under the reference that the person sees.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    #[error("Sign in to go on.")]
    SignedOut,
    #[error("Your role does not open this page. Ask an administrator if you need it.")]
    Forbidden,
    #[error("There is no such {0}. It may have been removed, or it is outside what you may see.")]
    NotFound(String),
    #[error("{0}")]
    Invalid(String),
    #[error("{0}")]
    Conflict(String),
    #[error("The database does not answer. Nothing was changed; try again in a moment.")]
    Unavailable,
    #[error("The disk of the database is full. Nothing was changed; tell your administrator to free space there.")]
    DiskFull,
    #[error(
        "Something went wrong on the server. Nothing was changed. Tell your administrator the reference {reference}."
    )]
    Internal { reference: String },
    #[error("The server could not be reached. Check the connection and try again.")]
    Connection,
}

impl AppError {
    /// A heading for the state that a page shows in place of its content.
    pub fn title(&self) -> &'static str {
        match self {
            Self::SignedOut => "You are signed out",
            Self::Forbidden => "No access",
            Self::NotFound(_) => "Not found",
            Self::Invalid(_) => "Check what you entered",
            Self::Conflict(_) => "This changed meanwhile",
            Self::Unavailable | Self::DiskFull | Self::Internal { .. } | Self::Connection => "This could not be loaded",
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(message)
            | ServerFnErrorErr::MissingArg(message)
            | ServerFnErrorErr::Deserialization(message) => {
                Self::Invalid(format!("The request could not be read: {message}"))
            }
            _ => Self::Connection,
        }
    }
}
