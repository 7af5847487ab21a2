//! An SMS gateway that takes signed requests, checks their signatures by its own reckoning, and keeps what it was given.

use crate::app::WEBHOOK_SECRET;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a gateway does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Status(u16, &'static str),
    /// Reads the request, and never says a word.
    Silence,
    /// Reads the request, and hangs up.
    HangUp,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Of the header, which the body repeats.
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Asked {
    /// The number of the message in the sender's database.
    pub(crate) fn message(&self) -> i64 {
        self.id.split('-').nth(1).unwrap().parse().unwrap()
    }
}

type Replies = Box<dyn Fn(usize) -> Reply + Send>;

#[derive(Clone)]
pub(crate) struct Gateway {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Gateway {
    /// A gateway that answers requests by their place, counted from 0.
    pub(crate) async fn start(reply: impl Fn(usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Asked>>>::default());
        let (kept, reply): (_, Arc<Mutex<Replies>>) = (asked.clone(), Arc::new(Mutex::new(Box::new(reply))));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, kept.clone(), reply.clone()));
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/send?account=7", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, kept: Arc<Mutex<Vec<Asked>>>, reply: Arc<Mutex<Replies>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut first = String::new();
    read.read_line(&mut first).await.ok()?;
    let mut headers: HashMap<String, String> = HashMap::new();
    loop {
        let mut line = String::new();
        read.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    read.read_exact(&mut body).await.ok()?;
    let reply = match is_signed(&first, &headers, &body) {
        Some(asked) => {
            let mut kept = kept.lock().unwrap();
            kept.push(asked);
            reply.lock().unwrap()(kept.len() - 1)
        }
        None => Reply::Status(401, "who are you?"),
    };
    match reply {
        Reply::Status(status, text) => {
            let answer =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
            write.write_all(answer.as_bytes()).await.ok()?;
        }
        Reply::Silence => std::future::pending::<()>().await,
        Reply::HangUp => {}
    }
    Some(())
}

/// Reads a request whose signature is right.
fn is_signed(first: &str, headers: &HashMap<String, String>, body: &[u8]) -> Option<Asked> {
    let id = headers.get("webhook-id")?;
    let signed = [id.as_bytes(), b".", headers.get("webhook-timestamp")?.as_bytes(), b".", body].concat();
    let right = format!("v1,{}", STANDARD.encode(hmac_sha256(&secret(), &signed)));
    let json: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let is_right = first == "POST /send?account=7 HTTP/1.1\r\n"
        && headers.get("webhook-signature") == Some(&right)
        && headers.get("idempotency-key") == Some(id)
        && headers.get("content-type").is_some_and(|kind| kind == "application/json")
        && text("id").as_ref() == Some(id);
    is_right.then(|| Some(Asked { id: id.clone(), to: text("to")?, text: text("text")? })).flatten()
}

pub(crate) fn secret() -> Vec<u8> {
    STANDARD.decode(WEBHOOK_SECRET.trim_start_matches("whsec_")).unwrap()
}

/// As RFC 2104 writes it, for keys of up to 64 bytes.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut padded = [0_u8; 64];
    padded[..key.len()].copy_from_slice(key);
    let with = |byte: u8| padded.map(|own| own ^ byte);
    let inner = Sha256::digest([&with(0x36)[..], message].concat());
    Sha256::digest([&with(0x5c)[..], &inner[..]].concat()).to_vec()
}
