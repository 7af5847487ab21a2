use super::*;
use crate::forest::{Node, Tree};
use domain::feature::Feature;
use rand::Rng;

const FEATURES: [Feature; 3] = [Feature::MissedPayments, Feature::DaysPastDue, Feature::Age];

fn names() -> [FeatureName; 3] {
    FEATURES.map(FeatureName::from)
}

/// A tree that asks for missed payments first and for days past due on one side, never for age.
fn forest() -> RiskForest {
    let split = |bound, left, feature| Node { bound, left, feature };
    let nodes = vec![split(0.5, 1, 0), Node::leaf(0.1), split(0.5, 3, 1), Node::leaf(0.3), Node::leaf(0.9)];
    RiskForest::from_trees([&Tree { nodes, covers: vec![100, 60, 40, 20, 20] }])
}

/// Random rows and outcomes that follow the forest's own chances.
fn rows(count: usize) -> (FeatureMatrix, Vec<bool>) {
    let mut random = generator(1, Stream::Simulation);
    let values: Vec<f64> = (0..3 * count).map(|_| random.random()).collect();
    let rows = FeatureMatrix::from_values(&FEATURES, values).expect("whole rows");
    let labels = rows.rows().map(|row| random.random_bool(forest().score(row))).collect();
    (rows, labels)
}

#[test]
fn shuffling_hurts_where_the_forest_asks() {
    let (rows, labels) = rows(2000);
    let options = PermutationOptions::new(5, 3).expect("options");
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| permutation(&forest(), &rows, &labels, options)).expect("importances")
    };
    let found = run(1);
    assert_eq!(found, run(3));
    assert_eq!(found.iter().map(|found| found.feature.clone()).collect::<Vec<_>>(), names());
    assert!(found[0].weight > 0.1 && found[1].weight > 0.05, "{found:?}");
    assert!(found[2].weight.abs() < 1e-12, "{found:?}");
}

#[test]
fn splits_weigh_by_the_impurity_that_they_take_away() {
    let found = by_splits(&forest(), &names()).expect("importances");
    // Means: root 0.3, right child 0.6. Impurity falls by 21 - (5.4 + 9.6) and by 9.6 - (4.2 + 1.8).
    let check = |place: usize, expected: f64| assert!((found[place].weight - expected).abs() < 1e-12, "{found:?}");
    check(0, 6.0 / 9.6);
    check(1, 3.6 / 9.6);
    check(2, 0.0);
    let leaf = by_splits(&RiskForest::constant(0.4), &names()).expect("importances");
    assert!(leaf.iter().all(|found| found.weight == 0.0));
}

#[test]
fn dependence_follows_the_splits() {
    let (rows, _) = rows(3000);
    let options = DependenceOptions::new(11, 3).expect("options");
    let curve = partial_dependence(&forest(), &rows, 0, options).expect("a curve");
    assert_eq!(curve.len(), 11);
    assert!(curve.windows(2).all(|pair| pair[0].0 < pair[1].0));
    for (value, score) in curve {
        // Above the bound half of the loans score 0.3, half 0.9.
        let expected = if value <= 0.5 { 0.1 } else { 0.6 };
        assert!((score - expected).abs() < 0.04, "{value}: {score}");
    }
    let constant = FeatureMatrix::from_values(&FEATURES, vec![1.0; 30]).expect("whole rows");
    let curve = partial_dependence(&forest(), &constant, 0, options).expect("a curve");
    assert!(curve.len() == 1 && (curve[0].1 - 0.9).abs() < 1e-12, "{curve:?}");
}

#[test]
fn bad_parameters_are_refused() {
    let (rows, labels) = rows(20);
    let options = PermutationOptions::new(1, 1).expect("options");
    assert_eq!(PermutationOptions::new(0, 1), Err(ImportanceError::Repeats(0)));
    assert_eq!(DependenceOptions::new(1, 1), Err(ImportanceError::Points(1)));
    let shape = ImportanceError::Shape { rows: 20, labels: 3 };
    assert_eq!(permutation(&forest(), &rows, &labels[..3], options), Err(shape));
    assert_eq!(permutation(&forest(), &rows, &[true; 20], options), Err(ImportanceError::OneClass));
    let narrow = ImportanceError::Features { asked: 1, features: 1 };
    assert_eq!(by_splits(&forest(), &names()[..1]), Err(narrow));
    let empty = FeatureMatrix::from_values(&FEATURES, vec![]).expect("no rows");
    let options = DependenceOptions::new(5, 1).expect("options");
    assert_eq!(partial_dependence(&forest(), &empty, 0, options), Err(ImportanceError::NoRows));
}
