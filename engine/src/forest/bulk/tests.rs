use super::*;
use domain::feature::Feature;
use proptest::prelude::*;

/// A tree of a given depth: all splits ask for bounds and columns that the numbers choose.
fn tree(numbers: &[(u8, u8)], grain: f64) -> crate::forest::Tree {
    let splits = numbers.len();
    let mut nodes = Vec::new();
    for (place, (column, bound)) in numbers.iter().enumerate() {
        let missing_left = bound % 2 == 0;
        let bound = (f64::from(*bound) - 128.0) * grain;
        nodes.push(Node::split(usize::from(*column % 3), bound, 2 * place as u32 + 1, missing_left));
    }
    nodes.extend((0..=splits).map(|leaf| Node::leaf((leaf * 7 % 11) as f64 / 11.0)));
    crate::forest::Tree { covers: vec![1; nodes.len()], nodes }
}

fn check(forest: &RiskForest, values: Vec<f64>) {
    let rows = FeatureMatrix::from_values(&[Feature::Age; 3], values).expect("whole rows");
    let bits = |scores: Vec<f64>| -> Vec<u64> { scores.into_iter().map(f64::to_bits).collect() };
    let single = bits(rows.rows().map(|row| forest.score(row)).collect());
    assert_eq!(bits(forest.score_all(&rows)), single);
    assert_eq!(bits(forest.score_coded::<u32>(&forest.bounds(3), 6, &rows)), single);
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (0_u8..255).prop_map(|value| (f64::from(value) - 128.0) * 0.1),
        4 => -20.0..20.0_f64,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(-0.0),
    ]
}

proptest! {
    #[test]
    fn all_rows_score_as_single_ones_to_the_last_bit(
        trees in proptest::collection::vec(proptest::collection::vec(any::<(u8, u8)>(), 0..40), 1..6),
        mut values in proptest::collection::vec(value(), 0..200),
    ) {
        let trees: Vec<_> = trees.iter().map(|numbers| tree(numbers, 0.1)).collect();
        values.truncate(values.len() / 3 * 3);
        check(&RiskForest::from_trees(&trees), values);
    }
}

#[test]
fn blocks_join_without_a_gap() {
    let trees = [tree(&[(0, 100), (1, 130), (2, 140), (0, 90)], 0.1), tree(&[], 0.1)];
    let values = (0..3 * (2 * BLOCK_ROWS + 5)).map(|place| ((place * 37) % 301) as f64 * 0.1 - 15.0).collect();
    check(&RiskForest::from_trees(&trees), values);
    check(&RiskForest::constant(0.25), vec![1.0, 2.0, 3.0]);
    check(&RiskForest::constant(0.25), Vec::new());
}

#[test]
fn codes_of_each_width_score_alike() {
    // As many bounds of a column as fit into 8 bits, one more, and many.
    for splits in [254, 255, 300, 5_000] {
        let nodes = (0..splits).map(|split| Node::split(0, f64::from(split), 2 * split + 1, split % 2 == 0));
        let leaves = (0..=splits).map(|leaf| Node::leaf(f64::from(leaf % 97) / 97.0));
        let nodes: Vec<Node> = nodes.chain(leaves).collect();
        let forest = RiskForest::from_trees([&crate::forest::Tree { covers: vec![1; nodes.len()], nodes }]);
        let values = (0..3_000).map(|place| if place % 50 == 0 { f64::NAN } else { f64::from(place % 700) - 3.5 });
        check(&forest, values.collect());
    }
}

#[test]
fn a_tree_too_large_to_be_coded_is_scored_row_by_row() {
    let splits = TREE_NODES_MAX as u32;
    // As deep as it is large: of each split's children the left one is a leaf.
    let node = |place: u32| match place {
        0 => Node::split(0, 0.0, 1, false),
        place if place % 2 == 1 => Node::leaf(f64::from(place % 11) / 11.0),
        place if place < 2 * splits => Node::split(0, f64::from(place % 200), place + 1, false),
        _ => Node::leaf(0.5),
    };
    let nodes: Vec<Node> = (0..=2 * splits).map(node).collect();
    let forest = RiskForest::from_trees([&crate::forest::Tree { covers: vec![1; nodes.len()], nodes }]);
    check(&forest, (0..300).map(|place| f64::from(place) - 20.0).collect());
    assert!(CodedForest::<u16>::new(&forest, &forest.bounds(3), 3).is_none());
}
