//! What only the simulation knows of a loan.

use super::treatment::{Treatment, response};
use super::{Shift, Simulated};
use chrono::NaiveDate;
use domain::loan::RecoveryStatus;

/// What is true of a loan on a day, with the payments on their way counted as made.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    pub loan_ref: String,
    /// The chance, 0..=1, that a loan that nobody treats is written off within [`super::HORIZON_MONTHS`] due days.
    pub risk: f64,
    /// The chance that it catches up with all arrears by itself on its next due day; 0 where there are none.
    pub cure_hazard: f64,
    /// By how much each treatment, given today, lowers the risk, in the order of [`Treatment::ALL`].
    pub uplift: [f64; Treatment::ALL.len()],
}

impl Simulated {
    pub(super) fn truth(&self, today: NaiveDate, shift: Option<Shift>) -> Truth {
        let Self { account, behaviour, life } = self;
        let loan_ref = account.loan_ref();
        if life.ended_on.is_some() {
            let risk = f64::from(u8::from(life.status == RecoveryStatus::WrittenOff));
            return Truth { loan_ref, risk, cure_hazard: 0.0, uplift: [0.0; Treatment::ALL.len()] };
        }
        let standing = life.standing;
        let age = standing.age(account.tenure);
        let losses = behaviour.losses(account, standing.due_days);
        let risk = losses[usize::from(age)];
        let next_due = account.schedule.due_on(standing.due_days + 1);
        let income = account.income_on(today, shift);
        let uplift = Treatment::ALL.map(|treatment| {
            // A settlement ends the loan; after the others it goes on without arrears.
            let left = if treatment == Treatment::SettlementOffer { 0.0 } else { losses[0] };
            response(account, income, treatment, age, life.tries(treatment)) * (risk - left)
        });
        Truth { loan_ref, risk, cure_hazard: behaviour.chances(age.into(), next_due).curing, uplift }
    }
}
