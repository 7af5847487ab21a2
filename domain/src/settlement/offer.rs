//! Settlement offers: a part of the balance is let go for a payment of all the rest.

use super::schedule::Instalment;
use super::{TermsFault, schedule};
use crate::money::Money;
use chrono::{Days, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

/// An offer is open at most so long.
pub const OFFER_OPEN_DAYS_MAX: u64 = 90;

/// All of an offer is to be paid within so many days from the day of the offer.
pub const PAY_WITHIN_DAYS_MAX: u64 = 365;

/// What a borrower is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferTerms {
    /// What is owed on the day of the offer.
    pub balance: Money,
    /// How much of it is let go, in whole percent.
    pub haircut_percent: u8,
    /// What must be paid by the offer's last day; zero where everything may come later.
    pub first_payment: Money,
    /// The last day on which it can be accepted.
    pub expires_on: NaiveDate,
    /// The day by which all of it is to be paid.
    pub pay_by: NaiveDate,
}

impl OfferTerms {
    /// What is to be paid in all: rounded up, so that never more is let go than was said.
    pub fn amount(&self) -> Money {
        let share = i128::from(100_u8.saturating_sub(self.haircut_percent));
        let minor = (i128::from(self.balance.minor) * share + 99).div_euclid(100);
        Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX))
    }

    /// Checks the terms as of the day on which they are offered.
    ///
    /// # Errors
    /// The first term that cannot be.
    pub fn check(&self, today: NaiveDate) -> Result<(), TermsFault> {
        let within = |day: NaiveDate, from: NaiveDate, days: u64| {
            day >= from && today.checked_add_days(Days::new(days)).is_some_and(|last| day <= last)
        };
        if self.balance <= Money::ZERO {
            Err(TermsFault::NothingOwed)
        } else if self.haircut_percent > 99 {
            Err(TermsFault::Haircut)
        } else if !within(self.expires_on, today, OFFER_OPEN_DAYS_MAX) {
            Err(TermsFault::Expiry)
        } else if !within(self.pay_by, self.expires_on, PAY_WITHIN_DAYS_MAX) {
            Err(TermsFault::PayBy)
        } else if self.first_payment < Money::ZERO || self.first_payment > self.amount() {
            Err(TermsFault::FirstPayment)
        } else {
            Ok(())
        }
    }

    /// When what is due: the first payment on the offer's last day, the rest on the day by which all is to be paid.
    pub fn instalments(&self) -> Vec<Instalment> {
        let (amount, first) = (self.amount(), self.first_payment);
        let is_split = first > Money::ZERO && first < amount && self.expires_on < self.pay_by;
        let parts = if is_split {
            vec![(self.expires_on, first), (self.pay_by, amount - first)]
        } else if first == amount {
            vec![(self.expires_on, amount)]
        } else {
            vec![(self.pay_by, amount)]
        };
        (1..).zip(parts).map(|(number, (due_on, amount))| schedule::Instalment { number, due_on, amount }).collect()
    }

    /// The same terms, offered some days later: the borrower has as long to think and to pay.
    #[must_use]
    pub fn later(self, days: TimeDelta) -> Self {
        let later = |day: NaiveDate| day.checked_add_signed(days).unwrap_or(day);
        Self { expires_on: later(self.expires_on), pay_by: later(self.pay_by), ..self }
    }
}
