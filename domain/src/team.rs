//! Recovery teams and portfolios.

use crate::id::{PortfolioId, TeamId};
use crate::money::Currency;
use crate::policy::plan::{Step, work_minutes};
use crate::track::Track;
use serde::{Deserialize, Serialize};

/// People who work one track together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub track: Track,
}

/// Hours a month that a person works on cases, meetings and leave taken off.
pub const PRODUCTIVE_HOURS_A_MONTH: u32 = 120;

/// How many people a team has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamStrength {
    pub name: String,
    pub track: Track,
    pub people: u32,
}

/// The work that a plan asks of a team.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Workload {
    /// To carry the plan out once for each loan, if each step is meant for it.
    pub hours: f64,
    /// How long the plan lasts; one at least.
    pub months: u32,
    pub hours_a_month: f64,
    /// The hours as a share of those that the team has in these months; nothing where it has none.
    pub used_percent: Option<f64>,
}

impl Workload {
    pub fn of(steps: &[Step], loans: u32, team: &TeamStrength) -> Self {
        let hours = f64::from(work_minutes(steps)) * f64::from(loans) / 60.0;
        let last_day = steps.iter().map(|step| step.on_day).max().unwrap_or_default();
        let months = u32::from(last_day).div_ceil(30).max(1);
        let hours_a_month = f64::from(team.people * PRODUCTIVE_HOURS_A_MONTH);
        let there = hours_a_month * f64::from(months);
        Self { hours, months, hours_a_month, used_percent: (there > 0.0).then(|| 100.0 * hours / there) }
    }
}

/// A set of loans in one currency, worked under one set of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    pub id: PortfolioId,
    pub name: String,
    pub currency: Currency,
    /// Holds made-up data that is there to be looked at; pages say so.
    pub is_demo: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::plan::TreatmentPlans;

    #[test]
    fn work_is_held_against_the_hours_of_the_plan() {
        let team = |people| TeamStrength { name: "Settlement".to_owned(), track: Track::Settlement, people };
        // An offer, a call, a repayment plan and a review: 53 minutes a loan, the last of them on day 45.
        let plan = TreatmentPlans::default().settlement;
        let work = Workload::of(&plan, 600, &team(2));
        assert_eq!((work.hours, work.months, work.hours_a_month), (530.0, 2, 240.0));
        assert_eq!(work.used_percent.map(|percent| (percent * 10.0).round()), Some(1104.0));
        assert_eq!(Workload::of(&plan, 600, &team(0)).used_percent, None);
        assert_eq!(Workload::of(&plan, 0, &team(1)).used_percent, Some(0.0));
    }
}
