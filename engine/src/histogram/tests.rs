use super::*;
use crate::bags::draw;
use crate::metric::auc;
use crate::simulation::simulate;
use crate::{forest_fit, split};
use domain::feature::{Feature, FeatureSet};
use domain::loan::RecoveryStatus;
use domain::money::Currency;
use proptest::prelude::*;

fn training_rows(loans: usize) -> (FeatureMatrix, Vec<bool>) {
    let records = simulate(3, loans);
    let labels = records.iter().map(|record| record.recovery_status == RecoveryStatus::WrittenOff).collect();
    (FeatureMatrix::new(&records, FeatureSet::Default.features(), Currency::USD), labels)
}

fn options(trees: u32) -> HistogramOptions {
    HistogramOptions::new(trees, 9, ClassWeights::None).expect("options")
}

fn fitted(rows: &FeatureMatrix, labels: &[bool], trees: u32) -> FittedForest {
    fit(rows, labels, options(trees), &|_| true).expect("fits")
}

#[test]
fn forest_is_the_same_on_one_thread_and_on_three() {
    let (rows, labels) = training_rows(2_000);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fitted(&rows, &labels, 25))
    };
    let one = run(1);
    assert_eq!(one, run(3));
    assert_eq!(one.forest.tree_count(), 25);
}

#[test]
fn nodes_hold_the_rows_of_their_children_and_leaves_enough_of_them() {
    let (rows, labels) = training_rows(3_000);
    let forest = fitted(&rows, &labels, 5).forest;
    for root in &forest.roots {
        assert_eq!(forest.covers[*root as usize], 3_000, "as many rows are drawn as there are");
    }
    assert!(forest.node_count() > 5 * 40, "{} nodes", forest.node_count());
    for (index, node) in forest.nodes.iter().enumerate() {
        let cover = |place: usize| forest.covers[place];
        if node.is_leaf() {
            assert!(cover(index) >= LEAF_ROWS_MIN && (0.0..=1.0).contains(&node.bound));
        } else {
            assert_eq!(cover(node.left as usize) + cover(node.left as usize + 1), cover(index));
        }
    }
}

/// Each tree sends the rows that it learned from, as plain values, where their bins went: the rows of each
/// leaf then have the share of positives that the leaf says.
#[test]
fn plain_values_reach_the_leaves_that_their_bins_reached() {
    let (rows, labels) = with_gaps(2_000, 3);
    let seed = seeds(9, Stream::Forest, 1)[0];
    let drawn = draw(labels.len(), &mut bag::generator(seed));
    let forest = fitted(&rows, &labels, 1).forest;
    let mut sums = vec![(0_u32, 0_u32); forest.node_count()];
    for ((row, label), drawn) in rows.rows().zip(&labels).zip(&drawn) {
        let mut place = 0;
        while !forest.nodes[place].is_leaf() {
            place = forest.nodes[place].child(row[forest.nodes[place].column()]);
        }
        sums[place].0 += u32::from(*drawn);
        sums[place].1 += u32::from(*drawn) * u32::from(*label);
    }
    let leaves = forest.nodes.iter().enumerate().filter(|(_, node)| node.is_leaf());
    for (place, leaf) in leaves {
        assert_eq!(sums[place].0, forest.covers[place]);
        assert!((f64::from(sums[place].1) / f64::from(sums[place].0) - leaf.bound).abs() < 1e-12);
    }
}

#[test]
fn out_of_bag_scores_are_the_means_of_the_trees_that_did_not_see_a_row() {
    let (rows, labels) = with_gaps(600, 5);
    let fitted = fitted(&rows, &labels, 4);
    let bags: Vec<Vec<u8>> =
        seeds(9, Stream::Forest, 4).iter().map(|seed| draw(labels.len(), &mut bag::generator(*seed))).collect();
    let mut always_seen = 0;
    for (index, row) in rows.rows().enumerate() {
        let unseen = (0..4).filter(|tree| bags[*tree][index] == 0);
        let single = |tree: usize| RiskForest { roots: vec![fitted.forest.roots[tree]], ..fitted.forest.clone() };
        let values: Vec<f64> = unseen.map(|tree| single(tree).score(row)).collect();
        let expected = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        assert_eq!(fitted.out_of_bag[index], expected, "row {index}");
        always_seen += usize::from(expected.is_none());
    }
    assert!((50..150).contains(&always_seen), "{always_seen} of 600 rows are in all four bags");
}

/// The simulated loans, some values of each `every`-th row missing, more of them where the outcome is bad.
fn with_gaps(loans: usize, every: usize) -> (FeatureMatrix, Vec<bool>) {
    let (rows, labels) = training_rows(loans);
    let mut values = rows.values().to_vec();
    for (row, label) in labels.iter().enumerate().filter(|(row, label)| row % every == 0 || **label) {
        values[row * rows.columns() + row % 3 + usize::from(*label)] = f64::NAN;
    }
    (FeatureMatrix::from_values(rows.features(), values).expect("whole rows"), labels)
}

#[test]
fn missing_values_that_tell_something_are_learned_from() {
    let labels: Vec<bool> = (0..400).map(|row| row % 4 == 0).collect();
    for (missing, others) in [(true, false), (false, true)] {
        let values =
            labels.iter().enumerate().map(|(row, label)| if *label == missing { f64::NAN } else { (row % 7) as f64 });
        let rows = FeatureMatrix::from_values(&[Feature::Age], values.collect()).expect("whole rows");
        let forest = fitted(&rows, &labels, 3).forest;
        let check =
            |value, label| assert!((forest.score(&[value]) - f64::from(u8::from(label))).abs() < 1e-12, "{value}");
        check(f64::NAN, missing);
        check(3.0, others);
        check(-1e300, others);
        check(1e300, others);
    }
}

#[test]
fn what_was_never_missing_goes_with_most_rows() {
    let labels: Vec<bool> = (0..400).map(|row| row >= 300).collect();
    let values = (0..400).map(f64::from).collect();
    let rows = FeatureMatrix::from_values(&[Feature::Age], values).expect("whole rows");
    let forest = fitted(&rows, &labels, 1).forest;
    assert_eq!(forest.score(&[f64::NAN]).to_bits(), forest.score(&[0.0]).to_bits());
}

#[test]
fn learns_as_well_as_smartcore() {
    let (rows, labels) = training_rows(4_000);
    let split = split::stratified(&labels, 1);
    let of = |rows: &[usize]| -> Vec<bool> { rows.iter().map(|row| labels[*row]).collect() };
    let (train, train_labels) = (rows.select(&split.train), of(&split.train));
    let area = |forest: &RiskForest| {
        let scores: Vec<f64> = split.held_out.iter().map(|row| forest.score(rows.row(*row))).collect();
        auc(&scores, &of(&split.held_out)).expect("both classes").area
    };
    let ours = area(&fitted(&train, &train_labels, 60).forest);
    let options = forest_fit::ForestOptions::new(60, 9).expect("options");
    let theirs = area(&forest_fit::fit(&train, &train_labels, options, &|_| true).expect("fits").forest);
    assert!(ours > theirs - 0.01, "{ours} against {theirs}");
}

#[test]
fn leaves_grow_with_the_root_of_the_rows_and_shrink_where_rows_are_few() {
    let check = |rows, expected| assert_eq!(leaf_rows(rows), expected, "{rows}");
    check(0, 1);
    check(19, 1);
    check(40, 4);
    check(199, 19);
    check(200, 20);
    check(40_000, 20);
    check(100_000, 31);
    check(1_000_000, 100);
}

#[test]
fn forty_rows_are_learned_from() {
    let (rows, labels) = training_rows(40);
    let fitted = fitted(&rows, &labels, 50);
    let area = auc(&fitted.forest.score_all(&rows), &labels).expect("both outcomes").area;
    assert!(area > 0.7, "{area}");
}

#[test]
fn balanced_weights_make_rare_outcomes_as_heavy_as_frequent_ones() {
    let (rows, labels) = training_rows(2_000);
    let mean = |weights| {
        let options = HistogramOptions::new(20, 9, weights).expect("options");
        let forest = fit(&rows, &labels, options, &|_| true).expect("fits").forest;
        rows.rows().map(|row| forest.score(row)).sum::<f64>() / 2_000.0
    };
    let rate = labels.iter().filter(|label| **label).count() as f64 / 2_000.0;
    assert!((mean(ClassWeights::None) - rate).abs() < 0.02);
    assert!(mean(ClassWeights::Balanced) > 1.2 * rate, "{} of {rate}", mean(ClassWeights::Balanced));
}

#[test]
fn what_cannot_be_learned_from_is_refused_before_fitting() {
    let (rows, labels) = training_rows(50);
    let check = |rows: &FeatureMatrix, labels: &[bool], expected: HistogramError| {
        assert_eq!(fit(rows, labels, options(1), &|_| true), Err(expected));
    };
    assert_eq!(HistogramOptions::new(0, 1, ClassWeights::None), Err(HistogramError::Trees(0)));
    assert_eq!(HistogramOptions::new(1001, 1, ClassWeights::None), Err(HistogramError::Trees(1001)));
    check(&rows, &labels[1..], HistogramError::Shape { rows: 50, labels: 49 });
    check(&rows, &[true; 50], HistogramError::OneClass);
    let wide = FeatureMatrix::from_values(&[Feature::Age; 255], vec![0.0; 510]).expect("whole rows");
    check(&wide, &[true, false], HistogramError::Columns(255));
    let mut values = rows.values().to_vec();
    values[rows.columns() + 2] = f64::NEG_INFINITY;
    let infinite = FeatureMatrix::from_values(rows.features(), values).expect("whole rows");
    check(&infinite, &labels, HistogramError::Infinite(2));
    assert_eq!(fit(&rows, &labels, options(1), &|_| false), Err(HistogramError::Stopped));
}

proptest! {
    #[test]
    fn any_rows_give_probabilities_from_any_number_of_columns(
        columns in 1_usize..70,
        cells in proptest::collection::vec(prop_oneof![3 => -1e3..1e3_f64, 1 => Just(f64::NAN)], 70..3_000),
    ) {
        let features = vec![Feature::Age; columns];
        let cells = cells[..cells.len() / columns * columns].to_vec();
        let labels: Vec<bool> = (0..cells.len() / columns).map(|row| row % 3 == 1).collect();
        let rows = FeatureMatrix::from_values(&features, cells).expect("whole rows");
        if labels.contains(&true) {
            let fitted = fitted(&rows, &labels, 2);
            prop_assert!(rows.rows().all(|row| (0.0..=1.0).contains(&fitted.forest.score(row))));
            prop_assert!(fitted.out_of_bag.iter().flatten().all(|score| (0.0..=1.0).contains(score)));
        }
    }
}
