//! Repayment plans: what is owed, or most of it, in instalments that the borrower can keep.

use super::TermsFault;
use super::schedule::{Instalment, Interval, instalments};
use crate::money::Money;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// A plan has at most so many instalments.
pub const INSTALMENTS_MAX: u16 = 120;

/// A plan begins within so many days.
pub const START_WITHIN_DAYS_MAX: u64 = 90;

/// What a borrower is to pay, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTerms {
    /// What is owed on the day of the plan.
    pub balance: Money,
    /// What is to be paid in all.
    pub amount: Money,
    pub count: u16,
    /// The day of the first instalment, and the last day on which the plan can be accepted.
    pub start_on: NaiveDate,
    pub interval: Interval,
}

impl PlanTerms {
    /// Checks the terms as of the day of the plan, and gives the instalments.
    ///
    /// # Errors
    /// The first term that cannot be, and a plan that goes on behind the limitation date, where that is known: a debt that
    /// can no longer be sued for would be left to the borrower's will.
    pub fn check(&self, today: NaiveDate, limitation_on: Option<NaiveDate>) -> Result<Vec<Instalment>, TermsFault> {
        if self.balance <= Money::ZERO {
            return Err(TermsFault::NothingOwed);
        }
        if self.amount <= Money::ZERO || self.amount > self.balance {
            return Err(TermsFault::Amount);
        }
        if !(1..=INSTALMENTS_MAX).contains(&self.count) {
            return Err(TermsFault::InstalmentCount);
        }
        let latest = today.checked_add_days(Days::new(START_WITHIN_DAYS_MAX));
        if self.start_on < today || latest.is_none_or(|latest| self.start_on > latest) {
            return Err(TermsFault::Start);
        }
        let all = instalments(self.amount, self.count, self.start_on, self.interval)?;
        match (all.last(), limitation_on) {
            (Some(last), Some(limitation_on)) if last.due_on > limitation_on => {
                Err(TermsFault::BeyondLimitation { last_due_on: last.due_on, limitation_on })
            }
            _ => Ok(all),
        }
    }

    /// How much of the balance is let go, in percent, rounded up to a whole one.
    pub fn haircut_percent(&self) -> u8 {
        let (let_go, balance) = (i128::from((self.balance - self.amount).minor.max(0)), i128::from(self.balance.minor));
        if balance <= 0 { 0 } else { u8::try_from((let_go * 100 + balance - 1) / balance).unwrap_or(100) }
    }

    /// What an instalment makes in a month on average.
    pub fn a_month(&self) -> Money {
        let each = Money::from_minor(self.amount.minor / i64::from(self.count.max(1)));
        self.interval.a_month(each)
    }
}
