//! A loan as it was drawn: what a lender can see of it, and what only the simulation knows.

use super::draws::{block, log_normal, normal, pick, poisson};
use super::product::{EMPLOYMENTS, PRODUCTS, Product, annuity, round_to};
use super::shift::{Shift, ShiftKind};
use super::{AGE_MAX, CURRENCY};
use crate::random::{Stream, member_generator};
use chrono::{Datelike, Months, NaiveDate};
use domain::arrears::Schedule;
use domain::money::Money;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// The usual share of income that an instalment takes.
pub(super) const USUAL_STRAIN: f64 = 0.12;

/// A loan and its borrower on the day of the snapshot.
#[derive(Clone)]
pub(super) struct Account {
    /// From 1.
    pub(super) number: usize,
    pub(super) employment: &'static str,
    /// Per month, in major units, before any shift.
    pub(super) income: f64,
    pub(super) product: &'static Product,
    /// In major units, as is `collateral`.
    pub(super) amount: f64,
    pub(super) collateral: f64,
    /// Months.
    pub(super) tenure: u16,
    /// Percent a year.
    pub(super) rate: f64,
    pub(super) instalment: Money,
    pub(super) originated_on: NaiveDate,
    pub(super) schedule: Schedule,
    /// Instalments that fell due before the day.
    pub(super) due: u16,
    /// Those of them that are not fully paid, 0..=[`AGE_MAX`].
    pub(super) missed: u16,
    /// What is paid of the oldest of those.
    pub(super) credit: Money,
    /// The hidden inclination not to pay, in standard deviations: the arrears so far tell of it.
    pub(super) reluctance: f64,
    /// What will happen to the borrower and is hidden from everybody, in standard deviations.
    pub(super) misfortune: f64,
    pub(super) age: u16,
    pub(super) gender: &'static str,
    pub(super) dependants: u16,
    /// Shares in 0..1 by which the ending of a loan that is closed already is drawn.
    pub(super) ending: [f64; 8],
}

impl Account {
    /// Draws a loan as of a day. Nothing but the seed and the number decides on it.
    pub(super) fn draw(seed: u64, number: usize, as_of: NaiveDate, shift: Option<Shift>) -> Self {
        let draws = &mut member_generator(seed, Stream::Simulation, number as u64);
        let shift = shift.filter(|shift| shift.from <= as_of);
        let (employment, _, income_median) = *pick(draws, &EMPLOYMENTS, |employment| employment.1);
        let product = pick(draws, &PRODUCTS, |product| shift.map_or(product.share, |shift| shift.share(product)));
        let income = log_normal(draws, income_median, 0.38).clamp(900.0, 40_000.0);
        let amount = round_to(income * log_normal(draws, product.incomes, 0.32), 50.0).clamp(500.0, 150_000.0);
        let tenure = product.terms[draws.random_range(0..product.terms.len())];
        let rate = ((product.rate + 2.2 * normal(draws)).clamp(3.5, 24.0) * 100.0).round() / 100.0;
        let instalment = annuity(amount, rate, tenure);
        let collateral = product.cover.map_or(0.0, |(least, most)| amount * draws.random_range(least..most));
        let reluctance = normal(draws);
        let strain = instalment / shift.map_or(income, |shift| shift.income(income));
        let missed = missed_payments(draws, reluctance, strain);
        let months = (draws.random_range(0.05..0.85) * f64::from(tenure)) as u16;
        let months = months.clamp(missed + 1, tenure);
        let instalment = money(instalment);
        let (originated_on, due) = origination(as_of, months, draws.random_range(1..=27));
        let schedule = Schedule::at_least(originated_on, instalment, tenure);
        let missed = missed.min(due.saturating_sub(1));
        let misfortune = normal(draws);
        let age = draws.random_range(21..68);
        let gender = pick(draws, &[("Female", 0.49), ("Male", 0.51)], |gender| gender.1).0;
        let dependants = draws.random_range(0..5);
        let ending = block(draws);
        // One in four who are behind have paid a part of the oldest instalment.
        let part = if missed > 0 && ending[7] < 0.25 { 0.2 + 2.0 * ending[7] } else { 0.0 };
        Self {
            number,
            employment,
            income,
            product,
            amount,
            collateral,
            tenure,
            rate,
            instalment,
            originated_on,
            schedule,
            due,
            missed,
            credit: portion(instalment, part),
            reluctance,
            misfortune,
            age,
            gender,
            dependants,
            ending,
        }
    }

    pub(super) fn loan_ref(&self) -> String {
        format!("LN-{:06}", self.number)
    }

    /// What has been paid up to the day of the snapshot.
    pub(super) fn paid(&self) -> Money {
        Money::from_minor(self.instalment.minor * i64::from(self.due - self.missed)) + self.credit
    }

    /// The monthly income on a day, in major units.
    pub(super) fn income_on(&self, day: NaiveDate, shift: Option<Shift>) -> f64 {
        shift.filter(|shift| shift.from <= day).map_or(self.income, |shift| shift.income(self.income))
    }

    /// The share of income that the instalment takes.
    pub(super) fn strain(&self, income: f64) -> f64 {
        self.instalment.major(CURRENCY) / income
    }
}

impl Shift {
    fn share(self, product: &Product) -> f64 {
        let kept = if product.cover.is_some() { 1.0 - self.strength } else { 1.0 };
        if self.kind == ShiftKind::MixShifts { product.share * kept } else { product.share }
    }

    fn income(self, income: f64) -> f64 {
        if self.kind == ShiftKind::IncomesFall { income * (1.0 - self.strength) } else { income }
    }
}

/// Missed payments: more where the instalment is heavy, and where a hidden inclination to pay is low. Loans with more
/// than [`AGE_MAX`] are written off, so there are none.
fn missed_payments(draws: &mut ChaCha8Rng, reluctance: f64, strain: f64) -> u16 {
    poisson(draws, (0.35 + 0.95 * reluctance + 2.5 * (strain - USUAL_STRAIN)).exp()).min(AGE_MAX)
}

/// The day of a loan of which `months` or one fewer instalments fell due before a day, and how many did. None is due on the
/// day itself: `day`, 1..=27, skips it. Every month has such a day, so that no instalment is moved.
fn origination(as_of: NaiveDate, months: u16, day: u32) -> (NaiveDate, u16) {
    let is_past = day < as_of.day();
    let day = if is_past { day } else { day + 1 };
    let originated_on = as_of.with_day(day).unwrap_or(as_of) - Months::new(months.into());
    (originated_on, months - u16::from(!is_past))
}

/// A share of an amount, rounded down.
pub(super) fn portion(amount: Money, share: f64) -> Money {
    Money::from_minor((amount.minor as f64 * share) as i64)
}

pub(super) fn money(major: f64) -> Money {
    Money::from_major(major, CURRENCY).unwrap_or(Money::ZERO)
}
