mod truth;

use super::*;
use chrono::{Days, Months};
use domain::arrears::Schedule;
use domain::payment::PaymentKind;
use std::collections::{BTreeMap, HashSet};

fn options(seed: u64, loans: usize) -> SimulationOptions {
    SimulationOptions { closed_share: 0.0, ..SimulationOptions::new(seed, loans) }
}

fn simulator(options: SimulationOptions) -> Simulator {
    Simulator::new(options).expect("options")
}

fn minor(amount: Option<Money>) -> i64 {
    amount.expect("is known").minor
}

#[test]
fn same_seed_same_portfolio_and_longer_begins_with_shorter() {
    assert_eq!(simulate(42, 50), simulate(42, 80)[..50]);
    assert_ne!(simulate(42, 50), simulate(43, 50));
    let (shorter, longer) = (simulator(options(1, 50)), simulator(options(1, 80)));
    assert_eq!(shorter.records(), longer.records()[..50]);
    assert_eq!(shorter.truths(), longer.truths()[..50]);
    assert_eq!(shorter.history()[..], longer.history()[..shorter.history().len()]);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
    assert_eq!(pool.install(|| simulate(42, 50)), simulate(42, 50));
}

#[test]
fn loans_are_plausible() {
    let loans = simulate(7, 2000);
    for loan in &loans {
        let (lent, outstanding) = (minor(loan.loan_amount), minor(loan.outstanding_amount));
        assert!(minor(loan.borrower.monthly_income) > 0 && minor(loan.monthly_instalment) > 0, "{loan:?}");
        assert!(outstanding > 0 && outstanding <= lent + 1, "{loan:?}");
        assert!(loan.days_past_due <= Some(184) && loan.missed_payments <= Some(6), "{loan:?}");
        assert_eq!(loan.days_past_due == Some(0), loan.missed_payments == Some(0));
        assert_eq!((loan.as_of, loan.originated_on), (None, None));
    }
    let share = |status| loans.iter().filter(|loan| loan.recovery_status == status).count() as f64 / 2000.0;
    assert!((0.36..0.44).contains(&share(RecoveryStatus::Open)));
    assert!((0.15..0.30).contains(&share(RecoveryStatus::WrittenOff)), "{}", share(RecoveryStatus::WrittenOff));
}

/// What payments tell of each loan is what its row says, by the rule of the importer.
fn check_arrears(records: &[LoanRecord], payments: &[PaymentRecord]) {
    let mut by_loan: BTreeMap<&str, Vec<&PaymentRecord>> = BTreeMap::new();
    for payment in payments {
        by_loan.entry(&payment.loan_ref).or_default().push(payment);
    }
    assert!(by_loan.len() * 10 > records.len() * 9, "nearly all loans have payments");
    for record in records {
        let Some(payments) = by_loan.get(record.loan_ref.as_str()) else { continue };
        let (as_of, lent_on) = (record.as_of.expect("a day"), record.originated_on.expect("a day"));
        let instalment = record.monthly_instalment.expect("an amount");
        let schedule = Schedule::new(lent_on, instalment, record.tenure_months.expect("a term")).expect("a schedule");
        let until = payments.iter().filter(|payment| payment.paid_on <= as_of);
        let arrears = schedule.arrears(until.map(|payment| payment.amount).sum(), as_of);
        assert!(!arrears.disagrees(record.missed_payments, record.days_past_due), "{record:?} {arrears:?}");
        let first = payments.iter().map(|payment| payment.paid_on).min().expect("a payment");
        assert!(lent_on < first && schedule.is_told_from(first), "{record:?} {first}");
    }
}

#[test]
fn payments_agree_with_what_the_loans_tell() {
    for (month, day) in [(1, 1), (2, 29), (3, 15), (8, 31)] {
        let as_of = NaiveDate::from_ymd_opt(2024, month, day).expect("a day");
        let simulator = simulator(SimulationOptions { as_of, ..SimulationOptions::new(2, 500) });
        check_arrears(&simulator.records(), &simulator.history());
        for Simulated { account, .. } in &simulator.loans {
            assert_eq!(account.due, account.schedule.due_before(as_of));
            assert_ne!(account.schedule.due_on(account.due + 1), as_of);
        }
    }
    let simulator = simulator(SimulationOptions::new(3, 2000));
    let history = simulator.history();
    check_arrears(&simulator.records(), &history);
    assert!(history.iter().all(|payment| payment.paid_on <= simulator.today()));
    let refs: HashSet<&str> = history.iter().filter_map(|payment| payment.payment_ref.as_deref()).collect();
    assert_eq!(refs.len(), history.len());
    let (reversals, paid): (Vec<_>, Vec<_>) = history.iter().partition(|payment| payment.kind == PaymentKind::Reversal);
    assert!(reversals.len() * 200 > paid.len() && reversals.len() * 50 < paid.len(), "{}", reversals.len());
    for reversal in reversals {
        let taken_back = history.iter().find(|payment| payment.payment_ref == reversal.reversal_of).expect("a payment");
        assert_eq!(
            (taken_back.amount + reversal.amount, taken_back.loan_ref == reversal.loan_ref),
            (Money::ZERO, true)
        );
        assert!(taken_back.paid_on < reversal.paid_on);
    }
    let parts = paid.iter().filter(|payment| payment.amount.minor < 1000).count();
    assert!(parts < paid.len() / 100, "{parts}");
}

/// Every treatment in turn, on every third loan, once a week.
fn treatments(simulator: &Simulator, days: u64) -> Vec<Treated> {
    let each = |week: u64| {
        let day = simulator.today() + Days::new(1 + 7 * week);
        let loans = (0..simulator.loans.len()).skip(week as usize % 3).step_by(3);
        loans.map(move |loan| Treated { day, loan, treatment: Treatment::ALL[(loan / 3 + week as usize) % 4] })
    };
    (0..days / 7).flat_map(each).collect()
}

#[test]
fn days_may_be_lived_through_in_any_portions() {
    let start = simulator(options(5, 300));
    let treatments = treatments(&start, 210);
    let run = |portion: u64| {
        let (mut simulator, mut all) = (start.clone(), Happened::default());
        for _ in 0..210 / portion {
            let (from, until) = (simulator.today(), simulator.today() + Days::new(portion));
            let given: Vec<Treated> =
                treatments.iter().rev().filter(|treated| treated.day > from && treated.day <= until).copied().collect();
            let happened = simulator.advance(until, &given).expect("days");
            all.payments.extend(happened.payments);
            all.ends.extend(happened.ends);
        }
        (all, simulator.records(), simulator.truths())
    };
    let at_once = run(210);
    assert!(at_once == run(1) && at_once == run(7) && at_once == run(42));
    let mut payments = start.history();
    payments.extend(at_once.0.payments.iter().cloned());
    check_arrears(&at_once.1, &payments);
    let refs: HashSet<&str> = payments.iter().filter_map(|payment| payment.payment_ref.as_deref()).collect();
    assert_eq!(refs.len(), payments.len());
    for status in [RecoveryStatus::WrittenOff, RecoveryStatus::PartiallyRecovered, RecoveryStatus::FullyRecovered] {
        assert!(at_once.0.ends.iter().any(|end| end.status == status), "{status:?}");
    }
    let reversals = at_once.0.payments.iter().filter(|payment| payment.kind == PaymentKind::Reversal);
    assert!(reversals.clone().count() > 2);
    for reversal in reversals {
        assert!(payments.iter().any(|payment| payment.payment_ref == reversal.reversal_of));
    }
    for end in &at_once.0.ends {
        let record = &at_once.1[end.loan];
        assert_eq!((record.recovery_status, record.as_of), (end.status, Some(end.day)));
        let is_lost = end.status == RecoveryStatus::WrittenOff;
        assert_eq!((minor(record.outstanding_amount) > 0, record.outcome.charged_off_on.is_some()), (is_lost, is_lost));
    }
}

#[test]
fn days_and_loans_that_are_not_there_are_refused() {
    let plain = options(1, 10);
    let mut simulator = simulator(plain);
    let (day, treatment) = (plain.as_of, Treatment::Call);
    let past = simulator.advance(day - Days::new(1), &[]);
    assert_eq!(past, Err(SimulationError::Past { today: day, until: day - Days::new(1) }));
    for (day, loan) in [(day, 0), (day + Days::new(2), 0), (day + Days::new(1), 10)] {
        let strange = simulator.advance(plain.as_of + Days::new(1), &[Treated { day, loan, treatment }]);
        assert_eq!(strange, Err(SimulationError::Treatment { loan, day }));
    }
    assert_eq!(simulator.today(), plain.as_of);
    assert_eq!(simulator.advance(day, &[]), Ok(Happened::default()));
}
