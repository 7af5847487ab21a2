//! `loan-recovery simulate --days N`, without a file: days pass on the demo portfolio, and what is due on them is done.

use super::open;
use crate::channels::{self, Way};
use crate::clock;
use crate::jobs::Worker;
use crate::settings::{DatabaseSettings, OutreachSettings};
use anyhow::{Result, ensure};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::access::{Actor, Scope};
use domain::count::count;
use serde::Serialize;
use store::Store;
use store::cases::DoneOnTrack;

/// Days begin at this hour, UTC: an hour at which people may be reached.
const BEGINS_AT: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("an hour of the day");

/// Most days that pass at once.
const DAYS_MAX: u32 = 365;

/// What was done on a day.
#[derive(Debug, Serialize)]
struct Day {
    day: u32,
    on: NaiveDate,
    done: Vec<DoneOnTrack>,
    emails_sent: u64,
    sms_sent: u64,
}

/// Lets days pass, one after the other, and prints what was done on each.
pub async fn run(days: u32, database: &DatabaseSettings, outreach: &OutreachSettings, as_json: bool) -> Result<()> {
    ensure!(days > 0, "say how many days are to pass, as --days 30, or name a file to write loans to");
    ensure!(days <= DAYS_MAX, "at most {DAYS_MAX} days pass at once");
    let store = open(database).await?;
    let portfolio = store::portfolios::first(&store).await?;
    let portfolio = portfolio.filter(|portfolio| portfolio.is_demo);
    ensure!(portfolio.is_some(), "days pass on the demo portfolio alone: make one by `loan-recovery demo`");
    let Some(portfolio) = portfolio else { return Ok(()) };
    let scope = Scope::whole(portfolio.id);
    let ways = outreach.ways()?;
    if store::cases::treating(&store, scope, clock::now()).await?.since.is_none() {
        store::cases::treat(&store, Actor::CommandLine, scope, true, clock::now()).await?;
    }
    // What was simulated before lies ahead of the clock: its days are not lived twice.
    let last = store::cases::last_done(&store, scope).await?.unwrap_or_else(clock::now).max(clock::now());
    let mut passed = Vec::new();
    for day in 1..=days {
        let begin = (last + TimeDelta::days(day.into())).date_naive().and_time(BEGINS_AT).and_utc();
        // A little later each day, so that what was done some seconds into a day is due on the day that its plan names.
        let morning = begin + TimeDelta::minutes(day.into());
        clock::set(morning);
        let lived = live(&store, scope, day, morning, &ways, outreach).await?;
        if !as_json {
            println!("{}", in_words(&lived));
        }
        passed.push(lived);
    }
    let messages = store::cases::treating(&store, scope, clock::now()).await?.messages;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&passed)?);
    } else if messages.waiting > 0 {
        println!(
            "{} in the outbox: name a mail server by --smtp-url, and an SMS gateway by --sms-url.",
            count(messages.waiting, "message")
        );
    }
    Ok(())
}

/// Does what is due on a day, and what that makes due.
async fn live(
    store: &Store,
    scope: Scope,
    day: u32,
    morning: DateTime<Utc>,
    ways: &[Way],
    outreach: &OutreachSettings,
) -> Result<Day> {
    store::cases::look_for_due(store, clock::now()).await?;
    Worker::new(store.clone()).at(&outreach.public_url).until_idle().await;
    let (mut emails_sent, mut sms_sent) = (0, 0);
    for way in ways {
        let taken = channels::send_waiting(store, way).await?;
        match way {
            Way::Email(_) => emails_sent += taken,
            Way::Sms(_) => sms_sent += taken,
        }
    }
    let done = store::cases::done_between(store, scope, morning, morning + TimeDelta::days(1)).await?;
    Ok(Day { day, on: morning.date_naive(), done, emails_sent, sms_sent })
}

fn in_words(day: &Day) -> String {
    let done = |done: &DoneOnTrack| {
        let (kind, state) = (done.kind.label().to_lowercase(), done.state.label().to_lowercase());
        format!("{}: {} {kind} ({state})", done.track.label().to_lowercase(), done.count)
    };
    let mut parts: Vec<String> = day.done.iter().map(done).collect();
    if day.emails_sent > 0 {
        parts.push(format!("{} sent", count(day.emails_sent, "e-mail")));
    }
    if day.sms_sent > 0 {
        parts.push(format!("{} SMS sent", day.sms_sent));
    }
    let told = if parts.is_empty() { "nothing is due".to_owned() } else { parts.join("; ") };
    format!("Day {}, {}: {told}.", day.day, day.on.format("%-d %B %Y"))
}
