//! How a loan has been paid up to a day, read off its payments.

use crate::arrears::Schedule;
use crate::money::Money;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Months before the day over which what was paid is compared with what fell due.
pub const WINDOWS: [u32; 3] = [3, 6, 12];

/// How a loan has been paid up to a day. What payments cannot tell is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Paying {
    /// Paid ÷ due over the last [`WINDOWS`] months; below 0 where more was taken back than paid. Nothing where no instalment
    /// fell due in them, or the payments on file begin too late.
    pub paid_to_due: [Option<f64>; WINDOWS.len()],
    /// Days since money last came in and stayed; where none stayed, since some came in first.
    pub days_since_payment: u32,
    /// The most instalments in a row that were not fully paid when they were due. Nothing where the payments on file are not all
    /// there were.
    pub longest_late_run: Option<u16>,
}

impl Paying {
    /// Reads it off the payments up to a day, `paid`: days in ascending order, and amounts, those that were taken back below zero.
    /// Fees are not among them. Nothing where there are none: a file without a loan's payments looks the same as a loan
    /// on which nothing was ever paid.
    pub fn of(paid: &[(NaiveDate, Money)], schedule: Option<&Schedule>, as_of: NaiveDate) -> Option<Self> {
        let paid = &paid[..paid.partition_point(|(on, _)| *on <= as_of)];
        let (first, _) = *paid.first()?;
        let is_all = schedule.is_some_and(|schedule| schedule.is_told_from(first));
        let to_due = |months: u32| {
            let from = as_of.checked_sub_months(Months::new(months))?;
            // Payments that begin before the window are all that came within it.
            let schedule = schedule.filter(|_| is_all || first <= from)?;
            let due = schedule
                .instalment()
                .minor
                .checked_mul((schedule.due_before(as_of) - schedule.due_before(from)).into())?;
            let amounts = paid.iter().filter(|(on, _)| *on > from).map(|(_, amount)| amount.minor);
            let within = amounts.fold(0, i64::saturating_add);
            (due > 0).then(|| within as f64 / due as f64)
        };
        Some(Self {
            paid_to_due: WINDOWS.map(to_due),
            days_since_payment: (as_of - last_that_stayed(paid).unwrap_or(first)).num_days() as u32,
            longest_late_run: schedule.filter(|_| is_all).map(|schedule| longest_late_run(paid, schedule, as_of)),
        })
    }
}

/// The day of the newest payment that no later row of the same amount took back.
fn last_that_stayed(paid: &[(NaiveDate, Money)]) -> Option<NaiveDate> {
    let mut taken_back: Vec<Money> = Vec::new();
    for (on, amount) in paid.iter().rev() {
        if *amount < Money::ZERO {
            taken_back.push(Money::ZERO - *amount);
        } else if let Some(place) = taken_back.iter().position(|back| back == amount) {
            taken_back.swap_remove(place);
        } else if *amount > Money::ZERO {
            return Some(*on);
        }
    }
    None
}

/// Payments go to the oldest instalments first, as in [`Schedule::arrears`], so that who stays an instalment behind is late with
/// each.
fn longest_late_run(paid: &[(NaiveDate, Money)], schedule: &Schedule, as_of: NaiveDate) -> u16 {
    let (mut sum, mut next, mut run, mut longest) = (0_i64, 0, 0_u16, 0);
    for number in 1..=schedule.due_before(as_of) {
        let due_on = schedule.due_on(number);
        while let Some((_, amount)) = paid.get(next).filter(|(on, _)| *on <= due_on) {
            sum = sum.saturating_add(amount.minor);
            next += 1;
        }
        run = if schedule.covered(Money::from_minor(sum)) < number { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// Lent on 10 January 2024 for a year: 100.00 on the tenth of each month from February on.
    fn schedule() -> Schedule {
        Schedule::new(day("2024-01-10"), Money::from_minor(10_000), 12).expect("a schedule")
    }

    fn rows(paid: &[(&str, i64)]) -> Vec<(NaiveDate, Money)> {
        paid.iter().map(|(on, minor)| (day(on), Money::from_minor(*minor))).collect()
    }

    fn close(found: [Option<f64>; 3], expected: [Option<f64>; 3]) -> bool {
        found.iter().zip(expected).all(|(found, expected)| match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-9,
            (None, None) => true,
            _ => false,
        })
    }

    #[test]
    fn payments_tell_how_a_loan_is_paid() {
        // Three instalments fell due from 15 May to 15 August, six from 15 February, seven in all.
        let as_of = day("2024-08-15");
        let punctual: Vec<(String, i64)> = (2..=8).map(|month| (format!("2024-{month:02}-10"), 10_000)).collect();
        let punctual: Vec<(&str, i64)> = punctual.iter().map(|(on, minor)| (on.as_str(), *minor)).collect();
        let check = |paid: &[(&str, i64)], ratios, days, run| {
            let found = Paying::of(&rows(paid), Some(&schedule()), as_of).expect("payments");
            assert!(close(found.paid_to_due, ratios), "{paid:?}: {:?}", found.paid_to_due);
            assert_eq!((found.days_since_payment, found.longest_late_run), (days, run), "{paid:?}");
        };
        check(&punctual, [Some(1.0); 3], 5, Some(0));
        // The instalments of March to June are missed, and paid in July with that of July.
        let behind = [("2024-02-10", 10_000), ("2024-07-01", 50_000)];
        check(&behind, [Some(5.0 / 3.0), Some(5.0 / 6.0), Some(6.0 / 7.0)], 45, Some(4));
        // A payment that bounced does not count, neither does what comes after the day.
        let bounced = [("2024-02-10", 10_000), ("2024-08-01", 10_000), ("2024-08-04", -10_000), ("2024-08-16", 90_000)];
        check(&bounced, [Some(0.0), Some(0.0), Some(1.0 / 7.0)], 187, Some(6));
        check(&[("2024-02-11", 10_000), ("2024-02-12", -10_000)], [Some(0.0); 3], 186, Some(7));
        assert_eq!(Paying::of(&rows(&[("2024-08-16", 1)]), Some(&schedule()), as_of), None);
        assert_eq!(Paying::of(&[], Some(&schedule()), as_of), None);
    }

    #[test]
    fn what_payments_cannot_tell_is_not_known() {
        let as_of = day("2024-08-15");
        let late = Paying::of(&rows(&[("2024-05-01", 10_000)]), Some(&schedule()), as_of).expect("a payment");
        assert!(close(late.paid_to_due, [Some(0.0), None, None]), "{:?}", late.paid_to_due);
        assert_eq!((late.days_since_payment, late.longest_late_run), (106, None));
        let unknown = Paying::of(&rows(&[("2024-02-10", 10_000)]), None, as_of).expect("a payment");
        assert_eq!(unknown, Paying { days_since_payment: 187, ..Paying::default() });
        // In the first month nothing falls due, and years after the last instalment neither.
        for on in ["2024-02-05", "2027-01-01"] {
            let found = Paying::of(&rows(&[("2024-02-01", 10_000)]), Some(&schedule()), day(on)).expect("a payment");
            assert_eq!(found.paid_to_due, [None; 3], "{on}");
        }
    }

    proptest! {
        #[test]
        fn no_late_run_is_longer_than_what_fell_due_and_later_payments_change_nothing(
            paid in proptest::collection::vec((0_i64..900, -20_000_i64..40_000), 0..20),
            days in 0_i64..900,
        ) {
            let start = day("2024-01-10");
            let mut paid: Vec<(NaiveDate, Money)> =
                paid.into_iter().map(|(on, minor)| (start + TimeDelta::days(on), Money::from_minor(minor))).collect();
            paid.sort_by_key(|(on, _)| *on);
            let as_of = start + TimeDelta::days(days);
            let found = Paying::of(&paid, Some(&schedule()), as_of);
            paid.retain(|(on, _)| *on <= as_of);
            prop_assert_eq!(found, Paying::of(&paid, Some(&schedule()), as_of));
            if let Some(Paying { longest_late_run: Some(run), .. }) = found {
                prop_assert!(run <= schedule().due_before(as_of));
            }
        }
    }
}
