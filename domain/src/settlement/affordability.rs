//! Whether a borrower can pay instalments beside those that they pay already.

use super::TermsFault;
use crate::money::Money;
use serde::{Deserialize, Serialize};

/// All instalments together may take so much of a monthly income. Lenders and regulators draw the line between 36 % and
/// 43 % of the income before taxes (43 % in Regulation Z's rule on qualified mortgages of 2014).
pub const BURDEN_MAX_PERCENT: u32 = 40;

/// What a borrower earns and pays in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affordability {
    /// Nothing where no file says it.
    pub income: Option<Money>,
    /// Instalments of the borrower's other loans.
    pub others: Money,
    /// What the plan takes in a month on average.
    pub proposed: Money,
}

impl Affordability {
    /// The share of the income that all instalments take, in percent, rounded up; nothing where the income is not known.
    /// An income of nothing is taken up by any instalment, as often as one counts.
    pub fn burden_percent(&self) -> Option<u32> {
        let income = i128::from(self.income?.minor);
        let taken = i128::from((self.others + self.proposed).minor.max(0));
        if income <= 0 {
            return Some(if taken == 0 { 0 } else { u32::MAX });
        }
        Some(u32::try_from((taken * 100 + income - 1) / income).unwrap_or(u32::MAX))
    }

    /// Checks that the plan can be paid, or that somebody wrote down why it can although the figures do not say so.
    ///
    /// # Errors
    /// An unknown income, or a burden above [`BURDEN_MAX_PERCENT`], without a reason.
    pub fn check(&self, reason: &str) -> Result<(), TermsFault> {
        if !reason.trim().is_empty() {
            return Ok(());
        }
        match self.burden_percent() {
            None => Err(TermsFault::UnknownIncome),
            Some(percent) if percent > BURDEN_MAX_PERCENT => Err(TermsFault::Unaffordable { percent }),
            Some(_) => Ok(()),
        }
    }
}
