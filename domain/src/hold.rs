//! Holds: what a person recorded about a borrower, an address or a loan so that it is left alone.

use crate::id::{HoldId, LoanId};
use crate::loan::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words!(
    /// Why somebody or something is left alone.
    HoldKind {
        Hardship = "hardship", "Hardship";
        Dispute = "dispute", "Dispute";
        FraudClaim = "fraud_claim", "Fraud claim";
        Deceased = "deceased", "Deceased";
        Bankruptcy = "bankruptcy", "Bankruptcy";
        ActiveDuty = "active_duty", "Active-duty military";
        Attorney = "attorney", "Represented by an attorney";
        Cease = "cease", "Cease-communication request";
        Vulnerability = "vulnerability", "Vulnerability or lack of mental capacity";
        PlanPending = "plan_pending", "Repayment plan being developed";
        BreathingSpace = "breathing_space", "Breathing space";
        MentalHealthCrisis = "mental_health_crisis", "Breathing space in a mental-health crisis";
    }
);

/// What a hold covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldScope<'a> {
    /// The person, with all addresses and loans.
    Person,
    /// One address or number of the person.
    Address(&'a str),
    /// One loan, on every channel.
    Loan(LoanId),
}

/// A hold as it was recorded. A written dispute ends when the verification is sent, a crisis when its treatment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold<'a> {
    pub kind: HoldKind,
    pub scope: HoldScope<'a>,
    pub from: DateTime<Utc>,
    /// The first moment at which it no longer holds; nothing where no end is known.
    pub until: Option<DateTime<Utc>>,
}

/// What a hold covers, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HoldCover {
    Person,
    Address(String),
    Loan(LoanId),
}

/// A hold as it is kept, with its end where somebody ended it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRecord {
    pub kind: HoldKind,
    pub cover: HoldCover,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl HoldRecord {
    /// The hold as the gate is asked with it: it ends when it was ended, at the latest when that was planned.
    pub fn as_asked(&self) -> Hold<'_> {
        let scope = match &self.cover {
            HoldCover::Person => HoldScope::Person,
            HoldCover::Address(address) => HoldScope::Address(address),
            HoldCover::Loan(loan) => HoldScope::Loan(*loan),
        };
        let until = self.until.into_iter().chain(self.ended_at).min();
        Hold { kind: self.kind, scope, from: self.from, until }
    }
}

/// A hold as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldView {
    pub id: HoldId,
    pub record: HoldRecord,
    pub note: String,
    /// Nothing where no person did it.
    pub set_by: Option<String>,
    pub ended_by: Option<String>,
    pub ended_note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_ends_when_it_was_ended_or_was_to_end() {
        let day = |day: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day);
        let check = |until: Option<i64>, ended_at: Option<i64>, expected: Option<i64>| {
            let record = HoldRecord {
                kind: HoldKind::Dispute,
                cover: HoldCover::Address("a@b.test".to_owned()),
                from: day(1),
                until: until.map(day),
                ended_at: ended_at.map(day),
            };
            let asked = record.as_asked();
            assert_eq!((asked.until, asked.scope), (expected.map(day), HoldScope::Address("a@b.test")));
        };
        check(None, None, None);
        check(Some(9), None, Some(9));
        check(None, Some(5), Some(5));
        check(Some(9), Some(5), Some(5));
        check(Some(9), Some(12), Some(9));
    }
}
