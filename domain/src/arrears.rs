//! Arrears: what of a loan's schedule is not paid on a day.

use crate::money::Money;
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Equal monthly instalments, the first one due a month after the loan was lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    lent_on: NaiveDate,
    instalment: Money,
    instalments: u16,
}

/// What a loan's payments leave unpaid as of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrears {
    pub as_of: NaiveDate,
    /// The instalments that fell due before the day.
    pub due: Money,
    /// Payments up to the day, less reversals; fees are not counted.
    pub paid: Money,
    /// Instalments that fell due before the day and are not fully paid.
    pub missed_payments: u16,
    /// From the day on which the oldest of them was due; 0 where none is open.
    pub days_past_due: u32,
}

impl Schedule {
    /// Nothing where there is nothing to pay.
    pub fn new(lent_on: NaiveDate, instalment: Money, instalments: u16) -> Option<Self> {
        (instalment > Money::ZERO && instalments > 0).then_some(Self { lent_on, instalment, instalments })
    }

    /// A schedule in any case: of one instalment at least, and of one minor unit each.
    pub fn at_least(lent_on: NaiveDate, instalment: Money, instalments: u16) -> Self {
        Self { lent_on, instalment: instalment.max(Money::from_minor(1)), instalments: instalments.max(1) }
    }

    /// The day on which an instalment is due, counted from 1; the last of its month where the month is too short.
    pub fn due_on(&self, number: u16) -> NaiveDate {
        self.lent_on.checked_add_months(Months::new(number.into())).unwrap_or(NaiveDate::MAX)
    }

    /// How many instalments fell due before a day.
    pub fn due_before(&self, day: NaiveDate) -> u16 {
        let months = (day.year() - self.lent_on.year()) * 12 + day.month() as i32 - self.lent_on.month() as i32;
        let months = months.clamp(0, self.instalments.into()) as u16;
        // Only the instalment of the day's own month may still be to come.
        if months > 0 && self.due_on(months) >= day { months - 1 } else { months }
    }

    /// Whether payments that begin on a day can be all there were: they begin before the second instalment is late.
    pub fn is_told_from(&self, first_paid_on: NaiveDate) -> bool {
        first_paid_on <= self.due_on(2)
    }

    pub fn instalment(&self) -> Money {
        self.instalment
    }

    /// How many instalments an amount covers, the oldest first. A minor unit per instalment is forgiven, as schedules are
    /// rounded.
    pub fn covered(&self, paid: Money) -> u16 {
        let forgiving = (self.instalment.minor - 1).max(1);
        (paid.minor.max(0) / forgiving).min(self.instalments.into()) as u16
    }

    /// What is open as of a day, when `paid` has been paid up to it.
    pub fn arrears(&self, paid: Money, as_of: NaiveDate) -> Arrears {
        let due = self.due_before(as_of);
        let covered = self.covered(paid).min(due);
        let days = if covered < due { (as_of - self.due_on(covered + 1)).num_days() } else { 0 };
        Arrears {
            as_of,
            due: Money::from_minor(self.instalment.minor.saturating_mul(due.into())),
            paid,
            missed_payments: due - covered,
            days_past_due: days as u32,
        }
    }
}

impl Arrears {
    /// Whether a file says something else of the same day. What it does not say cannot differ.
    pub fn disagrees(&self, missed_payments: Option<u16>, days_past_due: Option<u32>) -> bool {
        missed_payments.is_some_and(|told| told != self.missed_payments)
            || days_past_due.is_some_and(|told| told != self.days_past_due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn schedule(lent_on: &str) -> Schedule {
        Schedule::new(day(lent_on), Money::from_minor(10_000), 12).expect("a schedule")
    }

    #[test]
    fn instalments_fall_due_by_month() {
        let check = |lent_on, on, expected| assert_eq!(schedule(lent_on).due_before(day(on)), expected, "{on}");
        for (on, expected) in [
            ("2019-01-01", 0),
            ("2024-01-31", 0),
            ("2024-02-29", 0),
            ("2024-03-01", 1),
            ("2024-03-31", 1),
            ("2024-04-01", 2),
            ("2024-12-31", 10),
            ("2025-01-31", 11),
            ("2025-02-01", 12),
            ("2031-01-01", 12),
        ] {
            check("2024-01-31", on, expected);
        }
        assert_eq!(schedule("2024-01-31").due_on(1), day("2024-02-29"));
        assert_eq!(Schedule::new(day("2024-01-01"), Money::ZERO, 12), None);
        assert_eq!(Schedule::new(day("2024-01-01"), Money::from_minor(1), 0), None);
        let least = Schedule::at_least(day("2024-01-01"), Money::ZERO, 0);
        assert_eq!(Schedule::new(day("2024-01-01"), Money::from_minor(1), 1), Some(least));
    }

    #[test]
    fn payments_cover_the_oldest_instalments() {
        // Lent on 10 January: by 15 April three instalments have fallen due, on the tenth of each month.
        for (paid, missed, days) in [
            (0, 3, 65),
            (-5_000, 3, 65),
            (9_998, 3, 65),
            (9_999, 2, 36),
            (10_000, 2, 36),
            (19_998, 1, 5),
            (29_997, 0, 0),
            (30_000, 0, 0),
            (900_000, 0, 0),
        ] {
            let arrears = schedule("2024-01-10").arrears(Money::from_minor(paid), day("2024-04-15"));
            assert_eq!((arrears.missed_payments, arrears.days_past_due), (missed, days), "{paid}");
            assert_eq!((arrears.due.minor, arrears.paid.minor), (30_000, paid));
        }
        let after_its_end = schedule("2024-01-10").arrears(Money::from_minor(110_000), day("2026-01-10"));
        assert_eq!((after_its_end.missed_payments, after_its_end.days_past_due), (1, 365));
        let on_the_day = schedule("2024-01-10").arrears(Money::ZERO, day("2024-02-10"));
        assert_eq!((on_the_day.missed_payments, on_the_day.days_past_due), (0, 0));
    }

    #[test]
    fn a_file_disagrees_only_by_what_it_says() {
        let arrears = schedule("2024-01-10").arrears(Money::from_minor(20_000), day("2024-04-15"));
        for (missed, days, expected) in [
            (None, None, false),
            (Some(1), None, false),
            (None, Some(5), false),
            (Some(1), Some(5), false),
            (Some(2), None, true),
            (Some(1), Some(6), true),
        ] {
            assert_eq!(arrears.disagrees(missed, days), expected, "{missed:?} {days:?}");
        }
    }

    #[test]
    fn payments_that_begin_late_are_not_all() {
        assert!(schedule("2024-01-10").is_told_from(day("2024-03-10")));
        assert!(!schedule("2024-01-10").is_told_from(day("2024-03-11")));
    }

    proptest! {
        #[test]
        fn paying_more_never_adds_arrears_and_waiting_never_takes_any(
            lent in 0_i64..20_000,
            instalment in 1_i64..1_000_000,
            instalments in 1_u16..500,
            paid in -1_000_i64..1_000_000_000,
            more in 0_i64..1_000_000_000,
            days in -100_i64..20_000,
        ) {
            let lent_on = NaiveDate::default() + chrono::TimeDelta::days(lent);
            let schedule = Schedule::new(lent_on, Money::from_minor(instalment), instalments).expect("a schedule");
            let on = lent_on + chrono::TimeDelta::days(days);
            let now = schedule.arrears(Money::from_minor(paid), on);
            let richer = schedule.arrears(Money::from_minor(paid + more), on);
            prop_assert!(richer.missed_payments <= now.missed_payments && richer.days_past_due <= now.days_past_due);
            let later = schedule.arrears(Money::from_minor(paid), on + chrono::TimeDelta::days(1));
            prop_assert!(later.missed_payments >= now.missed_payments);
            prop_assert_eq!(now.missed_payments == 0, now.days_past_due == 0);
            if now.days_past_due > 0 {
                prop_assert_eq!(later.days_past_due, now.days_past_due + 1);
            }
            prop_assert!(now.missed_payments <= instalments);
        }
    }
}
