//! What the page for borrowers reads and changes. Whoever holds the link of a message may use it.

use crate::error::AppError;
use leptos::server;

/// What the link's message was, in words for several of them, and the address that it went to, most of it hidden: the link may
/// have been passed on.
#[server(prefix = "/fn", endpoint = "opt_out_address")]
pub async fn find_address(message: String) -> Result<(String, String), AppError> {
    use crate::guard::{answer, explain, store};
    crate::guard::public();
    let found = store::messages::by_opt_out_token(&store(), &message).await.map_err(explain)?;
    let (channel, address) = found.ok_or_else(|| answer(AppError::NotFound("message".to_owned())))?;
    let messages = if channel == domain::contact::Channel::Sms { "SMS" } else { "e-mails" };
    Ok((messages.to_owned(), crate::format::hidden_address(&address)))
}

/// No more messages to the address of this one.
#[server(prefix = "/fn", endpoint = "opt_out")]
pub async fn opt_out(message: String) -> Result<(), AppError> {
    use crate::guard::{explain, store};
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    crate::guard::public();
    let (store, now) = (store(), crate::sign_in::now());
    store::messages::opt_out(&store, domain::access::Actor::Visitor, &message, now).await.map_err(explain)?;
    leptos_axum::redirect(&format!("/opt-out?message={}&done=1", utf8_percent_encode(&message, NON_ALPHANUMERIC)));
    Ok(())
}
