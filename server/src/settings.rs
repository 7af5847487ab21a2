//! Settings: flags, else the environment, else defaults. `--help` shows all three.

use crate::channels::{ANSWERED_WITHIN, Mailer, SmsGateway, Way, WebhookSecret};
use crate::jobs::LOCAL_URL;
use anyhow::{Context, Result};
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;

/// Which database.
#[derive(Args, Clone, Debug)]
pub struct DatabaseSettings {
    /// Where the database is: a sqlite:// or postgres:// address
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://data/loan-recovery.db?mode=rwc",
        hide_env_values = true
    )]
    pub database_url: String,
}

/// Where files are kept.
#[derive(Args, Clone, Debug)]
pub struct StorageSettings {
    /// The folder for files that admins send
    #[arg(long, env = "LOAN_RECOVERY_UPLOADS", default_value = "data/uploads", value_name = "FOLDER")]
    pub uploads: PathBuf,
}

/// How background jobs are worked on.
#[derive(Args, Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// How many background jobs run at once in this process; 0 leaves them to other processes
    #[arg(long, env = "LOAN_RECOVERY_WORKERS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=64))]
    pub workers: u32,
}

/// How borrowers are reached.
#[derive(Args, Clone, Debug)]
pub struct OutreachSettings {
    /// The mail server, as `smtp://host:25` or `smtps://user:password@host`; without it e-mails wait
    #[arg(long, env = "LOAN_RECOVERY_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// The address that e-mails come from
    #[arg(long, env = "LOAN_RECOVERY_MAIL_FROM", default_value = "Loan Recovery <recovery@localhost>")]
    pub mail_from: String,

    /// Where the SMS gateway takes messages, as `https://sms.example.com/send`; without it SMS wait
    #[arg(long, env = "LOAN_RECOVERY_SMS_URL", value_name = "URL", hide_env_values = true, requires = "sms_secret")]
    pub sms_url: Option<String>,

    /// What the SMS gateway and this program sign their requests with: `whsec_` and the Base64 of 24 random bytes or more
    #[arg(long, env = "LOAN_RECOVERY_SMS_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub sms_secret: Option<String>,

    /// The SMS gateway sends a message once even if it is handed over twice under one id: one that it did not answer is
    /// handed over again instead of being left in doubt
    #[arg(long, env = "LOAN_RECOVERY_SMS_IDEMPOTENT")]
    pub sms_idempotent: bool,

    /// Where people reach the site from outside; links in messages begin with it
    #[arg(long, env = "LOAN_RECOVERY_PUBLIC_URL", default_value = LOCAL_URL, value_name = "URL")]
    pub public_url: String,
}

impl OutreachSettings {
    /// What sends messages, for each channel that is set up.
    pub fn ways(&self) -> Result<Vec<Way>> {
        let mailer = self.smtp_url.as_deref().map(|url| Mailer::new(url, &self.mail_from)).transpose()?;
        let gateway = match &self.sms_url {
            Some(url) => {
                let secret = self.webhook_secret()?.context("an SMS gateway needs --sms-secret")?;
                Some(SmsGateway::new(url, secret, self.sms_idempotent, ANSWERED_WITHIN)?)
            }
            None => None,
        };
        Ok(mailer.map(Way::from).into_iter().chain(gateway.map(Way::from)).collect())
    }

    /// What webhooks are signed with, where it is set.
    pub fn webhook_secret(&self) -> Result<Option<WebhookSecret>> {
        Ok(self.sms_secret.as_deref().map(WebhookSecret::read).transpose()?)
    }
}

/// How the web server listens and answers.
#[derive(Args, Clone, Debug)]
pub struct ServeSettings {
    #[command(flatten)]
    pub database: DatabaseSettings,
    #[command(flatten)]
    pub storage: StorageSettings,
    #[command(flatten)]
    pub worker: WorkerSettings,
    #[command(flatten)]
    pub outreach: OutreachSettings,

    /// The address to listen on; 0.0.0.0 for all
    #[arg(long, env = "LOAN_RECOVERY_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// The port to listen on; 0 takes a free one
    #[arg(long, env = "LOAN_RECOVERY_PORT", default_value_t = 3000)]
    pub port: u16,

    /// The folder of what the browser loads, as `cargo xtask build` leaves it
    #[arg(long, env = "LOAN_RECOVERY_SITE", default_value = "site", value_name = "FOLDER")]
    pub site: PathBuf,

    /// The largest file that may be sent, in bytes
    #[arg(long, env = "LOAN_RECOVERY_UPLOAD_BYTES_MAX", default_value_t = 512 * 1024 * 1024)]
    pub upload_bytes_max: u64,

    /// Send cookies over https only; set it wherever the site is reached by https
    #[arg(long, env = "LOAN_RECOVERY_SECURE_COOKIES")]
    pub secure_cookies: bool,

    /// Write the log as JSON
    #[arg(long, env = "LOAN_RECOVERY_LOG_JSON")]
    pub log_json: bool,
}
