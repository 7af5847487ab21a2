//! The first start.

use crate::error::AppError;
use leptos::server;

/// Creates the portfolio and its first administrator, and signs them in.
#[server(prefix = "/fn", endpoint = "set_up")]
pub async fn set_up(
    token: String,
    portfolio: String,
    currency: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), AppError> {
    crate::guard::public();
    let person =
        crate::sign_in::set_up(crate::sign_in::FirstStart { token, portfolio, currency, name, email, password })
            .await?;
    leptos_axum::redirect(if person.role.may(domain::access::Permission::LoadFiles) {
        "/uploads"
    } else {
        person.role.home()
    });
    Ok(())
}
