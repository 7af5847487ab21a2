//! What lenders do about arrears, and how borrowers answer.

use super::account::{Account, USUAL_STRAIN};
use super::product::SALARIED;
use chrono::NaiveDate;

/// Something that is done to recover a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    Reminder,
    Call,
    SettlementOffer,
    LegalNotice,
}

impl Treatment {
    pub const ALL: [Self; 4] = [Self::Reminder, Self::Call, Self::SettlementOffer, Self::LegalNotice];

    pub fn label(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Call => "call",
            Self::SettlementOffer => "settlement offer",
            Self::LegalNotice => "legal notice",
        }
    }
}

/// A treatment of a loan on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Treated {
    pub day: NaiveDate,
    /// Index of the loan, from 0.
    pub loan: usize,
    pub treatment: Treatment,
}

/// What each further try of the same treatment keeps of its effect.
const WEAR: f64 = 0.6;

/// The chance that a borrower in arrears answers a treatment by paying: all that is open, or what a settlement asks.
/// `age` is the age of the arrears in months, `tries` how often it was tried before.
///
/// Reminders and calls work early; settlements where there is no collateral and the instalment is heavy; legal
/// notices late, where there is something to lose.
pub(super) fn response(account: &Account, income: f64, treatment: Treatment, age: u16, tries: u8) -> f64 {
    if age == 0 {
        return 0.0;
    }
    let late = f64::from(age - 1);
    let strain = (account.strain(income) - USUAL_STRAIN).clamp(-0.1, 0.2);
    let is_secured = account.collateral > 0.0;
    let is_salaried = account.employment == SALARIED;
    let fresh = match treatment {
        Treatment::Reminder => 0.2 * 0.55_f64.powf(late) * if is_salaried { 1.25 } else { 0.7 },
        Treatment::Call => 0.22 * 0.8_f64.powf(late) * (1.0 - 2.5 * strain),
        Treatment::SettlementOffer => (0.05 + 0.04 * late) * if is_secured { 0.5 } else { 1.5 } * (1.0 + 4.0 * strain),
        Treatment::LegalNotice => {
            let early_or_late = if age < 3 { 0.03 } else { 0.2 };
            early_or_late * if is_secured { 1.4 } else { 0.7 } * if is_salaried { 0.85 } else { 1.25 }
        }
    };
    (fresh * WEAR.powi(i32::from(tries))).clamp(0.0, 0.9)
}
