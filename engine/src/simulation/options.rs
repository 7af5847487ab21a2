//! The parameters of a simulation, and why some are refused.

use super::shift::{Shift, ShiftKind};
use chrono::{Datelike, NaiveDate};
use domain::count::{count, grouped};

/// What a simulated portfolio is to be like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulationOptions {
    pub seed: u64,
    /// At most [`Self::LOANS_MAX`].
    pub loans: usize,
    /// The day of the snapshot.
    pub as_of: NaiveDate,
    /// The share of loans, 0..=1, whose outcome is known at the snapshot: what became of them in the year after it.
    pub closed_share: f64,
    pub shift: Option<Shift>,
}

/// Why there is no simulation, or why it does not go on.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    #[error("the simulation cannot have {}: choose at most {}", count(*.0, "loan"), grouped(SimulationOptions::LOANS_MAX))]
    Loans(usize),
    #[error("the simulation cannot begin on {0}: choose a day from 1950 to 2200")]
    Day(NaiveDate),
    #[error("the share of closed loans cannot be {0}: choose 0 to 1")]
    ClosedShare(f64),
    #[error("a shift cannot have the strength {0}: choose more than 0 and, for a share, less than 1")]
    Strength(f64),
    #[error("the simulation stands at {today} and cannot go to {until}")]
    Past { today: NaiveDate, until: NaiveDate },
    #[error("the treatment of loan {loan} on {day} is outside the simulated loans or days")]
    Treatment { loan: usize, day: NaiveDate },
}

impl SimulationOptions {
    pub const LOANS_MAX: usize = 10_000_000;

    /// A portfolio of which three loans in five are closed, as of a day that stays the same, in a world without a shift.
    pub fn new(seed: u64, loans: usize) -> Self {
        let as_of = NaiveDate::from_ymd_opt(2025, 6, 30).unwrap_or_default();
        Self { seed, loans, as_of, closed_share: 0.6, shift: None }
    }

    pub(super) fn check(&self) -> Result<(), SimulationError> {
        if self.loans > Self::LOANS_MAX {
            return Err(SimulationError::Loans(self.loans));
        }
        if let Some(day) = [Some(self.as_of), self.shift.map(|shift| shift.from)]
            .into_iter()
            .flatten()
            .find(|day| !(1950..=2200).contains(&day.year()))
        {
            return Err(SimulationError::Day(day));
        }
        if !(0.0..=1.0).contains(&self.closed_share) {
            return Err(SimulationError::ClosedShare(self.closed_share));
        }
        let is_possible = |shift: &Shift| {
            let most = if shift.kind == ShiftKind::RiskRises { 10.0 } else { 0.99 };
            shift.strength > 0.0 && shift.strength <= most
        };
        match self.shift.filter(|shift| !is_possible(shift)) {
            Some(shift) => Err(SimulationError::Strength(shift.strength)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_wishes_are_refused() {
        let check = |options: SimulationOptions, words: &str| {
            let error = options.check().err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(words), "{error}");
        };
        let plain = SimulationOptions::new(1, 10);
        let shift =
            |kind, strength| SimulationOptions { shift: Some(Shift { from: plain.as_of, kind, strength }), ..plain };
        check(SimulationOptions::new(1, 10_000_001), "cannot have 10,000,001 loans");
        check(SimulationOptions { closed_share: f64::NAN, ..plain }, "cannot be NaN");
        check(SimulationOptions { as_of: NaiveDate::MAX, ..plain }, "choose a day from 1950 to 2200");
        check(shift(ShiftKind::IncomesFall, 1.0), "cannot have the strength 1");
        check(shift(ShiftKind::RiskRises, 0.0), "cannot have the strength 0");
    }
}
