//! One POST over a connection of its own, which tells whether the request had left when something went wrong.

use anyhow::{Context, Result, bail, ensure};
use axum::body::Bytes;
use axum::http::uri::Scheme;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long a server may take until it is connected.
const CONNECTED_WITHIN: Duration = Duration::from_secs(10);

/// How much of an answer's text is read.
const ANSWER_BYTES_MAX: usize = 2 * 1024;

/// A place to post to.
#[derive(Clone)]
pub(super) struct Endpoint {
    uri: Uri,
    host: String,
    port: u16,
    tls: Option<TlsConnector>,
    answered_within: Duration,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// Nothing of the request has left.
    NotAsked(String),
    /// The request may have been read.
    Asked(String),
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A query may hold a key.
        write!(formatter, "Endpoint({}:{})", self.host, self.port)
    }
}

impl Endpoint {
    /// An `http://` or `https://` address.
    pub(super) fn new(url: &str, answered_within: Duration) -> Result<Self> {
        let uri: Uri = url.parse().context("it is no address")?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => Some(connector()?),
            Some(scheme) if *scheme == Scheme::HTTP => None,
            _ => bail!("it begins neither with http:// nor with https://"),
        };
        let authority = uri.authority().context("it names no host")?;
        ensure!(!authority.as_str().contains('@'), "it holds a password; requests are signed instead");
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(if tls.is_some() { 443 } else { 80 });
        Ok(Self { uri, host, port, tls, answered_within })
    }

    /// Posts a body of JSON; gives the answer's status and the beginning of its text.
    pub(super) async fn post(&self, headers: HeaderMap, body: Vec<u8>) -> Result<(StatusCode, String), NoAnswer> {
        let request = self.request(headers, body).map_err(|error| NoAnswer::NotAsked(error.to_string()))?;
        let not_asked = |error: std::io::Error| NoAnswer::NotAsked(error.to_string());
        let late = |_| NoAnswer::NotAsked("it is not connected in time".to_owned());
        let connecting = TcpStream::connect((self.host.as_str(), self.port));
        let stream = timeout(CONNECTED_WITHIN, connecting).await.map_err(late)?.map_err(not_asked)?;
        match &self.tls {
            None => self.exchange(stream, request).await,
            Some(tls) => {
                let name = ServerName::try_from(self.host.clone());
                let name = name.map_err(|error| NoAnswer::NotAsked(error.to_string()))?;
                let greeting = timeout(CONNECTED_WITHIN, tls.connect(name, stream));
                let stream = greeting.await.map_err(late)?.map_err(not_asked)?;
                self.exchange(stream, request).await
            }
        }
    }

    fn request(&self, headers: HeaderMap, body: Vec<u8>) -> Result<Request<Full<Bytes>>> {
        let path = self.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::post(path).body(Full::new(Bytes::from(body)))?;
        *request.headers_mut() = headers;
        let host = self.uri.authority().map_or("", |authority| authority.as_str());
        request.headers_mut().insert(header::HOST, host.parse()?);
        request.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse()?);
        Ok(request)
    }

    async fn exchange<Io>(&self, io: Io, request: Request<Full<Bytes>>) -> Result<(StatusCode, String), NoAnswer>
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let not_asked = |error: hyper::Error| NoAnswer::NotAsked(error.to_string());
        let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await.map_err(not_asked)?;
        let driven = tokio::spawn(connection);
        let asked = async {
            let answer = sender.try_send_request(request).await.map_err(|mut error| {
                let told = error.error().to_string();
                // What comes back has never left.
                if error.take_message().is_some() { NoAnswer::NotAsked(told) } else { NoAnswer::Asked(told) }
            })?;
            let status = answer.status();
            // The status says what became of the request; its text only helps people.
            let text = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let text = text.map(|text| String::from_utf8_lossy(&text.to_bytes()).into_owned());
            Ok((status, text.unwrap_or_default()))
        };
        let answer = timeout(self.answered_within, asked).await;
        driven.abort();
        answer.unwrap_or_else(|_| Err(NoAnswer::Asked("it did not answer in time".to_owned())))
    }
}

fn connector() -> Result<TlsConnector> {
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("versions of TLS")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_posted_to_are_refused() {
        let check = |url: &str, words: &str| {
            let told = format!("{:#}", Endpoint::new(url, CONNECTED_WITHIN).expect_err(url));
            assert!(told.contains(words), "{url}: {told}");
        };
        check("sms.example", "neither with http://");
        check("ftp://sms.example/", "neither with http://");
        check("https://user:password@sms.example/", "holds a password");
        check("https://", "no address");
        let told =
            format!("{:?}", Endpoint::new("https://[::1]:8443/send?key=k", CONNECTED_WITHIN).expect("an address"));
        assert_eq!(told, "Endpoint(::1:8443)");
    }
}
