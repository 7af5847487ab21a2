//! Terms as a form asks for them: words in fields, which may be wrong.

use chrono::{Days, NaiveDate};
use domain::money::{Currency, Money};
use domain::policy::version::OfferDefaults;
use domain::settlement::view::Basis;
use domain::settlement::{Interval, OfferTerms, PlanTerms, SettlementKind, TermsFault};
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

/// So many instalments stand in the form of a plan before anybody says how many.
const USUAL_COUNT: u16 = 12;

/// So many days ahead the first of them is due then.
const USUAL_START_DAYS: u64 = 30;

/// The fields of both forms. Only those of its kind are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Blank where nothing is asked for.
    pub kind: String,
    pub haircut: String,
    pub first_payment: String,
    pub expires_on: String,
    pub pay_by: String,
    pub amount: String,
    pub count: String,
    pub start_on: String,
    pub interval: String,
    pub limitation_on: String,
    pub reason: String,
}

impl Asked {
    /// What the address asks for.
    pub fn read(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(&format!("asked[{name}]")).unwrap_or_default();
        Self {
            kind: get("kind"),
            haircut: get("haircut"),
            first_payment: get("first_payment"),
            expires_on: get("expires_on"),
            pay_by: get("pay_by"),
            amount: get("amount"),
            count: get("count"),
            start_on: get("start_on"),
            interval: get("interval"),
            limitation_on: get("limitation_on"),
            reason: get("reason"),
        }
    }

    pub fn kind(&self) -> Option<SettlementKind> {
        SettlementKind::find(&self.kind)
    }

    /// Terms that can be, for forms in which nobody has written yet.
    pub fn usual(basis: &Basis, offers: OfferDefaults, band_percent: u8, today: NaiveDate, currency: Currency) -> Self {
        let after = |days: u64| today.checked_add_days(Days::new(days)).unwrap_or(today).to_string();
        let written = |money: Money| format!("{:.*}", usize::from(currency.decimals()), money.major(currency));
        Self {
            kind: String::new(),
            haircut: offers.haircut_percent.min(band_percent).to_string(),
            first_payment: "0".to_owned(),
            expires_on: after(offers.open_days.into()),
            pay_by: after(offers.pay_days.max(offers.open_days).into()),
            amount: basis.balance.map(written).unwrap_or_default(),
            count: USUAL_COUNT.to_string(),
            start_on: after(USUAL_START_DAYS),
            interval: Interval::Monthly.code().to_owned(),
            limitation_on: basis.limitation_on.map(|day| day.to_string()).unwrap_or_default(),
            reason: String::new(),
        }
    }

    /// The offer that is asked for.
    ///
    /// # Errors
    /// The first field that cannot be read, in words.
    pub fn offer(&self, balance: Option<Money>, currency: Currency) -> Result<OfferTerms, String> {
        Ok(OfferTerms {
            balance: balance.ok_or_else(|| TermsFault::NothingOwed.to_string())?,
            haircut_percent: self.haircut.trim().parse().map_err(|_| TermsFault::Haircut.to_string())?,
            first_payment: money("First payment", &self.first_payment, currency)?,
            expires_on: day(&self.expires_on, &TermsFault::Expiry)?,
            pay_by: day(&self.pay_by, &TermsFault::PayBy)?,
        })
    }

    /// The plan that is asked for, with the limitation date where it is told.
    ///
    /// # Errors
    /// The first field that cannot be read, in words.
    pub fn plan(&self, balance: Option<Money>, currency: Currency) -> Result<(PlanTerms, Option<NaiveDate>), String> {
        let terms = PlanTerms {
            balance: balance.ok_or_else(|| TermsFault::NothingOwed.to_string())?,
            amount: money("Amount", &self.amount, currency)?,
            count: self.count.trim().parse().map_err(|_| TermsFault::InstalmentCount.to_string())?,
            start_on: day(&self.start_on, &TermsFault::Start)?,
            interval: Interval::find(&self.interval).ok_or("How often: choose one of the list.")?,
        };
        let limitation = Some(self.limitation_on.trim()).filter(|text| !text.is_empty()).map(str::parse);
        let limitation_on = limitation.transpose().map_err(|_| "Limitation date: choose a day, or leave it out.")?;
        Ok((terms, limitation_on))
    }
}

fn day(text: &str, fault: &TermsFault) -> Result<NaiveDate, String> {
    text.trim().parse().map_err(|_| fault.to_string())
}

fn money(field: &str, text: &str, currency: Currency) -> Result<Money, String> {
    Money::parse(text, currency).map_err(|fault| format!("{field}: \"{}\" {fault}.", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> Asked {
        let basis = Basis {
            balance: Some(Money::from_minor(123_450)),
            income: None,
            others: Money::ZERO,
            score: Some(0.6),
            limitation_on: None,
            is_recovered: false,
            has_case: true,
        };
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
        Asked::usual(&basis, OfferDefaults::default(), 5, today, Currency::USD)
    }

    #[test]
    fn usual_terms_can_be() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
        let balance = Some(Money::from_minor(123_450));
        let offer = usual().offer(balance, Currency::USD).expect("is read");
        assert_eq!((offer.haircut_percent, offer.check(today)), (5, Ok(())));
        let (plan, limitation_on) = usual().plan(balance, Currency::USD).expect("is read");
        assert_eq!((plan.amount.minor, plan.count, limitation_on), (123_450, 12, None));
        assert!(plan.check(today, limitation_on).is_ok());
    }

    #[test]
    fn fields_that_cannot_be_read_are_named() {
        let balance = Some(Money::from_minor(100));
        let told = |asked: Asked| {
            let offer = asked.offer(balance, Currency::USD).err();
            offer.or(asked.plan(balance, Currency::USD).err()).expect("cannot be read")
        };
        let check = |asked: Asked, words: &str| assert!(told(asked.clone()).starts_with(words), "{}", told(asked));
        check(Asked { haircut: "much".to_owned(), ..usual() }, "Haircut:");
        check(Asked { first_payment: "1,0".to_owned(), ..usual() }, "First payment: \"1,0\" is not a number");
        check(Asked { expires_on: "soon".to_owned(), ..usual() }, "Open until:");
        check(Asked { pay_by: String::new(), ..usual() }, "Pay by:");
        check(Asked { amount: String::new(), ..usual() }, "Amount:");
        check(Asked { count: "-1".to_owned(), ..usual() }, "Instalments:");
        check(Asked { start_on: "2026-02-30".to_owned(), ..usual() }, "First instalment:");
        check(Asked { interval: "daily".to_owned(), ..usual() }, "How often:");
        check(Asked { limitation_on: "never".to_owned(), ..usual() }, "Limitation date:");
        assert!(usual().offer(None, Currency::USD).is_err());
    }
}
