//! What loans are made of: kinds of loans, employments, and the arithmetic of equal instalments.

/// A kind of loan: its share of the portfolio, its size in monthly incomes, its terms, its rate
/// (percent a year) and what collateral covers of it.
pub(super) struct Product {
    pub(super) name: &'static str,
    pub(super) share: f64,
    pub(super) incomes: f64,
    pub(super) terms: &'static [u16],
    pub(super) rate: f64,
    pub(super) cover: Option<(f64, f64)>,
}

pub(super) const PRODUCTS: [Product; 4] = [
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

/// The employment of those who have an employer.
pub(super) const SALARIED: &str = "Salaried";

/// Employments with their shares and median monthly incomes.
pub(super) const EMPLOYMENTS: [(&str, f64, f64); 3] =
    [(SALARIED, 0.62, 4_400.0), ("Self-Employed", 0.28, 4_000.0), ("Business Owner", 0.10, 5_800.0)];

/// How collectors work loans with less than three missed payments, and the others.
pub(super) const METHODS_EARLY: [(&str, f64); 4] =
    [("Calls", 0.55), ("Settlement Offer", 0.25), ("Debt Collectors", 0.12), ("Legal Notice", 0.08)];
pub(super) const METHODS_LATE: [(&str, f64); 4] =
    [("Calls", 0.12), ("Settlement Offer", 0.23), ("Debt Collectors", 0.35), ("Legal Notice", 0.30)];

/// The monthly instalment that pays a loan off over its term.
pub(super) fn annuity(amount: f64, rate: f64, tenure: u16) -> f64 {
    let monthly = rate / 1200.0;
    amount * monthly / (1.0 - (1.0 + monthly).powi(-i32::from(tenure)))
}

/// What is left of a loan after so many instalments; 0 at its end.
pub(super) fn balance(amount: f64, rate: f64, tenure: u16, paid: u16) -> f64 {
    let monthly = rate / 1200.0;
    let grown = (1.0 + monthly).powi(i32::from(paid));
    (amount * grown - annuity(amount, rate, tenure) * (grown - 1.0) / monthly).max(0.0)
}

pub(super) fn round_to(value: f64, step: f64) -> f64 {
    (value / step).round() * step
}
