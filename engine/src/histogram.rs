//! Growing the risk forest on histograms, for many rows.
//!
//! A random forest (L. Breiman, Machine Learning 45, 2001) of probability trees. Values are sorted into at
//! most 255 bins of 8 bits once; each tree then copies the rows that it drew, 16 bytes each where columns are
//! few, and keeps the rows of a node together in memory. Sums of bins in place of sorted values make a split
//! cost one pass over the rows. Bins have real bounds, so that a tree asks for plain values as any other.

mod bag;
mod binning;
mod grow;
mod split;
#[cfg(test)]
mod tests;

use crate::bags::{self, Bag, Bags, Borrowers};
use crate::feature::FeatureMatrix;
use crate::forest::{RiskForest, Tree};
use crate::forest_fit::FittedForest;
use crate::random::{Stream, seeds};
pub(crate) use binning::Edges;
use domain::count::count;
pub use domain::model::ClassWeights;
use grow::{Plan, Workspace};
use rayon::prelude::*;
use split::Rules;

/// Name of this learner in a model's figures.
pub const LEARNER: &str = "random forest (histograms)";

/// Each leaf holds at least this many training rows, repeated draws counted; more of them where rows are many, and fewer where
/// they are fewer than ten times as many.
pub const LEAF_ROWS_MIN: u32 = 20;

/// Columns that a packed row has room for.
const COLUMNS_MAX: usize = 256 - bag::TAIL;

/// Trees grown between two reports of progress.
const TREES_PER_CHUNK: usize = 10;

/// Checked parameters of a histogram forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistogramOptions {
    trees: u32,
    seed: u64,
    class_weights: ClassWeights,
}

/// Why there is no histogram forest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistogramError {
    #[error("the histogram forest cannot have {}: choose 1 to 1000", count(*.0, "tree"))]
    Trees(u32),
    #[error("the histogram forest was given {labels} outcomes for {rows} loans")]
    Shape { rows: usize, labels: usize },
    #[error("the histogram forest cannot learn from {}: it has room for {COLUMNS_MAX}", count(*.0, "feature"))]
    Columns(usize),
    #[error("the histogram forest was given an infinite value in column {0}: values must be finite or missing")]
    Infinite(usize),
    #[error("the histogram forest needs loans of both outcomes, but there is only one")]
    OneClass,
    #[error("the work was stopped")]
    Stopped,
}

impl HistogramOptions {
    pub const TREES_MAX: u32 = 1000;

    pub fn new(trees: u32, seed: u64, class_weights: ClassWeights) -> Result<Self, HistogramError> {
        if (1..=Self::TREES_MAX).contains(&trees) {
            Ok(Self { trees, seed, class_weights })
        } else {
            Err(HistogramError::Trees(trees))
        }
    }
}

/// Grows a forest on `rows` (n x features, finite or NaN for what is missing) with their `labels` (n, both
/// classes present).
///
/// Each split tries √features columns and learns on which side missing values go. `report` is told the
/// share of grown trees after each chunk of them; where it answers false, growing stops.
pub fn fit(
    rows: &FeatureMatrix,
    labels: &[bool],
    options: HistogramOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<FittedForest, HistogramError> {
    fit_by_borrower(rows, labels, None, options, report)
}

/// As [`fit`], where some borrowers have several rows: each tree sees all rows of a borrower or none.
pub fn fit_by_borrower(
    rows: &FeatureMatrix,
    labels: &[bool],
    borrowers: Option<&Borrowers>,
    options: HistogramOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<FittedForest, HistogramError> {
    if rows.row_count() != labels.len() || borrowers.is_some_and(|borrowers| borrowers.rows() != labels.len()) {
        return Err(HistogramError::Shape { rows: rows.row_count(), labels: labels.len() });
    }
    if labels.iter().all(|label| *label) || !labels.contains(&true) {
        return Err(HistogramError::OneClass);
    }
    if let Some(place) = rows.values().iter().position(|value| value.is_infinite()) {
        return Err(HistogramError::Infinite(place % rows.columns()));
    }
    // The shorter a packed row, the more of them fit into the caches.
    match rows.columns() + bag::TAIL {
        0..=16 => fit_packed::<16>(rows, labels, borrowers, options, report),
        17..=32 => fit_packed::<32>(rows, labels, borrowers, options, report),
        33..=64 => fit_packed::<64>(rows, labels, borrowers, options, report),
        65..=256 => fit_packed::<256>(rows, labels, borrowers, options, report),
        _ => Err(HistogramError::Columns(rows.columns())),
    }
}

fn fit_packed<const W: usize>(
    rows: &FeatureMatrix,
    labels: &[bool],
    borrowers: Option<&Borrowers>,
    options: HistogramOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<FittedForest, HistogramError> {
    let edges = binning::edges(rows);
    let packed = bag::pack::<W>(rows, labels, &edges);
    let class_weights = class_weights(labels, options.class_weights);
    let rules = Rules { leaf_rows: leaf_rows(labels.len()), class_weights };
    let plan = Plan { rules, edges: &edges, tried: rows.columns().isqrt() };
    let seeds = seeds(options.seed, Stream::Forest, options.trees as usize);
    let mut trees: Vec<Tree> = Vec::with_capacity(seeds.len());
    let mut drawn_bags: Vec<Bag> = Vec::with_capacity(seeds.len());
    let mut sums = vec![(0.0, 0_u32); labels.len()];
    for chunk in seeds.chunks(TREES_PER_CHUNK) {
        let grown: Vec<Member> = chunk
            .par_iter()
            .map_init(
                || Workspace::new(labels.len(), rows.columns()),
                |space, seed| member(&plan, &packed, borrowers, space, *seed),
            )
            .collect();
        for Member { tree, drawn, bag, unseen } in grown {
            let rows = sums.iter_mut().zip(drawn).filter(|(_, drawn)| *drawn == 0);
            for (((sum, count), _), value) in rows.zip(unseen) {
                *sum += value;
                *count += 1;
            }
            trees.push(tree);
            drawn_bags.push(bag);
        }
        if !report(trees.len() as f64 / seeds.len() as f64) {
            return Err(HistogramError::Stopped);
        }
    }
    let out_of_bag = sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect();
    Ok(FittedForest { forest: RiskForest::from_trees(&trees), out_of_bag, bags: Bags::new(drawn_bags) })
}

/// A tree, how often each training row was drawn for it, and its values for those that were not.
struct Member {
    tree: Tree,
    drawn: Vec<u8>,
    bag: Bag,
    unseen: Vec<f64>,
}

fn member<const W: usize>(
    plan: &Plan<'_>,
    packed: &[bag::Row<W>],
    borrowers: Option<&Borrowers>,
    space: &mut Workspace<W>,
    seed: u64,
) -> Member {
    let mut random = bag::generator(seed);
    let drawn = match borrowers {
        None => bags::draw(packed.len(), &mut random),
        Some(borrowers) => borrowers.draw(&mut random),
    };
    let count = bag::fill(&mut space.rows[0], packed, &drawn);
    let grown = grow::grow(plan, space, count, &mut random);
    let unseen = grow::unseen_values(&grown, packed, &drawn);
    let bag = Bag::of(&drawn, |count| count > 0);
    Member { tree: grown.tree, drawn, bag, unseen }
}

/// A tenth of the root of the number of rows, at least [`LEAF_ROWS_MIN`]: a million rows with leaves of 100 are
/// learned as well as with leaves of 20, by trees of a third of the size. Below 200 rows a tenth of the rows: leaves of 20 would leave
/// 40 loans without a single split.
fn leaf_rows(rows: usize) -> u32 {
    let few = (rows as u32 / 10).clamp(1, LEAF_ROWS_MIN);
    few.max(rows.isqrt() as u32 / 10)
}

/// Weights of a negative and of a positive row, as scikit-learn's `class_weight` has them.
fn class_weights(labels: &[bool], choice: ClassWeights) -> [f64; 2] {
    let positive = labels.iter().filter(|label| **label).count() as f64;
    let all = labels.len() as f64;
    match choice {
        ClassWeights::None => [1.0, 1.0],
        ClassWeights::Balanced => [all / (2.0 * (all - positive)), all / (2.0 * positive)],
    }
}
