use super::*;
use crate::forest::{Node, Tree};
use crate::random::{Stream, generator};
use proptest::prelude::*;
use rand::Rng;

/// A forest of random trees over `columns` features with its covers, some of them 0.
fn random_forest(seed: u64, trees: usize, columns: u16, splits: usize) -> RiskForest {
    let mut random = generator(seed, Stream::Simulation);
    let grown: Vec<Tree> = (0..trees)
        .map(|_| {
            let mut nodes = vec![Node::leaf(random.random())];
            let mut covers: Vec<u32> = vec![random.random_range(1..60)];
            for _ in 0..splits {
                let leaves: Vec<usize> = (0..nodes.len()).filter(|node| nodes[*node].is_leaf()).collect();
                let split = leaves[random.random_range(0..leaves.len())];
                let bound = f64::from(random.random_range(0_u8..10)) / 10.0;
                let column = usize::from(random.random_range(0..columns));
                nodes[split] = Node::split(column, bound, nodes.len() as u32, random.random());
                nodes.extend([Node::leaf(random.random()), Node::leaf(random.random())]);
                let left = random.random_range(0..=covers[split]);
                covers.extend([left, covers[split] - left]);
            }
            Tree { nodes, covers }
        })
        .collect();
    RiskForest::from_trees(&grown)
}

/// The score where only the features of `known` are: splits on others send the row both ways.
fn partial_score(forest: &RiskForest, row: &[f64], known: u32) -> f64 {
    fn below(forest: &RiskForest, row: &[f64], known: u32, place: usize) -> f64 {
        let node = forest.nodes[place];
        if node.is_leaf() {
            return node.bound;
        }
        let left = node.left as usize;
        let value = |place| below(forest, row, known, place);
        if known >> node.column() & 1 == 1 {
            return value(node.child(row[node.column()]));
        }
        let (to_left, to_right) = (forest.covers[left], forest.covers[left + 1]);
        let rows = to_left + to_right;
        let share = if rows == 0 { 0.5 } else { f64::from(to_left) / f64::from(rows) };
        share * value(left) + (1.0 - share) * value(left + 1)
    }
    let trees = forest.roots.iter().map(|root| below(forest, row, known, *root as usize));
    trees.sum::<f64>() / forest.roots.len() as f64
}

/// Shapley values by their definition: the mean gain over all subsets of the other features.
fn by_definition(forest: &RiskForest, row: &[f64]) -> Vec<f64> {
    let features = row.len() as u32;
    let factorial = |number: u32| (1..=number).map(f64::from).product::<f64>();
    let value = |feature: u32| {
        let subsets = (0..1_u32 << features).filter(|known| known >> feature & 1 == 0);
        let gain = |known: u32| {
            let weight = factorial(known.count_ones()) * factorial(features - known.count_ones() - 1);
            let with = partial_score(forest, row, known | 1 << feature);
            weight / factorial(features) * (with - partial_score(forest, row, known))
        };
        subsets.map(gain).sum()
    };
    (0..features).map(value).collect()
}

fn tenths_or_missing(tenths: u8) -> f64 {
    if tenths > 10 { f64::NAN } else { f64::from(tenths) / 10.0 }
}

fn sum(explanation: &Explanation) -> f64 {
    explanation.base + explanation.contributions.iter().sum::<f64>()
}

#[test]
fn two_splits_worked_by_hand() {
    // Feature 0 splits 10 rows into 4 (value 0) and 6; feature 1 splits those into 3 and 3 (values 0.5 and 1).
    let split = |left, feature| Node { bound: 0.5, left, feature };
    let nodes = vec![split(1, 0), Node::leaf(0.0), split(3, 1), Node::leaf(0.5), Node::leaf(1.0)];
    let forest = RiskForest::from_trees([&Tree { nodes, covers: vec![10, 4, 6, 3, 3] }]);
    let found = shap(&forest, &[0.9, 0.9]).expect("is explained");
    assert!((found.base - 0.45).abs() < 1e-12);
    // Known sets and scores: none .45, {0} .75, {1} .6, both 1.
    assert!((found.contributions[0] - (0.5 * (0.75 - 0.45) + 0.5 * (1.0 - 0.6))).abs() < 1e-12);
    assert!((found.contributions[1] - (0.5 * (0.6 - 0.45) + 0.5 * (1.0 - 0.75))).abs() < 1e-12);
    // On the path alone: .45 → .75 by feature 0, → 1 by feature 1.
    let on_path = Explainer::new(&forest).expect("is prepared").path_attribution(&[0.9, 0.9]);
    assert!((on_path.contributions[0] - 0.3).abs() < 1e-12 && (on_path.contributions[1] - 0.25).abs() < 1e-12);
}

#[test]
fn a_forest_of_leaves_has_its_base_only() {
    let found = shap(&RiskForest::constant(0.3), &[1.0, 2.0]).expect("is explained");
    assert_eq!(found, Explanation { base: 0.3, contributions: vec![0.0, 0.0] });
}

#[test]
fn what_cannot_be_explained_is_said() {
    let split = |left| Node { bound: 0.5, left, feature: 0 };
    // Both children of the root lead to the same two nodes; further on, paths would double with each node.
    let nodes = vec![split(1), split(3), split(3), split(5), split(5), Node::leaf(0.0), Node::leaf(1.0)];
    let shared = RiskForest { roots: vec![0], covers: vec![1; nodes.len()], nodes };
    assert_eq!(shap(&shared, &[0.0]), Err(ExplainError::SharedNodes));
}

#[test]
fn large_forests_add_up_to_their_scores() {
    let check = |columns: u16, splits| {
        let forest = random_forest(7, 20, columns, splits);
        let explainer = Explainer::new(&forest).expect("is prepared");
        let mut random = generator(8, Stream::Simulation);
        for _ in 0..20 {
            // One value in ten is missing.
            let value = |_| if random.random_bool(0.1) { f64::NAN } else { random.random() };
            let row: Vec<f64> = (0..columns).map(value).collect();
            for found in [explainer.shap(&row), explainer.path_attribution(&row)] {
                let off = (sum(&found) - forest.score(&row)).abs();
                assert!(off < 1e-9, "{columns} columns, {splits} splits: off by {off}");
            }
        }
    };
    check(13, 40);
    check(13, 2000);
    check(40, 1000);
    check(1, 30);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn values_are_those_of_the_definition(
        seed in any::<u64>(), columns in 1_u16..7, splits in 0_usize..14,
        row in proptest::collection::vec((0_u8..=11).prop_map(tenths_or_missing), 7)
    ) {
        let forest = random_forest(seed, 3, columns, splits);
        let row = &row[..usize::from(columns)];
        let found = shap(&forest, row).expect("is explained");
        prop_assert!((found.base - partial_score(&forest, row, 0)).abs() < 1e-12);
        for (feature, expected) in by_definition(&forest, row).into_iter().enumerate() {
            let off = (found.contributions[feature] - expected).abs();
            prop_assert!(off < 1e-10, "feature {feature}: {} is not {expected}", found.contributions[feature]);
        }
    }
}
