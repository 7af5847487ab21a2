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
const LANES: usize = 16;

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
    bounds: &'a [Vec<f64>],
    roots: Vec<u32>,
    /// Level by level: those that most rows pass stand together.
    nodes: Vec<CodedNode<C>>,
    /// The probabilities of leaves, parallel to `nodes`.
    values: Vec<f64>,
}

impl RiskForest {
    /// The probability of each row, as [`Self::score`] gives it to the last bit.
    pub fn score_all(&self, rows: &FeatureMatrix) -> Vec<f64> {
        let bounds = self.bounds(rows.columns());
        // Where values are missing, each column is coded twice: as above all bounds, and as below them.
        let is_missing = rows.values().iter().any(|value| value.is_nan());
        let codes = rows.columns() * if is_missing { 2 } else { 1 };
        if bounds.iter().any(|bounds| bounds.len() >= usize::from(u16::MAX)) {
            self.score_coded::<u32>(&bounds, codes, rows)
        } else {
            self.score_coded::<u16>(&bounds, codes, rows)
        }
    }

    fn score_coded<C: Code>(&self, bounds: &[Vec<f64>], codes: usize, rows: &FeatureMatrix) -> Vec<f64> {
        let coded = CodedForest::<C>::new(self, bounds, codes);
        // The codes of a row have a length that the compiler knows, which spares a check at each step.
        match codes {
            0..=16 => coded.score_all::<16>(rows),
            17..=32 => coded.score_all::<32>(rows),
            33..=64 => coded.score_all::<64>(rows),
            65..=512 => coded.score_all::<512>(rows),
            _ => rows.rows().map(|row| self.score(row)).collect(),
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

/// How many bounds are below a value; of no meaning where it is NaN.
fn rank(bounds: &[f64], value: f64) -> usize {
    bounds.partition_point(|bound| *bound < value)
}

impl<'a, C: Code> CodedForest<'a, C> {
    fn new(forest: &RiskForest, bounds: &'a [Vec<f64>], codes: usize) -> Self {
        let size = forest.nodes.len();
        let mut coded =
            Self { bounds, roots: Vec::new(), nodes: Vec::with_capacity(size), values: Vec::with_capacity(size) };
        for root in &forest.roots {
            coded.push_tree(&forest.nodes, *root, codes);
        }
        coded
    }

    fn push_tree(&mut self, nodes: &[Node], root: u32, codes: usize) {
        let start = self.nodes.len();
        self.roots.push(start as u32);
        let mut level_order = vec![root];
        let mut next = 0;
        while let Some(place) = level_order.get(next) {
            let node = nodes[*place as usize];
            if node.is_leaf() {
                self.nodes.push(CodedNode { left: (start + next) as u32, column: 0, bound: C::LAST });
            } else {
                let column = node.column();
                let uses_second = node.sends_missing_left() && codes > self.bounds.len();
                self.nodes.push(CodedNode {
                    left: (start + level_order.len()) as u32,
                    column: (column + if uses_second { self.bounds.len() } else { 0 }) as u16,
                    bound: C::of(rank(&self.bounds[column], node.bound)),
                });
                level_order.extend([node.left, node.left + 1]);
            }
            self.values.push(node.bound);
            next += 1;
        }
    }

    /// `W` is a power of two, and at least the number of codes.
    fn score_all<const W: usize>(&self, rows: &FeatureMatrix) -> Vec<f64> {
        let mut scores = vec![0.0; rows.row_count()];
        scores.par_chunks_mut(BLOCK_ROWS).zip(rows.values().par_chunks(BLOCK_ROWS * rows.columns())).for_each_init(
            || vec![[C::LAST; W]; BLOCK_ROWS],
            |codes, (scores, values)| {
                self.code(values, codes);
                self.score_block(codes, scores);
            },
        );
        scores
    }

    fn code<const W: usize>(&self, values: &[f64], codes: &mut [[C; W]]) {
        let columns = self.bounds.len();
        for (row, codes) in values.chunks_exact(columns).zip(codes) {
            for (column, (value, bounds)) in row.iter().zip(self.bounds).enumerate() {
                let code = C::of(rank(bounds, *value));
                let (first, second) = if value.is_nan() { (C::LAST, C::of(0)) } else { (code, code) };
                codes[column] = first;
                if let Some(place) = codes.get_mut(columns + column) {
                    *place = second;
                }
            }
        }
    }

    fn score_block<const W: usize>(&self, codes: &[[C; W]], scores: &mut [f64]) {
        // Adding begins where `score` begins, so that the sums agree to the last bit.
        scores.fill(std::iter::empty::<f64>().sum());
        for root in &self.roots {
            for (scores, codes) in scores.chunks_mut(LANES).zip(codes.as_chunks::<LANES>().0) {
                let leaves = self.walk(*root, codes);
                for (score, leaf) in scores.iter_mut().zip(leaves) {
                    *score += self.values[leaf as usize];
                }
            }
        }
        for score in scores {
            *score /= self.roots.len() as f64;
        }
    }

    /// Walks rows from a root down to their leaves.
    fn walk<const W: usize>(&self, root: u32, codes: &[[C; W]; LANES]) -> [u32; LANES] {
        let mut places = [root; LANES];
        loop {
            let mut moved = 0;
            for (place, codes) in places.iter_mut().zip(codes) {
                let node = self.nodes[*place as usize];
                let next = node.left + u32::from(codes[usize::from(node.column) & (W - 1)] > node.bound);
                moved |= next ^ *place;
                *place = next;
            }
            if moved == 0 {
                return places;
            }
        }
    }
}

#[cfg(test)]
mod tests;
