//! What happens to loans is what their truth says.

use super::*;

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
