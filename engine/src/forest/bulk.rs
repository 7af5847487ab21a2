//! Scoring many rows at once.
//!
//! Each feature's bounds are numbered in ascending order, and a value is coded as how many of them are below
//! it: comparing codes decides as comparing numbers does, in a quarter of the memory. Trees are walked one
//! after the other over a block of rows, so that a tree stays in the cache, and several rows at a time, so
//! that the processor need not wait for one of them.

use super::{Node, RiskForest};
use crate::feature::FeatureMatrix;
use rayon::prelude::*;

/// Rows that are scored together; their codes fit into the cache beside a tree.
const BLOCK_ROWS: usize = 2048;

/// Rows that walk down a tree side by side.
const LANES: usize = 8;

/// An unsigned number that codes values.
trait Code: Copy + Ord + Send + Sync {
    /// Above every bound: the code of a missing value that goes right.
    const LAST: Self;

    fn of(rank: usize) -> Self;
}

impl Code for u16 {
    const LAST: Self = Self::MAX;

    fn of(rank: usize) -> Self {
        rank as Self
    }
}

impl Code for u32 {
    const LAST: Self = Self::MAX;

    fn of(rank: usize) -> Self {
        rank as Self
    }
}

/// A node on codes. A leaf leads to itself whatever the code, so that rows can wait there for the others.
#[derive(Clone, Copy)]
struct CodedNode<C> {
    left: u32,
    column: u16,
    bound: C,
}

struct CodedForest<'a, C> {
    forest: &'a RiskForest,
    /// Parallel to the nodes of the forest.
    nodes: Vec<CodedNode<C>>,
    bounds: &'a [Vec<f64>],
}

impl RiskForest {
    /// The probability of each row, as [`Self::score`] gives it to the last bit.
    pub fn score_all(&self, rows: &FeatureMatrix) -> Vec<f64> {
        let bounds = self.bounds(rows.columns());
        if bounds.iter().all(|bounds| bounds.len() < usize::from(u16::MAX)) {
            CodedForest::<u16>::new(self, &bounds).score_all(rows)
        } else {
            CodedForest::<u32>::new(self, &bounds).score_all(rows)
        }
    }

    /// The bounds that splits of each column have, ascending, each once.
    fn bounds(&self, columns: usize) -> Vec<Vec<f64>> {
        let mut bounds = vec![Vec::new(); columns];
        for node in self.nodes.iter().filter(|node| !node.is_leaf()) {
            // Adding 0 makes -0 and 0 one, as comparisons do.
            bounds[node.column()].push(node.bound + 0.0);
        }
        bounds.par_iter_mut().for_each(|bounds| {
            bounds.sort_unstable_by(f64::total_cmp);
            bounds.dedup();
        });
        bounds
    }
}

/// How many bounds are below a value, which must not be NaN.
fn rank(bounds: &[f64], value: f64) -> usize {
    bounds.partition_point(|bound| *bound < value)
}

impl<'a, C: Code> CodedForest<'a, C> {
    fn new(forest: &'a RiskForest, bounds: &'a [Vec<f64>]) -> Self {
        let code = |(place, node): (usize, &Node)| {
            if node.is_leaf() {
                return CodedNode { left: place as u32, column: 0, bound: C::LAST };
            }
            let column = node.column();
            // Where missing values go left, the split looks at a second set of codes.
            let offset = if node.sends_missing_left() { bounds.len() } else { 0 };
            let bound = C::of(rank(&bounds[column], node.bound));
            CodedNode { left: node.left, column: (column + offset) as u16, bound }
        };
        let nodes = forest.nodes.par_iter().enumerate().map(code).collect();
        Self { forest, nodes, bounds }
    }

    fn score_all(&self, rows: &FeatureMatrix) -> Vec<f64> {
        let columns = rows.columns();
        let mut scores = vec![0.0; rows.row_count()];
        scores.par_chunks_mut(BLOCK_ROWS).zip(rows.values().par_chunks(BLOCK_ROWS * columns)).for_each_init(
            || (vec![C::LAST; BLOCK_ROWS * 2 * columns], Vec::new()),
            |(codes, leaves), (scores, values)| {
                self.code(values, codes);
                self.score_block(codes, leaves, scores);
            },
        );
        scores
    }

    /// Codes a block of rows, each twice: missing values are above all bounds, then below all.
    fn code(&self, values: &[f64], codes: &mut [C]) {
        let columns = self.bounds.len();
        for (row, codes) in values.chunks_exact(columns).zip(codes.chunks_exact_mut(2 * columns)) {
            let (missing_right, missing_left) = codes.split_at_mut(columns);
            let places = missing_right.iter_mut().zip(missing_left);
            for (((right, left), value), bounds) in places.zip(row).zip(self.bounds) {
                (*right, *left) = if value.is_nan() {
                    (C::LAST, C::of(0))
                } else {
                    let code = C::of(rank(bounds, *value));
                    (code, code)
                };
            }
        }
    }

    fn score_block(&self, codes: &[C], leaves: &mut Vec<u32>, scores: &mut [f64]) {
        let width = 2 * self.bounds.len();
        // Adding begins where `score` begins, so that the sums agree to the last bit.
        scores.fill(std::iter::empty::<f64>().sum());
        for root in &self.forest.roots {
            leaves.clear();
            leaves.resize(scores.len().next_multiple_of(LANES), *root);
            for (lanes, codes) in leaves.chunks_exact_mut(LANES).zip(codes.chunks_exact(LANES * width)) {
                self.walk(lanes, codes, width);
            }
            for (score, leaf) in scores.iter_mut().zip(&*leaves) {
                *score += self.forest.nodes[*leaf as usize].bound;
            }
        }
        let trees = self.forest.roots.len() as f64;
        for score in scores.iter_mut() {
            *score /= trees;
        }
    }

    /// Walks rows from their places down to leaves.
    fn walk(&self, places: &mut [u32], codes: &[C], width: usize) {
        let Some(places) = places.first_chunk_mut::<LANES>() else { return };
        let mut is_moving = true;
        while is_moving {
            is_moving = false;
            for (lane, place) in places.iter_mut().enumerate() {
                let node = self.nodes[*place as usize];
                let code = codes[lane * width + usize::from(node.column)];
                let next = node.left + u32::from(code > node.bound);
                is_moving |= next != *place;
                *place = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::Feature;
    use proptest::prelude::*;

    /// A tree of a given depth: all splits ask for bounds and columns that the numbers choose.
    fn tree(numbers: &[(u8, u8)], grain: f64) -> super::super::Tree {
        let splits = numbers.len();
        let mut nodes = Vec::new();
        for (place, (column, bound)) in numbers.iter().enumerate() {
            let missing_left = bound % 2 == 0;
            let bound = (f64::from(*bound) - 128.0) * grain;
            nodes.push(Node::split(usize::from(*column % 3), bound, 2 * place as u32 + 1, missing_left));
        }
        nodes.extend((0..=splits).map(|leaf| Node::leaf((leaf * 7 % 11) as f64 / 11.0)));
        super::super::Tree { covers: vec![1; nodes.len()], nodes }
    }

    fn check(forest: &RiskForest, values: Vec<f64>) {
        let rows = FeatureMatrix::from_values(&[Feature::Age; 3], values).expect("whole rows");
        let bits = |scores: Vec<f64>| -> Vec<u64> { scores.into_iter().map(f64::to_bits).collect() };
        let single = bits(rows.rows().map(|row| forest.score(row)).collect());
        assert_eq!(bits(forest.score_all(&rows)), single);
        let bounds = forest.bounds(3);
        assert_eq!(bits(CodedForest::<u32>::new(forest, &bounds).score_all(&rows)), single);
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
}
