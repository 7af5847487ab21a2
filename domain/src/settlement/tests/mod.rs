//! Terms, estimates and texts as tables. What payments make of terms stands in `following`.

mod following;

use super::letter::{self, SettlementFacts};
use super::worth::{Assumptions, Choice, Worth};
use super::*;
use crate::money::{Currency, Money};
use crate::template::{LoanFacts, Texts};
use chrono::{Days, NaiveDate, TimeDelta};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn usd(minor: i64) -> Money {
    Money::from_minor(minor)
}

/// An offer of 20 November that can be.
fn offer() -> OfferTerms {
    OfferTerms {
        balance: usd(100_001),
        haircut_percent: 10,
        first_payment: usd(20_000),
        expires_on: day("2026-12-04"),
        pay_by: day("2026-12-20"),
    }
}

/// A plan of 20 November that can be.
fn plan() -> PlanTerms {
    PlanTerms {
        balance: usd(100_000),
        amount: usd(100_000),
        count: 3,
        start_on: day("2027-01-31"),
        interval: Interval::Monthly,
    }
}

const TODAY: &str = "2026-11-20";

#[test]
fn offers_never_let_more_go_than_was_said() {
    let check = |balance, haircut_percent, expected| {
        let terms = OfferTerms { balance: usd(balance), haircut_percent, ..offer() };
        assert_eq!(terms.amount(), usd(expected), "{balance} {haircut_percent}");
    };
    check(100_000, 10, 90_000);
    check(100_001, 10, 90_001);
    check(99, 50, 50);
    check(1, 99, 1);
    check(7, 0, 7);
    check(i64::MAX, 0, i64::MAX);
}

#[test]
fn the_first_payment_is_due_when_the_offer_ends_and_the_rest_later() {
    let due = |terms: OfferTerms| {
        let all = terms.instalments();
        assert_eq!(all.iter().map(|instalment| instalment.amount).sum::<Money>(), terms.amount());
        all.iter().map(|instalment| (instalment.due_on.to_string(), instalment.amount.minor)).collect::<Vec<_>>()
    };
    let one = |day: &str, minor| (day.to_owned(), minor);
    assert_eq!(due(offer()), [one("2026-12-04", 20_000), one("2026-12-20", 70_001)]);
    assert_eq!(due(OfferTerms { first_payment: Money::ZERO, ..offer() }), [one("2026-12-20", 90_001)]);
    assert_eq!(due(OfferTerms { first_payment: usd(90_001), ..offer() }), [one("2026-12-04", 90_001)]);
    assert_eq!(due(OfferTerms { pay_by: day("2026-12-04"), ..offer() }), [one("2026-12-04", 90_001)]);
    let later = offer().later(TimeDelta::days(3));
    assert_eq!((later.expires_on, later.pay_by), (day("2026-12-07"), day("2026-12-23")));
}

#[test]
fn terms_that_cannot_be_are_refused_by_field() {
    let today = day(TODAY);
    let offered = |terms: OfferTerms, words: Option<&str>| {
        let told = terms.check(today).err().map(|fault| fault.to_string());
        assert_eq!(told.is_some(), words.is_some(), "{told:?}");
        assert!(told.zip(words).is_none_or(|(told, words)| told.contains(words)), "{words:?}");
    };
    offered(offer(), None);
    offered(OfferTerms { balance: Money::ZERO, ..offer() }, Some("nothing to settle"));
    offered(OfferTerms { haircut_percent: 100, ..offer() }, Some("Haircut:"));
    offered(OfferTerms { haircut_percent: 99, first_payment: Money::ZERO, ..offer() }, None);
    offered(OfferTerms { expires_on: day("2026-11-19"), ..offer() }, Some("Open until:"));
    offered(OfferTerms { expires_on: today + Days::new(91), pay_by: today + Days::new(91), ..offer() }, Some("Open"));
    offered(OfferTerms { pay_by: day("2026-12-03"), ..offer() }, Some("Pay by:"));
    offered(OfferTerms { pay_by: today + Days::new(366), ..offer() }, Some("Pay by:"));
    offered(OfferTerms { first_payment: usd(90_002), ..offer() }, Some("First payment:"));
    offered(OfferTerms { first_payment: usd(-1), ..offer() }, Some("First payment:"));

    let planned = |terms: PlanTerms, limitation: Option<&str>, words: Option<&str>| {
        let told = terms.check(today, limitation.map(day)).err().map(|fault| fault.to_string());
        assert_eq!(told.is_some(), words.is_some(), "{told:?}");
        assert!(told.zip(words).is_none_or(|(told, words)| told.contains(words)), "{words:?}");
    };
    planned(plan(), None, None);
    planned(PlanTerms { balance: Money::ZERO, ..plan() }, None, Some("nothing to settle"));
    planned(PlanTerms { amount: usd(100_001), ..plan() }, None, Some("Amount:"));
    planned(PlanTerms { amount: Money::ZERO, ..plan() }, None, Some("Amount:"));
    planned(PlanTerms { count: 0, ..plan() }, None, Some("Instalments: choose a number from 1 to 120"));
    planned(PlanTerms { count: 121, ..plan() }, None, Some("Instalments:"));
    planned(PlanTerms { amount: usd(2), ..plan() }, None, Some("smallest units"));
    planned(PlanTerms { start_on: day("2026-11-19"), ..plan() }, None, Some("First instalment:"));
    planned(PlanTerms { start_on: today + Days::new(91), ..plan() }, None, Some("First instalment:"));
    planned(plan(), Some("2027-03-31"), None);
    planned(plan(), Some("2027-03-30"), Some("due on 31 Mar 2027, after the limitation date of 30 Mar 2027"));
}

#[test]
fn nobody_lets_more_go_than_their_role_may() {
    let policy = PolicyBody::default();
    let refused = |percent, role| expect_authority(percent, role, &policy).err().map(|fault| fault.to_string());
    assert_eq!(refused(10, Role::Agent), None);
    assert_eq!(refused(30, Role::Lead), None);
    assert_eq!(refused(0, Role::Admin), None);
    let told = refused(25, Role::Agent).expect("too much");
    assert!(told.contains("25 % is more than your role may let go (recovery agent, 10 %)"), "{told}");
    assert!(told.contains("ask somebody who may: team lead or executive"), "{told}");
    assert!(refused(51, Role::Executive).expect("too much").contains("Nobody may let go so much"));
    assert!(refused(1, Role::Admin).is_some(), "a role that is left out lets nothing go");
    let with = |haircut_percent| PolicyBody {
        offers: crate::policy::version::OfferDefaults { haircut_percent, ..policy.offers },
        ..policy.clone()
    };
    assert_eq!([5, 90].map(|percent| with(percent).drafted_haircut_percent()), [5, 50]);
}

#[test]
fn what_is_let_go_in_a_plan_is_rounded_up() {
    let check = |amount, expected| {
        assert_eq!(PlanTerms { amount: usd(amount), ..plan() }.haircut_percent(), expected, "{amount}");
    };
    check(100_000, 0);
    check(99_999, 1);
    check(90_000, 10);
    check(89_999, 11);
    check(1, 100);
}

#[test]
fn a_plan_that_takes_much_of_the_income_needs_a_reason() {
    let check = |income: Option<i64>, others, proposed, burden, refused: bool| {
        let case = Affordability { income: income.map(usd), others: usd(others), proposed: usd(proposed) };
        assert_eq!(case.burden_percent(), burden);
        assert_eq!(case.check("  ").is_err(), refused);
        assert_eq!(case.check("A brother pays."), Ok(()));
    };
    check(Some(1_000), 0, 400, Some(40), false);
    check(Some(1_000), 1, 400, Some(41), true);
    check(Some(0), 0, 1, Some(u32::MAX), true);
    check(None, 0, 1, None, true);
    assert_eq!(Interval::Weekly.a_month(usd(300)), usd(1_300));
    assert_eq!(Interval::Fortnightly.a_month(usd(100)), usd(217));
    assert_eq!(PlanTerms { count: 4, ..plan() }.a_month(), usd(25_000));
}

#[test]
fn states_are_told_by_times() {
    let at = |day: u32| {
        NaiveDate::from_ymd_opt(2026, 12, day).and_then(|day| day.and_hms_opt(9, 0, 0)).map(|at| at.and_utc())
    };
    let offered = Times { offered_at: at(1), ..Times::default() };
    let accepted = Times { accepted_at: at(2), ..offered };
    let check = |times: Times, today: &str, expected| {
        assert_eq!(times.state(day("2026-12-10"), day(today)), expected, "{times:?}");
    };
    check(Times::default(), "2027-01-01", SettlementState::Drafted);
    check(offered, "2026-12-10", SettlementState::Offered);
    check(offered, "2026-12-11", SettlementState::Expired);
    check(Times { expired_at: at(11), ..offered }, "2026-12-12", SettlementState::Expired);
    check(accepted, "2027-01-01", SettlementState::Accepted);
    check(Times { withdrawn_at: at(3), ..accepted }, "2027-01-01", SettlementState::Withdrawn);
    check(Times { kept_at: at(3), ..accepted }, "2027-01-01", SettlementState::Kept);
    check(Times { partly_kept_at: at(3), ..accepted }, "2027-01-01", SettlementState::PartlyKept);
    check(Times { broken_at: at(3), ..accepted }, "2027-01-01", SettlementState::Broken);
    assert_eq!(
        SettlementState::ALL.map(SettlementState::is_open),
        [true, true, true, false, false, false, false, false]
    );
}

#[test]
fn choices_are_worth_what_their_assumptions_say() {
    let today = day(TODAY);
    let all = instalments(usd(90_000), 1, today, Interval::Monthly).expect("a schedule");
    let flat = Assumptions { discount_percent: 0.0, ..Assumptions::default() };
    let found = flat.compare(usd(100_000), 0.6, &[(SettlementKind::Offer, &all)], today);
    let figures = |worth: &Worth| (worth.choice, worth.recovered.minor, worth.cost.minor, worth.value.minor);
    assert_eq!(
        found.iter().map(figures).collect::<Vec<_>>(),
        [
            (Choice::Offer, 90_000, 0, 90_000),
            (Choice::Wait, 40_000, 0, 40_000),
            // 40 % and 40 % of the other 60 %, less 15 %.
            (Choice::Legal, 64_000, 15_000, 49_000),
        ]
    );
    assert_eq!(found[0].break_even_percent, Some(45), "40,000 of 90,000, rounded up");
    // A payment in a year is worth a year's discount less.
    let late = instalments(usd(109_000), 1, today + Days::new(365), Interval::Monthly).expect("a schedule");
    let found = Assumptions::default().compare(usd(109_000), 1.0, &[(SettlementKind::Plan, &late)], today);
    assert!((found[0].value.minor - 100_000).abs() < 20, "{found:?}");
    assert_eq!((found[0].break_even_percent, found[1].value), (Some(0), Money::ZERO));
    let small = instalments(usd(10), 1, today, Interval::Monthly).expect("a schedule");
    let found = flat.compare(usd(100_000), 0.1, &[(SettlementKind::Offer, &small)], today);
    assert_eq!(found[0].break_even_percent, None, "waiting is worth more");
}

#[test]
fn texts_say_the_terms_and_only_emails_carry_a_link() {
    let all = offer().instalments();
    let facts = SettlementFacts {
        kind: SettlementKind::Offer,
        balance: offer().balance,
        amount: offer().amount(),
        expires_on: offer().expires_on,
        instalments: &all,
    };
    let loan = LoanFacts {
        borrower: Some("Ann"),
        loan: "LN 7",
        outstanding: None,
        instalment: None,
        overdue_days: None,
        missed_payments: None,
        lender: "North",
        currency: Currency::USD,
        today: day(TODAY),
        opt_out: Some("https://x.test/opt-out"),
    };
    for kind in SettlementKind::ALL {
        let facts = SettlementFacts { kind, ..facts };
        let texts = Texts::default();
        let mail = letter::email(loan, facts, &texts).expect("has all values").expect("a template");
        let without = LoanFacts { opt_out: None, ..loan };
        let sheet = letter::letter(without, facts, &texts).expect("needs no link").expect("a template");
        assert!(letter::email(without, facts, &texts).is_err());
        assert_eq!(letter::letter(without, facts, &Texts::new([])), Ok(None));
        assert_ne!(mail.template, sheet.template);
        for words in ["Dear Ann", "USD 1,000.01", "USD 900.01", "1. USD 200.00 by 4 December 2026", "2. USD 700.01"] {
            assert!(mail.body.contains(words) && sheet.body.contains(words), "{words}: {}", mail.body);
        }
        assert!(mail.body.contains("https://x.test/opt-out") && !sheet.body.contains("opt-out"));
    }
}

proptest! {
    #[test]
    fn instalments_sum_up_and_their_days_rise(
        amount in 1_i64..1_000_000_000_000,
        count in 1_u16..=INSTALMENTS_MAX,
        start in 0_u64..40_000,
        interval in prop::sample::select(Interval::ALL.to_vec()),
    ) {
        let start_on = NaiveDate::default() + Days::new(start);
        match instalments(usd(amount), count, start_on, interval) {
            Err(fault) => {
                prop_assert_eq!(fault, TermsFault::InstalmentTooSmall);
                prop_assert!(amount < i64::from(count));
            }
            Ok(all) => {
                prop_assert_eq!(all.len(), usize::from(count));
                prop_assert_eq!(all.iter().map(|one| one.amount).sum::<Money>(), usd(amount));
                prop_assert!(all.iter().all(|one| one.amount > Money::ZERO));
                prop_assert!(all.windows(2).all(|pair| pair[0].due_on < pair[1].due_on));
                prop_assert!(all.windows(2).all(|pair| pair[1].amount.minor - pair[0].amount.minor < i64::from(count)));
                prop_assert!(all.iter().map(|one| one.number).eq(1..=count));
                prop_assert_eq!(all[0].due_on, start_on);
            }
        }
    }

    #[test]
    fn offers_that_pass_can_be_paid(
        balance in 1_i64..1_000_000_000,
        haircut_percent in 0_u8..=99,
        first in 0_i64..=100,
        expires in 0_u64..=90,
        pay in 0_u64..=275,
    ) {
        let today = day(TODAY);
        let expires_on = today + Days::new(expires);
        let terms = OfferTerms { balance: usd(balance), haircut_percent, expires_on, pay_by: expires_on + Days::new(pay), ..offer() };
        let terms = OfferTerms { first_payment: usd(terms.amount().minor * first / 100), ..terms };
        prop_assert_eq!(terms.check(today), Ok(()));
        let all = terms.instalments();
        prop_assert_eq!(all.iter().map(|one| one.amount).sum::<Money>(), terms.amount());
        prop_assert!(all.iter().all(|one| one.amount > Money::ZERO && one.due_on >= today && one.due_on <= terms.pay_by));
        prop_assert!(all.windows(2).all(|pair| pair[0].due_on < pair[1].due_on));
        let let_go = i128::from((terms.balance - terms.amount()).minor) * 100;
        prop_assert!(let_go <= i128::from(terms.balance.minor) * i128::from(haircut_percent));
    }

    #[test]
    fn a_later_or_smaller_payment_is_never_worth_more(amount in 1_i64..1_000_000_000, days in 0_u64..2_000, more in 1_u64..500) {
        let today = day(TODAY);
        let value = |amount: i64, days: u64| {
            let one = instalments(usd(amount), 1, today + Days::new(days), Interval::Monthly).expect("a schedule");
            Assumptions::default().compare(usd(amount), 0.5, &[(SettlementKind::Offer, &one)], today)[0].value
        };
        prop_assert!(value(amount, days + more) <= value(amount, days));
        prop_assert!(value(amount, days) <= value(amount + 1, days));
        prop_assert!(value(amount, days).minor <= amount);
    }
}
