//! Models against a world whose truth is known: the simulator says what chance each loan really has.

use domain::feature::FeatureSet;
use domain::loan::{LoanRecord, RecoveryStatus};
use engine::calibration::Calibration;
use engine::feature::FeatureMatrix;
use engine::forest_fit::{self, FittedForest, ForestOptions};
use engine::histogram::{self, ClassWeights, HistogramOptions};
use engine::metric::{auc, expected_calibration_error, reliability};
use engine::simulation::{CURRENCY, SimulationOptions, Simulator};

/// Loans whose outcome is known, and the true chance of each.
struct Book {
    rows: FeatureMatrix,
    labels: Vec<bool>,
    risks: Vec<f64>,
}

fn book(seed: u64, loans: usize) -> Book {
    let options = SimulationOptions { closed_share: 1.0, ..SimulationOptions::new(seed, loans) };
    let simulator = Simulator::new(options).expect("options");
    let records = simulator.records();
    let is_lost = |record: &LoanRecord| record.recovery_status == RecoveryStatus::WrittenOff;
    Book {
        rows: FeatureMatrix::new(&records, FeatureSet::Default.features(), CURRENCY),
        labels: records.iter().map(is_lost).collect(),
        risks: simulator.truths().into_iter().map(|truth| truth.risk).collect(),
    }
}

/// How far scores are from the true chances, averaged over the rows of ten bins of equal count.
fn distance_from_truth(scores: &[f64], risks: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let mean = |rows: &[usize], of: &[f64]| rows.iter().map(|row| of[*row]).sum::<f64>() / rows.len() as f64;
    let bins = order.chunks(scores.len().div_ceil(10));
    let off: f64 = bins.map(|rows| (mean(rows, scores) - mean(rows, risks)).abs() * rows.len() as f64).sum();
    off / scores.len() as f64
}

/// Calibrates a forest on its out-of-bag scores, and holds it against loans that it has never seen.
fn check(name: &str, fitted: &FittedForest, labels: &[bool], fresh: &Book) {
    let (scores, outcomes): (Vec<f64>, Vec<bool>) =
        fitted.out_of_bag.iter().zip(labels).filter_map(|(score, label)| Some(((*score)?, *label))).unzip();
    let map = Calibration::fit(&scores, &outcomes).expect("both outcomes");
    let raw = fitted.forest.score_all(&fresh.rows);
    let scores: Vec<f64> = raw.iter().map(|score| map.apply(*score)).collect();
    let error = expected_calibration_error(&scores, &fresh.labels).expect("rows");
    let from_truth = distance_from_truth(&scores, &fresh.risks);
    let bins = reliability(&scores, &fresh.labels);
    println!("{name}: ECE {error:.4} by outcomes, {from_truth:.4} by true chances");
    assert!(error < 0.02 && from_truth < 0.02, "{name}: {error} by outcomes, {from_truth} by true chances: {bins:?}");

    let area = |scores: &[f64]| auc(scores, &fresh.labels).expect("both outcomes").area;
    let (model, truth) = (area(&scores), area(&fresh.risks));
    println!("{name}: AUC {model:.4}, of the truth {truth:.4}");
    // Nobody ranks better than the truth, which also knows what is hidden; most of what can be seen is learned.
    assert!(model < truth - 0.01 && model > truth - 0.1, "{name}: {model}, of the truth {truth}");
}

#[test]
fn calibrated_forests_tell_true_chances_and_rank_no_better_than_the_truth() {
    let (known, fresh) = (book(1, 5_000), book(2, 20_000));
    let options = ForestOptions::new(100, 1).expect("options");
    let fitted = forest_fit::fit(&known.rows, &known.labels, options, &|_| true).expect("fits");
    check("smartcore", &fitted, &known.labels, &fresh);
    let options = HistogramOptions::new(100, 1, ClassWeights::None).expect("options");
    let fitted = histogram::fit(&known.rows, &known.labels, options, &|_| true).expect("fits");
    check("histograms", &fitted, &known.labels, &fresh);
}
