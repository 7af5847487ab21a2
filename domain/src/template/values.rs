//! What the variables of a text stand for.

use super::{SETTLEMENT, VARIABLES};
use crate::money::{Currency, Money};
use chrono::NaiveDate;

/// What the variables stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(pub Vec<(&'static str, String)>);

/// What a text may say of a loan. What is not known has no value, so that a text that speaks of it is not sent.
#[derive(Clone, Copy, Debug)]
pub struct LoanFacts<'a> {
    pub borrower: Option<&'a str>,
    pub loan: &'a str,
    pub outstanding: Option<Money>,
    pub instalment: Option<Money>,
    pub overdue_days: Option<u32>,
    pub missed_payments: Option<u16>,
    pub lender: &'a str,
    pub currency: Currency,
    pub today: NaiveDate,
    /// The link by which no more of these are sent.
    pub opt_out: Option<&'a str>,
}

impl Values {
    pub fn of(facts: LoanFacts<'_>) -> Self {
        let amount = |money: Money| money.in_words(facts.currency);
        let values = [
            ("borrower", Some(facts.borrower.unwrap_or("customer").to_owned())),
            ("loan", Some(facts.loan.to_owned())),
            ("outstanding", facts.outstanding.map(amount)),
            ("instalment", facts.instalment.map(amount)),
            ("overdue_days", facts.overdue_days.map(|days| days.to_string())),
            ("missed_payments", facts.missed_payments.map(|payments| payments.to_string())),
            ("lender", Some(facts.lender.to_owned())),
            ("today", Some(facts.today.format("%-d %B %Y").to_string())),
            ("opt_out", facts.opt_out.map(str::to_owned)),
        ];
        Self(values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }
}

impl Values {
    /// Values by the names of variables; other names are left out.
    pub fn named<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let known = |name: &str| VARIABLES.iter().find(|(known, _)| *known == name).map(|(known, _)| *known);
        Self(pairs.into_iter().filter_map(|(name, value)| Some((known(name)?, value))).collect())
    }

    /// Those of a settlement alone.
    #[must_use]
    pub fn of_settlement(mut self) -> Self {
        self.0.retain(|(name, _)| SETTLEMENT.contains(name));
        self
    }

    /// These and others.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// A made-up borrower, of whom everything is known, and a made-up settlement.
    pub fn made_up(lender: &str, currency: Currency, today: NaiveDate) -> Self {
        let scale = 10_i64.pow(u32::from(currency.decimals()));
        let amount = |major: i64| Money::from_minor(major * scale);
        let words = |money: Money| money.in_words(currency);
        let mut values = Self::of(LoanFacts {
            borrower: Some("Ana Example"),
            loan: "LN-000001",
            outstanding: Some(amount(5_000)),
            instalment: Some(amount(250)),
            overdue_days: Some(45),
            missed_payments: Some(2),
            lender,
            currency,
            today,
            opt_out: Some("https://example.test/opt-out?message=…"),
        });
        let day = |after: u64| today.checked_add_days(chrono::Days::new(after)).unwrap_or(today).format("%-d %B %Y");
        let payments =
            [(1, 14), (2, 44)].map(|(number, after)| format!("{number}. {} by {}", words(amount(2_250)), day(after)));
        values.0.extend([
            ("to_pay", words(amount(4_500))),
            ("let_go", words(amount(500))),
            ("open_until", day(14).to_string()),
            ("payments", payments.join("\n")),
        ]);
        values
    }
}
