//! How borrowers pay from month to month, and what follows from it: the true risk.
//!
//! A loan moves along a chain of states as of a roll-rate model: its age in arrears is the months since its oldest open
//! instalment fell due. On each due day a borrower misses the instalment, pays one, or catches up with all that is open. The
//! chances hang on the age, on how heavy the instalment is, on what collateral covers, and on a hidden inclination.
//! After its last due day a loan goes on by the month, until all is paid. At the age of seven it is written off.

use super::account::{Account, USUAL_STRAIN};
use super::shift::{Shift, ShiftKind, month, season};
use super::{AGE_MAX, HORIZON_MONTHS};
use chrono::NaiveDate;

const AGES: usize = AGE_MAX as usize + 1;

/// The odds of missing the next payment, and the share of payments that settle all that is open, by age, of an average
/// borrower.
const MISSING_ODDS: [f64; AGES] = [0.055, 0.37, 0.64, 1.0, 1.42, 1.92, 2.59];
const CURING: [f64; AGES] = [0.0, 0.5, 0.45, 0.42, 0.4, 0.38, 0.36];

/// Chances on one due day; one instalment is paid otherwise.
#[derive(Clone, Copy)]
pub(super) struct Chances {
    pub(super) missing: f64,
    pub(super) curing: f64,
}

/// How a borrower pays, before and after a shift: what the odds of missing are multiplied by.
#[derive(Clone)]
pub(super) struct Behaviour {
    usual: f64,
    shifted: Option<(NaiveDate, f64)>,
}

/// Where a loan stands between two due days, with the payments on their way counted as made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Due days so far; they go on after the last instalment.
    pub(super) due_days: u16,
    pub(super) unpaid: u16,
}

impl Standing {
    /// Due days since all instalments are due.
    pub(super) fn months_over(self, tenure: u16) -> u16 {
        self.due_days.saturating_sub(tenure)
    }

    /// Months since the oldest open instalment fell due, as of the last due day; 0 where none is open.
    pub(super) fn age(self, tenure: u16) -> u16 {
        if self.unpaid == 0 { 0 } else { self.unpaid + self.months_over(tenure) }
    }
}

impl Behaviour {
    pub(super) fn new(account: &Account, shift: Option<Shift>) -> Self {
        let usual = inclination(account, account.income, 0.0);
        let shifted = shift.map(|shift| {
            let more = if shift.kind == ShiftKind::RiskRises { shift.strength } else { 0.0 };
            (shift.from, inclination(account, account.income_on(shift.from, Some(shift)), more))
        });
        Self { usual, shifted }
    }

    /// The chances of a loan of an age on a due day.
    pub(super) fn chances(&self, age: usize, due_on: NaiveDate) -> Chances {
        let factor = match self.shifted {
            Some((from, shifted)) if from <= due_on => shifted,
            _ => self.usual,
        };
        Chances::of(age, factor * season(month(due_on)))
    }

    /// The chance, by age, that a loan which is not treated is written off on one of its next
    /// [`HORIZON_MONTHS`] due days.
    pub(super) fn losses(&self, account: &Account, due_days: u16) -> [f64; AGES + 1] {
        let last = month(account.originated_on) + usize::from(due_days);
        let unshifted = self.shifted.map_or(HORIZON_MONTHS, |(from, _)| {
            (1..=HORIZON_MONTHS).filter(|step| account.schedule.due_on(due_days + step) < from).count() as u16
        });
        let mut losses = [0.0; AGES + 1];
        losses[AGES] = 1.0;
        for step in (1..=HORIZON_MONTHS).rev() {
            let after = losses;
            let factor = match self.shifted {
                Some((_, shifted)) if step > unshifted => shifted,
                _ => self.usual,
            };
            let factor = factor * season(last + usize::from(step));
            for age in 0..AGES {
                let Chances { missing, curing } = Chances::of(age, factor);
                losses[age] = missing * after[age + 1] + (1.0 - missing - curing) * after[age] + curing * after[0];
            }
            // Once all instalments are due, a loan without an open one is closed.
            let closed = (due_days + step).saturating_sub(account.tenure);
            losses[..usize::from(closed).min(AGES)].fill(0.0);
        }
        losses
    }
}

impl Chances {
    fn of(age: usize, factor: f64) -> Self {
        let odds = factor * MISSING_ODDS[age];
        let missing = odds / (1.0 + odds);
        Self { missing, curing: (1.0 - missing) * CURING[age] }
    }
}

/// What the odds of missing are multiplied by for a borrower with an income. `more` is added to their logarithm.
fn inclination(account: &Account, income: f64, more: f64) -> f64 {
    let strain = (account.strain(income) - USUAL_STRAIN).clamp(-0.1, 0.2);
    let left = 1.0 - f64::from(account.due - account.missed) / f64::from(account.tenure);
    let uncovered = (left - account.collateral / account.amount).clamp(-1.0, 1.0);
    let log_odds = more + 9.0 * strain + 1.3 * uncovered + 0.8 * account.misfortune;
    log_odds.exp()
}
