//! Holds: what a person recorded about a borrower, an address or a loan so that it is left alone.

use crate::id::LoanId;
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
