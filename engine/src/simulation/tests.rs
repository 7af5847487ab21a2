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

/// Whether so many of the loans happened as their chances say, within four standard errors.
fn check_chances(name: &str, chances: &[f64], happened: usize) {
    let expected: f64 = chances.iter().sum();
    let error = chances.iter().map(|chance| chance * (1.0 - chance)).sum::<f64>().sqrt();
    assert!(
        (happened as f64 - expected).abs() < 4.0 * error + 0.5,
        "{name}: {happened}, expected {expected} ± {error}"
    );
}

/// The loans that are written off within a year, if `treatments` are given.
fn lost_in_a_year(mut simulator: Simulator, treatments: &[Treated]) -> Vec<bool> {
    let until = simulator.today() + Months::new(HORIZON_MONTHS.into());
    simulator.advance(until, treatments).expect("days");
    simulator.loans.iter().map(|loan| loan.life.status == RecoveryStatus::WrittenOff).collect()
}

#[test]
fn losses_of_untreated_loans_are_those_of_the_truth() {
    let simulator = simulator(options(11, 20_000));
    let truths = simulator.truths();
    let lost = lost_in_a_year(simulator, &[]);
    for decile in 0..10 {
        let is_in = |truth: &Truth| (truth.risk * 10.0) as usize == decile;
        let chances: Vec<f64> = truths.iter().filter(|truth| is_in(truth)).map(|truth| truth.risk).collect();
        let count = truths.iter().zip(&lost).filter(|(truth, lost)| is_in(truth) && **lost).count();
        assert!(chances.len() > 300);
        check_chances(&format!("decile {decile}"), &chances, count);
    }
}

#[test]
fn treatments_lower_losses_by_their_true_uplift() {
    let start = simulator(options(12, 16_000));
    let truths = start.truths();
    let day = start.today() + Days::new(1);
    for treatment in Treatment::ALL {
        let given: Vec<Treated> = (0..16_000).map(|loan| Treated { day, loan, treatment }).collect();
        let lost = lost_in_a_year(start.clone(), &given);
        // What falls due on the day itself comes before the treatment, so that its truth is another one.
        let is_told =
            |loan: &usize| start.loans[*loan].account.schedule.due_on(start.loans[*loan].account.due + 1) != day;
        let loans: Vec<usize> = (0..16_000).filter(is_told).collect();
        let chance = |loan: &usize| truths[*loan].risk - truths[*loan].uplift[treatment as usize];
        let chances: Vec<f64> = loans.iter().map(chance).collect();
        check_chances(treatment.label(), &chances, loans.iter().filter(|loan| lost[**loan]).count());
        let uplift: f64 = truths.iter().map(|truth| truth.uplift[treatment as usize]).sum();
        assert!(uplift > 100.0, "{treatment:?} {uplift}");
    }
}

#[test]
fn cures_follow_their_hazard() {
    let mut simulator = simulator(options(13, 8_000));
    let truths = simulator.truths();
    simulator.advance(simulator.today() + Months::new(1), &[]).expect("days");
    let behind: Vec<usize> = (0..8_000).filter(|loan| simulator.loans[*loan].account.missed > 0).collect();
    let chances: Vec<f64> = behind.iter().map(|loan| truths[*loan].cure_hazard).collect();
    let cured = behind.iter().filter(|loan| simulator.loans[**loan].life.standing.unpaid == 0).count();
    check_chances("cures", &chances, cured);
    assert!(
        truths.iter().zip(&simulator.loans).all(|(truth, loan)| loan.account.missed > 0 || truth.cure_hazard == 0.0)
    );
}

#[test]
fn winter_is_harder_than_the_months_of_tax_refunds() {
    // The same loans, as of the last day of a month before.
    let cured_share = |year, month, day| {
        let as_of = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let mut simulator = simulator(SimulationOptions { as_of, ..options(14, 8_000) });
        simulator.advance(as_of + Days::new(31), &[]).expect("days");
        let behind = simulator.loans.iter().filter(|loan| loan.account.missed > 0);
        let cured = behind.clone().filter(|loan| loan.life.standing.unpaid == 0).count();
        cured as f64 / behind.count() as f64
    };
    let (january, march) = (cured_share(2024, 12, 31), cured_share(2025, 2, 28));
    assert!(march > january + 0.03, "{january} {march}");
}

#[test]
fn shifts_change_what_they_are_asked_to_from_their_day_on() {
    let plain = options(15, 3_000);
    let day = plain.as_of;
    let with =
        |kind, strength, from| simulator(SimulationOptions { shift: Some(Shift { from, kind, strength }), ..plain });
    let usual = simulator(plain);
    let mean = |simulator: &Simulator, value: fn(&LoanRecord) -> f64| {
        simulator.records().iter().map(value).sum::<f64>() / 3_000.0
    };
    let risk = |simulator: &Simulator| simulator.truths().iter().map(|truth| truth.risk).sum::<f64>() / 3_000.0;
    let income = |record: &LoanRecord| minor(record.borrower.monthly_income) as f64;
    let secured = |record: &LoanRecord| f64::from(u8::from(minor(record.collateral_value) > 0));

    let poorer = with(ShiftKind::IncomesFall, 0.25, day);
    assert!((mean(&poorer, income) / mean(&usual, income) - 0.75).abs() < 1e-3);
    let riskier = with(ShiftKind::RiskRises, 1.0, day);
    assert_eq!(riskier.records(), usual.records());
    let mixed = with(ShiftKind::MixShifts, 0.5, day);
    assert!(mean(&mixed, secured) < mean(&usual, secured) - 0.1);
    for worse in [&poorer, &riskier, &mixed] {
        assert!(risk(worse) > risk(&usual) + 0.02, "{} {}", risk(worse), risk(&usual));
    }

    // A shift to come is part of the truth, but of nothing that anybody sees before its day.
    let mut coming = with(ShiftKind::IncomesFall, 0.5, day + Months::new(3));
    assert_eq!(coming.records(), usual.records());
    assert!(risk(&coming) > risk(&usual) && risk(&coming) < risk(&with(ShiftKind::IncomesFall, 0.5, day)));
    coming.advance(day + Months::new(3), &[]).expect("days");
    assert!(mean(&coming, income) < 0.7 * mean(&usual, income));
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
