//! Ways out: what is sent to borrowers, and by whom.

mod email;
mod https;
mod outbox;
mod permission;
mod sent;
pub(crate) mod signature;
mod sms;

pub use email::Mailer;
pub use outbox::{Way, run};
pub use signature::{SecretFault, WebhookSecret};
pub use sms::{ANSWERED_WITHIN, SmsGateway};

pub(crate) use outbox::send_waiting;
