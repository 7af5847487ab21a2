//! SMS by a gateway, which takes each message as a signed POST.

use super::https::{Endpoint, NoAnswer};
use super::sent::Sent;
use super::signature::{ID, SIGNATURE, TIMESTAMP, WebhookSecret};
use anyhow::{Context, Result};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use chrono::{DateTime, Utc};
use domain::case::Outgoing;
use serde::Serialize;
use std::time::Duration;

/// How long a gateway may take to answer, unless a setting says otherwise.
pub const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// How much of a gateway's own words is kept, in characters.
const TOLD_LENGTH_MAX: usize = 200;

/// Sends SMS by one gateway.
#[derive(Clone, Debug)]
pub struct SmsGateway {
    endpoint: Endpoint,
    secret: WebhookSecret,
    /// Whether it takes a message whose id it has seen before without sending it again.
    tells_twins: bool,
}

/// What a gateway is sent.
#[derive(Debug, Serialize)]
struct Body<'a> {
    id: &'a str,
    to: &'a str,
    text: &'a str,
}

impl SmsGateway {
    /// A gateway at an `https://` or `http://` address.
    pub fn new(url: &str, secret: WebhookSecret, tells_twins: bool, answered_within: Duration) -> Result<Self> {
        let endpoint = Endpoint::new(url, answered_within).context("the address of the SMS gateway")?;
        Ok(Self { endpoint, secret, tells_twins })
    }

    pub(super) async fn send(&self, outgoing: &Outgoing, now: DateTime<Utc>) -> Sent {
        let id = id_of(outgoing);
        let body = Body { id: &id, to: &outgoing.recipient, text: &outgoing.body };
        let written = serde_json::to_vec(&body).map_err(anyhow::Error::from);
        let written = written.and_then(|body| Ok((self.headers(&id, now, &body)?, body)));
        let (headers, body) = match written {
            Ok(written) => written,
            Err(error) => return Sent::Never(format!("the message cannot be written ({error})")),
        };
        match self.endpoint.post(headers, body).await {
            Ok((status, text)) => judge(status, &text),
            Err(NoAnswer::NotAsked(error)) => Sent::NotNow(format!("the SMS gateway is not reached ({error})")),
            Err(NoAnswer::Asked(error)) if self.tells_twins => {
                Sent::NotNow(format!("the SMS gateway did not answer ({error})"))
            }
            Err(NoAnswer::Asked(error)) => Sent::Unknown(format!("the SMS gateway did not answer ({error})")),
        }
    }

    fn headers(&self, id: &str, now: DateTime<Utc>, body: &[u8]) -> Result<HeaderMap> {
        let seconds = now.timestamp();
        let signature = self.secret.sign(id, seconds, body);
        let mut headers = HeaderMap::new();
        for (name, value) in
            [(ID, id), ("idempotency-key", id), (TIMESTAMP, &seconds.to_string()), (SIGNATURE, &signature)]
        {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
        }
        Ok(headers)
    }
}

/// The same message has the same id at each attempt; the moment keeps those of a new database apart from those of an old one.
fn id_of(outgoing: &Outgoing) -> String {
    format!("sms-{}-{}", outgoing.id, outgoing.created_at.timestamp_micros())
}

fn judge(status: StatusCode, text: &str) -> Sent {
    let told = told(text);
    let told = if told.is_empty() { status.to_string() } else { format!("{status}: {told}") };
    match status {
        _ if status.is_success() => Sent::Yes,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Sent::NotNow(format!("the SMS gateway did not take it yet ({told})"))
        }
        _ if status.is_client_error() => Sent::Never(format!("the SMS gateway refused it ({told})")),
        _ => Sent::NotNow(format!("the SMS gateway did not take it yet ({told})")),
    }
}

/// A gateway's own words on one line.
fn told(text: &str) -> String {
    let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(TOLD_LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_became_of_a_message() {
        let check = |status: u16, expected: &str| {
            let sent = judge(StatusCode::from_u16(status).expect("a status"), " no\r\n such\u{7}  number ");
            let told = match &sent {
                Sent::Yes => "yes".to_owned(),
                Sent::Never(words) => format!("never {words}"),
                Sent::NotNow(words) => format!("later {words}"),
                Sent::Unknown(words) => format!("unknown {words}"),
            };
            assert!(told.starts_with(expected), "{status}: {told}");
            assert!(sent == Sent::Yes || told.contains("no such number"), "{told}");
        };
        for status in [200, 201, 202, 204] {
            check(status, "yes");
        }
        for status in [400, 401, 404, 410, 422] {
            check(status, "never the SMS gateway refused it");
        }
        for status in [302, 408, 429, 500, 502, 503] {
            check(status, "later the SMS gateway did not take it yet");
        }
        assert_eq!(told(&"x".repeat(9_000)).len(), TOLD_LENGTH_MAX);
    }
}
