//! Growing the risk forest with smartcore.
//!
//! smartcore's forest classifier has hard votes only, so that its regressor is fitted to a 0/1
//! target: the mean of a leaf is a probability. It neither grows trees in parallel nor shows them;
//! so each tree is a fit of its own with a derived seed, and is read through serde.

use crate::bags::{Bag, Bags, Borrowers};
use crate::feature::FeatureMatrix;
use crate::forest::{Node, RiskForest, Tree};
use crate::random::{Stream, seeds};
use domain::count::count;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Deserialize;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

/// Name of this learner in a model's figures.
pub const LEARNER: &str = "random forest (smartcore)";

/// Trees grown between two reports of progress.
const TREES_PER_CHUNK: usize = 10;

type SmartcoreForest = RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>;

/// Checked parameters of a forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForestOptions {
    trees: u32,
    seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForestError {
    #[error("the risk forest cannot have {}: choose 1 to 1000", count(*.0, "tree"))]
    Trees(u32),
    #[error("the risk forest was given {labels} outcomes for {rows} loans")]
    Shape { rows: usize, labels: usize },
    #[error("the risk forest needs loans of both outcomes, but there is only one")]
    OneClass,
    #[error("the risk forest could not be grown: {0}")]
    Learner(String),
    #[error("the work was stopped")]
    Stopped,
}

impl ForestOptions {
    pub const TREES_MAX: u32 = 1000;

    pub fn new(trees: u32, seed: u64) -> Result<Self, ForestError> {
        if (1..=Self::TREES_MAX).contains(&trees) { Ok(Self { trees, seed }) } else { Err(ForestError::Trees(trees)) }
    }
}

/// A forest, and what it says of the rows that it was trained on.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedForest {
    pub forest: RiskForest,
    /// For each training row the mean of the trees that did not see it; nothing where all did.
    pub out_of_bag: Vec<Option<f64>>,
    /// Which of them each tree saw.
    pub bags: Bags,
}

/// Grows a forest on `rows` (n x features) with their `labels` (n, both classes present).
///
/// Each split tries √features columns, as scikit-learn's classifier does. `report` is told the
/// share of grown trees after each chunk of them; where it answers false, growing stops.
pub fn fit(
    rows: &FeatureMatrix,
    labels: &[bool],
    options: ForestOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<FittedForest, ForestError> {
    fit_by_borrower(rows, labels, None, options, report)
}

/// As [`fit`], where some borrowers have several rows: each tree sees only rows of the borrowers that were drawn for it, and counts as
/// having seen all of theirs. smartcore draws rows by weights; that of a row is how often its borrower was drawn.
pub fn fit_by_borrower(
    rows: &FeatureMatrix,
    labels: &[bool],
    borrowers: Option<&Borrowers>,
    options: ForestOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<FittedForest, ForestError> {
    if rows.row_count() != labels.len() || borrowers.is_some_and(|borrowers| borrowers.rows() != labels.len()) {
        return Err(ForestError::Shape { rows: rows.row_count(), labels: labels.len() });
    }
    if labels.iter().all(|label| *label) || !labels.contains(&true) {
        return Err(ForestError::OneClass);
    }
    let inputs = DenseMatrix::new(rows.row_count(), rows.columns(), rows.to_columns(), true).map_err(learner_error)?;
    let outcomes: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label))).collect();
    let seeds = seeds(options.seed, Stream::Forest, options.trees as usize);
    let mut grown: Vec<GrownTree> = Vec::with_capacity(seeds.len());
    for chunk in seeds.chunks(TREES_PER_CHUNK) {
        let trees: Result<Vec<GrownTree>, ForestError> =
            chunk.par_iter().map(|seed| grow_tree(rows, &inputs, &outcomes, borrowers, *seed)).collect();
        grown.extend(trees?);
        if !report(grown.len() as f64 / seeds.len() as f64) {
            return Err(ForestError::Stopped);
        }
    }
    let out_of_bag =
        (0..labels.len()).into_par_iter().map(|row| out_of_bag_score(&grown, row, rows.row(row))).collect();
    let bags = Bags::new(grown.iter().map(|tree| Bag::of(&tree.in_bag, |in_bag| in_bag)).collect());
    Ok(FittedForest { forest: RiskForest::from_trees(grown.iter().map(|tree| &tree.tree)), out_of_bag, bags })
}

/// A tree, and which training rows, or all rows of which borrowers, it saw.
struct GrownTree {
    tree: Tree,
    in_bag: Vec<bool>,
}

fn grow_tree(
    rows: &FeatureMatrix,
    inputs: &DenseMatrix<f64>,
    outcomes: &Vec<f64>,
    borrowers: Option<&Borrowers>,
    seed: u64,
) -> Result<GrownTree, ForestError> {
    let parameters = RandomForestRegressorParameters::default().with_n_trees(1).with_seed(seed).with_keep_samples(true);
    let weights = borrowers.map(|borrowers| borrowers.draw(&mut ChaCha8Rng::seed_from_u64(seed)));
    let weights: Option<Vec<f64>> = weights.map(|drawn| drawn.into_iter().map(f64::from).collect());
    let fitted = match &weights {
        None => SmartcoreForest::fit(inputs, outcomes, parameters),
        Some(weights) => SmartcoreForest::fit_with_weights(inputs, outcomes, weights, parameters),
    };
    let mut grown = read_tree(&fitted.map_err(learner_error)?)?;
    let seen = rows.rows().zip(&grown.in_bag).filter(|(_, in_bag)| **in_bag);
    seen.for_each(|(row, _)| grown.tree.cover(row));
    if let Some(weights) = weights {
        grown.in_bag = weights.iter().map(|weight| *weight > 0.0).collect();
    }
    Ok(grown)
}

fn out_of_bag_score(grown: &[GrownTree], index: usize, row: &[f64]) -> Option<f64> {
    let unseen = grown.iter().filter(|tree| !tree.in_bag[index]);
    let (sum, count) = unseen.fold((0.0, 0_u32), |(sum, count), tree| (sum + tree.tree.value(row), count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

// What serde shows of smartcore's private structures.

#[derive(Deserialize)]
struct ForestShape {
    forest_regressor: Option<TreesShape>,
}

#[derive(Deserialize)]
struct TreesShape {
    trees: Option<Vec<TreeShape>>,
    samples: Option<Vec<Vec<bool>>>,
}

#[derive(Deserialize)]
struct TreeShape {
    nodes: Vec<NodeShape>,
}

#[derive(Deserialize)]
struct NodeShape {
    output: f64,
    split_feature: u16,
    split_value: Option<f64>,
    true_child: Option<usize>,
    false_child: Option<usize>,
}

fn read_tree(fitted: &SmartcoreForest) -> Result<GrownTree, ForestError> {
    // A `Value` carries every f64 exactly; text would have to be parsed again.
    let shape: ForestShape = serde_json::to_value(fitted)
        .and_then(serde_json::from_value)
        .map_err(|error| unreadable(&error.to_string()))?;
    let shape = shape.forest_regressor.ok_or_else(|| unreadable("no forest"))?;
    let tree = shape.trees.and_then(|mut trees| trees.pop()).ok_or_else(|| unreadable("no tree"))?;
    let in_bag = shape.samples.and_then(|mut samples| samples.pop()).ok_or_else(|| unreadable("no samples"))?;
    Ok(GrownTree { tree: flatten(&tree.nodes)?, in_bag })
}

/// Lays a tree out flat. Subtrees whose leaves all agree become one leaf: smartcore splits pure
/// nodes on, which changes no prediction but makes trees several times larger.
fn flatten(nodes: &[NodeShape]) -> Result<Tree, ForestError> {
    let mut agreed: Vec<Option<f64>> = vec![None; nodes.len()];
    for (index, node) in nodes.iter().enumerate().rev() {
        agreed[index] = match children(node) {
            None => Some(node.output),
            Some((left, right)) if left > index && right > index && left.max(right) < nodes.len() => {
                agreed[left].filter(|value| agreed[right].is_some_and(|other| other.to_bits() == value.to_bits()))
            }
            Some(_) => return Err(unreadable("a child stands before its parent")),
        };
    }
    let mut flat = vec![Node::leaf(0.0)];
    let mut open = vec![(0_usize, 0_usize)];
    while let Some((index, place)) = open.pop() {
        let node = nodes.get(index).ok_or_else(|| unreadable("no root"))?;
        flat[place] = match (agreed[index], children(node), node.split_value) {
            (Some(value), ..) => Node::leaf(value),
            (None, Some((left, right)), Some(bound)) => {
                let first = flat.len();
                flat.extend([Node::leaf(0.0); 2]);
                open.extend([(right, first + 1), (left, first)]);
                Node::split(usize::from(node.split_feature), bound, first as u32, false)
            }
            _ => return Err(unreadable("a split without a bound")),
        };
    }
    let covers = vec![0; flat.len()];
    Ok(Tree { nodes: flat, covers })
}

fn children(node: &NodeShape) -> Option<(usize, usize)> {
    node.true_child.zip(node.false_child)
}

fn learner_error(error: smartcore::error::Failed) -> ForestError {
    ForestError::Learner(error.to_string())
}

fn unreadable(reason: &str) -> ForestError {
    ForestError::Learner(format!("smartcore's trees cannot be read ({reason})"))
}

#[cfg(test)]
mod tests;
