//! Models that learn from what loans were on an earlier day.

use super::*;
use crate::metric;
use crate::simulation::{SimulationOptions, Simulator, Truth};
use chrono::Days;
use domain::feature::FeatureName;
use domain::follow_up::{FollowUp, Followed, HORIZON_DAYS, Horizon, Seen};
use domain::model::{Caution, ExtraChoice, SAME_DAY};

/// A book on the day of its snapshot and a year later, what became of its loans, and the true risk of each on that day.
struct Followable {
    then: Vec<LoanRecord>,
    now: Vec<LoanRecord>,
    past: Past,
    truths: Vec<Truth>,
}

fn seen(record: &LoanRecord) -> Seen {
    Seen {
        as_of: record.as_of.expect("is dated"),
        status: record.recovery_status,
        charged_off_on: record.outcome.charged_off_on,
        days_past_due: record.days_past_due,
    }
}

fn a_year(seed: u64, loans: usize) -> Followable {
    let options = SimulationOptions { closed_share: 0.2, ..SimulationOptions::new(seed, loans) };
    let mut simulator = Simulator::new(options).expect("simulates");
    let (then, truths) = (simulator.records(), simulator.truths());
    simulator.advance(options.as_of + Days::new(u64::from(HORIZON_DAYS) + 1), &[]).expect("lives on");
    let now = simulator.records();
    let horizon = Horizon { as_of: options.as_of, days: HORIZON_DAYS };
    let mut past = Past { follow_up: FollowUp::new(horizon), loans: Vec::new() };
    for (place, (before, after)) in then.iter().zip(&now).enumerate() {
        let followed = horizon.follow(&[seen(before), seen(after)]);
        past.follow_up.add(followed);
        if let Some(Followed::Lost | Followed::Kept) = followed {
            let is_lost = followed == Some(Followed::Lost);
            past.loans.push(PastLoan { place, record: before.clone(), is_lost });
        }
    }
    Followable { then, now, past, truths }
}

fn learn(book: &Followable, options: &TrainingOptions) -> Analysis {
    analyse_after(&book.now, Some(&book.past), USD, options, &Policy::default(), &Unwatched).expect("analyses")
}

#[test]
fn a_model_of_an_earlier_day_foretells_the_later_outcome() {
    let (book, other) = (a_year(61, 6_000), a_year(62, 6_000));
    let FollowUp { lost, kept, censored, settled, .. } = book.past.follow_up;
    assert_eq!((lost + kept + settled, censored), (6_000, 0));
    let analysis = learn(&book, &TrainingOptions { trees: 60, learner: Learner::Histogram, ..observed() });
    assert_eq!(analysis.figures.follow_up, Some(book.past.follow_up));
    assert!(analysis.figures.gate.passed, "{:?}", analysis.figures);
    assert!(analysis.figures.leak_alarms.is_empty(), "{:?}", analysis.figures.leak_alarms);
    // On another book, with what was known on the day alone.
    let verdicts = analysis.model.judge(&other.then, &Policy::default());
    let places: Vec<usize> = other.past.loans.iter().map(|loan| loan.place).collect();
    let scores: Vec<f64> = places.iter().map(|place| verdicts[*place].score).collect();
    let labels: Vec<bool> = other.past.loans.iter().map(|loan| loan.is_lost).collect();
    let truths: Vec<f64> = places.iter().map(|place| other.truths[*place].risk).collect();
    let area = |scores: &[f64]| metric::auc(scores, &labels).expect("both outcomes").area;
    let (ours, best) = (area(&scores), area(&truths));
    let error = metric::expected_calibration_error(&scores, &labels).expect("there are loans");
    // The truth knows what will happen to borrowers, which no file tells.
    assert!(ours > 0.8 && ours < best, "AUC {ours:.3}, of the truth {best:.3}");
    assert!(error < 0.02, "calibration error {error:.4}");
}

#[test]
fn undisturbed_books_of_the_same_day_are_no_drift_and_richer_ones_are() {
    let analysis = learn(&a_year(67, 4_000), &observed());
    let model = &analysis.model;
    let alarms = |records: &[LoanRecord]| {
        let verdicts = model.judge(records, &Policy::default());
        let sources = vec![ScoreSource::Model; records.len()];
        let scoring = Scoring { records, verdicts: &verdicts, sources: &sources };
        let recent: Vec<usize> = (0..records.len()).collect();
        let news = scoring_report::News { recent: &recent, had_outcome: &|_| false, followed: &[] };
        let reference = model.reference.as_ref().expect("is kept");
        let report = scoring_report::scoring_report(reference, model, scoring, news).expect("one of each");
        let open = records.iter().filter(|record| record.recovery_status == RecoveryStatus::Open).count();
        assert_eq!(report.drift.rows as usize, open, "it speaks of open loans alone");
        report.alarms
    };
    for seed in 70..75 {
        let mut book = a_year(seed, 4_000).now;
        assert_eq!(alarms(&book), Vec::<String>::new(), "{seed}");
        for record in &mut book {
            let more = |income: domain::money::Money| domain::money::Money { minor: 2 * income.minor };
            record.borrower.monthly_income = record.borrower.monthly_income.map(more);
        }
        let alarms = alarms(&book);
        assert!(alarms.iter().any(|alarm| alarm.starts_with("Monthly income has moved away")), "{alarms:?}");
    }
}

#[test]
fn what_only_the_later_day_knows_does_not_enter() {
    let mut book = a_year(63, 1_500);
    for loan in &mut book.past.loans {
        loan.record.extras.insert("Branch".to_owned(), format!("{}", loan.place % 3));
    }
    for (place, record) in book.now.iter_mut().enumerate() {
        let is_lost = record.recovery_status == RecoveryStatus::WrittenOff;
        record.extras.insert("Note".to_owned(), if is_lost { "gone" } else { "fine" }.to_owned());
        record.extras.insert("Branch".to_owned(), format!("{}", place % 3));
    }
    let extras = ExtraChoice::Named(vec!["Note".to_owned(), "Branch".to_owned()]);
    let options = TrainingOptions { extras, ..observed() };
    let analysis = learn(&book, &options);
    let columns: Vec<String> = analysis.features.iter().map(FeatureName::column).collect();
    assert!(columns.contains(&"Branch".to_owned()) && !columns.contains(&"Note".to_owned()), "{columns:?}");
    assert!(analysis.notes.iter().any(|note| note.starts_with("The model does not look at \"Note\"")));
    let mut blind = book.now.clone();
    for record in &mut blind {
        record.extras.remove("Note");
    }
    let blind = Followable { now: blind, ..book };
    assert_eq!(learn(&blind, &options).verdicts, analysis.verdicts);
}

#[test]
fn loans_of_today_are_scored_by_trees_that_did_not_see_their_past() {
    let book = a_year(64, 800);
    let analysis = learn(&book, &observed());
    let own = &analysis.out_of_bag;
    let apart = analysis.model.judge_apart(&book.now, own, &Policy::default());
    for (place, (verdict, source)) in apart.into_iter().enumerate() {
        assert_eq!((verdict, source), (analysis.verdicts[place], analysis.score_sources[place]), "{place}");
        assert_eq!(own.holds(place), source == ScoreSource::OutOfBag);
        assert!(!analysis.held_out[place] || (!own.holds(place) && analysis.labels[place].is_some()));
    }
    let trained = analysis.score_sources.iter().filter(|source| **source == ScoreSource::OutOfBag).count();
    assert_eq!(trained, analysis.figures.train_rows as usize);
    assert_eq!(analysis.labels.iter().flatten().count(), book.past.loans.len());
    assert!(analysis.figures.target_words().ends_with(&book.past.follow_up.words()), "{:?}", analysis.figures);
    assert_eq!(analysis.figures.caution(), None);
    let found = crate::insight::insight(&analysis, &book.past.looked_back_at(&book.now)).expect("loans are held out");
    assert_eq!(found.loans, analysis.figures.test_rows);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| learn(&book, &observed()))
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn without_a_past_it_is_said_that_outcomes_are_of_the_same_day() {
    let analysis = run(&simulate(65, 200), &observed()).expect("analyses");
    assert!(analysis.figures.target_words().ends_with(SAME_DAY));
    assert!(!analysis.notes.iter().any(|note| note.contains(SAME_DAY)), "the target's own words say so already");
    assert_eq!(analysis.figures.caution(), Some(Caution::SameDay));
    let mut book = a_year(66, 200);
    let proxy = learn(&book, &proxy());
    assert_eq!((proxy.figures.follow_up, proxy.figures.caution()), (None, Some(Caution::Proxy)));
    assert_eq!(proxy.verdicts, run(&book.now, &super::proxy()).expect("analyses").verdicts);
    book.past.loans.truncate(9);
    let few = analyse_after(&book.now, Some(&book.past), USD, &observed(), &Policy::default(), &Unwatched);
    assert_eq!(few, Err(AnalysisError::TooFewOutcomes { labelled: 9 }));
}
