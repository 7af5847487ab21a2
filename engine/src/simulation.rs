//! Made-up portfolios whose truth is known, for demonstrations, tests and benchmarks.
//!
//! Incomes and amounts are log-normal, instalments follow from amount, rate and term, arrears from
//! how heavy the instalment is and from a hidden inclination to pay. From there on borrowers pay by a
//! roll-rate model (`behaviour`), so that the chance of a write-off is known exactly, and so is what a treatment changes about it.
//!
//! What is drawn for a loan hangs on the seed, the number of the loan and the day alone. So a longer portfolio begins
//! with the shorter one, and days may be lived through in any portions.

mod account;
mod behaviour;
mod draws;
mod history;
mod life;
mod options;
mod product;
mod record;
mod shift;
#[cfg(test)]
mod tests;
mod treatment;
mod truth;

use account::Account;
use behaviour::Behaviour;
use chrono::NaiveDate;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::money::{Currency, Money};
use domain::payment::PaymentRecord;
use life::{Around, Life};
use rayon::prelude::*;

pub use options::{SimulationError, SimulationOptions};
pub use shift::{Shift, ShiftKind};
pub use treatment::{Treated, Treatment};
pub use truth::Truth;

/// The currency of simulated amounts.
pub const CURRENCY: Currency = Currency::USD;

/// The risk is that of a write-off within so many due days, about a year.
pub const HORIZON_MONTHS: u16 = 12;

/// A loan whose oldest open instalment is older than so many months is written off: that is beyond 180 days past due.
const AGE_MAX: u16 = 6;

/// The end of a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanEnd {
    /// Index of the loan, from 0.
    pub loan: usize,
    pub day: NaiveDate,
    pub status: RecoveryStatus,
}

/// What happened over some days, in the order of the days and of the loans within each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Happened {
    pub payments: Vec<PaymentRecord>,
    pub ends: Vec<LoanEnd>,
}

/// A portfolio that can be looked at, and that lives on day by day.
#[derive(Clone)]
pub struct Simulator {
    options: SimulationOptions,
    today: NaiveDate,
    loans: Vec<Simulated>,
}

#[derive(Clone)]
struct Simulated {
    account: Account,
    behaviour: Behaviour,
    life: Life,
}

impl SimulationOptions {
    /// A loan on the day of the snapshot, and how it ended, if it did.
    fn draw(&self, number: usize) -> (Account, Behaviour, RecoveryStatus) {
        let account = Account::draw(self.seed, number, self.as_of, self.shift);
        let behaviour = Behaviour::new(&account, self.shift);
        let risk = || behaviour.losses(&account, account.due)[usize::from(account.missed)];
        let status = record::ending(&account, risk, self.closed_share);
        (account, behaviour, status)
    }
}

/// `loans` made-up loans in US dollars with what the 21 columns of the reference analysis hold, which are no dates.
/// The same seed gives the same loans; a longer portfolio begins with the shorter one.
pub fn simulate(seed: u64, loans: usize) -> Vec<LoanRecord> {
    let options = SimulationOptions::new(seed, loans);
    let undated = |number| {
        let (account, _, status) = options.draw(number);
        let state = (account.paid(), account.income);
        LoanRecord { as_of: None, originated_on: None, ..record::record(&account, options.as_of, state, status, 0) }
    };
    (1..=loans).into_par_iter().map(undated).collect()
}

impl Simulator {
    pub fn new(options: SimulationOptions) -> Result<Self, SimulationError> {
        options.check()?;
        let simulated = |number| {
            let (account, behaviour, status) = options.draw(number);
            let life = Life::new(&account, status);
            Simulated { account, behaviour, life }
        };
        let loans = (1..=options.loans).into_par_iter().map(simulated).collect();
        Ok(Self { options, today: options.as_of, loans })
    }

    /// The last day that was lived through.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The loans as a lender's file tells them today. The row of a loan that has ended stays that of its last day, and
    /// that of one that was closed at the snapshot that of the snapshot.
    pub fn records(&self) -> Vec<LoanRecord> {
        self.loans.par_iter().map(|loan| loan.record(self.as_of(loan), self.options.shift)).collect()
    }

    /// What is true of each loan today, in the order of the loans.
    pub fn truths(&self) -> Vec<Truth> {
        self.loans.par_iter().map(|loan| loan.truth(self.today, self.options.shift)).collect()
    }

    /// All payments from the origination of each loan to the day of the snapshot, loan by loan.
    pub fn history(&self) -> Vec<PaymentRecord> {
        let (seed, as_of) = (self.options.seed, self.options.as_of);
        self.loans.par_iter().flat_map_iter(|loan| history::payments(&loan.account, seed, as_of)).collect()
    }

    /// Lives through all days up to and including `until`. Each treatment is given on its day, which must be one of them;
    /// a loan without arrears takes no notice of it.
    pub fn advance(&mut self, until: NaiveDate, treatments: &[Treated]) -> Result<Happened, SimulationError> {
        let today = self.today;
        if until < today {
            return Err(SimulationError::Past { today, until });
        }
        let is_strange =
            |treated: &&Treated| treated.day <= today || treated.day > until || treated.loan >= self.loans.len();
        if let Some(Treated { loan, day, .. }) = treatments.iter().find(is_strange) {
            return Err(SimulationError::Treatment { loan: *loan, day: *day });
        }
        let mut treatments = treatments.to_vec();
        treatments.sort_unstable();
        let mut treatments = treatments.as_slice();
        let mut happened = Happened::default();
        for day in today.iter_days().skip(1).take_while(|day| *day <= until) {
            let (given, later) = treatments.split_at(treatments.partition_point(|treated| treated.day == day));
            self.live(day, given, &mut happened);
            treatments = later;
        }
        self.today = until;
        Ok(happened)
    }

    fn live(&mut self, day: NaiveDate, mut given: &[Treated], happened: &mut Happened) {
        let Self { options, loans, .. } = self;
        for (index, loan) in loans.iter_mut().enumerate() {
            let (mine, others) = given.split_at(given.partition_point(|treated| treated.loan == index));
            given = others;
            if mine.is_empty() && !loan.life.is_eventful(day) {
                continue;
            }
            let Simulated { account, behaviour, life } = loan;
            let income = account.income_on(day, options.shift);
            let around = Around { seed: options.seed, account, behaviour, day, income };
            let treatments = mine.iter().map(|treated| treated.treatment);
            happened.ends.extend(life.live(&around, treatments, &mut happened.payments));
        }
    }

    fn as_of(&self, loan: &Simulated) -> NaiveDate {
        let is_closed = !loan.life.is_open();
        loan.life.ended_on.unwrap_or(if is_closed { self.options.as_of } else { self.today })
    }
}

impl Simulated {
    fn record(&self, as_of: NaiveDate, shift: Option<Shift>) -> LoanRecord {
        let Self { account, life, .. } = self;
        let income = account.income_on(as_of, shift);
        let mut record = record::record(account, as_of, (life.paid, income), life.status, life.tries_in_all);
        match (life.ended_on, life.status) {
            (Some(day), RecoveryStatus::WrittenOff) => {
                record.outcome.charged_off_on = Some(day);
                record.outcome.charged_off_amount = record.outstanding_amount;
            }
            (Some(_), _) => record.outstanding_amount = Some(Money::ZERO),
            (None, _) => {}
        }
        record
    }
}
