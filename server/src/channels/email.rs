//! E-mail by SMTP.

use super::sent::Sent;
use anyhow::{Context, Result};
use domain::case::Outgoing;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

/// How long a mail server may take for each answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// Sends e-mails by one server.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// A mailer for a server, as `smtp://localhost:25` or `smtps://user:password@mail.example.com`.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let from = from.parse().with_context(|| format!("{from:?} is no address to send from"))?;
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).context("the address of the mail server")?;
        Ok(Self { transport: transport.timeout(Some(ANSWERED_WITHIN)).build(), from })
    }

    pub(super) async fn send(&self, outgoing: &Outgoing) -> Sent {
        let to: Mailbox = match outgoing.recipient.parse() {
            Ok(to) => to,
            Err(error) => return Sent::Never(format!("this is no e-mail address ({error})")),
        };
        // The same message has the same id, so that one that came twice could be told.
        let id = format!("<{}@{}>", outgoing.id, self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(outgoing.subject.as_str())
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(outgoing.body.clone());
        match message {
            Ok(message) => match self.transport.send(message).await {
                Ok(_) => Sent::Yes,
                Err(error) => judge(&error),
            },
            Err(error) => Sent::Never(format!("the message cannot be written ({error})")),
        }
    }
}

fn judge(error: &SmtpError) -> Sent {
    if error.is_permanent() {
        Sent::Never(format!("the mail server refused it ({error})"))
    } else if error.is_transient() {
        Sent::NotNow(format!("the mail server did not take it yet ({error})"))
    } else if error.is_timeout() || error.is_response() {
        Sent::Unknown(format!("the mail server did not answer ({error})"))
    } else {
        Sent::NotNow(format!("the mail server is not reached ({error})"))
    }
}
