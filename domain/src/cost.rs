//! What it costs to do something about a loan, so that net recovery can be told.

use crate::money::{Currency, Money, ParseMoneyError};
use crate::policy::plan::TreatmentKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// No treatment costs more, in major units.
pub const COST_MAX_MAJOR: i64 = 100_000;

/// What each kind of treatment costs, once. What is left out is not known, which is another thing than nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionCosts(BTreeMap<TreatmentKind, Money>);

/// Why words are no cost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", kind.label())]
pub struct CostFault {
    pub kind: TreatmentKind,
    pub reason: String,
}

impl ActionCosts {
    pub fn of(&self, kind: TreatmentKind) -> Option<Money> {
        self.0.get(&kind).copied()
    }

    pub fn set(&mut self, kind: TreatmentKind, cost: Money) {
        self.0.insert(kind, cost);
    }

    /// The known ones.
    pub fn all(&self) -> impl Iterator<Item = (TreatmentKind, Money)> {
        self.0.iter().map(|(kind, cost)| (*kind, *cost))
    }

    /// Reads costs by kind from what somebody typed, in major units; blank ones are not known.
    pub fn read<'a>(
        typed: impl IntoIterator<Item = (TreatmentKind, &'a str)>,
        currency: Currency,
    ) -> Result<Self, CostFault> {
        let mut costs = Self::default();
        for (kind, text) in typed.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
            costs.set(kind, read_one(kind, text, currency)?);
        }
        Ok(costs)
    }
}

fn read_one(kind: TreatmentKind, text: &str, currency: Currency) -> Result<Money, CostFault> {
    let fault = |reason: &str| CostFault { kind, reason: reason.to_owned() };
    let at_most = format!("a cost is at most {COST_MAX_MAJOR} {currency}");
    let cost = Money::parse(text, currency).map_err(|error| match error {
        ParseMoneyError::TooLarge => fault(&at_most),
        ParseMoneyError::NotANumber => fault("write an amount, as 0.25"),
    })?;
    let limit = Money::from_major(COST_MAX_MAJOR as f64, currency);
    if cost < Money::ZERO {
        return Err(fault("a cost is not below nothing"));
    }
    if limit.is_some_and(|limit| cost > limit) { Err(fault(&at_most)) } else { Ok(cost) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_read_as_they_are_typed() {
        let check = |text, expected: Result<Option<i64>, &str>| {
            let read = ActionCosts::read([(TreatmentKind::Call, text)], Currency::USD);
            let read = read.map(|costs| costs.of(TreatmentKind::Call).map(|cost| cost.minor));
            assert_eq!(read.map_err(|fault| fault.to_string()), expected.map_err(str::to_owned), "{text:?}");
        };
        check("", Ok(None));
        check("  ", Ok(None));
        check("0", Ok(Some(0)));
        check(" 4.25 ", Ok(Some(425)));
        check("100000", Ok(Some(10_000_000)));
        check("100000.01", Err("Call: a cost is at most 100000 USD"));
        check("1e30", Err("Call: a cost is at most 100000 USD"));
        check("-1", Err("Call: a cost is not below nothing"));
        check("four", Err("Call: write an amount, as 0.25"));
    }
}
