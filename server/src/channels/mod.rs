//! Ways out: what is sent to borrowers, and by whom.

mod email;
mod outbox;
mod permission;

pub use email::Mailer;
pub use outbox::run;
pub(crate) use outbox::send_waiting;
