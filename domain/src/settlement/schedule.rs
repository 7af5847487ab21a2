//! Instalments: how an amount is cut into payments, and when each is due.

use super::TermsFault;
use crate::loan::words;
use crate::money::Money;
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

words!(
    /// How often an instalment is due.
    Interval {
        Weekly = "weekly", "Every week";
        Fortnightly = "fortnightly", "Every two weeks";
        Monthly = "monthly", "Every month";
    }
);

/// A payment that is agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instalment {
    /// From 1.
    pub number: u16,
    pub due_on: NaiveDate,
    pub amount: Money,
}

impl Interval {
    /// The day that lies `times` intervals after a first one. A month that is too short ends with its last day.
    pub fn after(self, first: NaiveDate, times: u16) -> Option<NaiveDate> {
        match self {
            Self::Weekly => first.checked_add_days(Days::new(7 * u64::from(times))),
            Self::Fortnightly => first.checked_add_days(Days::new(14 * u64::from(times))),
            Self::Monthly => first.checked_add_months(Months::new(times.into())),
        }
    }

    /// What an amount at each interval makes in a month on average, rounded up.
    pub fn a_month(self, amount: Money) -> Money {
        let a_year: i128 = match self {
            Self::Weekly => 52,
            Self::Fortnightly => 26,
            Self::Monthly => 12,
        };
        let minor = (i128::from(amount.minor) * a_year + 11).div_euclid(12);
        Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX))
    }
}

/// Cuts an amount into equal instalments of whole minor units; the last one takes the remainder.
///
/// # Errors
/// An amount or a number of instalments that leaves nothing to pay in one of them, and days that no calendar has.
pub fn instalments(
    amount: Money,
    count: u16,
    start_on: NaiveDate,
    interval: Interval,
) -> Result<Vec<Instalment>, TermsFault> {
    if count == 0 {
        return Err(TermsFault::InstalmentCount);
    }
    let each = Money::from_minor(amount.minor / i64::from(count));
    if each <= Money::ZERO {
        return Err(TermsFault::InstalmentTooSmall);
    }
    let last = Money::from_minor(amount.minor - each.minor * i64::from(count - 1));
    (1..=count)
        .map(|number| {
            let due_on = interval.after(start_on, number - 1).ok_or(TermsFault::Start)?;
            Ok(Instalment { number, due_on, amount: if number == count { last } else { each } })
        })
        .collect()
}
