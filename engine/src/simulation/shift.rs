//! What changes in a simulated world: seasons, which come back every year, and a shift, which stays.

use chrono::{Datelike, NaiveDate};

/// What a shift changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftKind {
    /// Incomes fall by the strength as a share: features move, and payments with them.
    IncomesFall,
    /// The log-odds of missing a payment rise by the strength: the same features mean more risk.
    RiskRises,
    /// Secured loans become rarer by the strength as a share, among loans that are drawn from the day on.
    MixShifts,
}

/// Drift that was asked for: something changes on a day and stays so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    pub from: NaiveDate,
    pub kind: ShiftKind,
    /// More than 0; shares are below 1.
    pub strength: f64,
}

/// How the odds of missing a payment change over the months of a year, January first: Christmas is paid for in December
/// and January, and tax refunds come from February to April.
const SEASON: [f64; 12] = [1.35, 0.85, 0.7, 0.75, 0.95, 1.0, 1.05, 1.05, 0.95, 1.0, 1.1, 1.3];

/// The factor of the odds of missing a payment that is due in a month (0 is January).
pub(super) fn season(month: usize) -> f64 {
    SEASON[month % 12]
}

/// The month of a day, 0 is January.
pub(super) fn month(day: NaiveDate) -> usize {
    day.month0() as usize
}
