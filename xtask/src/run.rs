//! `cargo xtask run`: from a fresh checkout to a page that a person can sign in to.

use crate::arguments::Arguments;
use crate::{build, command, install, workspace};
use anyhow::{Context as _, Result, bail, ensure};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

pub(crate) struct Options {
    port: u16,
    build: build::Options,
}

impl Options {
    pub(crate) fn parse(mut arguments: Arguments) -> Result<Self> {
        let build = build::Options::take(&mut arguments);
        let port = match arguments.value("--port")? {
            Some(text) => text.parse().with_context(|| format!("--port {text} is not a port number"))?,
            None => 3000,
        };
        arguments.finish()?;
        Ok(Self { port, build })
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    ensure_free(options.port)?;
    install::install(install::Needs::default())?;
    build::build(options.build)?;
    let binary = workspace::server_binary(options.build.release)?;
    let database = env::var("DATABASE_URL").unwrap_or_else(|_| DEMO_DATABASE.to_owned());
    fs::create_dir_all(workspace::root().join("data")).context("the folder data/ could not be made")?;
    command::run(server(&binary, &database).arg("demo"))?;
    serve(&binary, &database, options.port)
}

/// Apart from the default of the server, so that demo data never meets real data. Relative to the checkout.
const DEMO_DATABASE: &str = "sqlite://data/loan-recovery-demo.db?mode=rwc";

/// Asked before the build, which takes minutes.
fn ensure_free(port: u16) -> Result<()> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    free.map(drop).with_context(|| {
        format!("port {port} cannot be used; choose another: cargo xtask run --port {}", u32::from(port) + 1)
    })
}

fn server(binary: &Path, database: &str) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(workspace::root()).env("DATABASE_URL", database);
    command
}

/// Ctrl-C reaches the server directly, because the terminal sends it to every program in the foreground; the server
/// then finishes what it is doing and stops.
fn serve(binary: &Path, database: &str, port: u16) -> Result<()> {
    let mut command = server(binary, database);
    command.args(["serve", "--port", &port.to_string(), "--site"]).arg(workspace::site_folder()?);
    let mut child = command.spawn().with_context(|| format!("{} could not be started", binary.display()))?;
    if let Err(error) = wait_until_healthy(&mut child, port) {
        // It may have ended already, and then there is nothing to end.
        let _ = child.kill();
        let _ = child.wait();
        return Err(error);
    }
    println!("{}", welcome(port));
    let status = child.wait()?;
    ensure!(status.success(), "the server stopped ({status})");
    Ok(())
}

fn wait_until_healthy(child: &mut Child, port: u16) -> Result<()> {
    const PATIENCE: Duration = Duration::from_mins(1);
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            bail!("the server stopped before it answered ({status})");
        }
        if is_healthy(port) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(100));
    }
    bail!("the server did not answer http://127.0.0.1:{port}/healthz within {} seconds", PATIENCE.as_secs())
}

fn is_healthy(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn welcome(port: u16) -> String {
    format!(
        "
Open http://127.0.0.1:{port} and sign in with the password recovery-demo as
  executive@demo.test   the dashboard and the strategies
  lead@demo.test        the same, and every team's queue
  agent@demo.test       a queue
  admin@demo.test       loan files
Ctrl-C stops the server."
    )
}
