//! Signatures of webhooks, out and in, as Standard Webhooks 1.0 (standardwebhooks.com) writes them: the headers `webhook-id`,
//! `webhook-timestamp` and `webhook-signature`, which is `v1,` and the Base64 of an HMAC-SHA256 of id, time and body, parted by
//! dots. Receivers find libraries for it in most languages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2_of_hmac::Sha256;
use std::fmt;

/// The name of the header that tells one message from another: the same one again has the same id.
pub(crate) const ID: &str = "webhook-id";
/// Seconds since 1970.
pub(crate) const TIMESTAMP: &str = "webhook-timestamp";
pub(crate) const SIGNATURE: &str = "webhook-signature";

/// How far a sender's clock may be off, in seconds. What is older may be somebody's copy.
const TOLERANCE_SECONDS: u64 = 5 * 60;

/// The fewest bytes of a secret, as the standard asks.
const SECRET_BYTES_MIN: usize = 24;

/// What sender and receiver share.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// A secret that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret of webhooks is whsec_ and the Base64 of {SECRET_BYTES_MIN} random bytes or more")]
pub struct SecretFault;

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    #[error("{ID}, {TIMESTAMP} and {SIGNATURE} are needed")]
    Missing,
    #[error("{TIMESTAMP} is more than {TOLERANCE_SECONDS} seconds off")]
    OffTime,
    #[error("{SIGNATURE} is not ours")]
    Foreign,
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(…)")
    }
}

impl WebhookSecret {
    /// Reads `whsec_…`; the prefix may be left out.
    pub fn read(text: &str) -> Result<Self, SecretFault> {
        let text = text.trim();
        let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).map_err(|_| SecretFault)?;
        if bytes.len() < SECRET_BYTES_MIN { Err(SecretFault) } else { Ok(Self(bytes)) }
    }

    /// The header of what is sent under an id at a second.
    pub(super) fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, seconds, body).finalize().into_bytes()))
    }

    /// Checks what came. A header may hold several signatures, parted by blanks, while a secret is changed.
    pub(crate) fn verify(
        &self,
        (id, timestamp, signatures): (&str, &str, &str),
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), SignatureFault> {
        let seconds: i64 = timestamp.parse().map_err(|_| SignatureFault::Missing)?;
        if now.timestamp().abs_diff(seconds) > TOLERANCE_SECONDS {
            return Err(SignatureFault::OffTime);
        }
        let is_ours = |signature: &str| {
            let bytes = signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok());
            // It takes the same time whatever byte is wrong.
            bytes.is_some_and(|bytes| self.mac(id, seconds, body).verify_slice(&bytes).is_ok())
        };
        if signatures.split(' ').any(is_ours) { Ok(()) } else { Err(SignatureFault::Foreign) }
    }

    fn mac(&self, id: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        // HMAC takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).unwrap_or_else(|_| unreachable!("a key of any length"));
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard's own libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SECONDS: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn what_the_standard_signs_we_sign() {
        let secret = WebhookSecret::read(SECRET).expect("a secret");
        assert_eq!(secret.sign(ID, SECONDS, BODY), SIGNED);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }

    #[test]
    fn only_what_was_signed_with_the_secret_a_moment_ago_is_believed() {
        let secret = WebhookSecret::read(SECRET).expect("a secret");
        let check = |id: &str, timestamp: &str, signed: &str, body: &[u8], late: i64, expected| {
            let now = DateTime::from_timestamp(SECONDS + late, 0).expect("a moment");
            assert_eq!(secret.verify((id, timestamp, signed), body, now), expected, "{id} {timestamp} {signed} {late}");
        };
        let at = SECONDS.to_string();
        check(ID, &at, SIGNED, BODY, 0, Ok(()));
        check(ID, &at, &format!("v1,AAAA v1a,xyz {SIGNED}"), BODY, 300, Ok(()));
        check(ID, &at, SIGNED, BODY, 301, Err(SignatureFault::OffTime));
        check(ID, &at, SIGNED, BODY, -301, Err(SignatureFault::OffTime));
        check("msg_other", &at, SIGNED, BODY, 0, Err(SignatureFault::Foreign));
        check(ID, &(SECONDS + 1).to_string(), SIGNED, BODY, 0, Err(SignatureFault::Foreign));
        check(ID, &at, SIGNED, b"{}", 0, Err(SignatureFault::Foreign));
        check(ID, &at, &SIGNED[3..], BODY, 0, Err(SignatureFault::Foreign));
        check(ID, &at, "", BODY, 0, Err(SignatureFault::Foreign));
        check(ID, "now", SIGNED, BODY, 0, Err(SignatureFault::Missing));
    }

    #[test]
    fn short_secrets_are_refused() {
        for text in ["", "whsec_", "whsec_c2hvcnQ=", "secret, and a long one at that!"] {
            assert_eq!(WebhookSecret::read(text), Err(SecretFault), "{text}");
        }
        assert_eq!(WebhookSecret::read(&SECRET[6..]), WebhookSecret::read(SECRET));
    }
}
