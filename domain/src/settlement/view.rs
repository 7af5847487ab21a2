//! Settlements as people see them, and what new terms start from.

use super::{AcceptedBy, Instalment, KeepingRules, SettlementKind, SettlementState, Standing, Times};
use crate::id::SettlementId;
use crate::money::Money;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// An instalment with what was paid on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstalmentView {
    pub instalment: Instalment,
    pub paid: Money,
    /// Since when it counts as paid.
    pub covered_on: Option<NaiveDate>,
    pub standing: Standing,
}

/// A settlement with its story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementView {
    pub id: SettlementId,
    pub kind: SettlementKind,
    pub state: SettlementState,
    /// What was owed when the terms were made.
    pub balance: Money,
    pub amount: Money,
    pub haircut_percent: u8,
    /// The last day on which it can be accepted.
    pub expires_on: NaiveDate,
    pub rules: KeepingRules,
    pub instalments: Vec<InstalmentView>,
    pub times: Times,
    pub drafted_at: DateTime<Utc>,
    /// Nobody where the plan of a policy drafted it.
    pub drafted_by: Option<String>,
    pub offered_by: Option<String>,
    /// How the borrower said yes, in whose name, and who wrote it down.
    pub acceptance: Option<(AcceptedBy, String, String)>,
    pub withdrawn_reason: String,
    /// Why it can be paid, where the figures do not say so.
    pub reason: String,
    /// When its e-mail is to be decided on; nothing where that is done.
    pub email_at: Option<DateTime<Utc>>,
    /// The day up to which payments were looked at; nothing before the first look.
    pub followed_to: Option<NaiveDate>,
}

impl SettlementView {
    pub fn paid(&self) -> Money {
        self.instalments.iter().map(|instalment| instalment.paid).sum()
    }

    /// Instalments that are missed.
    pub fn missed(&self) -> usize {
        self.instalments.iter().filter(|instalment| instalment.standing == Standing::Broken).count()
    }

    /// The first instalment that does not count as paid.
    pub fn next(&self) -> Option<&InstalmentView> {
        self.instalments.iter().find(|instalment| instalment.covered_on.is_none())
    }
}

/// What new terms for a loan start from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// What is owed; nothing where no file says it.
    pub balance: Option<Money>,
    /// The borrower's monthly income; nothing where no file says it.
    pub income: Option<Money>,
    /// Monthly instalments of the borrower's other loans that are neither recovered nor written off.
    pub others: Money,
    /// Nothing before the first decision.
    pub score: Option<f64>,
    /// As it was last told with a plan or a legal notice; nothing where nobody has told it.
    pub limitation_on: Option<NaiveDate>,
    /// Whether nothing is left to recover.
    pub is_recovered: bool,
    /// Whether the loan is worked on.
    pub has_case: bool,
}
