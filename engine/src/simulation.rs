//! Made-up portfolios with a known truth, for demonstrations and tests.
//!
//! Incomes and amounts are log-normal, instalments follow from amount, rate and term, arrears from
//! how heavy the instalment is and from a hidden inclination to pay; the chance of a write-off
//! follows from what a lender can see, so that it can be learned.

use crate::random::{Stream, generator};
use domain::borrower::{BorrowerRecord, ProtectedAttributes};
use domain::loan::{LoanOutcome, LoanRecord, PaymentHistory, RecoveryStatus};
use domain::money::{Currency, Money};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Poisson, StandardNormal};

/// A kind of loan: its share of the portfolio, its size in monthly incomes, its terms, its rate
/// (percent a year) and what collateral covers of it.
struct Product {
    name: &'static str,
    share: f64,
    incomes: f64,
    terms: &'static [u16],
    rate: f64,
    cover: Option<(f64, f64)>,
}

const PRODUCTS: [Product; 4] = [
    Product { name: "Personal", share: 0.46, incomes: 2.2, terms: &[12, 24, 36, 48], rate: 13.5, cover: None },
    Product { name: "Auto", share: 0.28, incomes: 3.6, terms: &[36, 48, 60, 72], rate: 8.0, cover: Some((0.5, 1.1)) },
    Product {
        name: "Business",
        share: 0.15,
        incomes: 4.6,
        terms: &[24, 36, 48, 60],
        rate: 11.0,
        cover: Some((0.2, 0.9)),
    },
    Product { name: "Home", share: 0.11, incomes: 6.0, terms: &[60, 72, 84], rate: 6.5, cover: Some((0.8, 1.6)) },
];

/// Employments with their shares and median monthly incomes.
const EMPLOYMENTS: [(&str, f64, f64); 3] =
    [("Salaried", 0.62, 4_400.0), ("Self-Employed", 0.28, 4_000.0), ("Business Owner", 0.10, 5_800.0)];

/// How collectors work loans with less than three missed payments, and the others.
const METHODS_EARLY: [(&str, f64); 4] =
    [("Calls", 0.55), ("Settlement Offer", 0.25), ("Debt Collectors", 0.12), ("Legal Notice", 0.08)];
const METHODS_LATE: [(&str, f64); 4] =
    [("Calls", 0.12), ("Settlement Offer", 0.23), ("Debt Collectors", 0.35), ("Legal Notice", 0.30)];

/// The usual share of income that an instalment takes.
const USUAL_STRAIN: f64 = 0.12;

/// `loans` made-up loans in US dollars. The same seed gives the same loans; a longer portfolio
/// begins with the shorter one.
pub fn simulate(seed: u64, loans: usize) -> Vec<LoanRecord> {
    let mut draws = generator(seed, Stream::Simulation);
    (1..=loans).map(|number| loan(&mut draws, number)).collect()
}

fn loan(draws: &mut ChaCha8Rng, number: usize) -> LoanRecord {
    let (employment, _, income_median) = *pick(draws, &EMPLOYMENTS, |employment| employment.1);
    let product = pick(draws, &PRODUCTS, |product| product.share);
    let income = log_normal(draws, income_median, 0.38).clamp(900.0, 40_000.0);
    let amount = round_to(income * log_normal(draws, product.incomes, 0.32), 50.0).clamp(500.0, 150_000.0);
    let tenure = product.terms[draws.random_range(0..product.terms.len())];
    let rate = (product.rate + 2.2 * normal(draws)).clamp(3.5, 24.0);
    let instalment = annuity(amount, rate, tenure);
    let collateral = product.cover.map_or(0.0, |(least, most)| amount * draws.random_range(least..most));
    let strain = instalment / income;
    let (missed, days_past_due) = arrears(draws, strain);
    let months_paid = draws.random_range(0.05..0.85) * f64::from(tenure);
    let outstanding = balance(amount, rate, tenure, (months_paid - f64::from(missed)).max(0.0));
    let uncovered = ((outstanding - collateral) / amount).clamp(-1.0, 1.0);
    let recovery_status = outcome(draws, write_off_chance(missed, days_past_due, strain, uncovered));
    let is_lost = recovery_status == RecoveryStatus::WrittenOff;
    let methods = if missed < 3 { &METHODS_EARLY } else { &METHODS_LATE };

    // Drawn in the order of the file's columns, so that a seed keeps its loans.
    let age = draws.random_range(21..68);
    let gender = pick(draws, &[("Female", 0.49), ("Male", 0.51)], |gender| gender.1).0;
    let dependants = draws.random_range(0..5);
    let is_recovered = recovery_status == RecoveryStatus::FullyRecovered;
    let attempts = if is_recovered { draws.random_range(0..4) } else { draws.random_range(1..10) };
    let method = pick(draws, methods, |method| method.1).0;
    LoanRecord {
        loan_ref: format!("LN-{number:06}"),
        borrower: BorrowerRecord {
            borrower_ref: format!("BRW-{number:06}"),
            employment_type: Some(employment.to_owned()),
            monthly_income: Some(money(income)),
            protected: ProtectedAttributes {
                age: Some(age),
                gender: Some(gender.to_owned()),
                dependants: Some(dependants),
                ..ProtectedAttributes::default()
            },
            ..BorrowerRecord::default()
        },
        loan_type: product.name.to_owned(),
        loan_amount: Some(money(amount)),
        tenure_months: Some(tenure),
        interest_rate: Some((rate * 100.0).round() / 100.0),
        collateral_value: Some(money(collateral)),
        outstanding_amount: Some(money(outstanding)),
        monthly_instalment: Some(money(instalment)),
        payment_history: Some(match missed {
            0 => PaymentHistory::OnTime,
            1..=2 => PaymentHistory::Delayed,
            _ => PaymentHistory::Missed,
        }),
        missed_payments: Some(missed),
        days_past_due: Some(days_past_due),
        recovery_status,
        outcome: LoanOutcome {
            collection_attempts: Some(attempts),
            collection_method: method.to_owned(),
            legal_action_taken: Some(is_lost && draws.random_bool(0.4)),
            ..LoanOutcome::default()
        },
        ..LoanRecord::default()
    }
}

/// Missed payments and days past due: more where the instalment is heavy, and where a hidden
/// inclination to pay is low.
fn arrears(draws: &mut ChaCha8Rng, strain: f64) -> (u16, u32) {
    let reluctance = normal(draws);
    let missed = poisson(draws, (0.35 + 0.95 * reluctance + 2.5 * (strain - USUAL_STRAIN)).exp()).min(12);
    let late_by = draws.random_range(0..30);
    (missed, if missed == 0 { late_by } else { (u32::from(missed) * 30).min(180).saturating_sub(late_by) })
}

/// The true chance that a loan is written off once it is closed, 0..=1.
fn write_off_chance(missed: u16, days_past_due: u32, strain: f64, uncovered: f64) -> f64 {
    let lateness = f64::from(days_past_due.min(75)) / 30.0;
    let log_odds = -3.1
        + 1.0 * lateness
        + 0.2 * f64::from(missed.min(3))
        + 20.0 * (strain - USUAL_STRAIN).clamp(-0.1, 0.2)
        + 3.2 * uncovered;
    1.0 / (1.0 + (-log_odds).exp())
}

/// Two loans in five are still open; what became of the others follows from their risk.
fn outcome(draws: &mut ChaCha8Rng, write_off: f64) -> RecoveryStatus {
    if draws.random_bool(0.4) {
        RecoveryStatus::Open
    } else if draws.random_bool(write_off) {
        RecoveryStatus::WrittenOff
    } else if draws.random_bool(0.2 + 0.6 * write_off) {
        RecoveryStatus::PartiallyRecovered
    } else {
        RecoveryStatus::FullyRecovered
    }
}

fn pick<'a, T>(draws: &mut ChaCha8Rng, choices: &'a [T], share: impl Fn(&T) -> f64) -> &'a T {
    let mut place = draws.random_range(0.0..choices.iter().map(&share).sum::<f64>());
    for choice in &choices[..choices.len() - 1] {
        place -= share(choice);
        if place < 0.0 {
            return choice;
        }
    }
    &choices[choices.len() - 1]
}

fn normal(draws: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(draws)
}

fn log_normal(draws: &mut ChaCha8Rng, median: f64, spread: f64) -> f64 {
    LogNormal::new(median.ln(), spread).map_or(median, |distribution| distribution.sample(draws))
}

fn poisson(draws: &mut ChaCha8Rng, mean: f64) -> u16 {
    Poisson::new(mean.clamp(0.01, 20.0)).map_or(0, |distribution| distribution.sample(draws) as u16)
}

/// The monthly instalment that pays a loan off over its term.
fn annuity(amount: f64, rate: f64, tenure: u16) -> f64 {
    let monthly = rate / 1200.0;
    amount * monthly / (1.0 - (1.0 + monthly).powf(-f64::from(tenure)))
}

/// What is left of a loan after so many instalments.
fn balance(amount: f64, rate: f64, tenure: u16, paid: f64) -> f64 {
    let monthly = rate / 1200.0;
    let grown = (1.0 + monthly).powf(paid);
    amount * grown - annuity(amount, rate, tenure) * (grown - 1.0) / monthly
}

fn round_to(value: f64, step: f64) -> f64 {
    (value / step).round() * step
}

fn money(major: f64) -> Money {
    Money::from_major(major, Currency::USD).unwrap_or(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_loans_and_longer_begins_with_shorter() {
        assert_eq!(simulate(42, 50), simulate(42, 80)[..50]);
        assert_ne!(simulate(42, 50), simulate(43, 50));
    }

    #[test]
    fn loans_are_plausible() {
        for loan in simulate(7, 2000) {
            let minor = |amount: Option<Money>| amount.map_or(0, |amount| amount.minor);
            let (lent, outstanding) = (minor(loan.loan_amount), minor(loan.outstanding_amount));
            assert!(minor(loan.borrower.monthly_income) > 0 && minor(loan.monthly_instalment) > 0, "{loan:?}");
            assert!(outstanding > 0 && outstanding <= lent + 1, "{loan:?}");
            assert!(loan.days_past_due <= Some(180) && loan.missed_payments <= Some(12));
        }
    }
}
