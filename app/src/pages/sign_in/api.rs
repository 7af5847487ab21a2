//! Signing in.

use crate::error::AppError;
use leptos::server;

/// Starts a session and leads to `next`, or to the first page of the person's role.
#[server(prefix = "/fn", endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: String) -> Result<(), AppError> {
    crate::guard::public();
    let person = crate::sign_in::start_session(email, password).await?;
    // Browsers drop control characters and take a backslash for a slash, so neither may stand in it.
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_own_page = is_plain && next.starts_with('/') && !next.starts_with("//");
    leptos_axum::redirect(if is_own_page { &next } else { person.role.home() });
    Ok(())
}
