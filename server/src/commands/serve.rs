//! `loan-recovery serve`: the web server, with workers in the same process.

use super::{open, stop_signal};
use crate::channels;
use crate::clock;
use crate::http::{Site, read_manifest, router};
use crate::intake::on_the_way;
use crate::jobs::Worker;
use crate::settings::ServeSettings;
use crate::telemetry;
use anyhow::{Context, Result};
use app::sign_in::SetupToken;
use clap::Args;
use std::net::SocketAddr;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serve the site, and work on background jobs
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    settings: ServeSettings,
}

pub async fn run(args: ServeArgs) -> Result<()> {
    let settings = args.settings;
    telemetry::start(settings.log_json);
    let assets = read_manifest(&settings.site)?;
    let (ways, webhook_secret) = (settings.outreach.ways()?, settings.outreach.webhook_secret()?);
    let store = open(&settings.database).await?;
    let address = SocketAddr::new(settings.host, settings.port);
    let busy = || format!("{address} cannot be listened on; choose another port with --port");
    let listener = TcpListener::bind(address).await.with_context(busy)?;
    let address = listener.local_addr()?;
    let token = setup_token(&store).await?;
    println!("Loan Recovery Engine serves http://{address}");
    if let Some(token) = &token {
        println!("First start: create the first administrator at http://{address}/setup?token={token}");
    }
    on_the_way::clear_left(&settings.storage.uploads, clock::now().into());
    let site = Site {
        store: store.clone(),
        assets,
        folder: settings.site,
        setup_token: SetupToken::new(token),
        uploads: settings.storage.uploads,
        upload_bytes_max: settings.upload_bytes_max,
        secure_cookies: settings.secure_cookies,
        webhook_secret,
    };
    let stop = CancellationToken::new();
    let working = match settings.worker.workers {
        0 => None,
        slots => {
            let worker = Worker::new(store.clone()).at(&settings.outreach.public_url);
            Some(tokio::spawn(worker.run(slots as usize, stop.clone())))
        }
    };
    let send = |way| tokio::spawn(channels::run(store.clone(), way, stop.clone()));
    let sending: Vec<_> = ways.into_iter().map(send).collect();
    let stopping = stop.clone();
    tokio::spawn(async move {
        stop_signal().await;
        stopping.cancel();
    });
    axum::serve(listener, router(site)).with_graceful_shutdown(stop.clone().cancelled_owned()).await?;
    stop.cancel();
    for task in working.into_iter().chain(sending) {
        task.await?;
    }
    Ok(())
}

/// The secret of the one-time link for the first administrator; nothing once there is anybody.
#[expect(clippy::disallowed_methods, reason = "a secret must not be guessed from a seed")]
async fn setup_token(store: &Store) -> Result<Option<String>> {
    let is_new = store::users::count(store).await? == 0;
    Ok(is_new.then(|| format!("{:032x}", rand::random::<u128>())))
}
