//! Whether a message may still go out. Between the day on which it was made and the moment at which it is sent, a hold may have
//! been set, a payment may have come, and night may have fallen.

use chrono::{DateTime, TimeDelta, Utc};
use domain::case::Outgoing;
use domain::gate::{Answer, Verdict};
use store::cases::GateCheck;
use store::messages::{Attempt, checked};
use store::{Result, Store};

/// A message that would have to wait longer than this would tell what is no longer so: it is not sent at all.
const WAITS_AT_MOST: TimeDelta = TimeDelta::days(1);

/// What becomes of a message that the contact gate does not let out at the moment of sending; nothing where it does. Its answer
/// is written down either way.
pub(super) async fn withheld(store: &Store, outgoing: &Outgoing, now: DateTime<Utc>) -> Result<Option<Attempt>> {
    let rules = store::portfolios::contact_rules(store, outgoing.portfolio).await?;
    let history = store::contact_history::of_loan(store, outgoing.loan).await?;
    let Some((message, answer)) = history.ask(outgoing.id, &rules) else {
        // Whoever claimed it has settled it meanwhile: this sender was taken for dead.
        return Ok(Some(Attempt::InDoubt { error: "Another sender may have sent it.".to_owned() }));
    };
    let kind = message.channel.message_kind();
    let check = GateCheck::new(kind, message.channel, &message.recipient, rules.pack, answer.clone());
    checked(store, outgoing.id, &check, now).await?;
    let why: Vec<String> = answer.reasons.iter().map(|reason| reason.sentence(rules.zone)).collect();
    Ok(attempt(&answer, &why.join(" "), now))
}

fn attempt(answer: &Answer, why: &str, now: DateTime<Utc>) -> Option<Attempt> {
    match answer.verdict {
        Verdict::Allow => None,
        Verdict::Defer { until } if until - now <= WAITS_AT_MOST => {
            Some(Attempt::Again { at: until, error: format!("Not yet: {why}") })
        }
        Verdict::Defer { .. } | Verdict::Block => {
            Some(Attempt::Failed { error: format!("Not allowed any more: {why}") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_for_the_morning_and_not_for_a_month() {
        let now = DateTime::UNIX_EPOCH;
        let check = |verdict, expected: Option<Attempt>| {
            assert_eq!(attempt(&Answer { verdict, reasons: Vec::new() }, "Why.", now), expected);
        };
        let in_hours = |hours| now + TimeDelta::hours(hours);
        let never = || Some(Attempt::Failed { error: "Not allowed any more: Why.".to_owned() });
        check(Verdict::Allow, None);
        check(Verdict::Block, never());
        check(
            Verdict::Defer { until: in_hours(24) },
            Some(Attempt::Again { at: in_hours(24), error: "Not yet: Why.".to_owned() }),
        );
        check(Verdict::Defer { until: in_hours(25) }, never());
    }
}
