//! What the SMS gateway tells: the messages that borrowers send. Nobody is signed in; each request carries a signature of its own.

use super::Site;
use crate::channels::signature::{ID, SIGNATURE, TIMESTAMP};
use crate::clock;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use domain::access::Actor;
use domain::contact::opt_out_word;
use leptos::config::LeptosOptions;
use serde::Deserialize;
use serde_json::json;

/// A long SMS has some hundred bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A message of a borrower. What else a gateway tells is not looked at.
#[derive(Debug, Deserialize)]
struct Inbound {
    from: String,
    text: String,
}

/// The routes of webhooks. Sessions and origins are none of their business.
pub(super) fn routes(site: &Site) -> Router<LeptosOptions> {
    let inbound = post(sms).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(site.clone());
    Router::new().route("/hooks/sms", inbound)
}

/// Takes a message: one that opts out stops SMS to its number, others are dropped.
async fn sms(State(site): State<Site>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(secret) = &site.webhook_secret else {
        return (StatusCode::NOT_FOUND, "No SMS gateway is set up here.").into_response();
    };
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signed = (header(ID), header(TIMESTAMP), header(SIGNATURE));
    if let Err(fault) = secret.verify(signed, &body, clock::not_ahead()) {
        tracing::warn!(%fault, "a message of a borrower was refused");
        return (StatusCode::UNAUTHORIZED, format!("{fault}.")).into_response();
    }
    let Ok(Inbound { from, text }) = serde_json::from_slice(&body) else {
        return (StatusCode::UNPROCESSABLE_ENTITY, "JSON with from and text is needed.").into_response();
    };
    if !opt_out_word(&text) {
        return Json(json!({ "opted_out": false })).into_response();
    }
    match store::messages::stop_sms(&site.store, Actor::Visitor, &from, clock::now()).await {
        Ok(0) => {
            tracing::warn!("an SMS opts out whose number nobody has");
            Json(json!({ "opted_out": true, "borrowers": 0 })).into_response()
        }
        Ok(borrowers) => Json(json!({ "opted_out": true, "borrowers": borrowers })).into_response(),
        Err(error) => {
            tracing::error!(error = ?error, "an opt-out could not be stored");
            (StatusCode::SERVICE_UNAVAILABLE, "It could not be stored. Send it again.").into_response()
        }
    }
}
