//! Ways out: what is sent to borrowers, and by whom.

mod email;
mod outbox;

pub use email::Mailer;
pub use outbox::run;
pub(crate) use outbox::send_waiting;
