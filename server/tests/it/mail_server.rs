//! A mail server that speaks as much SMTP as a client needs, and keeps what it was given.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it came.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Mail {
    /// The path of the link in it.
    pub(crate) fn link(&self) -> String {
        // Long lines are broken, and an equals sign is written as =3D.
        let text = self.text.replace("=\r\n", "").replace("=3D", "=");
        let start = text.find("/opt-out?message=").expect("a link");
        text[start..].split_whitespace().next().unwrap_or_default().to_owned()
    }
}

type Refusal = Box<dyn Fn(usize) -> Option<&'static str> + Send>;

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    recipients: usize,
    refuse: Option<Refusal>,
}

pub(crate) struct MailServer {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl MailServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, kept) = (listener.local_addr().unwrap(), Arc::<Mutex<Kept>>::default());
        let shared = kept.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { address, kept }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap().mails.clone()
    }

    /// Refuses recipients by their place, counted from 0.
    pub(crate) fn refuse(&self, refuse: impl Fn(usize) -> Option<&'static str> + Send + 'static) {
        self.kept.lock().unwrap().refuse = Some(Box::new(refuse));
    }
}

/// What stands between the angle brackets of a command.
fn address(command: &str) -> String {
    command.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

async fn serve(stream: TcpStream, kept: Arc<Mutex<Kept>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = Mail { from: String::new(), to: String::new(), text: String::new() };
    write.write_all(b"220 test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") {
            "250 test".to_owned()
        } else if command.starts_with("MAIL") {
            mail.from = address(&line);
            "250 ok".to_owned()
        } else if command.starts_with("RCPT") {
            mail.to = address(&line);
            let mut kept = kept.lock().unwrap();
            kept.recipients += 1;
            let place = kept.recipients - 1;
            kept.refuse.as_ref().and_then(|refuse| refuse(place)).unwrap_or("250 ok").to_owned()
        } else if command.starts_with("DATA") {
            write.write_all(b"354 go on\r\n").await.ok()?;
            mail.text.clear();
            while let Some(line) = lines.next_line().await.ok()? {
                if line == "." {
                    break;
                }
                mail.text.push_str(&line);
                mail.text.push_str("\r\n");
            }
            kept.lock().unwrap().mails.push(mail.clone());
            "250 taken".to_owned()
        } else if command.starts_with("QUIT") {
            write.write_all(b"221 bye\r\n").await.ok()?;
            return Some(());
        } else {
            "250 ok".to_owned()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
