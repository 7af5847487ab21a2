//! What the gate answers, for machines and for people.

use super::Rule;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Whether an action may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Allow,
    /// Not now; by what is known now, it is allowed at `until` and not before.
    Defer {
        until: DateTime<Utc>,
    },
    /// Not as long as nothing else becomes known.
    Block,
}

/// The gate's answer: the verdict, and each rule that decided. An allowed action has no reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
}

impl Answer {
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allow
    }

    /// The ids of the rules that decided.
    pub fn rule_ids(&self) -> impl Iterator<Item = &'static str> {
        self.reasons.iter().map(|reason| reason.rule.code())
    }
}

/// A rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub rule: Rule,
    /// The first moment at which this rule alone might allow it; nothing where no moment is known.
    pub until: Option<DateTime<Utc>>,
    /// Which call it would be within the days that the pack counts.
    pub count: Option<u32>,
}

impl Reason {
    /// The reason in a sentence for people, with times as the clock in `zone` shows them.
    pub fn sentence(&self, zone: Tz) -> String {
        let moment = self.until.map(|until| until.with_timezone(&zone).format("%-d %b %Y, %H:%M %Z"));
        match (self.rule, self.count, moment) {
            (Rule::UsCalls, Some(count), Some(moment)) => {
                format!("{} call within 7 days; the next is possible on {moment}.", ordinal(count))
            }
            (rule, _, Some(moment)) => format!("{}; possible from {moment}.", rule.label()),
            (rule, _, None) => format!("{}.", rule.label()),
        }
    }
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn sentences_tell_what_and_until_when() {
        let until = Utc.with_ymd_and_hms(2026, 11, 24, 13, 0, 0).single();
        let check = |rule, until, count, expected| {
            assert_eq!(Reason { rule, until, count }.sentence(chrono_tz::America::New_York), expected);
        };
        check(Rule::UsCalls, until, Some(8), "8th call within 7 days; the next is possible on 24 Nov 2026, 08:00 EST.");
        check(Rule::AllHold, until, None, "There is a hold; possible from 24 Nov 2026, 08:00 EST.");
        check(Rule::AllHold, None, None, "There is a hold.");
    }

    #[test]
    fn numbers_are_counted_as_people_do() {
        let check = |number, expected: &str| assert_eq!(ordinal(number), expected);
        check(8, "8th");
        check(11, "11th");
        check(21, "21st");
        check(102, "102nd");
        check(113, "113th");
        check(33, "33rd");
    }

    #[test]
    fn answers_come_back_from_json() {
        let reason = Reason { rule: Rule::UsCalls, until: None, count: None };
        for verdict in [Verdict::Allow, Verdict::Defer { until: DateTime::UNIX_EPOCH }, Verdict::Block] {
            let answer = Answer { verdict, reasons: vec![reason] };
            let json = serde_json::to_string(&answer).expect("is written");
            assert_eq!(serde_json::from_str::<Answer>(&json).expect("is read"), answer, "{json}");
            assert!(json.contains("us.calls-7-in-7"));
        }
    }
}
