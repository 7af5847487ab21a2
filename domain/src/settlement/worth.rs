//! What a settlement is worth beside waiting and legal action. These are estimates by stated assumptions, to compare by;
//! no book is kept by them.

use super::{Instalment, SettlementKind};
use crate::loan::words;
use crate::money::Money;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words!(
    /// What may be done about a loan.
    Choice {
        Offer = "offer", "Settlement offer";
        Plan = "plan", "Repayment plan";
        Wait = "wait", "Wait";
        Legal = "legal", "Legal action";
    }
);

/// What estimates rest on. None of it was learned from the portfolio; where that is possible, figures of the lender's own
/// should take its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumptions {
    /// Percent a year by which money that comes later is worth less.
    pub discount_percent: f64,
    /// Who pays without being asked does so evenly over so many months.
    pub wait_months: u16,
    /// Of what waiting would lose, a court brings in so much, in percent.
    pub legal_gain_percent: f64,
    /// What legal action brings comes in evenly from behind this month on …
    pub legal_from_month: u16,
    /// … for so many months.
    pub legal_months: u16,
    /// What it costs at once, in percent of the balance.
    pub legal_cost_percent: f64,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            discount_percent: 9.0,
            wait_months: 24,
            legal_gain_percent: 40.0,
            legal_from_month: 12,
            legal_months: 24,
            legal_cost_percent: 15.0,
        }
    }
}

/// What a choice is worth today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    pub choice: Choice,
    /// What comes in, whenever it does.
    pub recovered: Money,
    pub cost: Money,
    /// What comes in as of today, less the cost.
    pub value: Money,
    /// With at least this chance of being kept, in percent, it is worth as much as waiting, although nothing may come in
    /// where it is not kept. Of settlements alone; nothing where no chance is high enough.
    pub break_even_percent: Option<u8>,
    /// What the figures assume.
    pub told: String,
}

impl Assumptions {
    /// The choices about a loan: settlements with their instalments, then waiting, then legal action.
    ///
    /// The score (0..=1) is taken for the chance that a borrower who is left alone pays nothing more.
    pub fn compare(
        &self,
        balance: Money,
        score: f64,
        settlements: &[(SettlementKind, &[Instalment])],
        today: NaiveDate,
    ) -> Vec<Worth> {
        let wait = self.wait(balance, score);
        let settle = |(kind, instalments): &(SettlementKind, &[Instalment])| {
            self.settlement(*kind, instalments, wait.value, today)
        };
        let settled: Vec<Worth> = settlements.iter().map(settle).collect();
        settled.into_iter().chain([wait.clone(), self.legal(balance, score)]).collect()
    }

    fn settlement(&self, kind: SettlementKind, instalments: &[Instalment], wait: Money, today: NaiveDate) -> Worth {
        let recovered: Money = instalments.iter().map(|instalment| instalment.amount).sum();
        let worth = |instalment: &Instalment| {
            let months = (instalment.due_on - today).num_days() as f64 / DAYS_A_MONTH;
            instalment.amount.minor as f64 * self.factor(months)
        };
        let value = rounded(instalments.iter().map(worth).sum());
        let chance = 100.0 * wait.minor as f64 / value.minor as f64;
        Worth {
            choice: match kind {
                SettlementKind::Offer => Choice::Offer,
                SettlementKind::Plan => Choice::Plan,
            },
            recovered,
            cost: Money::ZERO,
            value,
            break_even_percent: (value > Money::ZERO && chance <= 100.0).then(|| chance.max(0.0).ceil() as u8),
            told: "If each payment comes on its day".to_owned(),
        }
    }

    fn wait(&self, balance: Money, score: f64) -> Worth {
        let recovered = balance.minor as f64 * (1.0 - score);
        Worth {
            choice: Choice::Wait,
            recovered: rounded(recovered),
            cost: Money::ZERO,
            value: rounded(recovered * self.mean_factor(0, self.wait_months)),
            break_even_percent: None,
            told: format!(
                "With a chance {}, by the risk score, the whole balance comes in evenly over {} months, otherwise nothing",
                chance_in_words(1.0 - score),
                self.wait_months
            ),
        }
    }

    fn legal(&self, balance: Money, score: f64) -> Worth {
        let share = (1.0 - score) + score * self.legal_gain_percent / 100.0;
        let recovered = balance.minor as f64 * share;
        let cost = balance.minor as f64 * self.legal_cost_percent / 100.0;
        Worth {
            choice: Choice::Legal,
            recovered: rounded(recovered),
            cost: rounded(cost),
            value: rounded(recovered * self.mean_factor(self.legal_from_month, self.legal_months) - cost),
            break_even_percent: None,
            told: format!(
                "A court brings in {:.0} % of what waiting would lose; all of it comes evenly in months {} to {}, and {:.0} % of the balance is spent at once",
                self.legal_gain_percent,
                self.legal_from_month + 1,
                self.legal_from_month + self.legal_months,
                self.legal_cost_percent
            ),
        }
    }

    /// What a unit of money is worth today that comes in after so many months.
    fn factor(&self, months: f64) -> f64 {
        (1.0 + self.discount_percent / 100.0).powf(-months / 12.0)
    }

    /// The mean factor of equal parts at the ends of so many months, which begin behind month `from`.
    fn mean_factor(&self, from: u16, months: u16) -> f64 {
        let factors = (1..=months).map(|month| self.factor(f64::from(from + month)));
        if months == 0 { 1.0 } else { factors.sum::<f64>() / f64::from(months) }
    }
}

const DAYS_A_MONTH: f64 = 365.25 / 12.0;

/// A chance (0..=1) after "a chance": nobody knows that nothing will come in, or everything.
fn chance_in_words(chance: f64) -> String {
    match 100.0 * chance {
        percent if percent < 1.0 => "below 1 %".to_owned(),
        percent if percent > 99.0 => "above 99 %".to_owned(),
        percent => format!("of {percent:.0} %"),
    }
}

fn rounded(minor: f64) -> Money {
    Money::from_minor(minor.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_chance_is_called_none() {
        let check = |chance, expected| assert_eq!(chance_in_words(chance), expected);
        check(0.005, "below 1 %");
        check(0.0, "below 1 %");
        check(0.01, "of 1 %");
        check(0.41, "of 41 %");
        check(0.995, "above 99 %");
    }
}
