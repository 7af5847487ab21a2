//! Who is signed in, and what they may do. Each server function starts with one of these calls.

use crate::error::AppError;
use domain::access::{Permission, SignedIn};
use http::request::Parts;
use http::{Method, StatusCode};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use store::{Store, StoreError};

/// The person who asks, if they may do this.
///
/// # Errors
/// `SignedOut` (401) for strangers, `Forbidden` (403) for a role that may not.
pub async fn authorise(permission: Permission) -> Result<SignedIn, AppError> {
    let person = signed_in().ok_or_else(|| answer(AppError::SignedOut))?;
    if person.role.may(permission) { Ok(person) } else { Err(answer(AppError::Forbidden)) }
}

/// Says that a server function is for everybody, strangers too, and who asks, if they are known.
pub fn public() -> Option<SignedIn> {
    signed_in()
}

/// The middleware of the server puts the person into the request.
fn signed_in() -> Option<SignedIn> {
    use_context::<Parts>()?.extensions.get::<SignedIn>().cloned()
}

/// The database.
pub fn store() -> Store {
    expect_context::<Store>()
}

/// Puts the error's status on the wire, and gives the error back.
pub fn answer(error: AppError) -> AppError {
    let status = match &error {
        AppError::SignedOut => StatusCode::UNAUTHORIZED,
        AppError::Forbidden => StatusCode::FORBIDDEN,
        AppError::NotFound(_) => StatusCode::NOT_FOUND,
        AppError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Conflict(_) => StatusCode::CONFLICT,
        AppError::Unavailable | AppError::Connection => StatusCode::SERVICE_UNAVAILABLE,
        AppError::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        AppError::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    // A form that was sent without scripts is led back to its page, which shows the error.
    let is_plain_form =
        use_context::<Parts>().is_some_and(|parts| parts.method == Method::POST && accepts_html(&parts));
    if let Some(response) = use_context::<ResponseOptions>().filter(|_| !is_plain_form) {
        response.set_status(status);
    }
    error
}

fn accepts_html(parts: &Parts) -> bool {
    let accept = parts.headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The longest reason that somebody gives for what they do, in characters.
const REASON_LENGTH_MAX: usize = 1000;

/// What somebody gives as a reason, which must say something. `field` is its label.
pub fn reason(field: &str, text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.chars().count() > REASON_LENGTH_MAX {
        return Err(answer(AppError::Invalid(format!("{field}: say it in at most {REASON_LENGTH_MAX} characters."))));
    }
    if text.is_empty() {
        return Err(answer(AppError::Invalid(format!(
            "{field}: say it in a few words; it is kept with the decision."
        ))));
    }
    Ok(text.to_owned())
}

/// Turns a failure of the store into what a person is told; the details go to the log, once.
pub fn explain(error: StoreError) -> AppError {
    answer(match error {
        StoreError::NotFound(noun) => AppError::NotFound(noun.to_owned()),
        StoreError::Conflict(message) => AppError::Conflict(message),
        StoreError::Unavailable(cause) => {
            tracing::warn!(%cause, "the database does not answer");
            AppError::Unavailable
        }
        StoreError::DiskFull(cause) => {
            tracing::error!(%cause, "the disk of the database is full");
            AppError::DiskFull
        }
        StoreError::Database(cause) => return internal(&cause),
    })
}

/// A fault of the program: logged once, under the reference that the person is told.
pub fn internal(cause: &dyn std::fmt::Display) -> AppError {
    let reference = reference();
    tracing::error!(%reference, %cause, "a server function failed");
    answer(AppError::Internal { reference })
}

/// Short enough to be read out over the telephone. The request's id where it has one.
fn reference() -> String {
    let request_id = use_context::<Parts>().and_then(|parts| {
        let id = parts.headers.get("x-request-id")?.to_str().ok()?;
        Some(id.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>())
    });
    format!("E-{}", request_id.unwrap_or_else(|| "unknown".to_owned()).to_uppercase())
}
