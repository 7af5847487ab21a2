//! Scoring many rows at once.
//!
//! Each feature's bounds are numbered in ascending order, and a value is coded as how many of them are below
//! it: comparing codes decides as comparing numbers does, in an eighth of the memory where bounds are as few as those of
//! the histogram learner. Trees are walked one after the other over a block of rows, so that both stay in the cache: the uppermost levels
//! for many rows by one instruction ([`top`]), those that most rows pass for several rows at a time, so that the processor need not wait
//! for one of them, and the rest for the rows that are not at a leaf yet.

mod block;
mod code;
#[cfg(test)]
mod tests;
mod top;
mod walk;

use super::{Node, RiskForest};
use crate::feature::FeatureMatrix;
use block::Block;
use code::{Code, Split};
use rayon::prelude::*;
use top::Top;
use walk::{LANES, walk_all};

/// Rows that are scored together; their codes fit into the cache beside a tree.
const BLOCK_ROWS: usize = 1024;

/// A tree of more nodes is not coded. The histogram learner grows none from fewer than twenty million rows.
const TREE_NODES_MAX: usize = 1 << 16;

struct CodedForest<'a, C: Code> {
    bounds: &'a [Vec<f64>],
    trees: Vec<CodedTree<C>>,
    /// Tree by tree, each level by level, so that those that most rows pass stand together; behind them as many as a tree may have.
    nodes: Vec<C::Node>,
    /// The probabilities of leaves, parallel to `nodes`.
    values: Vec<f64>,
}

struct CodedTree<C> {
    /// The place of its root.
    start: usize,
    top: Top<C>,
    /// Levels below the top that most rows pass.
    levels: usize,
}

impl RiskForest {
    /// The probability of each row, as [`Self::score`] gives it to the last bit.
    pub fn score_all(&self, rows: &FeatureMatrix) -> Vec<f64> {
        let bounds = self.bounds(rows.columns());
        // Where values are missing, each column is coded twice: as above all bounds, and as below them.
        let is_missing = rows.values().iter().any(|value| value.is_nan());
        let codes = rows.columns() * if is_missing { 2 } else { 1 };
        let most = bounds.iter().map(Vec::len).max().unwrap_or_default();
        if most < u8::LAST.rank() && codes <= u8::COLUMNS_MAX {
            self.score_coded::<u8>(&bounds, codes, rows)
        } else if most < u16::LAST.rank() {
            self.score_coded::<u16>(&bounds, codes, rows)
        } else {
            self.score_coded::<u32>(&bounds, codes, rows)
        }
    }

    fn score_coded<C: Code>(&self, bounds: &[Vec<f64>], codes: usize, rows: &FeatureMatrix) -> Vec<f64> {
        let Some(coded) = CodedForest::<C>::new(self, bounds, codes) else { return self.score_each(rows) };
        // The codes of a row have a length that the compiler knows, which spares a check at each step.
        match codes {
            0..=16 => coded.score_all::<16>(rows, codes),
            17..=32 => coded.score_all::<32>(rows, codes),
            33..=64 => coded.score_all::<64>(rows, codes),
            65..=512 => coded.score_all::<512>(rows, codes),
            _ => self.score_each(rows),
        }
    }

    fn score_each(&self, rows: &FeatureMatrix) -> Vec<f64> {
        rows.values().par_chunks(rows.columns()).map(|row| self.score(row)).collect()
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
    /// Nothing where a tree has more nodes than can be coded.
    fn new(forest: &RiskForest, bounds: &'a [Vec<f64>], codes: usize) -> Option<Self> {
        let size = forest.nodes.len();
        let nodes = Vec::with_capacity(size + TREE_NODES_MAX);
        let mut coded = Self { bounds, trees: Vec::new(), nodes, values: Vec::with_capacity(size) };
        for root in &forest.roots {
            coded.push_tree(&forest.nodes, *root, codes)?;
        }
        // Whatever tree is looked at, there are nodes for each number that a node can name.
        let leaf = C::pack(Split { left: 0, column: 0, bound: C::LAST });
        coded.nodes.resize(coded.nodes.len() + TREE_NODES_MAX, leaf);
        Some(coded)
    }

    fn push_tree(&mut self, nodes: &[Node], root: u32, codes: usize) -> Option<()> {
        let start = self.nodes.len();
        let mut level_order = vec![root];
        let mut next = 0;
        while let Some(place) = level_order.get(next) {
            let node = nodes[*place as usize];
            let split = if node.is_leaf() {
                Split { left: next as u16, column: 0, bound: C::LAST }
            } else {
                let column = node.column();
                let uses_second = node.sends_missing_left() && codes > self.bounds.len();
                let bound = C::of(rank(&self.bounds[column], node.bound));
                let column = (column + if uses_second { self.bounds.len() } else { 0 }) as u16;
                let left = level_order.len() as u16;
                level_order.extend([node.left, node.left + 1]);
                Split { left, column, bound }
            };
            if level_order.len() > TREE_NODES_MAX {
                return None;
            }
            self.nodes.push(C::pack(split));
            self.values.push(node.bound);
            next += 1;
        }
        let levels = (next.ilog2() as usize).saturating_sub(top::LEVELS);
        self.trees.push(CodedTree { start, top: Top::new(&self.nodes[start..]), levels });
        Some(())
    }

    /// `W` is a power of two, and at least the number of codes.
    fn score_all<const W: usize>(&self, rows: &FeatureMatrix, codes: usize) -> Vec<f64> {
        let mut scores = vec![0.0; rows.row_count()];
        scores.par_chunks_mut(BLOCK_ROWS).zip(rows.values().par_chunks(BLOCK_ROWS * rows.columns())).for_each_init(
            || Block::<C, W>::new(codes),
            |block, (scores, values)| {
                block.code(self.bounds, values);
                self.score_block(block, scores);
            },
        );
        scores
    }

    fn score_block<const W: usize>(&self, block: &Block<C, W>, scores: &mut [f64]) {
        // Adding begins where `score` begins, so that the sums agree to the last bit.
        scores.fill(std::iter::empty::<f64>().sum());
        let mut places = [0; BLOCK_ROWS];
        for tree in &self.trees {
            // Nodes are as many behind each start.
            let Some(nodes) = self.nodes[tree.start..].first_chunk() else { continue };
            tree.top.lead(&block.by_column, scores.len(), &mut places);
            walk_all(nodes, &block.by_row, &mut places[..scores.len().next_multiple_of(LANES)], tree.levels);
            let values = &self.values[tree.start..];
            for (score, place) in scores.iter_mut().zip(places) {
                *score += values[usize::from(place)];
            }
        }
        for score in scores {
            *score /= self.trees.len() as f64;
        }
    }
}
