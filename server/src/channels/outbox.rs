//! The loop that sends what waits on a channel.

use super::email::Mailer;
use super::permission::withheld;
use super::sent::Sent;
use super::sms::SmsGateway;
use crate::clock;
use chrono::{DateTime, TimeDelta, Utc};
use domain::case::Outgoing;
use domain::contact::Channel;
use std::time::Duration;
use store::messages::{Attempt, claim, doubt, settle};
use store::{Result, Store};
use tokio_util::sync::CancellationToken;

/// How long to wait where nothing is to be sent.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// A sender that claimed a message this long ago has died: no server is waited for that long.
const DEAD_AFTER: TimeDelta = TimeDelta::minutes(5);

/// A message that no server takes is given up after so many attempts, about a day after the first.
const ATTEMPTS_MAX: u32 = 15;

/// What takes messages of a channel.
#[derive(Clone, Debug)]
pub enum Way {
    Email(Mailer),
    Sms(SmsGateway),
}

impl From<Mailer> for Way {
    fn from(mailer: Mailer) -> Self {
        Self::Email(mailer)
    }
}

impl From<SmsGateway> for Way {
    fn from(gateway: SmsGateway) -> Self {
        Self::Sms(gateway)
    }
}

impl Way {
    pub(crate) fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::Sms(_) => Channel::Sms,
        }
    }

    async fn send(&self, outgoing: &Outgoing) -> Sent {
        match self {
            Self::Email(mailer) => mailer.send(outgoing).await,
            // A gateway compares the time with its own clock, also while days are simulated here.
            Self::Sms(gateway) => gateway.send(outgoing, clock::not_ahead()).await,
        }
    }
}

/// Sends the messages of a channel one after the other until `stop`.
pub async fn run(store: Store, way: impl Into<Way>, stop: CancellationToken) {
    let way = way.into();
    while !stop.is_cancelled() {
        match send_next(&store, &way).await {
            Ok(Some(_)) => continue,
            Ok(None) => {}
            Err(error) => tracing::warn!(error = ?error, "no message could be sent"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Sends what is due on a channel. Gives how many messages were taken.
pub(crate) async fn send_waiting(store: &Store, way: &Way) -> Result<u64> {
    let mut taken = 0;
    while let Some(is_taken) = send_next(store, way).await? {
        taken += u64::from(is_taken);
    }
    Ok(taken)
}

/// Sends the next message, if one is due; says whether it was taken.
async fn send_next(store: &Store, way: &Way) -> Result<Option<bool>> {
    let now = clock::now();
    let in_doubt = doubt(store, now - DEAD_AFTER, now).await?;
    if in_doubt > 0 {
        tracing::warn!(in_doubt, "messages were being sent when a program ended; they are not sent again");
    }
    let Some(outgoing) = claim(store, way.channel(), now).await? else { return Ok(None) };
    let attempt = match withheld(store, &outgoing, now).await {
        Ok(Some(attempt)) => attempt,
        Ok(None) => {
            let sent = way.send(&outgoing).await;
            attempt(sent, outgoing.attempts, clock::now())
        }
        // Nothing was sent, so it is in no doubt.
        Err(error) => {
            tracing::warn!(error = ?error, "the contact gate could not be asked");
            Attempt::Again { at: now + wait_after(1), error: "The contact gate could not be asked.".to_owned() }
        }
    };
    let is_taken = attempt == Attempt::Sent;
    settle(store, outgoing.id, attempt, clock::now()).await?;
    Ok(Some(is_taken))
}

fn attempt(sent: Sent, attempts: u32, now: DateTime<Utc>) -> Attempt {
    match sent {
        Sent::Yes => Attempt::Sent,
        Sent::Never(error) => Attempt::Failed { error },
        Sent::Unknown(error) => Attempt::InDoubt { error },
        Sent::NotNow(error) if attempts >= ATTEMPTS_MAX => Attempt::Failed { error },
        Sent::NotNow(error) => Attempt::Again { at: now + wait_after(attempts), error },
    }
}

/// Half a minute, then twice as long each time, four hours at most.
fn wait_after(attempts: u32) -> TimeDelta {
    TimeDelta::seconds((15_i64 << attempts.min(20)).min(4 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_taken_is_tried_again_for_a_day() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let not_now = || Sent::NotNow("busy".to_owned());
        let waits: Vec<i64> = (1..ATTEMPTS_MAX).map(|attempts| wait_after(attempts).num_seconds()).collect();
        assert_eq!(waits[..3], [30, 60, 120]);
        assert!(waits.is_sorted() && (20..30).contains(&(waits.iter().sum::<i64>() / 3600)), "{waits:?}");
        let again = Attempt::Again { at: now + TimeDelta::seconds(30), error: "busy".to_owned() };
        assert_eq!(attempt(not_now(), 1, now), again);
        assert_eq!(attempt(not_now(), ATTEMPTS_MAX, now), Attempt::Failed { error: "busy".to_owned() });
        assert_eq!(attempt(Sent::Yes, 1, now), Attempt::Sent);
        assert_eq!(attempt(Sent::Unknown("x".to_owned()), 1, now), Attempt::InDoubt { error: "x".to_owned() });
    }
}
